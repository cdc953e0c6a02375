import { readFileSync } from 'node:fs'
import { StatusCodes as StandardCodes } from 'node-opcua-client'
import { describe, expect, test } from 'vitest'
import {
  isBad,
  isGood,
  isUncertain,
  qualityOf,
  StatusCodes,
  statusCodeName,
} from '../../../src-main/shared/status-code.ts'

describe('status codes', () => {
  test('have the numbers of OPC 10000-6 Annex A.2', () => {
    const standard = StandardCodes as unknown as Readonly<Record<string, { value: number } | undefined>>
    for (const [name, code] of Object.entries(StatusCodes)) {
      if (['Good', 'Bad', 'Uncertain'].includes(name)) continue
      expect(standard[name]?.value, name).toBe(code)
    }
  })

  test('are each explained in docs/errors.md', () => {
    const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
    for (const [name, code] of Object.entries(StatusCodes))
      expect(page).toContain(`| ${name} | 0x${code.toString(16).padStart(8, '0')} |`)
  })

  test('tell quality by their two top bits, whatever the info bits say', () => {
    expect(qualityOf(0x00000480)).toBe('Good')
    expect(qualityOf(0x40940480)).toBe('Uncertain')
    expect(qualityOf(0xc0000000)).toBe('Bad')
    expect([isGood(0), isUncertain(0), isBad(0)]).toEqual([true, false, false])
    expect(statusCodeName(0x80310000 + 0x480)).toBe('BadNoCommunication')
    expect(statusCodeName(0x80ff0000)).toBe('0x80ff0000')
  })
})
