import { describe, expect, it } from 'vitest'
import { equipmentOutlook } from '../../../src-main/equipment/equipment-outlook.ts'
import type { Equipment } from '../../../src-main/shared/equipment.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'

const stop = { name: 'stop', title: { en: 'Stop' }, tag: 'M1.Command', value: false, starts: false, consequence: {} }

function stopRow(when: string | null, values: Readonly<Record<string, number>>) {
  const equipment = { name: 'M1', commands: [{ ...stop, when }], conditions: [] } as unknown as Equipment
  const scope = { tagType: () => ({ dataType: 'uint16' as const, arrayLength: null }), now: () => 0 }
  return equipmentOutlook(equipment, scope, (tag) => ({
    value: values[tag] ?? null,
    statusCode: tag in values ? StatusCodes.Good : StatusCodes.BadNoCommunication,
    sourceTimestamp: 0,
  })).commands[0]!
}

describe('what an instance can be ordered to do', () => {
  it('names the term that keeps a command from being offered, not the one that would allow it', () => {
    const row = stopRow('M1.Mode == 1 && M1.State == 2', { 'M1.Mode': 0, 'M1.State': 2 })
    expect(row.isOffered).toBe(false)
    expect(row.reasons).toMatchObject([{ text: 'M1.Mode == 1', isTrue: false, inputs: [{ tag: 'M1.Mode', value: 0 }] }])
  })

  it('has no reasons for what is offered, always or now', () => {
    expect(stopRow(null, {})).toMatchObject({ isOffered: true, reasons: [] })
    expect(stopRow('M1.Mode == 1', { 'M1.Mode': 1 })).toMatchObject({ isOffered: true, reasons: [] })
  })

  it('says of a command that cannot be decided which term it is about', () => {
    const row = stopRow('M1.Mode == 1', {})
    expect(row.isOffered).toBeNull()
    expect(row.reasons).toMatchObject([{ text: 'M1.Mode == 1', isTrue: null }])
  })
})
