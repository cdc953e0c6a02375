// Rows of YAML lists changed where they are written: every other character of the file stays.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  navigationRow,
  withNavigationRow,
  withoutNavigationRow,
} from '../../../../src-main/plant/displays/navigation-edit.ts'
import { editList } from '../../../../src-main/plant/source/yaml-list-edit.ts'

const navigation = `# The displays and how they hang together.

mimics:
  # The whole line.
  - name: overview
    title: { en: Overview, zh-CN: 总览 }   # on the wall
    level: 1

  # Packaging: filler to palletiser.
  - name: packaging
    title: "Packaging"
    level: 2
    parent: overview
  - { name: filler, title: { en: 'Filler' }, level: 3, parent: packaging } # the heart
# The end.
`
const languages = ['en', 'zh-CN']

/** Lines that are only in one of two texts. */
function changedLines(before: string, after: string): { readonly gone: string[]; readonly come: string[] } {
  const [old, present] = [before.split('\n'), after.split('\n')]
  return { gone: old.filter((line) => !present.includes(line)), come: present.filter((line) => !old.includes(line)) }
}

describe('a row of navigation.yaml', () => {
  it('reads a title with and without languages, and what is not said', () => {
    expect(navigationRow(navigation, 'overview', languages)).toEqual({
      title: { en: 'Overview', 'zh-CN': '总览' },
      level: 1,
      parent: null,
    })
    expect(navigationRow(navigation, 'packaging', languages)).toEqual({
      title: { en: 'Packaging' },
      level: 2,
      parent: 'overview',
    })
    expect(navigationRow(navigation, 'other', languages)).toBeNull()
    expect(navigationRow('mimics: [', 'other', languages)).toBeNull()
    expect(navigationRow(null, 'other', languages)).toBeNull()
  })

  it('stays as it is written when it says the same', () => {
    for (const name of ['overview', 'packaging', 'filler'])
      expect(withNavigationRow(navigation, name, navigationRow(navigation, name, languages)!, languages)).toBe(
        navigation,
      )
  })

  it('gets one other word by one other word', () => {
    const after = withNavigationRow(
      navigation,
      'overview',
      { title: { en: 'Line 1', 'zh-CN': '总览' }, level: 1, parent: null },
      languages,
    )
    expect(changedLines(navigation, after)).toEqual({
      gone: ['    title: { en: Overview, zh-CN: 总览 }   # on the wall'],
      come: ['    title: { en: Line 1, zh-CN: 总览 }   # on the wall'],
    })
    const flow = withNavigationRow(navigation, 'filler', { title: { en: 'Filler' }, level: 4, parent: null }, languages)
    expect(changedLines(navigation, flow).come).toEqual([
      "  - { name: filler, title: { en: 'Filler' }, level: 4 } # the heart",
    ])
  })

  it('goes with its own comment and leaves those of others', () => {
    expect(withoutNavigationRow(navigation, 'packaging')).toBe(
      navigation.replace(/ {2}# Packaging[\s\S]*?parent: overview\n/, ''),
    )
    expect(withoutNavigationRow(navigation, 'filler')).toBe(navigation.replace(/ {2}- \{ name: filler.*\n/, ''))
    expect(withoutNavigationRow(navigation, 'other')).toBe(navigation)
  })

  it('comes at the end, written as its neighbour', () => {
    const after = withNavigationRow(
      navigation,
      'capper',
      { title: { en: 'Capper: 2', 'zh-CN': '旋盖机' }, level: 3, parent: 'packaging' },
      languages,
    )
    expect(after).toBe(
      navigation.replace(
        '# The end.',
        '  - { name: capper, title: { en: "Capper: 2", zh-CN: 旋盖机 }, level: 3, parent: packaging }\n# The end.',
      ),
    )
    const block = 'mimics:\r\n  - name: a\r\n    level: 1'
    expect(withNavigationRow(block, 'b', { title: {}, level: 2, parent: 'a' }, languages)).toBe(
      'mimics:\r\n  - name: a\r\n    level: 1\r\n  - name: b\r\n    level: 2\r\n    parent: a\r\n',
    )
  })

  it.each([
    ['no file', null],
    ['an empty file', ''],
    ['a file of comments', '# Displays.\n'],
    ['an empty list', 'mimics: []\n'],
    ['a list in brackets', 'mimics: [{ name: a, level: 1 }]\n'],
    ['a list without indent', 'mimics:\n- name: a\n  level: 1\n'],
    ['dashes on their own', 'mimics:\n  -\n    name: a\n    level: 1\n'],
  ])('is added to %s', (_what, text) => {
    const after = withNavigationRow(text, 'b', { title: { en: 'B' }, level: 2, parent: null }, languages)
    expect(parse(after).mimics.at(-1)).toEqual({ name: 'b', title: { en: 'B' }, level: 2 })
    expect(parse(after).mimics).toHaveLength(text?.includes('name: a') ? 2 : 1)
    if (text?.startsWith('#')) expect(after).toContain('# Displays.')
  })
})

describe('editing a list', () => {
  const words = fc.oneof(
    fc.constantFrom(
      'a',
      'true',
      '12',
      'null',
      '- x',
      '#c',
      'a: b',
      '{',
      '"',
      "'",
      '  ',
      '中文',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the plant's own placeholder
      '${base + 1}',
      '@x',
      '%',
    ),
    fc
      .string({ maxLength: 20 })
      .filter((text) => text.isWellFormed() && !/[\p{Cc}\u2028\u2029\ufeff\u0085]/u.test(text)),
  )
  const row = fc.record({
    description: words,
    parameters: fc.dictionary(fc.constantFrom('device', 'base', 'node'), fc.oneof(words, fc.integer(), fc.boolean())),
  })

  it('says exactly what was given, whatever the words are, and leaves other rows alone', () => {
    fc.assert(
      fc.property(row, row, fc.boolean(), (first, second, isFlow) => {
        const before = isFlow
          ? 'equipment:\n  - { name: A, type: t } # one\n  - { name: B, type: t, description: old }\n'
          : 'equipment:\n  - name: A # one\n    type: t\n  - name: B\n    type: t\n    description: old # said\n'
        let text = editList(before, 'equipment', { key: 'name', of: 'C', set: { name: 'C', type: 't', ...first } })
        text = editList(text, 'equipment', { key: 'name', of: 'B', set: { name: 'B', ...second } })
        text = editList(text, 'equipment', { key: 'name', of: 'C', set: { ...second } })
        expect(parse(text).equipment).toEqual([
          { name: 'A', type: 't' },
          { name: 'B', type: 't', ...second },
          { name: 'C', type: 't', ...second },
        ])
        expect(text).toContain('# one')
      }),
      { numRuns: 300 },
    )
  })
})

describe('a list below a row', () => {
  const element = fc.record(
    {
      type: fc.constantFrom('text', 'box', 'line'),
      x: fc.integer({ min: 0, max: 9 }),
      text: fc.string({ maxLength: 6 }),
    },
    { requiredKeys: ['type', 'x'] },
  )
  const file = (elements: readonly unknown[]) =>
    `# Labels.\ntemplates:\n  - name: a   # first\n    size: { width: 5 }\n    elements:\n${elements
      .map((each, index) => `      # ${index}\n      - ${JSON.stringify(each)}   # element ${index}\n`)
      .join('')}\n  # The other.\n  - { name: b }\ntriggers: []\n`

  it('is afterwards what was wanted, whatever comes, goes and changes; other rows keep every character', () => {
    fc.assert(
      fc.property(
        fc.array(element, { minLength: 1, maxLength: 6 }),
        fc.array(element, { maxLength: 6 }),
        fc.boolean(),
        (before, drawn, keepsHalf) => {
          const after = keepsHalf ? [...before.slice(1), ...drawn] : drawn
          const text = file(before)
          const edited = editList(text, 'templates', { key: 'name', of: 'a', set: { elements: after } })
          expect(parse(edited)).toEqual({
            templates: [{ name: 'a', size: { width: 5 }, elements: after }, { name: 'b' }],
            triggers: [],
          })
          if (after.length > 0) expect(edited).toContain('\n  # The other.\n  - { name: b }\ntriggers: []\n')
          if (JSON.stringify(after) === JSON.stringify(before)) expect(edited).toBe(text)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('keeps the lines and comments of what stays where it was', () => {
    const rows = [1, 2, 3, 4].map((x) => ({ type: 'text', x }))
    const text = file(rows)
    const wanted = [rows[0], { type: 'box', x: 7 }, rows[2], rows[3], { type: 'line', x: 8 }]
    const edited = editList(text, 'templates', { key: 'name', of: 'a', set: { elements: wanted } })
    const { gone, come } = changedLines(text, edited)
    expect(gone).toEqual(['      - {"type":"text","x":2}   # element 1'])
    expect(come).toEqual(['      - {"type":box,"x":7}   # element 1', '      - { type: line, x: 8 }'])
  })
})
