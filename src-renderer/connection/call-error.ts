// A refusal or failure of a call, as the runtime says it.
import type { ErrorBody } from '../../src-main/shared/link.ts'

/**
 * `code` is a status code name or one of Unauthorized, Forbidden, UnknownCall, InvalidInput, TooManyRequests; for calls that
 * never reached the runtime `BadNotConnected`, and `BadTimeout` when no answer came.
 */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly code: string
  readonly httpStatus: number
  readonly path: string | null

  constructor(body: ErrorBody) {
    super(body.message)
    this.code = body.code
    this.httpStatus = body.httpStatus
    this.path = body.path ?? null
  }

  /** True when the runtime does not (any longer) know who is asking. */
  get isUnauthorized(): boolean {
    return this.httpStatus === 401
  }
}
