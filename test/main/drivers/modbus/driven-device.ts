// A driver under test with everything it reports, for tests that play the device themselves.
import { systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import type { Driver, DriverItem } from '../../../../src-main/drivers/driver.ts'
import { protocolDriver } from '../../../../src-main/drivers/modbus/modbus-driver.ts'
import { modbusProtocols } from '../../../../src-main/drivers/modbus/modbus-protocol.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import type { RuntimeError } from '../../../../src-main/shared/runtime-error.ts'
import type { ValueBatch } from '../../../../src-main/shared/value-batch.ts'

export interface Report {
  readonly value: TagValue
  readonly statusCode: number
  readonly at: number
}

export interface DrivenDevice {
  readonly driver: Driver
  readonly lost: readonly RuntimeError[]
  /** Everything reported of a handle, oldest first. */
  reports(handle: number): readonly Report[]
  last(handle: number): Report | undefined
}

/** A driver that is not yet connected. */
export function drive(address: string, options: object = {}, protocol = 'modbus-tcp', timeoutMs = 300): DrivenDevice {
  const lost: RuntimeError[] = []
  const reports = new Map<number, Report[]>()
  const take = (batch: ValueBatch): void => {
    for (const [handle, report] of rows(batch)) {
      const list = reports.get(handle)
      if (list) list.push(report)
      else reports.set(handle, [report])
    }
  }
  const driver = protocolDriver.createDriver({
    device: {
      name: 'Press 1',
      description: '',
      protocol,
      address,
      timeoutMs,
      scanRates: { normal: 50 },
      enabled: true,
      options: { ...options },
    },
    clock: systemClock,
    logger: silentLogger,
    secret: () => null,
    folder: '/nonexistent',
    onValues: take,
    onLost: (error) => lost.push(error),
  })
  return {
    driver,
    lost,
    reports: (handle) => reports.get(handle) ?? [],
    last: (handle) => reports.get(handle)?.at(-1),
  }
}

/** Rows of a batch: handle and what was said of it. */
export function rows(batch: ValueBatch): (readonly [number, Report])[] {
  return Array.from({ length: batch.count }, (_, row) => {
    const other = batch.others?.[row]
    const value = other === undefined ? batch.value[row]! : other
    return [batch.handle[row]!, { value, statusCode: batch.statusCode[row]!, at: performance.now() }] as const
  })
}

/** An item of an address text, read every 50 ms. */
export function item(handle: number, address: string, options: object = {}, scanIntervalMs = 50): DriverItem {
  const check = modbusProtocols[0]!.checkAddress(address, null, null)
  if (!check.ok || check.dataType === null) throw new Error(`${address}: ${check.ok ? 'no type' : check.message}`)
  const { dataType, arrayLength, writable } = check
  return { handle, address, dataType, arrayLength, writable, scanIntervalMs, options: { ...options } }
}
