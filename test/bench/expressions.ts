// Expressions: compiled and evaluated per second, and calculated tags on the value path beside a loop that only copies.
import { CalculatedTags } from '../../src-main/expressions/calculated-tags.ts'
import { compileExpression } from '../../src-main/shared/expression.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../src-main/shared/value-batch.ts'
import { tagDefinition } from '../fakes/tag-definition.ts'
import type { Report } from './run.ts'

const scope = { tagType: () => ({ dataType: 'float32', arrayLength: null }) as const }
const input = { value: 50, statusCode: 0, sourceTimestamp: 1 }

function perSecond(count: number, work: () => void): number {
  work()
  const rounds = [0, 1, 2].map(() => {
    const started = performance.now()
    work()
    return (count / (performance.now() - started)) * 1000
  })
  return Math.round(rounds.sort((a, b) => a - b)[1]!)
}

function evaluations(report: Report): void {
  const count = 500_000
  for (const text of [
    'A.B * 2 > 90',
    'A.B * 2 > 90 && State == 6',
    'round(A.B * 2, 1)',
    'A.B + A.C + A.D',
    'isBad(A.B) ? 0 : A.B',
  ]) {
    const result = compileExpression(text, scope)
    if (!result.ok) throw new Error(result.message)
    const { expression } = result
    const value = perSecond(count, () => {
      for (let round = 0; round < count; round++) expression.evaluate(() => input)
    })
    report({ bench: 'expressions', figure: `evaluate ${text}`, value, unit: '/s' })
  }
  const texts = Array.from({ length: 5000 }, (_, at) => `A.B${at} * 2 > 90 && State == 6`)
  const value = perSecond(texts.length, () => {
    for (const text of texts) compileExpression(text, scope)
  })
  report({ bench: 'expressions', figure: 'compile', value, unit: '/s' })
}

/** 10,000 inputs, 10,000 calculated tags over two of them each; every input changes in every batch. */
function calculated(report: Report): void {
  const count = 10_000
  const inputs = Array.from({ length: count }, (_, at) => tagDefinition(`I${at}`))
  const outputs = Array.from({ length: count }, (_, at) =>
    tagDefinition(`O${at}`, {
      dataType: 'float64',
      device: null,
      address: null,
      expression: `I${at} * 2 + I${(at + 1) % count}`,
    }),
  )
  const handles = new Map([...inputs, ...outputs].map((tag, handle) => [tag.name, handle]))
  const waiting = { value: null, statusCode: 0x80320000, sourceTimestamp: 0 }
  const engine = new CalculatedTags({
    table: { handleOf: (name) => handles.get(name), read: () => waiting },
    clock: { now: () => 1 },
  })
  engine.configure([...inputs, ...outputs])
  let round = 0
  const batch = (): ValueBatch => {
    round++
    const builder = new ValueBatchBuilder(count)
    for (let handle = 0; handle < count; handle++) builder.addNumber(handle, handle + round, 0, round)
    return builder.take()
  }
  const value = perSecond(count * 20, () => {
    for (let times = 0; times < 20; times++)
      if (engine.evaluate(batch()).count !== count) throw new Error('not all were computed')
  })
  report({ bench: 'expressions', figure: 'calculated tags, two inputs each', value, unit: '/s' })
  const idle = new ValueBatchBuilder(count)
  for (let handle = 0; handle < count; handle++) idle.addNumber(handle + 2 * count, 1, 0, 1)
  const others = idle.take()
  const passed = perSecond(count * 500, () => {
    for (let times = 0; times < 500; times++) engine.evaluate(others)
  })
  report({ bench: 'expressions', figure: 'changes that no expression reads', value: passed, unit: '/s' })
}

export async function run(report: Report): Promise<void> {
  evaluations(report)
  calculated(report)
}
