// Devices and items of the tests of OPC UA, also for processes that know no tests.
import type { DriverItem } from '../../../../src-main/drivers/driver.ts'
import type { DeviceDefinition } from '../../../../src-main/shared/plant.ts'
import type { DataType } from '../../../../src-main/shared/tag.ts'

export function opcuaDevice(
  address: string,
  options: Record<string, unknown> = {},
  timeoutMs = 1000,
): DeviceDefinition {
  return {
    name: 'plc',
    description: '',
    protocol: 'opcua',
    address,
    timeoutMs,
    scanRates: { normal: 100 },
    enabled: true,
    options,
  }
}

export function opcuaItem(
  handle: number,
  address: string,
  dataType: DataType,
  more: Partial<DriverItem> = {},
): DriverItem {
  return { handle, address, dataType, arrayLength: null, scanIntervalMs: 100, writable: true, options: {}, ...more }
}
