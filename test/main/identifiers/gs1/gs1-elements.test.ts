// Element strings against an independent validator (bwip-js), and texts whose separators got lost.
import bwipjs from 'bwip-js/node'
import { describe, expect, it } from 'vitest'
import { applicationIdentifiers } from '../../../../src-main/identifiers/gs1/application-identifiers.ts'
import { bracketed, formatElements, readElements } from '../../../../src-main/identifiers/gs1/gs1-elements.ts'
import { serialIdentity } from '../../../../src-main/identifiers/gs1/gs1-identity.ts'
import { elementFaults } from '../../../../src-main/identifiers/gs1/gs1-validity.ts'
import { fullYear } from '../../../../src-main/identifiers/gs1/gs1-value-checks.ts'
import { udiElements } from '../../../../src-main/identifiers/gs1/udi.ts'
import { parseIdentifier } from '../../../../src-main/identifiers/schemes/parse-identifier.ts'
import { MutatedLabels } from '../../../data/identifiers/mutated-labels.ts'

/** Why bwip-js refuses a bracketed element string; null = it takes it. */
function refusalOf(text: string): string | null {
  try {
    bwipjs.raw('gs1datamatrix', text, {})
    return null
  } catch (error) {
    return String(error)
  }
}

/** Where Lineside and bwip-js 4.11.4 differ on purpose (docs/identifiers.md). */
const agreed: readonly ((text: string, faults: readonly string[], refusal: string | null) => boolean)[] = [
  (_, faults, refusal) => refusal === null && faults.every((fault) => fault.includes('company prefix')),
  (text) => text.includes('(03)') || text.includes('(8014)'),
  (text) => text !== text.trim(),
]

describe('the same verdict as bwip-js', () => {
  it('on 4,000 labels made of all AIs and changed by chance', () => {
    const labels = new MutatedLabels(20_261_123)
    const differences: string[] = []
    let valid = 0
    for (let at = 0; at < 4000; at++) {
      const text = labels.next()
      const refusal = refusalOf(text)
      const { valid: isValid, faults } = parseIdentifier(text, { scheme: 'gs1' })
      if (isValid) valid++
      if (isValid === (refusal === null) || agreed.some((isAgreed) => isAgreed(text, faults, refusal))) continue
      differences.push(`${JSON.stringify(text)}: ${refusal ?? 'taken'}; ${faults.join(' ')}`)
    }
    expect(differences).toEqual([])
    expect(valid).toBeGreaterThan(500)
  }, 120_000)

  it('on every AI alone and beside what it needs', () => {
    for (const { ai, least } of applicationIdentifiers()) {
      const text = `(${ai})${'0'.repeat(least)}`
      const refusal = refusalOf(text)
      const { valid, faults } = parseIdentifier(text, { scheme: 'gs1' })
      if (agreed.some((isAgreed) => isAgreed(text, faults, refusal))) continue
      expect([text, valid], refusal ?? undefined).toEqual([text, refusal === null])
    }
  })
})

describe('rules of single AIs', () => {
  const item = '(01)09521234543213'
  it.each([
    [`${item}(7040)1ABC`, true],
    [`${item}(7040)1AB/`, false],
    [`${item}(422)156(427)BJ`, true],
    [`${item}(427)BJ`, false],
    ['(415)9521234567899(8020)REF-1', true],
    ['(8020)REF-1', false],
    [`${item}(8008)2701311200`, true],
    [`${item}(8008)270131120060`, false],
    [`${item}(11)270229`, false],
    [`${item}(11)280229`, true],
    [`${item}(15)270200`, true],
    [`${item}(7003)2702001200`, false],
    [`${item}(21)A(21)A`, true],
    [`${item}(21)A(21)B`, false],
    [`${item}(3100)001234(3101)001234`, false],
    [`${item}(3922)0299(3103)000195`, true],
    [`${item}(3922)0299`, false],
    ['(8013)1987654Ad4X4bL5ttr2310c2K', true],
    ['(8013)1987654Ad4X4bL5ttr2310c2L', false],
    ['(00)095212345678901235(4307)CN(4309)02790858483015297971', true],
    ['(00)095212345678901235(4307)XX', false],
    ['(00)095212345678901235(4331)000200-', true],
    ['(00)095212345678901235(4331)000200+', false],
    ['(415)9521234567899(8020)R(8007)DE89370400440532013000', true],
    ['(415)9521234567899(8020)R(8007)DE88370400440532013000', false],
    ['(8017)095212345678901235(8018)095212345678901235', false],
    ['(8018)095212345678901235(7258)1/2(7259)BABY', true],
    ['(8018)095212345678901235(7258)3/2(7259)BABY', false],
    ['(253)9521234567899ABCDEFGHIJ1234567', true],
    ['(253)9521234567899ABCDEFGHIJ12345678', false],
    ['(8010)9521234ABC#/-(8011)1', true],
    ['(8010)9521234abc(8011)1', false],
    ['(8010)9521234ABC(8011)01', false],
    ['(8112)001234560123450123456', true],
    ['(8112)0012345601234501234567', false],
  ])('%s: %s', (text, valid) => {
    expect(parseIdentifier(text)).toMatchObject({ scheme: 'gs1', valid })
    expect(refusalOf(text) === null).toBe(valid)
  })
  it('a bracket of a value is written with a backslash, and only then', () => {
    const text = '(01)09521234543213(10)A\\(1)B'
    expect(parseIdentifier(text)).toMatchObject({ valid: true, identifier: text, parts: { 10: 'A(1)B' } })
    expect(parseIdentifier('(01)09521234543213(10)A(1)B').valid).toBe(false)
  })
  it('two-digit years are those nearest to now', () => {
    expect([fullYear(76, 2026), fullYear(77, 2026), fullYear(0, 2026), fullYear(30, 2080)]).toEqual([
      2076, 1977, 2000, 2130,
    ])
  })
})

describe('as scanned', () => {
  it('values of variable length end at the separator or the end', () => {
    expect(readElements('010952123454321310LOT4221\u001d21SN0001').elements).toEqual([
      { ai: '01', value: '09521234543213' },
      { ai: '10', value: 'LOT4221' },
      { ai: '21', value: 'SN0001' },
    ])
  })
  it('a value that is longer than it may be is cut where only one way fits, and that is said', () => {
    const parsed = parseIdentifier('010952123454321342215610L1')
    expect(parsed.valid).toBe(false)
    expect(parsed.parts).toMatchObject({ '01': '09521234543213', 422: '156', 10: 'L1' })
    const long = parseIdentifier(`]d20109521234543213240${'X'.repeat(30)}17271231`)
    expect(long).toMatchObject({ valid: false, parts: { 240: 'X'.repeat(30), 17: '271231' } })
    expect(long.faults.join()).toContain('separator behind it is missing')
  })
  it('a lot that may hold a serial number is read as it stands, with a note', () => {
    const parsed = parseIdentifier('010952123454321310LOT42\u0032\u0031SN0001')
    expect(parsed).toMatchObject({ valid: true, identifier: '(01)09521234543213(10)LOT4221SN0001' })
    expect(parsed.notes?.join()).toContain('might end earlier')
  })
  it('with a separator there is no doubt', () => {
    expect(parseIdentifier('0109521234543213\u001d10LOT4221SN0001').notes).toBeUndefined()
  })
  it('elements come back from both spellings', () => {
    const labels = new MutatedLabels(5)
    let compared = 0
    while (compared < 2000) {
      const { elements, faults } = readElements(labels.next())
      if (faults.length > 0 || elementFaults(elements).length > 0) continue
      compared++
      expect(readElements(formatElements(elements)).elements).toEqual(elements)
      expect(readElements(bracketed(elements)).elements).toEqual(elements)
    }
  })
})

describe('UDI', () => {
  it('elements in the order regulators show them', () => {
    const udi = udiElements({
      gtin: '51022222233336',
      manufactured: '2014-12-31',
      expiry: '2015-07-07',
      lot: 'A213B1',
      serial: '1234',
    })
    expect(bracketed(udi)).toBe('(01)51022222233336(11)141231(17)150707(10)A213B1(21)1234')
  })
  it('is refused with a sentence', () => {
    expect(() => udiElements({ gtin: '51022222233335' })).toThrow('check digit')
    expect(() => udiElements({ gtin: '51022222233336', expiry: '2027-02-30' })).toThrow('day 30')
  })
})

it('an item is known without its batch by RFID', () => {
  expect(serialIdentity(readElements('(01)09521234543213(22)2A(10)L1(21)S1').elements)).toBe('(01)09521234543213(21)S1')
  expect(serialIdentity(readElements('(01)09521234543213(21)S1').elements)).toBeNull()
})
