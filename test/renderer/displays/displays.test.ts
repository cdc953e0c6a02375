// Sentences about findings in both languages, and types by library.
import { afterEach, describe, expect, it } from 'vitest'
import type { DisplayFinding } from '../../../src-main/shared/display-quality.ts'
import { displayRules } from '../../../src-main/shared/display-quality.ts'
import type { TypeLibrary } from '../../../src-main/shared/equipment.ts'
import { type TypeRow, typeGroups } from '../../../src-renderer/displays/type-groups.ts'
import { findingText, severityText } from '../../../src-renderer/ui/finding-words.ts'
import { language, languages } from '../../../src-renderer/ui/i18n.svelte.ts'

const details: Partial<Record<DisplayFinding['rule'], readonly DisplayFinding['details'][]>> = {
  tooManyColours: [{ count: 7, most: 4 }],
  alarmColourMisused: [{ kind: 'always' }, { kind: 'colour', colour: '#ff0000', priority: 'urgent' }],
  saturatedGround: [{ colour: '#0000ff', saturation: 100 }],
  decoration: [{ kind: 'gradient' }, { kind: 'filter' }, { kind: 'animation' }],
  smallText: [{ size: 10.8, least: 16 }],
  contrast: [
    { kind: 'text', ratio: 1.5, wanted: 4.5, theme: 'dark' },
    { kind: 'line', ratio: 1.5, wanted: 3, theme: 'light' },
  ],
  alarmWithoutDisplay: [
    { count: 1, area: '', tags: 'A' },
    { count: 2, area: 'Mixing', tags: 'A, B' },
  ],
  tooFar: [
    { start: 'main', actions: 4 },
    { start: 'main', actions: -1 },
  ],
  unboundElement: [{ kind: 'class' }, { kind: 'number' }],
  valueWithoutUnit: [{ tag: 'Tank.Level', unit: '%' }],
  crowded: [{ count: 700, most: 600, level: 3 }],
  missingLanguage: [{ kind: 'title', language: 'zh-CN' }, { kind: 'text' }, { kind: 'switch', language: 'zh-CN' }],
  overlap: [{ other: '"Tank"' }],
}

const finding = (rule: DisplayFinding['rule'], more: DisplayFinding['details']): DisplayFinding => ({
  rule,
  severity: 'warning',
  file: 'mimics/a.svg',
  line: 1,
  column: 1,
  element: null,
  message: 'English',
  details: more,
})

afterEach(() => language.choose('en'))

describe('what the display check found', () => {
  it.each(languages)('is said in %s for every rule, with nothing left open', (tag) => {
    language.choose(tag)
    for (const rule of displayRules)
      for (const more of details[rule] ?? [{}]) {
        const text = findingText(finding(rule, more))
        expect(text).not.toMatch(/[{}]|undefined/)
        expect(/\p{Script=Han}/u.test(text)).toBe(tag === 'zh-CN')
      }
    expect(severityText(finding('overlap', {}))).not.toBe('')
  })

  it('says how many more there are, and names the line where there is no place', () => {
    expect(findingText(finding('smallText', { size: 9, least: 16, more: 12 }))).toBe(
      'Text of 9 px; 16 px are the least that can be read (and 12 more)',
    )
    expect(findingText(finding('alarmWithoutDisplay', { count: 1, area: '', tags: 'A' }))).toBe(
      'No display shows 1 tag with alarms in the line as a whole: A',
    )
  })
})

describe('types by library', () => {
  const type = (name: string, library: string | null): TypeRow => ({
    name,
    library,
    title: { en: name.toUpperCase() },
    description: {},
    help: {},
    extends: null,
    version: '',
    file: '',
    symbolFile: null,
    parameters: [],
    members: [],
    documents: [],
    instanceCount: 0,
  })
  const standard: TypeLibrary = { name: 'standard', version: '1.0.0', title: {}, origin: 'shipped', types: [] }
  const types = [type('valve', 'standard'), type('mixer', null), type('motor', 'standard')]
  const titleOf = (row: TypeRow) => row.title.en!

  it('stand by title, those of the plant first', () => {
    expect(
      typeGroups(types, [standard], '', titleOf).map((group) => [
        group.library?.name ?? null,
        group.types.map(({ name }) => name),
      ]),
    ).toEqual([
      [null, ['mixer']],
      ['standard', ['motor', 'valve']],
    ])
  })

  it('are found by a part of name or title; libraries without any are left out', () => {
    expect(typeGroups(types, [standard], ' VAL', titleOf)).toMatchObject([{ types: [{ name: 'valve' }] }])
    expect(typeGroups(types, [standard], 'none', titleOf)).toEqual([])
  })
})
