import { describe, expect, it } from 'vitest'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import { formatValue, type ValueFormat } from '../../../src-renderer/tags/format-value.ts'
import { unitText } from '../../../src-renderer/tags/unit-text.ts'

const words = { on: 'On', off: 'Off' }
const text = (value: Parameters<typeof formatValue>[0], format: ValueFormat = null, locale = 'en') =>
  formatValue(value, StatusCodes.Good, format, locale, words)

describe('formatValue', () => {
  it('writes the decimals of the tag, so that figures do not jump', () => {
    expect(text(5, { dataType: 'float64', decimals: 2 })).toBe('5.00')
    expect(text(5.005, { dataType: 'float64', decimals: 1 })).toBe('5.0')
  })
  it('writes up to three decimals when the tag says nothing', () => {
    expect(text(1 / 3)).toBe('0.333')
    expect(text(2)).toBe('2')
  })
  it('never writes minus zero', () => {
    expect(text(-0.04, { dataType: 'float64', decimals: 1 })).toBe('0.0')
  })
  it('groups digits only from five on, the way of the language', () => {
    expect(text(4200)).toBe('4200')
    expect(text(42_000)).toBe('42,000')
    expect(text(42_000.5, { dataType: 'float64', decimals: 1 }, 'de')).toBe('42.000,5')
  })
  it('names the states of an enumeration, also of a boolean', () => {
    const states = { 0: 'Stopped', 1: 'Running' }
    expect(text(1, { dataType: 'uint8', states })).toBe('Running')
    expect(text(false, { dataType: 'bool', states })).toBe('Stopped')
    expect(text(7, { dataType: 'uint8', states })).toBe('7')
  })
  it('names states in the language of the screen, or in what the plant has', () => {
    const format = { dataType: 'uint8', states: { 0: { en: 'Stopped', 'zh-CN': '停止' }, 1: 'Running' } } as const
    expect([text(0, format, 'en'), text(0, format, 'zh-CN'), text(0, format, 'de')]).toEqual([
      'Stopped',
      '停止',
      'Stopped',
    ])
    expect(text(1, format, 'zh-CN')).toBe('Running')
  })
  it('writes booleans in words', () => {
    expect([text(true), text(false)]).toEqual(['On', 'Off'])
  })
  it('keeps every digit of a 64-bit integer', () => {
    expect(text('9007199254740993', { dataType: 'int64' })).toBe('9,007,199,254,740,993')
  })
  it('writes no value where quality is Bad or nothing came', () => {
    expect(formatValue(42, StatusCodes.BadTimeout, null, 'en', words)).toBe('– – –')
    expect(text(null)).toBe('– – –')
  })
})

describe('unitText', () => {
  it.each([
    ['Cel', '°C'],
    ['m3/h', 'm³/h'],
    ['{bottle}/h', 'bottle/h'],
    ['1', ''],
    ['%', '%'],
    ['kg', 'kg'],
  ])('writes the UCUM code %s as %s', (code, expected) => {
    expect(unitText(code)).toBe(expected)
  })
})

// ISA-101 checklist H14: no leading zeros, fixed decimals, signs and separators as the language has them.
describe('numbers in languages', () => {
  const values = [0, 0.5, -7.25, 1234.5, 12345.678, 1e6]
  const texts = (locale: string) => values.map((value) => text(value, { dataType: 'float64', decimals: 2 }, locale))

  it.each([
    ['en', ['0.00', '0.50', '-7.25', '1234.50', '12,345.68', '1,000,000.00']],
    ['zh-CN', ['0.00', '0.50', '-7.25', '1234.50', '12,345.68', '1,000,000.00']],
    ['de', ['0,00', '0,50', '-7,25', '1234,50', '12.345,68', '1.000.000,00']],
    ['hu', ['0,00', '0,50', '-7,25', '1234,50', '12\u00a0345,68', '1\u00a0000\u00a0000,00']],
    ['ar', ['0.00', '0.50', '\u200e-7.25', '1234.50', '12,345.68', '1,000,000.00']],
  ])('in %s are written its way', (locale, expected) => {
    expect(texts(locale)).toEqual(expected)
  })
  it('have as many characters as the digits before the point ask for, whatever comes behind: nothing jumps', () => {
    for (const locale of ['en', 'zh-CN', 'de', 'hu', 'ar']) {
      const lengths = [10, 10.1, 10.12, 10.999, 99.99].map(
        (value) => text(value, { dataType: 'float64', decimals: 1 }, locale).length,
      )
      expect(new Set(lengths.slice(0, 4)).size, locale).toBe(1)
    }
  })
})
