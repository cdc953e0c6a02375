// What the OPC UA tests share: a device definition, items, and a driver with everything it reports.
import { systemClock } from '../../../../src-main/base/clock.ts'
import { createLogger } from '../../../../src-main/base/logger.ts'
import type { Driver } from '../../../../src-main/drivers/driver.ts'
import { protocolDriver } from '../../../../src-main/drivers/opcua/opcua-driver.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import type { DeviceDefinition } from '../../../../src-main/shared/plant.ts'
import type { RuntimeError } from '../../../../src-main/shared/runtime-error.ts'
import type { ValueBatch } from '../../../../src-main/shared/value-batch.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface Row {
  readonly handle: number
  readonly value: TagValue
  readonly statusCode: number
  readonly sourceTimestamp: number
}

/** A driver with all it reports. */
export interface Watching {
  readonly driver: Driver
  readonly rows: Row[]
  readonly lost: RuntimeError[]
  /** Newest row of a handle. */
  latest(handle: number): Row | undefined
}

export function watching(
  device: DeviceDefinition,
  folder = temporaryFolder(),
  secret: (name: string) => string | null = () => null,
): Watching {
  const rows: Row[] = []
  const newest = new Map<number, Row>()
  const lost: RuntimeError[] = []
  const driver = protocolDriver.createDriver({
    device,
    clock: systemClock,
    logger: createLogger(process.env.LINESIDE_LOG ?? 'silent'),
    secret,
    folder,
    onValues: (batch) => {
      for (const row of rowsOf(batch)) {
        rows.push(row)
        newest.set(row.handle, row)
      }
    },
    onLost: (error) => lost.push(error),
  })
  return { driver, rows, lost, latest: (handle) => newest.get(handle) }
}

export function rowsOf(batch: ValueBatch): Row[] {
  return Array.from({ length: batch.count }, (_, row) => {
    const other = batch.others?.[row]
    return {
      handle: batch.handle[row]!,
      value: other === undefined ? batch.value[row]! : other,
      statusCode: batch.statusCode[row]!,
      sourceTimestamp: batch.sourceTimestamp[row]!,
    }
  })
}

/** A connect that has to fail; gives its error. */
export async function refusal(driver: Driver, timeoutMs = 5000): Promise<RuntimeError> {
  return driver.connect(AbortSignal.timeout(timeoutMs)).then(
    () => {
      throw new Error('the connection was not refused')
    },
    (error: RuntimeError) => error,
  )
}
