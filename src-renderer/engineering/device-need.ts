// Which connections need somebody, and in which order.
import type { DeviceRow, DeviceState } from '../../src-main/shared/contract.ts'

/** Lower = more in need of somebody. */
const urgency: Readonly<Record<DeviceState, number>> = {
  failed: 0,
  waiting: 1,
  connecting: 2,
  connected: 4,
  disabled: 5,
}

/** Broken connections first, then those with Bad tags, then the rest; by name among equals. */
export function inOrderOfNeed(devices: readonly DeviceRow[]): readonly DeviceRow[] {
  const need = (row: DeviceRow) => {
    if (row.state !== 'connected' || row.badTagCount === 0) return urgency[row.state]
    return isSilent(row) ? 2 : 3
  }
  return [...devices].sort((a, b) => need(a) - need(b) || a.device.localeCompare(b.device))
}

/** True when values should come and none do: the connection is not up, or it is and no tag has a value. */
export function isBroken(row: DeviceRow): boolean {
  return row.state === 'connected' ? isSilent(row) : row.state !== 'disabled'
}

/** Connected, and not one tag has a value: so it is in the seconds before a lost link is given up. */
export function isSilent(row: DeviceRow): boolean {
  return row.tagCount > 0 && row.badTagCount === row.tagCount
}
