import { describe, expect, test } from 'vitest'
import { ValueBatchBuilder } from '../../../src-main/shared/value-batch.ts'
import { TagInterlocks } from '../../../src-main/tags/tag-interlocks.ts'
import { TagTable } from '../../../src-main/tags/tag-table.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { tagDefinition } from '../../fakes/tag-definition.ts'

function bench(interlock: string | null) {
  const table = new TagTable(new FakeClock())
  const tag = tagDefinition('Valve.Command', { interlock, dataType: 'bool' })
  const tags = [tag, tagDefinition('Door.Closed', { dataType: 'bool' }), tagDefinition('Tank.Level')]
  table.configure(tags)
  const interlocks = new TagInterlocks(table)
  interlocks.configure(tags)
  const set = (name: string, value: number, statusCode = 0) => {
    const builder = new ValueBatchBuilder()
    builder.addNumber(table.handleOf(name)!, value, statusCode, 0)
    table.apply(builder.take())
  }
  return { refusal: () => interlocks.refusal(tag), set }
}

describe('an interlock', () => {
  test('allows while it is true and names itself while it is false', () => {
    const { refusal, set } = bench('Door.Closed && Tank.Level > 10')
    set('Door.Closed', 1)
    set('Tank.Level', 11)
    expect(refusal()).toBeNull()
    set('Tank.Level', 9)
    expect(refusal()).toContain('Door.Closed && Tank.Level > 10')
  })

  test('that depends on a Bad value refuses', () => {
    const { refusal, set } = bench('Door.Closed')
    set('Door.Closed', 1)
    expect(refusal()).toBeNull()
    set('Door.Closed', 0, 0x80310000)
    expect(refusal()).toContain('cannot be decided')
  })

  test('that does not compile refuses rather than allows', () => {
    expect(bench('Door.Shut').refusal()).toContain('cannot be evaluated')
    expect(bench(null).refusal()).toBeNull()
  })
})
