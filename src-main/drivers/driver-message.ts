// What crosses between the runtime (driver-host.ts) and a protocol's worker thread (driver-worker.ts).

import type { ErrorBody } from '../shared/link.ts'
import type { DeviceDefinition } from '../shared/plant.ts'
import type { WorkerName } from '../shared/protocol.ts'
import type { StatusCodeName } from '../shared/status-code.ts'
import type { ValueBatch } from '../shared/value-batch.ts'
import type { DeviceStatus } from './device-connection.ts'
import type { DriverItem } from './driver.ts'

/** Given to the worker at its start. */
export interface DriverWorkerStart {
  readonly worker: WorkerName
  /** Folder below the data folder for this protocol; exists. */
  readonly folder: string
}

/** One device with everything its worker needs. */
export interface ConfiguredDevice {
  readonly device: DeviceDefinition
  readonly items: readonly DriverItem[]
  /** Only the secrets the device names. */
  readonly secrets: Readonly<Record<string, string>>
}

/** What the runtime asks of a worker; each is answered once. */
export type DriverRequest =
  | { readonly kind: 'write'; readonly device: string; readonly handle: number; readonly value: unknown }
  | { readonly kind: 'read'; readonly device: string; readonly items: readonly DriverItem[] }
  | { readonly kind: 'browse'; readonly device: string; readonly path: string }
  | { readonly kind: 'callMethod'; readonly device: string; readonly path: string; readonly inputs: readonly unknown[] }
  | { readonly kind: 'reconnect'; readonly device: string }
  | { readonly kind: 'certificates' }
  | { readonly kind: 'trust'; readonly thumbprint: string; readonly trusted: boolean }

export type ToDriverWorker =
  | { readonly type: 'configure'; readonly devices: readonly ConfiguredDevice[] }
  | { readonly type: 'request'; readonly id: number; readonly request: DriverRequest }
  /** The runtime took this many batches. */
  | { readonly type: 'taken'; readonly count: number }
  | { readonly type: 'ping' }
  | { readonly type: 'close' }

export type FromDriverWorker =
  | { readonly type: 'values'; readonly batch: ValueBatch }
  | { readonly type: 'status'; readonly statuses: readonly DeviceStatus[]; readonly droppedValueCount: number }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | {
      readonly type: 'refusal'
      readonly id: number
      readonly code: StatusCodeName
      readonly message: ErrorBody['message']
    }
  | { readonly type: 'pong' }
  | { readonly type: 'closed' }
