// Tags go out to a spreadsheet and come back the same; a spreadsheet never runs what a plant file says.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FaultList } from '../../../../src-main/plant/source/fault-list.ts'
import { FileOrigin } from '../../../../src-main/plant/source/origin.ts'
import { buildTag, type DeviceTable } from '../../../../src-main/plant/tags/tag-build.ts'
import { readTagCsv, writeTagCsv } from '../../../../src-main/plant/tags/tag-csv.ts'
import { formatDuration, parseDuration } from '../../../../src-main/shared/duration.ts'
import { type TagDefinition, usualTagHistory } from '../../../../src-main/shared/tag.ts'
import { fakeProtocols } from '../plant-folder-fixture.ts'

const definition = {
  name: 'plc',
  description: '',
  protocol: 'fake',
  address: 'a:1',
  timeoutMs: 2000,
  scanRates: { normal: 1000, fast: 100 },
  enabled: true,
  options: {},
}
const devices: DeviceTable = {
  get: (name) => (name === 'plc' ? { definition, protocol: fakeProtocols.get('fake')! } : undefined),
  names: () => ['plc'],
  isIncomplete: () => false,
  language: 'en',
}
const context = {
  scanName: (_device: string, interval: number) => (interval === 100 ? 'fast' : ''),
  defaultOptions: () => ({}),
}

function readBack(csv: string): { tags: TagDefinition[]; faults: string[] } {
  const faults = new FaultList()
  const source = readTagCsv('tags/a.csv', csv.replace(/^\ufeff/, ''), faults)
  const drafts = source.rows.map(({ value, path }) =>
    buildTag(value, new FileOrigin(source, path, faults), devices, null),
  )
  const tags = drafts.flatMap((draft) => (draft === null ? [] : [draft.definition]))
  return { tags, faults: faults.sorted().map((fault) => `${fault.line}:${fault.column} ${fault.message}`) }
}

const printable = fc
  .string({ unit: fc.constantFrom(...'abcÄ灌"\',;=+-@#&!*{}[]:|>%0123.\t \\'.split('')), maxLength: 20 })
  .map((text) => text.trim().replaceAll('\t', ' '))
const name = printable.filter((text) => /^[^\s\p{Cc}\p{Cf}]/u.test(text))
const number = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 })
    .map((value) => (Object.is(value, -0) ? 0 : value)),
)
const rising = fc
  .tuple(number, number)
  .filter(([low, high]) => low < high)
  .map(([low, high]) => ({ low, high }))

const tag: fc.Arbitrary<TagDefinition> = fc.record({
  name,
  description: printable,
  device: fc.constant('plc'),
  address: fc.constantFrom('100:float32', '7:float32'),
  addressOptions: fc.constantFrom({}, { wordOrder: 'CDAB' }),
  expression: fc.constant(null),
  dataType: fc.constant('float32' as const),
  arrayLength: fc.constant(null),
  unit: printable,
  writable: fc.constant(false),
  scanIntervalMs: fc.constantFrom(100, 1000),
  scaling: fc.oneof(
    fc.constant(null),
    fc.tuple(rising, rising).map(([raw, { low, high }]) => ({ rawLow: raw.low, rawHigh: raw.high, low, high })),
  ),
  limits: fc.oneof(fc.constant({ low: null, high: null }), rising),
  deadband: fc.constantFrom(0, 0.1, 12),
  readBackTimeoutMs: fc.constant(2000),
  interlock: fc.constant(null),
  decimals: fc.constantFrom(null, 0, 3),
  states: fc.oneof(
    fc.constant(null),
    fc.dictionary(fc.constantFrom('0', '1', '-5', 'true'), fc.oneof(printable, fc.record({ en: printable })), {
      minKeys: 1,
      noNullPrototype: true,
    }),
  ),
  history: fc.constantFrom<TagDefinition['history']>(
    false,
    usualTagHistory('float32'),
    { ...usualTagHistory('float32'), deadband: 0.25 },
    { deadband: 0.1, compression: 0.5, retentionMs: 90 * 86_400_000, interpolation: 'stepped' },
  ),
  alarms: fc.constantFrom(
    [],
    [{ condition: 'high', limit: 90, onDelay: '2 s', priority: 'high', message: '=cmd|"/c calc"' }],
    [
      { condition: 'low', limit: 'Setpoint * 0.9', deadband: '2 %', message: { en: '=low, "{value}"', 'zh-CN': '低' } },
      { condition: 'discrete', limit: true, suppressedWhen: '!Running', latching: true },
    ],
  ),
  equipment: fc.constant(null),
})

describe('tags as CSV', () => {
  it('every list of tags reads back as it was written', () => {
    fc.assert(
      fc.property(fc.uniqueArray(tag, { selector: (row) => row.name, maxLength: 5 }), (tags) => {
        const back = readBack(writeTagCsv(tags, context))
        expect(back.faults).toEqual([])
        expect(back.tags).toEqual(tags)
      }),
      { numRuns: 500 },
    )
  })

  it('no cell begins like a formula (CWE-1236), and the apostrophe is taken away again', () => {
    const [row] = fc.sample(tag, 1)
    const dangerous = {
      ...row!,
      name: '=HYPERLINK("http://x")',
      description: '@SUM(A1)',
      unit: '-2+3',
      limits: { low: -5, high: 3 },
      alarms: [],
      states: null,
    }
    const csv = writeTagCsv([dangerous], context)
    expect(csv).not.toMatch(/(^|[,"\n])[=@]/)
    expect(csv).toContain(`'-2+3`)
    expect(csv).toContain(',-5,')
    expect(readBack(csv).tags[0]).toMatchObject({
      name: '=HYPERLINK("http://x")',
      description: '@SUM(A1)',
      unit: '-2+3',
      limits: { low: -5, high: 3 },
    })
  })

  it('reads what Excel saves: semicolons with decimal commas, tabs, another order of columns, true as WAHR', () => {
    expect(readBack('address;name;device;deadband;history\r\n1:float32;A;plc;0,5;FALSCH\r\n').tags).toMatchObject([
      { name: 'A', deadband: 0.5, history: false },
    ])
    expect(readBack('name\tdevice\taddress\nA\tplc\t1:bool\n').tags).toMatchObject([{ name: 'A', dataType: 'bool' }])
  })

  it('a text in several lines does not shift the lines of later faults', () => {
    expect(readBack('name,device,address,description\nA,plc,1:bool,"two\nlines"\nB,plc,wrong,x\n').faults).toEqual([
      '4:7 "wrong" is no address',
    ])
  })
})

describe('durations', () => {
  it('every duration reads back', () => {
    fc.assert(
      fc.property(fc.nat(2_000_000_000), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms)
      }),
    )
  })
  it.each([
    ['100 ms', 100],
    ['2 s', 2000],
    ['2.5s', 2500],
    ['1 min', 60_000],
    ['8 h', 28_800_000],
    ['2', null],
    ['-1 s', null],
    ['1  s', null],
    ['1 S', null],
    ['', null],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })
})
