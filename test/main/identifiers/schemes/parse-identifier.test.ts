// What texts are taken for, whether they keep the rules of their scheme, and that nothing makes the parser throw or hang.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseIdentifier } from '../../../../src-main/identifiers/schemes/parse-identifier.ts'
import { type IdentifierKind, identifierKinds } from '../../../../src-main/shared/identifier.ts'
import { GarbageTexts, scannedTexts } from '../../../data/identifiers/scanned-texts.ts'

interface Vector {
  readonly s: string
  readonly valid: boolean
}
const vectors = (name: string): readonly Vector[] =>
  JSON.parse(readFileSync(new URL(`../../../data/identifiers/${name}.json`, import.meta.url), 'utf8'))
const other = JSON.parse(readFileSync(new URL('../../../data/identifiers/other.json', import.meta.url), 'utf8'))

const verdict = (text: string): [IdentifierKind, boolean] => {
  const { scheme, valid } = parseIdentifier(text)
  return [scheme, valid]
}

describe('vectors', () => {
  it.each(vectors('gs1-ai'))('element string $s', ({ s, valid }) => {
    expect(verdict(s)).toEqual(['gs1', valid])
  })
  it.each(vectors('gs1-dl'))('Digital Link $s', ({ s, valid }) => {
    expect(verdict(s)).toEqual(['gs1-dl', valid])
  })
  it.each(other.vaa.valid as string[])('VAA %s keeps the rules', (text) => expect(verdict(text)).toEqual(['vaa', true]))
  it.each(other.vaa.invalid as string[])('VAA %s breaks one', (text) => expect(verdict(text)).toEqual(['vaa', false]))
  it.each(other.handle.valid as string[])('handle %s', (text) => expect(verdict(text)).toEqual(['handle', true]))
  it.each(other.handle.invalid as string[])('handle %s breaks a rule', (text) =>
    expect(verdict(text)).toEqual(['handle', false]),
  )
  it.each(other.handle.notVaa as string[])('%s is a handle, and no VAA identifier when read as one', (text) => {
    expect(verdict(text)).toEqual(['handle', true])
    expect(parseIdentifier(text, { scheme: 'vaa' })).toMatchObject({ scheme: 'vaa', valid: false })
  })
  it.each(other.iec61406.valid as string[])('name plate %s', (text) =>
    expect(verdict(text)).toEqual(['iec61406', true]),
  )
  it.each(other.iec61406.invalid as string[])('name plate %s breaks a rule', (text) =>
    expect(verdict(text)).toEqual(['iec61406', false]),
  )
  it.each(other.oid as { s: string; der: string; ors?: string }[])(
    'OID $s with its DER and its name',
    ({ s, der, ors }) => {
      expect(parseIdentifier(s)).toMatchObject({
        scheme: 'oid',
        valid: true,
        parts: ors === undefined ? { der } : { der, ors },
      })
      expect(parseIdentifier(der, { scheme: 'oid' }).identifier).toBe(s)
    },
  )
  it.each(other.oidInvalid as string[])('OID %j breaks a rule', (text) => {
    expect(parseIdentifier(text, { scheme: 'oid' }).valid).toBe(false)
    expect(parseIdentifier(text).valid).toBe(false)
  })
})

describe('one identity has one spelling', () => {
  const item = '(01)80614141123458(21)6789'
  it.each([
    '(21)6789(01)80614141123458',
    '(01)80614141123458(21)6789(17)270200',
    '0180614141123458216789',
    ']C10180614141123458216789',
    ']d201806141411234582\u0031' + '6789\u001d17270200',
    'https://id.gs1.org/01/80614141123458/21/6789?17=270200&linkType=all#top',
    'HTTPS://EXAMPLE.COM/x/01/80614141123458/21/6789/',
    'urn:epc:id:sgtin:0614141.812345.6789',
    'urn:epc:tag:sgtin-96:3.0614141.812345.6789',
    'urn:epc:raw:96.x3074257BF7194E4000001A85',
    '3074257bf7194e4000001a85',
    'F7380614141123458046A140',
    '[)>\u001e05\u001d0180614141123458216789\u001e\u0004',
    '  (01)80614141123458(21)6789\r\n',
  ])('%j', (text) => expect(parseIdentifier(text)).toMatchObject({ valid: true, identifier: item }))

  it('an SSCC, a reusable asset and a place likewise', () => {
    expect(parseIdentifier('3174257BF4499602D2000000').identifier).toBe(
      parseIdentifier('00106141412345678908').identifier,
    )
    expect(parseIdentifier('urn:epc:id:grai:0614141.12345.400').identifier).toBe('(8003)00614141123452400')
    expect(parseIdentifier('urn:epc:id:sgln:0614141.12345.0').identifier).toBe('(414)0614141123452')
  })
  it('batches and variants belong to it, dates and counts do not', () => {
    expect(parseIdentifier('(10)L1(01)09521234543213(22)2A(11)270101(30)12').identifier).toBe(
      '(01)09521234543213(22)2A(10)L1',
    )
  })
  it('reading it again changes nothing', () => {
    const garbage = new GarbageTexts(7)
    for (const text of [...scannedTexts, ...Array.from({ length: 5000 }, () => garbage.next())]) {
      const { scheme, identifier, valid } = parseIdentifier(text)
      if (!valid) continue
      const again = parseIdentifier(identifier, {
        scheme: /^(gs1|epc|iso)/.test(scheme) && identifier.startsWith('(') ? 'gs1' : scheme,
      })
      expect([again.identifier, again.valid], text).toEqual([identifier, true])
    }
  })
  it('links keep their path as it is; scheme and host are compared in small letters', () => {
    expect(parseIdentifier('HTTPS://ID.Example.com/M/12345').identifier).toBe('https://id.example.com/M/12345')
  })
  it('handles are taken out of what carries them', () => {
    expect(parseIdentifier('https://hdl.handle.net/86.1000.11/ab%20c%E7%94%B5').identifier).toBe('86.1000.11/ab c电')
    expect(parseIdentifier('hdl:86.1000.11/abc').identifier).toBe('86.1000.11/abc')
    expect(parseIdentifier('300:88.111.1/test')).toMatchObject({
      scheme: 'vaa',
      identifier: '88.111.1/test',
      parts: { index: 300 },
    })
  })
})

describe('retail symbols hold a GTIN without its AI', () => {
  it('when the scanner says so', () => {
    expect(parseIdentifier('9521234567899', { aimId: ']E0' })).toMatchObject({
      scheme: 'gs1',
      valid: true,
      identifier: '(01)09521234567899',
    })
    expect(parseIdentifier(']E490311017').identifier).toBe('(01)00000090311017')
    expect(parseIdentifier(']E0012345678905').identifier).toBe('(01)00012345678905')
    expect(parseIdentifier(']I119521234543210').identifier).toBe('(01)19521234543210')
    expect(parseIdentifier(']E09521234567898').valid).toBe(false)
  })
  it('bare digits without that are opaque: they may be any number', () => {
    expect(verdict('9521234567899')).toEqual(['opaque', true])
    expect(parseIdentifier('9521234567899', { scheme: 'gs1' }).identifier).toBe('(01)09521234567899')
  })
})

describe('VAA and handles', () => {
  it.each([
    ['88.118.8/订单-0001', true],
    ['88.101.0042/001', true],
    ['88.608.8889/META_453453453', true],
    ['88.1.2.3/x/y:z', true],
    [`88.118.8/${'a'.repeat(246)}`, true],
    [`88.118.8/${'a'.repeat(247)}`, false],
    [`88.118.8/${'电'.repeat(82)}`, true],
    [`88.118.8/${'电'.repeat(83)}`, false],
    ['88.1.2.3.4/x', false],
    ['88.12345678901234567/x', false],
    ['88.118.8/', false],
    ['88/x', false],
    ['88.118.8//x', false],
    ['88.118.8/a\u0001b', false],
    ['88.11-8/x', false],
  ])('%s: %s', (text, valid) => expect(verdict(text)).toEqual(['vaa', valid]))
  it.each([
    ['86.1000.11/x/y', true],
    ['0.NA/88.118.8', true],
    ['20.500.12345/标识', true],
    ['86..11/x', false],
    ['/x', false],
  ])('%s: %s', (text, valid) => expect(verdict(text)).toEqual(['handle', valid]))
})

describe('OIDs', () => {
  it.each([
    ['2.25.329800735698586629295641978511506172918', true],
    ['urn:oid:1.2.156.3001.1.1', true],
    ['0.39', true],
    ['1.40', false],
    ['2.40', true],
    ['1.2.03', false],
    ['1..2', false],
    ['1.2.', false],
    [`1.2.156.${'9'.repeat(92)}`, true],
    [`1.2.156.${'9'.repeat(93)}`, false],
  ])('%s: %s', (text, valid) => expect(verdict(text)).toEqual(['oid', valid]))
  it('DER of long arcs and back', () => {
    const text = '2.25.329800735698586629295641978511506172918'
    const der = parseIdentifier(text).parts.der as string
    expect(parseIdentifier(der, { scheme: 'oid' }).identifier).toBe(text)
    expect(parseIdentifier('1.2.156.3001.1.1').parts.der).toBe('06072a811c97390101')
  })
})

describe('name plates, DIDs and others', () => {
  it.each([
    ['https://id.example.com/?t=P100&sn=0001', 'iec61406', true],
    [`https://id.example.com/${'a'.repeat(232)}`, 'iec61406', true],
    [`https://id.example.com/${'a'.repeat(233)}`, 'iec61406', false],
    ['https://id.example.com/a b', 'iec61406', false],
    ['https://user@id.example.com/a', 'iec61406', false],
    ['https://id.example.com/%zz', 'iec61406', false],
    ['https://id.example.com/', 'iec61406', false],
    ['ftp://id.example.com/m/1', 'iec61406', false],
    ['did:web:example.com:line', 'did', true],
    ['did:bid:efnVUgqQFfYeu97ABf6sGm3WFtVXHZB2#key-1', 'did', true],
    ['did:WEB:x', 'did', false],
    ['did:web:', 'did', false],
    ['MA.156.1001.1/A1', 'ma', true],
    ['MA.156', 'ma', false],
    ['ecode:1123456789', 'ecode', true],
    ['ecode:9123', 'ecode', false],
    ['Pallet 12', 'opaque', true],
  ])('%s is %s: %s', (text, scheme, valid) => expect(verdict(text)).toEqual([scheme, valid]))
})

describe('ISO/IEC 15434', () => {
  const message = '[)>\u001e06\u001d25SUN123456789\u001d1PXYZ\u001e\u0004'
  it('data identifiers with their values', () =>
    expect(parseIdentifier(message)).toMatchObject({
      valid: true,
      scheme: 'iso15434',
      identifier: message,
      parts: { format: '06', '25S': 'UN123456789', '1P': 'XYZ' },
    }))
  it.each([
    ['no end of transmission', message.slice(0, -1)],
    ['no record separator at the end', `${message.slice(0, -2)}\u0004`],
    ['a line feed for the record separator', message.replace('\u001e', '\n')],
    ['an unknown format', message.replace('06', '77')],
    ['no group separator', message.replace('\u001d25S', '25S')],
    [
      'visible signs for separators',
      message.replaceAll('\u001e', '␞').replaceAll('\u001d', '␝').replace('\u0004', '␄'),
    ],
  ])('is kept and said to be wrong: %s', (_, text) => {
    const parsed = parseIdentifier(text)
    expect([parsed.scheme, parsed.valid]).toEqual(['iso15434', false])
    expect(parsed.identifier).not.toBe('')
  })
})

describe('EPC beyond the keys of GS1', () => {
  it.each([
    ['urn:epc:id:bic:CSQU3054383', true],
    ['urn:epc:id:bic:CSQU3054384', false],
    ['urn:epc:id:bic:MSCU6639870', true],
    ['urn:epc:id:imovn:9176187', true],
    ['urn:epc:id:imovn:9176188', false],
    ['urn:epc:id:imovn:9074729', true],
  ])('containers and ships have check digits: %s: %s', (text, valid) => expect(verdict(text)).toEqual(['epc', valid]))
  it.each(['3174257BF4499602D2', '2D74257BF4499602D2'])('the reserved bits behind %s are zero', (hex) => {
    const right = parseIdentifier(`${hex}000000`)
    expect(right.valid).toBe(true)
    expect(parseIdentifier(`${hex}000001`)).toMatchObject({
      valid: false,
      identifier: right.identifier,
      parts: right.parts,
    })
  })
})

describe('HIBC', () => {
  it.each([
    ['+A123BJC5D6E71G', true],
    ['*+A123BJC5D6E71G*', true],
    ['+A123BJC5D6E71/$$52001510X3C', true],
    ['+A123BJC5D6E71H', false],
    ['+a123BJC5D6E71G', false],
  ])('%s: %s', (text, valid) => expect(verdict(text)).toEqual(['hibc', valid]))
  it('the space is a check character too, and nothing else of the padding', () => {
    const text = '+A99912345/11001LOT '
    for (const sent of [text, `]C0${text}\r\n`, `  ${text}  `, `*${text}*`])
      expect(parseIdentifier(sent)).toMatchObject({ valid: true, identifier: text, parts: { lot: 'LOT', check: ' ' } })
    expect(parseIdentifier('+A123BJC5D6E71G ').identifier).toBe('+A123BJC5D6E71G')
    expect(verdict('+A123BJC5D6E71H ')).toEqual(['hibc', false])
  })
  it('lot and expiry date are taken out', () =>
    expect(parseIdentifier('+A123BJC5D6E71/$$52001510X3C').parts).toMatchObject({ expiry: '2020-01-15', lot: '10X3' }))
})

describe('whatever comes', () => {
  it('100,000 strings of garbage give an answer, whatever scheme is asked for', () => {
    const garbage = new GarbageTexts(1)
    for (let at = 0; at < 100_000; at++) {
      const text = garbage.next()
      const scheme = at % 2 === 0 ? undefined : identifierKinds[at % identifierKinds.length]!
      const parsed = parseIdentifier(text, scheme === undefined ? {} : { scheme })
      if (parsed.valid !== (parsed.faults.length === 0))
        throw new Error(`${JSON.stringify(text)} is valid with faults, or not without`)
      if (scheme !== undefined && parsed.scheme !== scheme)
        throw new Error(`${JSON.stringify(text)} was not read as ${scheme}`)
    }
  }, 60_000)

  it('long texts made to be slow take no longer than others: 8,000 characters within 50 ms', () => {
    const pieces = [
      '(',
      '(10)',
      '(99)A',
      '10',
      '\u001d10',
      '\u001d',
      '/',
      '//',
      '/01/',
      '.',
      '1.',
      '.1',
      '%',
      '%2',
      '&',
      '&10=',
      '\\(',
      '00',
      '0',
      '+$$',
      '[)>\u001e',
      '\u001e06\u001d',
      'A',
      ':',
      'did:',
      '88.',
      '86.1',
      '30F',
      '0109521234543213',
      '10A\u001d',
      '-',
      '电',
    ]
    const starts = [
      '',
      '(01)09521234543213(10)',
      ']C1',
      '\u001d',
      'https://',
      'https://a/',
      'https://a/01/09521234543213?',
      '88.1/',
      'urn:epc:id:sgtin:',
      '2.',
      '+A123',
      '[)>\u001e06\u001d',
      'did:web:',
      'MA.',
    ]
    for (const start of starts)
      for (const piece of pieces) {
        const text = (start + piece.repeat(8000)).slice(0, 8000)
        let fastest = Number.POSITIVE_INFINITY
        for (let attempt = 0; attempt < 3 && fastest > 50; attempt++) {
          const started = performance.now()
          parseIdentifier(text)
          fastest = Math.min(fastest, performance.now() - started)
        }
        expect(fastest, JSON.stringify(text.slice(0, 60))).toBeLessThan(50)
      }
  }, 60_000)

  it('longer texts than any symbol are not looked into', () => {
    expect(parseIdentifier('1'.repeat(100_000))).toMatchObject({ valid: false, scheme: 'opaque', identifier: '' })
  })
})

describe('lenient on what people and wedges make of it', () => {
  it.each([
    '(01) 80614141123458 (21) 6789',
    'è0180614141123458216789',
    '{FNC1}0180614141123458216789',
    '018061414112345810L1<GS>216789',
    ']C1 0180614141123458216789\u001d17270231',
    'id.gs1.org/01/80614141123458',
  ])('%j is taken apart, and what is wrong is said', (text) => {
    const parsed = parseIdentifier(text)
    expect([parsed.valid, /^gs1/.test(parsed.scheme)]).toEqual([false, true])
    if (parsed.scheme === 'gs1') expect(parsed.parts).toMatchObject({ '01': '80614141123458', 21: '6789' })
  })
  it.each([
    '23.11.2026',
    '192.168.1.10',
    'C:/temp',
    '2026-11-23T10:00',
    'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66',
    '12345',
  ])('%s is nothing that is known', (text) => expect(verdict(text)).toEqual(['opaque', true]))
})
