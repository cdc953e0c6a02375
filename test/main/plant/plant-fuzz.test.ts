// Plant files come from people, editors, spreadsheets and cut-off copies: whatever they hold, the check answers with faults.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { checkFiles } from '../../../src-main/plant/plant-check.ts'
import { type FileKind, kindOf, type PlantFiles } from '../../../src-main/plant/source/folder-scan.ts'
import { limitHere } from '../../fakes/busy-machine.ts'
import { basePlant, fakeRules } from './plant-folder-fixture.ts'

const good: Readonly<Record<string, string>> = {
  ...basePlant,
  'tags/a.yaml': `tags:
  - name: Level
    device: plc
    address: 100:int16
    scaling: { rawLow: 0, rawHigh: 100, low: 0, high: 1 }
    limits: { low: 0, high: 100 }
    writable: true
    interlock: Level > 3 && !Fault
    signal: level
    alarmLevels: exclusive
    alarms:
      - { condition: high, limit: 5, onDelay: 2 s, message: "x" }
      - { condition: low, name: empty, limit: Twice / 10, deadband: "1 %", message: { en: "{value} {unit}" }, suppressedWhen: Fault, firstOut: stop, class: safety, reAlarm: 1 min }
      - { condition: expression, expression: Fault, latching: true, firstOut: stop }
  - { name: Out, device: plc, address: 102:bool, writable: true }
  - { name: Fault, device: plc, address: 2:bool, states: { 0: "No", 1: "Yes" } }
  - { name: Twice, expression: "Level * 2 + (Fault ? 1 : 0)" }
`,
  'tags/b.csv':
    'name,device,address,limits.low,alarms\nB,plc,1:bool,,\n"C,1",plc,2:float32,5,"[{ condition: high, limit: 3 }]"\n',
  'alarms/all.yaml': `classes: [{ name: safety, title: { en: Safety }, highlyManaged: true }]
suppressions: [{ name: off, when: Level < 1, ids: ["Level/*"], area: "", equipment: [P1], priorities: [low] }]
philosophy: { floods: { start: 10, end: 5 }, priorityMatrix: { minor: [low, low, low, low] }, enforceApproved: true }
alarms:
  - { alarm: Level/high, status: approved, consequence: { en: a }, severity: major, cause: b, action: c, responseTime: 5 min, approved: { limit: 4 } }
  - { alarm: Speed/low, type: pump, date: 2026-11-22, revision: 2 }
`,
  'equipment/types/pump.yaml':
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the plant file
    'name: pump\nparameters: { base: 10 }\nmembers:\n  - { name: Speed, device: plc, address: "${base + 1}:float32", alarms: [{ condition: low, limit: "${base}", suppressedWhen: "!On" }] }\n  - { name: On, expression: Speed > 0 }\nsimulation: { members: { Speed: { sine: { low: 0, high: 5, period: 2 s } } } }\n',
  'equipment/types/pump.svg':
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic"><g ls:visible="self.On"/></svg>',
  'equipment/all.yaml': 'equipment:\n  - { name: P1, type: pump, overrides: { Speed: { unit: Hz } } }\n',
  'mimics/main.svg':
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic"><title>Main</title><text ls:tag="Level" ls:text="value &gt; 3 ? \'high\' : \'low\'" ls:open="faceplate"/></svg>',
  'mimics/navigation.yaml': 'mimics: [{ name: main, level: 1, title: { en: Main } }]\n',
  'labels/a.yaml': `schemes:
  - { name: case, kind: gs1, template: "(01)09521234543213(21){counter:08}", first: 1, last: 500 }
  - { name: tray, kind: vaa, template: "88.123.4/{date:yyMMdd}{field:shift}{counter:05}{check:mod37-36}", reset: day }
printers:
  - { name: one, connection: "virtual:", failover: two, verify: { scanner: hand, rejectTag: Out, timeout: 3 s } }
  - { name: two, language: zpl, connection: "tcp://host:9100", statusInterval: 1 s }
templates:
  - name: case
    title: { en: Case }
    size: { width: 100, height: 50 }
    scheme: case
    printer: one
    fields: [{ name: order, value: Level * 2 }, { name: batch, pattern: "[A-Z]{2}", default: AB }]
    elements:
      - { type: text, x: 1, y: 1, value: "'a ' + fields.order", width: 20, align: center }
      - { type: barcode, x: 60, y: 1, symbology: gs1datamatrix, module: 0.5, value: identifier }
      - { type: box, x: 1, y: 1, width: 98, height: 48 }
      - { type: line, x: 1, y: 20, toX: 99, toY: 20 }
triggers:
  - { name: full, template: case, when: Level > 5, fields: { order: Level }, debounce: 1 s }
  - { name: many, template: case, when: Level, on: increase }
  - { name: night, template: case, schedule: { times: ["06:00"], days: [1, 5] } }
  - { name: high, template: case, alarm: Level/high }
scanners: [{ name: hand, connection: "tcp://host:51236", equipment: P1 }]
tracking: [{ equipment: P1, scheme: case, from: -45 s, to: -30 s }]
`,
  'access.yaml': 'roles: { operator: [tags.read] }\n',
  'simulation/s.yaml': 'tags: { Level: { value: "time * 2" } }\n',
}

/** A plant folder in memory. */
class MemoryFiles implements PlantFiles {
  readonly folder = '/nowhere'
  readonly #texts: Readonly<Record<string, string>>
  constructor(texts: Readonly<Record<string, string>>) {
    this.#texts = texts
  }
  async list(): Promise<{ file: string; kind: FileKind }[]> {
    return Object.keys(this.#texts).map((file) => ({ file, kind: kindOf(file) }))
  }
  async read(file: string): Promise<string | null> {
    return this.#texts[file] ?? null
  }

  async readBytes(): Promise<null> {
    return null
  }

  async mountLibrary(): Promise<null> {
    return null
  }
}

const dangerous = [
  '\t',
  '\u0000',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  '&a ',
  '*a',
  '<',
  '>',
  '&',
  ';',
  '${',
  '}',
  '\n',
  '\n  - ',
  ': ',
  '!!',
  '|',
  '---\n',
  ',',
  '=',
  '(',
  '\ud800',
  '999999999999999999999',
  '-',
  '__proto__: ',
  'constructor: ',
  'null',
  '~',
  '.inf',
]

const change = fc.oneof(
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    text: fc.oneof(fc.constantFrom(...dangerous), fc.string({ unit: 'binary', maxLength: 5 })),
  }),
  fc.record({
    kind: fc.constant('remove' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({
    kind: fc.constant('double' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 60 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
)

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

function changed(text: string, step: Change): string {
  const at = Math.floor(step.at * text.length)
  switch (step.kind) {
    case 'insert':
      return text.slice(0, at) + step.text + text.slice(at)
    case 'remove':
      return text.slice(0, at) + text.slice(at + step.length)
    case 'double':
      return text.slice(0, at + step.length) + text.slice(at)
    case 'cut':
      return text.slice(0, at)
  }
}

describe('mutated plant files', () => {
  it('the folder they are made from is right', async () => {
    expect((await checkFiles(new MemoryFiles(good), fakeRules)).faults).toEqual([])
  })

  it('give a plant or faults with a place, never an error and never a hang', async () => {
    const files = fc.constantFrom(...Object.keys(good))
    const runs = Number(process.env.LINESIDE_FUZZ_RUNS ?? 400)
    await fc.assert(
      fc.asyncProperty(files, fc.array(change, { minLength: 1, maxLength: 4 }), async (file, steps) => {
        const text = steps.reduce(changed, good[file]!)
        const started = performance.now()
        const { plant, faults } = await checkFiles(new MemoryFiles({ ...good, [file]: text }), fakeRules)
        expect(performance.now() - started).toBeLessThan(limitHere(5000))
        expect(plant === null).toBe(faults.length > 0)
        for (const fault of faults) {
          expect(fault.message).not.toMatch(/cannot be checked|undefined|\[object/)
          expect(fault.line).toBeGreaterThanOrEqual(1)
          expect(fault.column).toBeGreaterThanOrEqual(1)
          expect(fault.message.length).toBeLessThan(1000)
        }
      }),
      { numRuns: runs },
    )
  }, 600_000)

  it('label files of any form give a plant or faults with a place', async () => {
    const value = fc.oneof(
      fc.constantFrom<unknown>(
        'case',
        'one',
        'identifier',
        'fields.order',
        '{counter}',
        '(01){check}(21){counter:08}',
        'tcp://',
        'virtual:',
        'ean13',
        'gs1',
        'vaa',
        '',
        '5 s',
        '-5 s',
        true,
        null,
      ),
      fc.constantFrom<unknown>(-1, 0, 1, 203, 1e9, Number.NaN, [], {}, [1], { name: 'case' }),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
    )
    const keys = fc.constantFrom(
      ...[
        'name',
        'kind',
        'template',
        'first',
        'last',
        'reset',
        'connection',
        'dpi',
        'failover',
        'verify',
        'size',
        'scheme',
        'printer',
      ],
      ...[
        'fields',
        'elements',
        'when',
        'on',
        'state',
        'alarm',
        'schedule',
        'equipment',
        'tag',
        'from',
        'to',
        'type',
        'symbology',
        'value',
      ],
    )
    const row = fc.dictionary(keys, fc.oneof(value, fc.array(fc.dictionary(keys, value), { maxLength: 3 })))
    const lists = fc.constantFrom('schemes', 'printers', 'templates', 'triggers', 'scanners', 'tracking')
    await fc.assert(
      fc.asyncProperty(fc.dictionary(lists, fc.array(row, { maxLength: 3 })), async (written) => {
        const files = { ...good, 'labels/b.yaml': stringify(written) }
        const { plant, faults } = await checkFiles(new MemoryFiles(files), fakeRules)
        expect(plant === null).toBe(faults.length > 0)
        for (const { message, line } of faults) {
          expect(message).not.toMatch(/cannot be checked|undefined|\[object/)
          expect(line).toBeGreaterThanOrEqual(1)
        }
      }),
      { numRuns: 300 },
    )
  }, 600_000)
})
