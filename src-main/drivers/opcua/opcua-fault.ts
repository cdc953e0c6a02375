// What went wrong in the OPC UA library, as a status code and a RuntimeError: the library throws Errors whose text or
// answer holds the server's status code.
import { StatusCodes as UaStatusCodes } from 'node-opcua-client'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { isBad, type StatusCodeName, StatusCodes, statusCodeName } from '../../shared/status-code.ts'

interface ErrorWithAnswer extends Error {
  readonly response?: { readonly responseHeader?: { readonly serviceResult?: { readonly value: number } } }
}

/** The server's status code in an error of the library, else the nearest that describes it. Always Bad. */
export function statusOf(error: unknown): number {
  if (error instanceof RuntimeError) return error.statusCode
  const answered = (error as ErrorWithAnswer | null)?.response?.responseHeader?.serviceResult?.value
  if (answered !== undefined && isBad(answered)) return answered >>> 0
  const text = messageOf(error)
  const named = /\b(Bad[A-Z][A-Za-z]+)\b/.exec(text)?.[1]
  const code = named === undefined ? undefined : (UaStatusCodes as unknown as Record<string, { value: number }>)[named]
  if (code) return code.value >>> 0
  if (/time.?d? ?out|ETIMEDOUT/i.test(text)) return StatusCodes.BadTimeout
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN/.test(text)) return StatusCodes.BadConnectionRejected
  return StatusCodes.BadCommunicationError
}

/** Name of a status code as the standard writes it, also of those Lineside itself does not produce. */
export function nameOfStatus(statusCode: number): string {
  const name = statusCodeName(statusCode)
  if (!name.startsWith('0x')) return name
  const plain = (statusCode & 0xffff0000) >>> 0
  for (const [key, code] of Object.entries(UaStatusCodes as unknown as Record<string, { value?: number }>))
    if (code.value !== undefined && code.value >>> 0 === plain) return key
  return name
}

/** `what` is the sentence's beginning: what was attempted on what. */
export function faultOf(what: string, error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error
  const statusCode = statusOf(error)
  return new RuntimeError(codeOf(statusCode), `${what}: ${reasonOf(error, statusCode)}`, error)
}

/** The code's name when Lineside has it, else BadCommunicationError. */
export function codeOf(statusCode: number): StatusCodeName {
  const name = statusCodeName(statusCode)
  return name in StatusCodes ? (name as StatusCodeName) : 'BadCommunicationError'
}

/** One line of the library's text, which may be pages long. */
function reasonOf(error: unknown, statusCode: number): string {
  const socketError = /\bErr = \((.+)\)/.exec(messageOf(error))?.[1]
  if (socketError) return `no OPC UA server answers there (${socketError})`
  const firstLine = messageOf(error).trim().split('\n')[0]!.replace(/\s+/g, ' ').slice(0, 300)
  const name = nameOfStatus(statusCode)
  return firstLine.includes(name) ? firstLine : `${name} (${firstLine})`
}
