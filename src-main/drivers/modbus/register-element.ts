// One value in whole registers, the part of which modbus-registers.ts makes bits, texts and arrays.
import type { TagValue } from '../../shared/data-value.ts'
import { StatusCodes } from '../../shared/status-code.ts'

/** One element of an address, whole registers. */
export interface ElementCodec {
  /** Bytes of one element, even. */
  readonly byteCount: number
  read(bytes: Buffer, offset: number): TagValue
  /** Writes into zeroed bytes; a refusal when the value does not fit. */
  write(value: TagValue, bytes: Buffer, offset: number): Refusal | null
  /** Sets the bits that belong to the element in a zeroed mask; false, and nothing set, when all bits do. */
  mask(bytes: Buffer, offset: number): boolean
}

/** Why a value does not fit. */
export interface Refusal {
  readonly ok: false
  readonly statusCode: number
  readonly message: string
}

/** The value is of another kind. */
export function mismatch(message: string): Refusal {
  return { ok: false, statusCode: StatusCodes.BadTypeMismatch, message }
}

/** The value is of the right kind but too large, too long or outside the range. */
export function outOfRange(message: string): Refusal {
  return { ok: false, statusCode: StatusCodes.BadOutOfRange, message }
}
