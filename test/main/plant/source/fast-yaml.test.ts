// Two readers for one format: what the fast one reads is what the exact one reads.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { checkPlant } from '../../../../src-main/plant/plant-check.ts'
import { readFast, readPlain } from '../../../../src-main/plant/source/fast-yaml.ts'
import { fakeRules, plantFolder } from '../plant-folder-fixture.ts'

const demo = new URL('../../../../resources/demo-plant/', import.meta.url).pathname

/** What the exact reader says; undefined when it refuses. */
function exact(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false })
  return document.errors.length > 0 || document.warnings.length > 0 ? undefined : document.toJS()
}

describe('the fast reader', () => {
  it('agrees on every file of the demo plant', () => {
    const files = readdirSync(demo, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'))
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) {
      const text = readFileSync(join(demo, file), 'utf8')
      expect(readPlain(text), file).toEqual(exact(text))
    }
  })

  it('agrees on scalars of every look', () => {
    const looks = [
      '1',
      '-1',
      '+1',
      '1.5',
      '1e3',
      '.5',
      '5.',
      '0x1F',
      '0o17',
      '017',
      '1_000',
      '12:30',
      '40001:float32',
      '40010.3',
      '40010.30',
      'true',
      'True',
      'yes',
      'no',
      'on',
      'off',
      'Off',
      'null',
      '~',
      'Null',
      '.inf',
      '.nan',
      '2026-01-01',
      '2026-01-01T00:00:00Z',
      '"a\\nb"',
      "'it''s'",
      '%',
      '$.json',
      '#x',
      'a #b',
      'a: b',
      '<<',
      '=',
      '-',
      '?',
      '{}',
      '[]',
      '""',
      'ns=2;s=A',
      '-.5',
      '1e',
      '0b1',
      '0x',
      '9007199254740993',
      '+.inf',
      '!x',
      '@',
      '`',
      '|',
      '>',
      '\u00a0',
    ]
    const padding = `# ${'x'.repeat(200_000)}\n`
    const agree = (text: string) => {
      const fast = readFast(text + padding)
      if (fast !== undefined) expect(fast, text).toEqual(exact(text + padding))
    }
    for (const look of looks)
      for (const text of [
        `a: ${look}\nb: ${look}\n`,
        `a: ${look}\n`,
        `- ${look}\n`,
        `a: [${look}]\n`,
        `a: { b: ${look} }\n`,
      ])
        agree(text)
    const key = fc.constantFrom('a', 'b c', '1', 'true', '0x1', '中')
    const line = fc.tuple(
      key,
      fc.oneof(
        fc.constantFrom(...looks),
        fc.double().map(String),
        fc.integer().map(String),
        fc.string({ maxLength: 8 }),
      ),
    )
    fc.assert(
      fc.property(fc.uniqueArray(line, { selector: ([name]) => name, maxLength: 4 }), (lines) => {
        const text = lines.map(([name, value]) => `${name}: ${value}\n`).join('')
        agree(text)
      }),
      { numRuns: 300 },
    )
  })

  it('leaves anchors, aliases and tags to the exact reader', () => {
    const padding = `# ${'x'.repeat(200_000)}\n`
    for (const text of ['a: &x 1\n', 'a: *x\n', '- !!str 1\n', 'a: [*x]\n', '---\na: 1\n', '<<: { a: 1 }\n'])
      expect(readFast(text + padding)).toBeUndefined()
    expect(readFast(`a: b && c * 2\n${padding}`)).toEqual({ a: 'b && c * 2' })
  })

  it('a fault in a large file has its line and column', async () => {
    const rows = Array.from(
      { length: 5000 },
      (_, index) => `  - { name: T${index}, device: plc, address: "1:bool"${index === 4000 ? ', unitt: x' : ''} }\n`,
    )
    const { faults } = await checkPlant(await plantFolder({ 'tags/large.yaml': `tags:\n${rows.join('')}` }), fakeRules)
    expect(faults).toEqual([
      {
        file: 'tags/large.yaml',
        line: 4002,
        column: 52,
        message: 'there is no key "unitt"; did you mean "unit"? (protocol fake)',
      },
    ])
  })
})
