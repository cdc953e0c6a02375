// The display check: each rule finds what breaks it, and says nothing of the same display drawn well (docs/display-quality.md).
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { qualityOfPlant } from '../../../../src-main/plant/displays/display-check.ts'
import { readDrawing } from '../../../../src-main/plant/displays/display-drawing.ts'
import { mostListed } from '../../../../src-main/plant/displays/display-rule.ts'
import { scoreOf } from '../../../../src-main/plant/displays/display-score.ts'
import { checkFiles } from '../../../../src-main/plant/plant-check.ts'
import { FolderFiles } from '../../../../src-main/plant/source/folder-scan.ts'
import { plantRules } from '../../../../src-main/plant-rules.ts'
import {
  type DisplayRule,
  displayRules,
  type PlantDisplayQuality,
} from '../../../../src-main/shared/display-quality.ts'
import { limitHere } from '../../../fakes/busy-machine.ts'
import { fakeRules, plantFolder } from '../plant-folder-fixture.ts'

const tags = `tags:
  - { name: Level, device: plc, address: "1:float32", unit: "%" }
  - { name: Count, device: plc, address: "2:int32" }
  - { name: Start, device: plc, address: "100:bool", writable: true }
`
const ground = '<rect class="ls-ground" fill="#dadada" x="0" y="0" width="1600" height="900"/>'

function svg(content: string, root = 'viewBox="0 0 1600 900"'): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic" ${root}>\n${content}\n</svg>\n`
}

async function judge(files: Readonly<Record<string, string>>): Promise<PlantDisplayQuality> {
  const folder = new FolderFiles(await plantFolder({ 'tags/a.yaml': tags, ...files }))
  const { plant, faults } = await checkFiles(folder, fakeRules)
  expect(faults).toEqual([])
  return qualityOfPlant(plant!, folder)
}

const navigation = 'mimics:\n  - { name: main, title: Main, level: 1 }\n'

async function judgeDrawing(content: string, files: Readonly<Record<string, string>> = {}) {
  const quality = await judge({
    'mimics/navigation.yaml': navigation,
    'mimics/main.svg': content.startsWith('<svg') ? content : svg(ground + content),
    ...files,
  })
  return quality.displays.find(({ mimic }) => mimic === 'main')!
}

const twoLanguages = {
  'plant.yaml': 'name: Test plant\nline: Line 1\nsite: Somewhere\nlanguages: [en, zh-CN]\n',
  'mimics/navigation.yaml': 'mimics:\n  - { name: main, title: { en: Main, zh-CN: 主 }, level: 1 }\n',
}

/** Rule → what breaks it and the same drawn well. */
const cases: readonly (readonly [DisplayRule, string, bad: string, good: string, files?: Record<string, string>])[] = [
  [
    'tooManyColours',
    'five colours besides greys',
    ['#3355aa', '#338833', '#7733aa', '#aa33aa', '#88aa22']
      .map((fill, at) => `<rect fill="${fill}" x="${at * 50}" y="9" width="40" height="40"/>`)
      .join(''),
    ['#3355aa', '#3a5cb0', '#338833', '#999999']
      .map((fill, at) => `<rect fill="${fill}" x="${at * 50}" y="9" width="40" height="40"/>`)
      .join(''),
  ],
  [
    'alarmColourMisused',
    'a red pipe by attribute',
    '<path fill="none" stroke="#d32f2f" d="M10 10 H200"/>',
    '<path fill="none" stroke="#4a4a4a" d="M10 10 H200"/>',
  ],
  [
    'alarmColourMisused',
    'red in a style sheet',
    '<style>.hot { fill: rgb(211, 47, 47) }</style><rect class="hot" x="9" y="9" width="40" height="40"/>',
    '<style>.hot { fill: #808080 }</style><rect class="hot" x="9" y="9" width="40" height="40"/>',
  ],
  [
    'alarmColourMisused',
    'amber in a style attribute',
    '<rect style="fill:#f9a825;stroke:none" x="9" y="9" width="40" height="40"/>',
    '<g ls:visible="Level &gt; 90"><path class="ls-high" style="fill:#f9a825" d="M9 9 h9 v9 z"/></g>',
  ],
  [
    'alarmColourMisused',
    'an alarm mark that is always there',
    '<path class="ls-urgent" fill="#b71c1c" d="M9 9 h9 v9 z"/>',
    '<path class="ls-urgent" fill="#b71c1c" d="M9 9 h9 v9 z" ls:visible="Level &gt; 90"/>',
  ],
  [
    'alarmColourMisused',
    'a red that a binding paints',
    `<g ls:tag="Level"><rect x="9" y="9" width="40" height="40" fill="#999" ls:fill="value &gt; 90 ? '#ff0000' : ''"/><text x="9" y="90" font-size="20" ls:text="value">1</text><text class="ls-unit" x="50" y="90" font-size="20">%</text></g>`,
    `<g ls:tag="Level"><rect x="9" y="9" width="40" height="40" fill="#999" ls:fill="value &gt; 90 ? 'high' : ''"/><text x="9" y="90" font-size="20" ls:text="value">1</text><text class="ls-unit" x="50" y="90" font-size="20">%</text></g>`,
  ],
  [
    'saturatedGround',
    'a blue ground',
    svg('<rect fill="#1133aa" x="0" y="0" width="1600" height="900"/>'),
    svg('<rect fill="#d4d4d4" x="0" y="0" width="1600" height="900"/>'),
  ],
  [
    'decoration',
    'a gradient',
    '<defs><linearGradient id="g"><stop offset="0"/><stop offset="1"/></linearGradient></defs><rect fill="url(#g)" x="9" y="9" width="40" height="40"/>',
    '<rect fill="#999" x="9" y="9" width="40" height="40"/>',
  ],
  ['decoration', 'a shadow', '<defs><filter id="f"><feGaussianBlur/></filter></defs><g filter="url(#f)"/>', '<g/>'],
  [
    'decoration',
    'an animation',
    '<rect x="9" y="9" width="4" height="4" fill="#999"><animate/></rect>',
    '<rect x="9" y="9" width="4" height="4" fill="#999"/>',
  ],
  [
    'smallText',
    'text of 12 units',
    '<text x="99" y="99" font-size="12" fill="#1a1a1a">Filler</text>',
    '<text x="99" y="99" font-size="14" fill="#1a1a1a">Filler</text>',
  ],
  [
    'smallText',
    'text that a group makes small',
    '<g transform="scale(0.5)"><text x="99" y="99" style="font-size:20px" fill="#1a1a1a">Filler</text></g>',
    '<g transform="scale(0.5)"><text x="99" y="99" style="font-size:30px" fill="#1a1a1a">Filler</text></g>',
  ],
  [
    'contrast',
    'light grey on grey',
    '<text x="99" y="99" font-size="16" fill="#b0b0b0">Filler</text>',
    '<text class="ls-text" x="99" y="99" font-size="16" fill="#b0b0b0">Filler</text>',
  ],
  [
    'contrast',
    'drawn dark text on a panel of the theme, which is dark at night',
    '<rect class="ls-panel" fill="#e6e6e6" x="50" y="50" width="300" height="200"/><text x="99" y="99" font-size="16" fill="#333">Filler</text>',
    '<rect fill="#e6e6e6" x="50" y="50" width="300" height="200"/><text x="99" y="99" font-size="16" fill="#333">Filler</text>',
  ],
  [
    'contrast',
    'a line that nobody sees',
    svg('<rect fill="#dadada" width="1600" height="900"/><line x1="9" y1="9" x2="99" y2="99" stroke="#cccccc"/>'),
    svg('<rect fill="#dadada" width="1600" height="900"/><line x1="9" y1="9" x2="99" y2="99" stroke="#555"/>'),
  ],
  [
    'colourAlone',
    'a state by fill alone',
    `<rect x="9" y="9" width="40" height="40" fill="#999" ls:fill="Start ? 'running' : 'content'"/>`,
    `<g><rect x="9" y="9" width="40" height="40" fill="#999" ls:fill="Start ? 'running' : 'content'"/><text x="9" y="90" font-size="20" ls:text="Start ? 'on' : 'off'">on</text></g>`,
  ],
  [
    'controlOnOverview',
    'a button',
    '<rect ls:tag="Start" ls:write="true" x="9" y="9" width="90" height="44" fill="#999"/>',
    '<rect ls:tag="Start" ls:open="faceplate" x="9" y="9" width="90" height="44" fill="#999"/>',
  ],
  [
    'unboundElement',
    'a number with its unit',
    '<text x="99" y="99" font-size="20" fill="#1a1a1a">60.5 %</text>',
    '<text x="99" y="99" font-size="20" fill="#1a1a1a" ls:tag="Level" ls:text="format(value, 1) + unit">60.5 %</text>',
  ],
  [
    'unboundElement',
    'a number beside its unit',
    '<text x="99" y="99" font-size="20" fill="#1a1a1a">60</text><text x="130" y="99" font-size="20" fill="#1a1a1a">m³/h</text>',
    '<text x="99" y="99" font-size="20" fill="#1a1a1a">60</text><text x="330" y="99" font-size="20" fill="#1a1a1a">m³/h</text>',
  ],
  [
    'unboundElement',
    'the class of a value',
    '<text class="ls-value" x="99" y="99" font-size="20">Lemonade</text>',
    '<text class="ls-value" x="99" y="99" font-size="20" ls:tag="Count">Lemonade</text>',
  ],
  [
    'valueWithoutUnit',
    'a value alone',
    '<text x="99" y="99" font-size="20" fill="#1a1a1a" ls:tag="Level" ls:text="value">60</text>',
    '<text x="99" y="99" font-size="20" fill="#1a1a1a" ls:tag="Level" ls:text="value">60</text><text x="130" y="99" font-size="20" fill="#1a1a1a" ls:tag="Level" ls:text="unit">%</text>',
  ],
  [
    'crowded',
    'an overview of three hundred values',
    Array.from(
      { length: 300 },
      (_, at) =>
        `<rect x="${(at % 40) * 30}" y="${Math.floor(at / 40) * 30}" width="9" height="9" fill="#999" ls:visible="Start"/>`,
    ).join(''),
    Array.from(
      { length: 200 },
      (_, at) =>
        `<rect x="${(at % 40) * 30}" y="${Math.floor(at / 40) * 30}" width="9" height="9" fill="#999" ls:visible="Start"/>`,
    ).join(''),
  ],
  [
    'missingLanguage',
    'a word in one language',
    '<text x="99" y="99" font-size="20" fill="#1a1a1a">Syrup tank</text>',
    '<switch><text systemLanguage="zh" x="99" y="99" font-size="20" fill="#1a1a1a">糖浆罐</text><text x="99" y="99" font-size="20" fill="#1a1a1a">Syrup tank</text></switch><text x="99" y="200" font-size="20" fill="#1a1a1a">P-101 m³/h</text><text x="99" y="300" font-size="20" fill="#1a1a1a">Level</text>',
    twoLanguages,
  ],
  [
    'missingTitle',
    'no title anywhere',
    '<g/>',
    svg(`<title>Main</title>${ground}`),
    { 'mimics/navigation.yaml': 'mimics:\n  - { name: main, level: 1 }\n' },
  ],
  [
    'overlap',
    'two texts in one place',
    '<text x="99" y="99" font-size="20" fill="#1a1a1a">Syrup tank</text><text x="120" y="102" font-size="20" fill="#1a1a1a">Water tank</text>',
    '<text x="99" y="99" font-size="20" fill="#1a1a1a">Syrup tank</text><text x="99" y="130" font-size="20" fill="#1a1a1a">Water tank</text>',
  ],
  [
    'offGround',
    'a text beyond the edge',
    '<text x="1590" y="99" font-size="20" fill="#1a1a1a">Syrup tank</text>',
    '<text x="1590" y="99" font-size="20" text-anchor="end" fill="#1a1a1a">Syrup tank</text>',
  ],
  [
    'offGround',
    'a shape beside the ground',
    '<circle cx="1700" cy="20" r="9" fill="#999"/>',
    '<circle cx="1500" cy="20" r="9" fill="#999"/>',
  ],
]

describe('what each rule finds', () => {
  for (const [rule, what, bad, good, files = {}] of cases)
    it(`${rule}: ${what}`, async () => {
      const found = await judgeDrawing(bad, files)
      expect(found.findings.map((finding) => finding.rule)).toContain(rule)
      expect(found.score).toBeLessThan(100)
      const clean = await judgeDrawing(good, files)
      expect(clean.findings.filter((finding) => finding.rule === rule)).toEqual([])
    })

  it('has an example for every rule', () => {
    const others: readonly DisplayRule[] = ['noOverview', 'alarmWithoutDisplay', 'deadEnd', 'tooFar']
    expect(new Set([...cases.map(([rule]) => rule), ...others])).toEqual(new Set(displayRules))
  })

  it('says where: file, line, column and id', async () => {
    const { findings } = await judgeDrawing(
      svg(`${ground}\n  <g>\n    <rect id="pipe7" fill="#ff0000" x="9" y="9" width="40" height="40"/></g>`),
    )
    expect(findings).toEqual([
      {
        rule: 'alarmColourMisused',
        severity: 'error',
        file: 'mimics/main.svg',
        line: 4,
        column: 5,
        element: 'pipe7',
        message: '#pipe7 has #ff0000, which looks like the colour of urgent alarms and is kept for them',
        details: { kind: 'colour', colour: '#ff0000', priority: 'urgent' },
      },
    ])
  })
})

const plain = svg(ground)
const link = (to: string) => svg(`${ground}<rect fill="#999" x="9" y="9" width="90" height="44" ls:open="${to}"/>`)

describe('ways between displays (HMI.md H22)', () => {
  it('a plant without a display of level 1 has no overview', async () => {
    const { findings } = await judge({ 'mimics/main.svg': plain })
    expect(findings.map(({ rule }) => rule)).toEqual(['noOverview'])
    expect((await judge({ 'mimics/main.svg': plain, 'mimics/navigation.yaml': navigation })).findings).toEqual([])
  })

  it('a display with no way on or back is a dead end, one that none leads to cannot be reached', async () => {
    const files = { 'mimics/navigation.yaml': navigation, 'mimics/main.svg': plain, 'mimics/other.svg': plain }
    const lost = (await judge(files)).displays.find(({ mimic }) => mimic === 'other')!
    expect(lost.findings.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['deadEnd', 'tooFar']))
    const linked = await judge({ ...files, 'mimics/main.svg': link('other'), 'mimics/other.svg': link('main') })
    expect(linked.displays.flatMap(({ findings }) => findings.map(({ rule }) => rule))).not.toContain('deadEnd')
    expect(linked.displays.flatMap(({ findings }) => findings.map(({ rule }) => rule))).not.toContain('tooFar')
  })

  it('four actions from the start display are too far, three are not', async () => {
    const files: Record<string, string> = { 'mimics/navigation.yaml': navigation, 'mimics/main.svg': link('a') }
    for (const [name, next] of [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
      ['d', 'main'],
    ] as const)
      files[`mimics/${name}.svg`] = link(next)
    const far = (await judge(files)).displays.filter(({ findings }) => findings.some(({ rule }) => rule === 'tooFar'))
    expect(far.map(({ mimic }) => mimic)).toEqual(['d'])
    expect(far[0]!.findings.find(({ rule }) => rule === 'tooFar')).toMatchObject({
      details: { actions: 4, start: 'main' },
    })
  })
})

describe('alarms that no display shows', () => {
  const alarmed = `tags:
  - { name: Level, device: plc, address: "1:float32", alarms: [ { condition: high, limit: 90 } ] }
  - { name: Start, device: plc, address: "100:bool" }
`
  const files = { 'tags/a.yaml': alarmed, 'mimics/navigation.yaml': navigation }

  it('are told by place, and are not when a display is bound to their tag', async () => {
    const unseen = await judge({ ...files, 'mimics/main.svg': plain })
    expect(unseen.findings).toMatchObject([{ rule: 'alarmWithoutDisplay', details: { count: 1, tags: 'Level' } }])
    expect(unseen.score).toBeLessThan(100)
    const bound = svg(`${ground}<rect fill="#999" x="9" y="9" width="9" height="9" ls:visible="Level &gt; 5"/>`)
    expect((await judge({ ...files, 'mimics/main.svg': bound })).findings).toEqual([])
  })
})

describe('the score', () => {
  const finding = (rule: DisplayRule, severity: 'error' | 'warning' | 'hint' = 'error') => ({ rule, severity })

  it('is 100 for nothing found, and the same for findings in any order', () => {
    const found = [
      finding('contrast', 'warning'),
      finding('overlap', 'hint'),
      finding('contrast', 'error'),
      finding('decoration'),
    ]
    expect(scoreOf([])).toBe(100)
    expect(scoreOf(found)).toBe(scoreOf(found.toReversed()))
    expect(scoreOf(found)).toBeLessThan(100)
  })

  it('is not taken to nothing by one habit, and never grows with more findings', () => {
    const hundred = Array.from({ length: 100 }, () => finding('smallText'))
    expect(scoreOf(hundred)).toBe(76)
    let before = 100
    for (const rule of displayRules) {
      hundred.push(finding(rule))
      expect(scoreOf(hundred)).toBeLessThanOrEqual(before)
      before = scoreOf(hundred)
    }
    expect(before).toBe(0)
  })
})

describe('the demo plant', () => {
  it('is judged within its time, and nothing is found', async () => {
    const folder = new FolderFiles(new URL('../../../../resources/demo-plant', import.meta.url).pathname)
    const { plant } = await checkFiles(folder, plantRules)
    const quality = await qualityOfPlant(plant!, folder)
    expect(quality.displays.length).toBeGreaterThan(0)
    expect(quality.displays.flatMap(({ findings }) => findings.map(({ message }) => message))).toEqual([])
    for (const { score } of quality.displays) expect(score).toBe(100)
    expect(quality.findings).toEqual([])
  })
})

describe('drawings that nobody means well with', () => {
  const timed = (work: () => unknown): number => {
    const start = performance.now()
    work()
    return performance.now() - start
  }

  it('ten thousand elements take less than a second', async () => {
    const elements = Array.from({ length: 10_000 }, (_, at) =>
      at % 3 === 0
        ? `<text x="${(at % 100) * 16}" y="${Math.floor(at / 100) * 9}" font-size="14">T${at}</text>`
        : `<rect x="${(at % 100) * 16}" y="${Math.floor(at / 100) * 9}" width="9" height="5" fill="#${(at % 4096).toString(16).padStart(3, '0')}"/>`,
    ).join('\n')
    const start = performance.now()
    const { findings } = await judgeDrawing(svg(ground + elements))
    expect(performance.now() - start).toBeLessThan(limitHere(4000))
    const counts = new Map<string, number>()
    for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1)
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(mostListed)
    expect(findings.some(({ details }) => Number(details.more) > 0)).toBe(true)
  })

  it('places and sizes beyond all numbers come to an end', async () => {
    const shapes = ['1e308', '-1e308', '1e999', '99999999999999999999', 'NaN', 'Infinity', '9007199254740993']
      .map(
        (far) => `<rect x="${far}" y="${far}" width="9" height="9"/><text x="${far}" y="7" font-size="20">Far</text>`,
      )
      .join('')
    expect((await judgeDrawing(svg(shapes))).score).toBeGreaterThan(0)
  })

  it('a heap of ten thousand texts and shapes in one place is judged in seconds', async () => {
    const heap = Array.from(
      { length: 5000 },
      (_, index) =>
        `<rect width="1600" height="900" fill="#9${index % 10}9"/><text x="5" y="30" font-size="12">A${index}</text>`,
    )
    const started = performance.now()
    const { findings } = await judgeDrawing(svg(heap.join('')))
    expect(findings.some(({ rule }) => rule === 'overlap')).toBe(true)
    expect(performance.now() - started).toBeLessThan(limitHere(10_000))
  })

  it('entity bombs, a million attributes and endless nesting come to an end with nothing', () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg"><text>&b;</text></svg>`
    expect(readDrawing('a.svg', bomb).elements).toEqual([])
    const attributes = `<svg xmlns="http://www.w3.org/2000/svg" ${Array.from({ length: 200_000 }, (_, at) => `a${at}="1"`).join(' ')}/>`
    expect(timed(() => readDrawing('a.svg', attributes))).toBeLessThan(limitHere(5000))
    expect(readDrawing('a.svg', `<svg xmlns="http://www.w3.org/2000/svg">${'<g>'.repeat(100_000)}`).elements).toEqual(
      [],
    )
    expect(readDrawing('a.svg', '<svg').elements).toEqual([])
    expect(readDrawing('a.svg', readFileSync(import.meta.filename, 'utf8')).elements).toEqual([])
  })

  it.each([
    ['a path of a megabyte', `<path d="M0 0 ${'L1 1 '.repeat(200_000)}"/>`],
    ['a transform without end', `<g transform="${'rotate(1)'.repeat(50_000)}"><text>A</text></g>`],
    ['a class list without end', `<rect class="${'ls-a '.repeat(100_000)}" width="9" height="9"/>`],
    ['a style sheet without end', `<style>${'.a,'.repeat(60_000)}.b{fill:red}</style><rect width="9" height="9"/>`],
    ['a style sheet of open braces', `<style>${'@media {'.repeat(20_000)}</style><rect width="9" height="9"/>`],
    [
      'numbers that are none',
      '<rect x="1e999" y="-1e999" width="NaN" height="1e400" fill="rgb(1e9,,)"/><text x="∞">1e999 kW</text>',
    ],
    ['a text without end', `<text x="1" y="1">${'W'.repeat(500_000)}</text>`],
    [
      'an expression without end',
      `<text x="1" y="1">1</text><rect width="9" height="9" fill="hsl(${'1'.repeat(100_000)})"/>`,
    ],
  ])('%s is judged in time', async (_what, content) => {
    const start = performance.now()
    await judgeDrawing(svg(content))
    expect(performance.now() - start).toBeLessThan(limitHere(3000))
  })
})
