// Devices and items as the plant would hand them to the MQTT drivers, their options checked by the protocol.
import * as v from 'valibot'
import { systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import type { DriverEnvironment, DriverItem } from '../../../../src-main/drivers/driver.ts'
import { mqttProtocols } from '../../../../src-main/drivers/mqtt/mqtt-protocol.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import type { DeviceDefinition } from '../../../../src-main/shared/plant.ts'
import type { RuntimeError } from '../../../../src-main/shared/runtime-error.ts'
import { isGood } from '../../../../src-main/shared/status-code.ts'
import type { DataType } from '../../../../src-main/shared/tag.ts'
import type { ValueBatch } from '../../../../src-main/shared/value-batch.ts'
import { same } from '../driver-conformance.ts'

export function deviceOf(
  address: string,
  options: object = {},
  protocol: 'mqtt' | 'sparkplug' = 'mqtt',
): DeviceDefinition {
  const known = mqttProtocols.find(({ name }) => name === protocol)!
  const problem = known.checkDeviceAddress(address)
  if (problem) throw new Error(problem)
  return {
    name: 'broker',
    description: '',
    protocol,
    address,
    timeoutMs: 1000,
    scanRates: { normal: 1000 },
    enabled: true,
    options: v.parse(known.deviceOptions, options),
  }
}

export function itemOf(
  handle: number,
  address: string,
  dataType: DataType,
  options: object = {},
  arrayLength: number | null = null,
): DriverItem {
  return { handle, address, dataType, arrayLength, scanIntervalMs: 1000, writable: true, options: { ...options } }
}

/** Everything a driver reports, the latest by handle, and how it lost its link. */
export class Observed {
  readonly latest = new Map<number, { value: TagValue; statusCode: number; sourceTimestamp: number }>()
  readonly rows: { handle: number; value: TagValue; statusCode: number; sourceTimestamp: number }[] = []
  readonly lost: RuntimeError[] = []

  environment(
    device: DeviceDefinition,
    secrets: Record<string, string> = {},
    folder = '/nonexistent',
  ): DriverEnvironment {
    return {
      device,
      clock: systemClock,
      logger: silentLogger,
      secret: (name) => secrets[name] ?? null,
      folder,
      onValues: (batch) => this.take(batch),
      onLost: (error) => this.lost.push(error),
    }
  }

  take(batch: ValueBatch): void {
    for (let row = 0; row < batch.count; row++) {
      const other = batch.others?.[row]
      const reported = {
        value: other === undefined ? batch.value[row]! : other,
        statusCode: batch.statusCode[row]!,
        sourceTimestamp: batch.sourceTimestamp[row]!,
      }
      this.latest.set(batch.handle[row]!, reported)
      this.rows.push({ handle: batch.handle[row]!, ...reported })
    }
  }

  isGoodAt(handle: number, value: TagValue): boolean {
    const latest = this.latest.get(handle)
    return latest !== undefined && isGood(latest.statusCode) && same(latest.value, value)
  }

  statusOf(handle: number): number | undefined {
    return this.latest.get(handle)?.statusCode
  }
}
