// What went wrong on the wire → status code and words. The table is in docs/drivers/modbus.md as well.
// Source: MODBUS Application Protocol Specification V1.1b3 section 7 (exception codes).
import { type StatusCodeName, StatusCodes } from '../../shared/status-code.ts'
import type { Answer } from './modbus-frame.ts'

interface ExceptionMeaning {
  readonly name: string
  readonly code: StatusCodeName
}

export const illegalDataAddress = 2
export const illegalDataValue = 3
export const acknowledge = 5
export const deviceBusy = 6
export const gatewayPathUnavailable = 10
export const gatewayTargetFailed = 11

const exceptions: Readonly<Record<number, ExceptionMeaning>> = {
  1: { name: 'illegal function', code: 'BadServiceUnsupported' },
  2: { name: 'illegal data address', code: 'BadNodeIdUnknown' },
  3: { name: 'illegal data value', code: 'BadOutOfRange' },
  4: { name: 'device failure', code: 'BadDeviceFailure' },
  5: { name: 'acknowledge, still working on it', code: 'BadResourceUnavailable' },
  6: { name: 'device busy', code: 'BadResourceUnavailable' },
  7: { name: 'negative acknowledge', code: 'BadDeviceFailure' },
  8: { name: 'memory parity error', code: 'BadDeviceFailure' },
  10: { name: 'gateway path unavailable', code: 'BadNoCommunication' },
  11: { name: 'gateway target does not answer', code: 'BadNoCommunication' },
}

/** Status code of an item whose request ended like this; Good for data. */
export function statusOf(answer: Answer): number {
  switch (answer.kind) {
    case 'data':
      return StatusCodes.Good
    case 'exception':
      return StatusCodes[exceptions[answer.exceptionCode]?.code ?? 'BadUnknownResponse']
    case 'malformed':
      return StatusCodes.BadDecodingError
    case 'timeout':
      return StatusCodes.BadTimeout
    case 'closed':
      return StatusCodes.BadConnectionClosed
  }
}

/** What an answer was, for messages: `exception 2 (illegal data address)`. */
export function describeAnswer(answer: Answer, timeoutMs: number): string {
  switch (answer.kind) {
    case 'data':
      return 'an answer'
    case 'exception':
      return `exception ${answer.exceptionCode} (${exceptions[answer.exceptionCode]?.name ?? 'unknown'})`
    case 'malformed':
      return `no usable answer: ${answer.message}`
    case 'timeout':
      return `no answer within ${timeoutMs} ms`
    case 'closed':
      return answer.message
  }
}
