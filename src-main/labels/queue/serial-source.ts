// What the print queue needs of the one who gives out identifiers. Calls are synchronous and join the transaction that is open in
// the same database, so that a label and its identifier come to be together or not at all.
import type { JsonValue } from '../../shared/data-value.ts'
import type { IdentifierRecord, SerialState } from '../../shared/identifier.ts'

export interface SerialRequest {
  readonly scheme: string
  readonly count: number
  /** Fields the template of the scheme names. */
  readonly fields: Readonly<Record<string, JsonValue>>
  /** Values of tags the template of the scheme names. */
  readonly tags: Readonly<Record<string, JsonValue>>
  readonly user: string
}

/** Fulfilled by the identity store. */
export interface SerialSource {
  /** In the order they are given out. Throws RuntimeError when the pool is used up or stopped. */
  allocate(request: SerialRequest): readonly string[]
  /** undefined or null = never seen. */
  record(identifier: string): Pick<IdentifierRecord, 'state' | 'hold'> | null | undefined
  /** Throws RuntimeError when the life of the serial does not allow it. */
  setState(identifier: string, state: SerialState, user: string, reason: string): unknown
}
