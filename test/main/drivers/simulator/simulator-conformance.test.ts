// The simulator driver under the suite of all drivers. Its device is inside the driver: what the device does by itself is
// done through the driver that was made last.
import type { Driver, DriverItem } from '../../../../src-main/drivers/driver.ts'
import { protocolDriver } from '../../../../src-main/drivers/simulator/simulator-driver.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import type { DataType } from '../../../../src-main/shared/tag.ts'
import { describeDriverConformance } from '../driver-conformance.ts'

function item(handle: number, address: string, dataType: DataType): DriverItem {
  return { handle, address, dataType, arrayLength: null, scanIntervalMs: 50, writable: true, options: {} }
}

let driver: Driver | null = null
/** While the device changes a value by itself: the driver's report of its own write is not what the suite asks about. */
let isQuiet = false

describeDriverConformance('the simulator driver', {
  driver: {
    createDriver(environment) {
      const onValues: typeof environment.onValues = (batch) => {
        if (!isQuiet) environment.onValues(batch)
      }
      driver = protocolDriver.createDriver({ ...environment, onValues })
      return driver
    },
  },
  async start() {
    const values: { item: DriverItem; first: TagValue; second: TagValue }[] = [
      { item: item(1, 'memory(real, initial=1.5)', 'float64'), first: 1.5, second: -2.25 },
      { item: item(2, 'memory(whole, initial=7)', 'int16'), first: 7, second: -300 },
      { item: item(3, 'memory(flag, initial=false)', 'bool'), first: false, second: true },
      { item: item(4, 'memory(text, initial=idle)', 'string'), first: 'idle', second: '运行' },
    ]
    return {
      device: {
        name: 'training',
        description: '',
        protocol: 'simulator',
        address: '',
        timeoutMs: 1000,
        scanRates: { normal: 50 },
        enabled: true,
        options: {},
      },
      values,
      unknown: item(9, 'wave(period=1 s)', 'float64'),
      async set(changed, value) {
        isQuiet = true
        await driver!.write(changed, value)
        isQuiet = false
      },
      async get(held) {
        const batch = await driver!.read([held])
        return batch.others?.[0] ?? batch.value[0]!
      },
      cut: null,
      freeze: null,
      restore: async () => undefined,
      close: async () => undefined,
    }
  },
})
