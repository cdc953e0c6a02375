// Every way a request can fail, as the one body all three ways in show, with its HTTP status (docs/api.md has the table).
import type { ErrorBody } from '../shared/link.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { type StatusCodeName, StatusCodes } from '../shared/status-code.ts'

/** A request that is answered with an error body. `statusCode` is what the audit trail keeps. */
export class ApiError extends Error {
  readonly body: ErrorBody
  readonly statusCode: number

  constructor(body: ErrorBody, statusCode: number, cause?: unknown) {
    super(body.message, cause === undefined ? undefined : { cause })
    this.body = body
    this.statusCode = statusCode
  }
}

export function unauthorized(
  message = 'log in first (access.login); the session has ended or was never there',
): ApiError {
  return make('Unauthorized', 401, message, 'BadIdentityTokenInvalid')
}

export function forbidden(message: string): ApiError {
  return make('Forbidden', 403, message, 'BadUserAccessDenied')
}

export function unknownCall(name: string): ApiError {
  return make(
    'UnknownCall',
    404,
    `there is no call or feed "${name.slice(0, 100)}"; GET /api/v1/openapi.json lists them`,
    'BadNotFound',
  )
}

/** `path` says where in the input, as `values[2].tag`. */
export function invalidInput(message: string, path = ''): ApiError {
  const body = { code: 'InvalidInput', message, path, httpStatus: 400 }
  return new ApiError(body, StatusCodes.BadInvalidArgument)
}

export function tooManyRequests(message: string): ApiError {
  return make('TooManyRequests', 429, message, 'BadTooManyOperations')
}

export function shuttingDown(): ApiError {
  return make('BadShutdown', 503, 'the runtime is shutting down', 'BadShutdown')
}

function make(code: string, httpStatus: number, message: string, status: StatusCodeName): ApiError {
  return new ApiError({ code, message, httpStatus }, StatusCodes[status])
}

/** Codes whose HTTP status is not 422 (refused by a rule). */
const httpStatusOf: Partial<Readonly<Record<StatusCodeName, number>>> = {
  BadInvalidArgument: 400,
  BadIdentityTokenInvalid: 401,
  BadIdentityTokenRejected: 401,
  BadUserAccessDenied: 403,
  BadNotFound: 404,
  BadNodeIdUnknown: 404,
  BadEntryExists: 409,
  BadLocked: 423,
  BadTooManyOperations: 429,
  BadInternalError: 500,
  BadUnexpectedError: 500,
  BadResourceUnavailable: 503,
  BadOutOfMemory: 503,
  BadShutdown: 503,
  BadServerHalted: 503,
  BadServerNotConnected: 503,
  BadNotConnected: 503,
  BadNoCommunication: 503,
  BadCommunicationError: 503,
  BadConnectionClosed: 503,
  BadConnectionRejected: 503,
  BadDisconnect: 503,
  BadTimeout: 503,
  BadRequestTimeout: 503,
  BadRequestInterrupted: 503,
  BadDeviceFailure: 503,
}

const wordOf: Partial<Readonly<Record<StatusCodeName, string>>> = {
  BadIdentityTokenInvalid: 'Unauthorized',
  BadIdentityTokenRejected: 'Unauthorized',
  BadLocked: 'Locked',
  BadTooManyOperations: 'TooManyRequests',
}

/**
 * Anything thrown by a handler as an ApiError. A RuntimeError keeps code and message; of anything else nothing is told
 * to the outside (the caller logs it): it is a bug of ours.
 */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof RuntimeError) {
    const httpStatus = httpStatusOf[error.code] ?? 422
    return new ApiError(
      { code: wordOf[error.code] ?? error.code, message: error.message, httpStatus },
      error.statusCode,
      error,
    )
  }
  const body = {
    code: 'BadInternalError',
    message: 'the runtime failed at this request; its log says why',
    httpStatus: 500,
  }
  return new ApiError(body, StatusCodes.BadInternalError, error)
}
