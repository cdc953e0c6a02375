// Times as texts on labels.
import { describe, expect, test } from 'vitest'
import { timeText } from '../../../src-main/shared/time-text.ts'

const newYear = new Date('2027-12-31T23:30:05Z')

describe('a time as text', () => {
  test.each([
    ['yyyy-MM-dd HH:mm:ss', 'UTC', '2027-12-31 23:30:05'],
    ['dd.MM.yy', 'Asia/Shanghai', '01.01.28'],
    ['yyDDD', 'UTC', '27365'],
    ['yyDDD', 'Asia/Shanghai', '28001'],
    ["'Best before' dd/MM", 'UTC', 'Best before 31/12'],
    ['HH:mm', 'Asia/Kolkata', '05:00'],
    ['yyyy年MM月dd日', 'Asia/Shanghai', '2028年01月01日'],
  ])('%s in %s is %s', (pattern, zone, text) => {
    expect(timeText(newYear, pattern, zone)).toBe(text)
  })

  test('midnight is 00, also on the day clocks change', () => {
    expect(timeText(new Date('2026-03-28T23:00:00Z'), 'dd HH', 'Europe/Berlin')).toBe('29 00')
    expect(timeText(new Date('2026-03-29T01:00:00Z'), 'HH', 'Europe/Berlin')).toBe('03')
  })

  test.each([
    ['YYYY', 'UTC', /"YYYY" is no part of a time/],
    ['d', 'UTC', /"d" is no part/],
    ['yyyy', 'Mars/Base', /no time zone/],
    ['-'.repeat(101), 'UTC', /longer than 100/],
  ])('%s in %s is refused with a sentence', (pattern, zone, sentence) => {
    expect(() => timeText(newYear, pattern, zone)).toThrow(sentence)
  })
})
