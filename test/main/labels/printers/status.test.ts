import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeIpp, encodeIpp, ippOperations } from '../../../../src-main/labels/printers/ipp-codec.ts'
import { ippJobState, ippStatus, ippStatusWords } from '../../../../src-main/labels/printers/ipp-status.ts'
import { tsplConditions, tsplExtendedConditions } from '../../../../src-main/labels/printers/tspl-status.ts'
import { parseSpoolerAnswer } from '../../../../src-main/labels/printers/windows-channel.ts'
import {
  hostConditions,
  hostStatusEnd,
  parseHostErrors,
  parseHostStatus,
} from '../../../../src-main/labels/printers/zebra-status.ts'
import { RuntimeError } from '../../../../src-main/shared/runtime-error.ts'

const ready =
  '\x02030,0,0,1225,000,0,0,0,000,0,0,0\x03\r\n\x02001,0,0,0,1,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n'
const status = (text: string) => parseHostStatus(Buffer.from(text, 'latin1'))
const conditions = (text: string) => hostConditions(status(text)!)
const errors = (first: string, second = '00000000') =>
  parseHostErrors(
    `\x02\r\n\r\nPRINTER STATUS\r\n   ERRORS:         1 ${second} ${first}\r\n   WARNINGS:       0 00000000 00000000\r\n\x03`,
  )
const fuzzRuns = 100_000

describe('~HS (Zebra ZPL II Programming Guide)', () => {
  test('a printer that is well is ready', () => {
    expect(conditions(ready)).toEqual(['ready'])
    expect(hostStatusEnd(Buffer.from(ready, 'latin1'))).toBe(ready.length)
  })

  test.each([
    ['paper out', ready.replace('030,0,0', '030,1,0'), ['mediaOut']],
    ['paused', ready.replace('030,0,0', '030,0,1'), ['paused']],
    ['head open', ready.replace('001,0,0,0', '001,0,1,0'), ['headOpen']],
    ['ribbon out', ready.replace('001,0,0,0', '001,0,0,1'), ['ribbonOut']],
    ['too hot', ready.replace('000,0,0,0\x03', '000,0,0,1\x03'), ['overheated']],
    ['memory lost', ready.replace('000,0,0,0\x03', '000,1,0,0\x03'), ['fault']],
    ['formats in the buffer', ready.replace('1225,000', '1225,002'), ['printing']],
    ['copies to come', ready.replace('00000000,1,000', '00000012,1,000'), ['printing']],
    [
      'all of it at once',
      ready.replace('030,0,0', '030,1,1').replace('001,0,0,0', '001,0,1,1'),
      ['headOpen', 'mediaOut', 'ribbonOut', 'paused'],
    ],
  ])('%s', (_name, text, expected) => {
    expect(conditions(text)).toEqual(expected)
  })

  test('an answer that is not whole is none yet', () => {
    for (let length = 0; length < ready.length - 2; length++)
      expect(hostStatusEnd(Buffer.from(ready.slice(0, length)))).toBe(0)
  })

  test('an answer with letters where numbers belong is none', () => {
    expect(status(ready.replace('030,0', '030,x'))).toBeNull()
    expect(status(ready.replace('030,0,0,', ''))).toBeNull()
  })
})

describe('~HQES', () => {
  test('nibbles are hexadecimal: A is ribbon and cutter, not something unreadable', () => {
    expect(errors('0000000A')?.conditions).toEqual(['ribbonOut', 'cutterFault'])
    expect(errors('00010004')?.conditions).toEqual(['headOpen', 'paused'])
    expect(errors('0000000f')?.conditions).toEqual(['headOpen', 'mediaOut', 'ribbonOut', 'cutterFault'])
  })

  test('an error nobody has a word for is a fault', () => {
    expect(errors('00000000')?.conditions).toEqual(['fault'])
    expect(errors('80000000')?.conditions).toEqual(['fault'])
    expect(errors('00000000', '00000001')?.conditions).toEqual(['fault'])
  })

  test('warnings are told and keep nothing from being printed', () => {
    const answer = 'ERRORS: 0 00000000 00000000\r\nWARNINGS: 1 00000000 00000006\r\n'
    expect(parseHostErrors(answer)).toEqual({
      conditions: ['ready'],
      warning: 'the print head has to be cleaned, the print head has to be replaced',
    })
  })
})

describe('TSPL', () => {
  test.each([
    [0x00, ['ready']],
    [0x01, ['headOpen']],
    [0x02, ['jam']],
    [0x04, ['mediaOut']],
    [0x05, ['headOpen', 'mediaOut']],
    [0x08, ['ribbonOut']],
    [0x10, ['paused']],
    [0x20, ['printing']],
    [0x80, ['fault']],
  ])('<ESC>!? answers %i', (byte, expected) => {
    expect(tsplConditions(byte)).toEqual(expected)
  })

  test('<ESC>!S: four bytes, with or without their frame', () => {
    expect(tsplExtendedConditions(Buffer.from('@@@@'))).toEqual(['ready'])
    expect(tsplExtendedConditions(Buffer.from('\x02`@@A\x03\r\n'))).toEqual(['mediaOut', 'paused'])
    expect(tsplExtendedConditions(Buffer.from('@@@'))).toBeNull()
  })
})

/** An answer of a printer, byte by byte: version, status, request id, a group. */
function ippAnswer(
  code: number,
  group: number,
  attributes: readonly (readonly [tag: number, name: string, value: Buffer | string])[],
): Buffer {
  const parts = [Buffer.from([2, 0, code >> 8, code & 255, 0, 0, 0, 1, group])]
  for (const [tag, name, value] of attributes) {
    const bytes = Buffer.from(value)
    parts.push(
      Buffer.from([tag, 0, name.length]),
      Buffer.from(name),
      Buffer.from([bytes.length >> 8, bytes.length & 255]),
      bytes,
    )
  }
  parts.push(Buffer.from([3]))
  return Buffer.concat(parts)
}
const number = (value: number): Buffer => Buffer.from([0, 0, 0, value])

describe('IPP', () => {
  test('a request is written as RFC 8010 says', () => {
    const bytes = encodeIpp({
      operation: ippOperations.getPrinter,
      requestId: 7,
      attributes: [
        { syntax: 'charset', name: 'attributes-charset', values: ['utf-8'] },
        { syntax: 'keyword', name: 'requested-attributes', values: ['printer-state', 'printer-state-reasons'] },
      ],
    })
    expect(bytes.toString('latin1')).toBe(
      '\x02\x00\x00\x0b\x00\x00\x00\x07\x01' +
        '\x47\x00\x12attributes-charset\x00\x05utf-8' +
        '\x44\x00\x14requested-attributes\x00\x0dprinter-state\x44\x00\x00\x00\x15printer-state-reasons\x03',
    )
  })

  test.each([
    [3, ['none'], ['ready']],
    [4, ['none'], ['printing']],
    [5, ['media-empty-error'], ['mediaOut']],
    [5, ['cover-open', 'media-jam-error'], ['headOpen', 'jam']],
    [5, ['paused'], ['paused']],
    [5, ['none'], ['fault']],
    [3, ['media-low-warning'], ['ready']],
    [3, ['media-empty-warning'], ['ready']],
    [3, ['marker-supply-empty-error'], ['ribbonOut']],
    [5, ['vendor-thing-error'], ['fault']],
    [3, ['offline-report'], ['ready']],
  ])('printer-state %i with %j', (state, reasons, expected) => {
    const first = [0x44, 'printer-state-reasons', reasons[0]!] as const
    const more = reasons.slice(1).map((reason) => [0x44, '', reason] as const)
    const answer = decodeIpp(ippAnswer(0, 4, [[0x23, 'printer-state', number(state)], first, ...more]))
    expect(ippStatus(answer).conditions).toEqual(expected)
  })

  test('what stands inside of a collection is not taken for an attribute of the printer', () => {
    const answer = decodeIpp(
      ippAnswer(0, 4, [
        [0x34, 'media-col', ''],
        [0x4a, '', 'printer-state'],
        [0x23, '', number(5)],
        [0x37, '', ''],
        [0x23, 'printer-state', number(3)],
      ]),
    )
    expect(ippStatus(answer).conditions).toEqual(['ready'])
  })

  test('jobs are completed, canceled or still on their way', () => {
    const state = (value: number) => ippJobState(decodeIpp(ippAnswer(0, 2, [[0x23, 'job-state', number(value)]])))
    expect([3, 5, 6, 7, 8, 9, 11].map(state)).toEqual([
      'waiting',
      'processing',
      'stopped',
      'canceled',
      'aborted',
      'completed',
      'unknown',
    ])
  })

  test('a refusal is told in the words of the printer', () => {
    const answer = decodeIpp(ippAnswer(0x040a, 1, [[0x41, 'status-message', 'no such format']]))
    expect(ippStatusWords(answer)).toBe('no such format (0x040a)')
  })
})

describe('whatever comes from a printer', () => {
  /** Random bytes, and true answers with some of their bytes changed, cut or doubled. */
  const foreign = (samples: readonly Buffer[]) =>
    fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 4 }), fc.nat(300))
        .map(([sample, changes, cut]) => {
          const bytes = Buffer.from(sample)
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
          return bytes.subarray(0, cut % 3 === 0 ? cut % (bytes.length + 1) : bytes.length)
        }),
    )
  const zebra = [ready, 'ERRORS: 1 00000000 0000000A\r\nWARNINGS: 1 00000000 00000006\r\n'].map((text) =>
    Buffer.from(text, 'latin1'),
  )

  test(`${fuzzRuns} answers of ZPL and TSPL printers are read without a throw, to conditions that are known`, () => {
    fc.assert(
      fc.property(foreign(zebra), (bytes) => {
        const host = parseHostStatus(bytes)
        if (host) expect(hostConditions(host).length).toBeGreaterThan(0)
        const end = hostStatusEnd(bytes)
        if (end < 0 || end > bytes.length) throw new Error(`the end ${end} is outside of ${bytes.length} bytes`)
        parseHostErrors(bytes.toString('latin1'))
        tsplExtendedConditions(bytes)
        if (bytes.length > 0) tsplConditions(bytes[0]!)
        parseSpoolerAnswer(bytes.toString('latin1'))
      }),
      { numRuns: fuzzRuns },
    )
  }, 60_000)

  test(`${fuzzRuns} messages are an IPP answer or refused in words`, () => {
    const sample = ippAnswer(0, 4, [
      [0x23, 'printer-state', number(3)],
      [0x44, 'printer-state-reasons', 'none'],
      [0x34, 'media-col', ''],
      [0x4a, '', 'x'],
      [0x21, '', number(1)],
      [0x37, '', ''],
      [0x35, 'printer-state-message', Buffer.from('\x00\x02en\x00\x04idle', 'latin1')],
    ])
    fc.assert(
      fc.property(foreign([sample]), (bytes) => {
        try {
          const answer = decodeIpp(bytes)
          expect(ippStatus(answer).conditions.length).toBeGreaterThan(0)
          ippJobState(answer)
          ippStatusWords(answer)
        } catch (error) {
          if (!(error instanceof RuntimeError)) throw error
        }
      }),
      { numRuns: fuzzRuns },
    )
  }, 60_000)
})
