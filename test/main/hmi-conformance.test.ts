// docs/hmi-conformance.md says the truth: every row of the checklist once, each with tests that exist or with what is missing and why.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(`${root}docs/hmi-conformance.md`, 'utf8')
const rows = [...page.matchAll(/^\| (H\d+) \| (.*?) \| (.*) \|$/gm)].map(([, row, asked, shown]) => ({
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

/** Whether a file has a test of this name, written as the first argument of `test`, `it`, `describe` or of what `each` returns. */
function isThere(file: string, name: string): boolean {
  const text = readFileSync(`${root}${file}`, 'utf8')
  return ["'", '`', '"'].some((quote) => {
    const at = text.indexOf(`${quote}${name}${quote}`)
    return at > 0 && /(?:\(|\(\s*)$/.test(text.slice(0, at))
  })
}

describe('conformance of displays and screens', () => {
  test('has every row of the checklist once', () => {
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 51 }, (_, at) => `H${at + 1}`))
  })

  test('names tests that exist, and what is partly done says in sentences what is missing', () => {
    for (const { row, asked, shown } of rows) {
      expect(asked, row).not.toBe('')
      if (shown.startsWith('partly: ')) expect(shown, row).toMatch(/^partly: \S.{30,}\. test: /)
      else expect(shown, row).toMatch(/^test: /)
      const cited = citedIn(shown)
      expect(cited.length, row).toBeGreaterThan(0)
      for (const [file, name] of cited) expect.soft(isThere(file, name), `${row}: ${file}: ${name}`).toBe(true)
    }
  })

  test('does not take a text that is no test for one', () => {
    expect(isThere('test/main/hmi-conformance.test.ts', 'has every row of the checklist once')).toBe(true)
    expect(isThere('test/main/hmi-conformance.test.ts', 'every row of the checklist')).toBe(false)
  })
})
