import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TagRow } from '../../../src-main/shared/contract.ts'
import { enteredValue } from '../../../src-renderer/faceplate/entered-value.ts'

const row = (fields: Partial<TagRow>): TagRow => ({
  tag: 'Tank.Setpoint',
  dataType: 'float64',
  unit: 'Cel',
  description: '',
  writable: true,
  ...fields,
})

describe('enteredValue', () => {
  it('takes a decimal point and a decimal comma', () => {
    expect(enteredValue('12.5', row({}))).toEqual({ ok: true, value: 12.5 })
    expect(enteredValue('12,5', row({}))).toEqual({ ok: true, value: 12.5 })
    expect(enteredValue(' -0,25 ', row({}))).toEqual({ ok: true, value: -0.25 })
  })

  // Fifteen hundred to one reader, one and a half to another.
  it('asks instead of guessing what 1,500 means', () => {
    const entered = enteredValue('1,500', row({}))
    expect(entered).toMatchObject({ ok: false, message: expect.stringContaining('1500') })
    expect(entered).toMatchObject({ message: expect.stringContaining('1.500') })
  })

  it.each(['', 'abc', '1.2.3', '1e5', '--1', '1,2,3', '.', '∞'])('refuses "%s" as a number', (text) => {
    expect(enteredValue(text, row({})).ok).toBe(false)
  })

  it('refuses what is outside the limits, with the limits', () => {
    const limited = row({ limits: { low: 0, high: 95 } })
    expect(enteredValue('95', limited)).toEqual({ ok: true, value: 95 })
    expect(enteredValue('95.1', limited)).toMatchObject({ ok: false, message: expect.stringContaining('0 … 95 °C') })
  })

  it('refuses fractions and too large numbers for integers', () => {
    expect(enteredValue('1.5', row({ dataType: 'int16' })).ok).toBe(false)
    expect(enteredValue('2.0', row({ dataType: 'int16' }))).toEqual({ ok: true, value: 2 })
    expect(enteredValue('32768', row({ dataType: 'int16' })).ok).toBe(false)
    expect(enteredValue('-1', row({ dataType: 'uint16', limits: { low: -5 } })).ok).toBe(false)
  })

  it('keeps every digit of a 64-bit integer', () => {
    expect(enteredValue('9007199254740993', row({ dataType: 'int64' }))).toEqual({
      ok: true,
      value: '9007199254740993',
    })
  })

  it('takes the named states of an enumeration', () => {
    const states = { 0: 'Stopped', 1: 'Running' }
    expect(enteredValue('1', row({ dataType: 'uint8', states }))).toEqual({ ok: true, value: 1 })
    expect(enteredValue('1', row({ dataType: 'bool', states }))).toEqual({ ok: true, value: true })
    expect(enteredValue('', row({ dataType: 'uint8', states })).ok).toBe(false)
  })

  it('gives back every finite number it is typed as', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e15, max: 1e15 }), (number) => {
        const text = number.toFixed(6)
        expect(enteredValue(text, row({}))).toEqual({ ok: true, value: Number(text) })
      }),
    )
  })

  it('never throws, whatever is typed, for any data type', () => {
    const types = fc.constantFrom<TagRow['dataType'][]>('float64', 'int16', 'uint64', 'bool', 'string', 'structure')
    fc.assert(
      fc.property(fc.string(), types, (text, dataType) => {
        expect(typeof enteredValue(text, row({ dataType })).ok).toBe('boolean')
      }),
    )
  })
})
