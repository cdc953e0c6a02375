// One GS1 identity in all its spellings: goldens of the EPC Tag Data Standard and others, and round trips.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkCharacter } from '../../../../src-main/identifiers/schemes/check-character.ts'
import { convertIdentifier } from '../../../../src-main/identifiers/schemes/convert-identifier.ts'
import { parseIdentifier } from '../../../../src-main/identifiers/schemes/parse-identifier.ts'
import { RuntimeError } from '../../../../src-main/shared/runtime-error.ts'
import { GarbageTexts } from '../../../data/identifiers/scanned-texts.ts'

describe('tags', () => {
  it.each([
    ['urn:epc:tag:sgtin-96:3.0614141.812345.6789', '3074257BF7194E4000001A85'],
    ['urn:epc:tag:sgtin-96:1.952123456.1321.42', '302F8C0404014A400000002A'],
    ['urn:epc:tag:sgtin-198:3.0614141.712345.32a%2Fb', '3674257BF6B7A659B2C2BF100000000000000000000000000000'],
    ['urn:epc:tag:sscc-96:3.0614141.1234567890', '3174257BF4499602D2000000'],
    ['urn:epc:tag:sgln-96:3.0614141.12345.400', '3274257BF460720000000190'],
    ['urn:epc:tag:sgln-195:3.0614141.12345.32a%2Fb', '3974257BF46072CD9615F8800000000000000000000000000000'],
    ['urn:epc:tag:grai-96:3.0614141.12345.400', '3374257BF40C0E4000000190'],
    ['urn:epc:tag:grai-170:3.0614141.12345.32a%2Fb', '3774257BF40C0E59B2C2BF1000000000000000000000'],
    ['urn:epc:tag:giai-96:3.0614141.5678', '3474257BF40000000000162E'],
    ['urn:epc:tag:giai-202:3.0614141.32a%2Fb', '3874257BF59B2C2BF10000000000000000000000000000000000'],
    ['urn:epc:tag:gdti-96:3.0614141.12345.400', '2C74257BF460720000000190'],
    ['urn:epc:tag:gdti-174:3.0614141.12345.ABCDefgh012345678', '3E74257BF46073061438997367D0C18B266D1AB66EE0'],
    ['urn:epc:tag:gsrn-96:3.0614141.1234567890', '2D74257BF4499602D2000000'],
    ['urn:epc:tag:gsrnp-96:3.0614141.1234567890', '2E74257BF4499602D2000000'],
    ['urn:epc:tag:gid-96:31415.271828.1414', '350007AB70425D4000000586'],
    ['urn:epc:tag:usdod-96:3.CAGEY.5678', '2F320434147455900000162E'],
    ['urn:epc:tag:adi-var:3.35962.PQ7VZ4.M37GXB92', '3B0E0CF5E76C9047759AD00373DC7602E7200000'],
    ['urn:epc:tag:cpi-96:3.0614141.98765.12345', '3C74257BF400C0E680003039'],
    ['urn:epc:tag:cpi-var:3.0614141.5PQ7%2FZ43.12345', '3D74257BF75411DEF6B4CC00000003039000'],
    ['urn:epc:tag:sgcn-96:3.4012345.67890.04711', '3F74F4E4E612640000019907'],
  ])('%s is %s', (urn, hex) => {
    expect(convertIdentifier(urn, 'epcHex')).toBe(hex)
    expect(parseIdentifier(hex)).toMatchObject({
      scheme: 'epc',
      valid: true,
      identifier: parseIdentifier(urn).identifier,
    })
    expect(convertIdentifier(hex, 'epcUrn')).toBe(convertIdentifier(urn, 'epcUrn'))
  })
  it.each([
    ['(01)80614141123458(21)6789', 'F7380614141123458046A140'],
    ['(01)80614141123458(21)SN0001', 'F7380614141123458A6790FC0500'],
  ])('%s with the plus encoding is %s', (label, hex) => {
    expect(convertIdentifier(label, 'epcPlusHex', { filter: 3 })).toBe(hex)
    expect(convertIdentifier(hex, 'brackets')).toBe(label)
    expect(convertIdentifier(hex, 'epcPlusHex')).toBe(hex)
  })
  it('every alphabet of the plus encodings is the shortest that fits, and is read again', () => {
    for (const [serial, indicator] of [
      ['00012', 0],
      ['ABCDEF', 1],
      ['abcdef', 2],
      ['zZ_-', 3],
      ['a/b', 4],
      ['SN-1.X:2', 3],
      ['SN.1:', 5],
    ] as const) {
      const label = `(01)09521234543213(21)${serial}`
      const hex = convertIdentifier(label, 'epcPlusHex')
      expect(parseIdentifier(hex).identifier).toBe(label)
      if (serial !== 'SN-1.X:2') expect(Number.parseInt(hex[17]!, 16) >> 1).toBe(indicator)
    }
  })
  it('the date before a DSGTIN+ is read; other data behind an EPC is said to be there', () => {
    const bits = `1111101100000100${(27).toString(2).padStart(7, '0')}${(12).toString(2).padStart(4, '0')}${(31).toString(2).padStart(5, '0')}`
    const gtin = [...'09521234543213'].map((digit) => Number(digit).toString(2).padStart(4, '0')).join('')
    const all = `${bits}${gtin}00000001${'0111'}`
    const hex = all
      .padEnd(Math.ceil(all.length / 16) * 16, '0')
      .match(/.{4}/g)!
      .map((four) => Number.parseInt(four, 2).toString(16))
      .join('')
    expect(parseIdentifier(hex, { scheme: 'epc' })).toMatchObject({
      valid: true,
      parts: { '01': '09521234543213', 21: '7', 17: '271231' },
    })
  })
  it.each([
    ['a partition of 7', '307C257BF7194E4000001A85'],
    ['a header of nothing', 'AA74257BF7194E4000001A85'],
    ['an item reference with too many digits', '3075257BFFFFFE4000001A85'],
    ['too few digits', '3074257BF7194E40'],
    ['plus with an alphabet that is none', 'F73806141411234580E6A140'],
  ])('%s is no EPC, and no crash', (_, hex) => {
    expect(parseIdentifier(hex, { scheme: 'epc' }).valid).toBe(false)
  })
})

describe('refusals are sentences', () => {
  it.each([
    ['(01)80614141123458(21)007', 'epcHex', 'leading zeros'],
    ['(01)80614141123458(21)274877906944', 'epcHex', '274877906943 is the most'],
    ['(01)80614141123458(21)SN1', 'epcHex', 'a number only'],
    ['(01)80614141123458', 'epcHex', 'no key with its serial number'],
    ['(8003)09521234543213', 'epcUrn', 'without a serial number'],
    ['(8003)09521234543213', 'epcPlusHex', 'no serial number'],
    ['(01)80614141123459(21)1', 'epcHex', 'check digit'],
    ['urn:epc:tag:sgtin-96:3.0614141.812345.007', 'epcHex', 'leading zeros'],
    ['(99)ABC', 'digitalLink', 'key of a Digital Link'],
    ['88.118.8/x', 'epcHex', 'Only GS1'],
    ['urn:epc:id:gid:1.2.3', 'brackets', 'no GS1 key'],
  ] as const)('%s to %s: %s', (text, to, sentence) => {
    expect(() => convertIdentifier(text, to, { companyPrefixLength: 7 })).toThrow(sentence)
  })
  it('the length of the company prefix has to be said', () => {
    expect(() => convertIdentifier('(01)80614141123458(21)1', 'epcUrn')).toThrow('company prefix')
    expect(() => convertIdentifier('(01)80614141123458(21)1', 'epcUrn', { companyPrefixLength: 5 })).toThrow('6 to 12')
    expect(() => convertIdentifier('(01)80614141123458(21)1', 'epcHex', { companyPrefixLength: 7, filter: 8 })).toThrow(
      'filter',
    )
    expect(() => convertIdentifier('(01)80614141123458', 'digitalLink', { resolver: 'file:///x' })).toThrow('resolver')
  })
  it('a filter beyond three bits is refused for plus encodings too', () => {
    expect(() => convertIdentifier('(01)80614141123458(21)1', 'epcPlusHex', { filter: 8 })).toThrow('filter')
  })
  it('20,000 strings of garbage are converted or refused, nothing else', () => {
    const garbage = new GarbageTexts(3)
    const targets = ['elements', 'brackets', 'digitalLink', 'epcUrn', 'epcHex', 'epcPlusHex'] as const
    for (let at = 0; at < 20_000; at++) {
      const text = garbage.next()
      try {
        convertIdentifier(text, targets[at % targets.length]!, { companyPrefixLength: 6 + (at % 7) })
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw new Error(`${JSON.stringify(text)}: ${String(error)}`)
      }
    }
  })
})

describe('round trips', () => {
  const digits = (length: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length })
  const serial = fc.string({
    unit: fc.constantFrom(...'!"%&\'*+,-./0123456789:;<=>?ABCXYZ_abcxyz()'),
    minLength: 1,
    maxLength: 20,
  })
  const gtin = digits(13).map((body) => body + checkCharacter('mod10', body))
  const label = (key: string, text: string) => `(01)${key}(21)${text.replaceAll('(', '\\(')}`

  it('10,000 items: element string, Digital Link, URN, plus encoding', () => {
    fc.assert(
      fc.property(gtin, serial, fc.integer({ min: 6, max: 12 }), (key, text, companyPrefixLength) => {
        const item = label(key, text)
        for (const to of ['elements', 'digitalLink', 'epcUrn', 'epcPlusHex'] as const) {
          const other = convertIdentifier(item, to, { companyPrefixLength })
          expect(convertIdentifier(to === 'elements' ? `]d2${other}` : other, 'brackets'), other).toBe(item)
        }
      }),
      { numRuns: 10_000 },
    )
  }, 60_000)
  it('10,000 items with a number: 96 bits, each length of the company prefix', () => {
    const number = fc.bigInt({ min: 0n, max: 274_877_906_943n })
    fc.assert(
      fc.property(
        gtin,
        number,
        fc.integer({ min: 6, max: 12 }),
        fc.integer({ min: 0, max: 7 }),
        (key, text, companyPrefixLength, filter) => {
          const item = label(key, String(text))
          const hex = convertIdentifier(item, 'epcHex', { companyPrefixLength, filter })
          expect(hex).toMatch(/^30[0-9A-F]{22}$/)
          const read = parseIdentifier(hex, { scheme: 'epc' })
          expect([read.identifier, read.parts.filter, (read.parts.fields as string[])[0]!.length]).toEqual([
            item,
            filter,
            companyPrefixLength,
          ])
          expect(convertIdentifier(`urn:epc:raw:96.x${hex}`, 'epcHex')).toBe(hex)
        },
      ),
      { numRuns: 10_000 },
    )
  }, 60_000)
  it('2,000 each of SSCC, place, returnable, asset, document, part, service, coupon and piece', () => {
    const withCheck = (body: string) => body + checkCharacter('mod10', body)
    const short = fc.string({ unit: fc.constantFrom(...'09AZaz-_/.%+'), minLength: 1, maxLength: 16 })
    fc.assert(
      fc.property(
        digits(17),
        short,
        fc.integer({ min: 6, max: 12 }),
        fc.integer({ min: 1, max: 999_999 }),
        (all, text, companyPrefixLength, number) => {
          const twelve = withCheck(all.slice(0, 12))
          const labels = [
            `(00)${withCheck(all)}`,
            `(414)${twelve}(254)A${text}`,
            `(8003)0${twelve}${text}`,
            `(8004)${all.slice(0, 12)}${text}`,
            `(253)${twelve}${text}`,
            `(8010)${all.slice(0, 12)}${text.replace(/[^0-9A-Z/-]/g, 'X')}(8011)${number}`,
            `(8018)${withCheck(all)}`,
            `(8017)${withCheck(all)}`,
            `(255)${twelve}${number}`,
            `(8006)${withCheck(all.slice(0, 13))}0203(21)${text}`,
          ]
          for (const label of labels)
            for (const to of ['epcUrn', 'epcPlusHex', 'digitalLink'] as const) {
              const other = convertIdentifier(label, to, { companyPrefixLength })
              expect(convertIdentifier(other, 'brackets'), other).toBe(label)
            }
        },
      ),
      { numRuns: 2000 },
    )
  }, 60_000)
})
