// The one error class. Quality is data: nothing on the value path throws; this is for calls that cannot do what was asked.
import { type StatusCodeName, StatusCodes } from './status-code.ts'

/**
 * What was attempted, on what, what came instead, with units, as a sentence; and the status code that says the same to a
 * program (docs/errors.md explains each).
 */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError'
  readonly code: StatusCodeName

  constructor(code: StatusCodeName, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }

  get statusCode(): number {
    return StatusCodes[this.code]
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message === '' ? error.name : error.message
  return String(error)
}
