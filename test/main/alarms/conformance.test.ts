// docs/alarm-conformance.md says the truth: every row of the checklist once, each with tests that exist or with a reason.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const page = readFileSync(`${root}docs/alarm-conformance.md`, 'utf8')
const rows = [...page.matchAll(/^\| (?!row |---)(.*?) \| (.*?) \| (.*) \|$/gm)].map(([, row, asked, shown]) => ({
  row: row!,
  asked: asked!,
  shown: shown!,
}))

/** Files and names of tests that a cell names. */
function citedIn(shown: string): readonly (readonly [string, string])[] {
  return [...shown.matchAll(/test: `([^`]+)`: ((?:“[^”]*”(?:, )?)+)/g)].flatMap(([, file, names]) =>
    [...names!.matchAll(/“([^”]*)”/g)].map(([, name]) => [file!, name!] as const),
  )
}

/** Some tests are named after a row of their own table or after a file they read; `…` stands for what a name is filled with. */
function isThere(file: string, name: string): boolean {
  const text = readFileSync(`${root}${file}`, 'utf8')
  const made = /^from (\w+)$/.exec(name)
  if (made !== null) return text.includes('`from ${' + 'start}`') && new RegExp(`^ {2}${made[1]}: `, 'm').test(text)
  if (file.endsWith('plant-check.test.ts'))
    return existsSync(`${root}test/data/plants/faulty/${name.replaceAll(' ', '-')}.txt`)
  return name.split('…').every((part) => text.includes(part))
}

describe('conformance of alarms', () => {
  test('has every row of the checklist', () => {
    const has = new Set(rows.map(({ row }) => row.split(',')[0]))
    const wanted = [
      ...Array.from({ length: 20 }, (_, at) => `S${at + 1}`),
      ...Array.from({ length: 66 }, (_, at) => `A${at + 1}`),
    ]
    expect(wanted.filter((row) => !has.has(row))).toEqual([])
    expect(rows.map(({ row }) => row)).toHaveLength(new Set(rows.map(({ row }) => row)).size)
  })

  test('names tests that exist, or says in a sentence why a row is not done', () => {
    for (const { row, asked, shown } of rows) {
      expect(asked, row).not.toBe('')
      if (shown.startsWith('not done, because ')) {
        expect(shown, row).toMatch(/\.$/)
        continue
      }
      const cited = citedIn(shown)
      expect(cited.length, row).toBeGreaterThan(0)
      for (const [file, name] of cited) expect(isThere(file, name), `${row}: ${file}: ${name}`).toBe(true)
    }
  })
})
