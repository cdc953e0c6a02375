import { describe, expect, it } from 'vitest'
import type { DeviceRow } from '../../../src-main/shared/contract.ts'
import { adviceFor } from '../../../src-renderer/engineering/device-advice.ts'
import { inOrderOfNeed, isBroken } from '../../../src-renderer/engineering/device-need.ts'
import { deviceRow } from '../../fakes/api-parts.ts'

const row = (device: string, state: DeviceRow['state'], badTagCount: number): DeviceRow =>
  deviceRow(device, { state, tagCount: 10, badTagCount, lastError: null })

describe('what a maintenance engineer is led to', () => {
  it('is every device without a value, whether its connection is down or only stands', () => {
    expect(isBroken(row('lost', 'waiting', 10))).toBe(true)
    expect(isBroken(row('silent', 'connected', 10))).toBe(true)
    expect(isBroken(row('partly', 'connected', 9))).toBe(false)
    expect(isBroken(row('off', 'disabled', 10))).toBe(false)
  })
  it('does not call a device without tags broken', () => {
    expect(isBroken(deviceRow('empty', { state: 'connected', tagCount: 0, badTagCount: 0 }))).toBe(false)
  })
  it('starts with what is worst', () => {
    const devices = [
      row('well', 'connected', 0),
      row('partly', 'connected', 3),
      row('silent', 'connected', 10),
      row('lost', 'waiting', 10),
      row('crashed', 'failed', 10),
    ]
    expect(inOrderOfNeed(devices).map(({ device }) => device)).toEqual(['crashed', 'lost', 'silent', 'partly', 'well'])
  })
  it('does not blame addresses where no tag at all has a value', () => {
    expect(adviceFor(row('silent', 'connected', 10))).toMatch(/gone silent/)
    expect(adviceFor(row('partly', 'connected', 3))).toMatch(/address or type does not fit/)
  })
})
