// Requests and answers ↔ bytes. A protocol data unit (PDU) is the function code and its data; TCP puts a 7-byte header
// before it, RTU a unit and a checksum around it.
//
//   TCP   transaction (2) | protocol 0 (2) | length of the rest (2) | unit (1) | PDU (1 … 253)
//   RTU   unit (1) | PDU (1 … 253) | CRC-16, low byte first (2)
//
// Sources: MODBUS Application Protocol Specification V1.1b3; MODBUS Messaging on TCP/IP Implementation Guide V1.0b;
// MODBUS over Serial Line V1.02.
import type { ModbusTable } from './modbus-address.ts'

export const functionCodes = {
  readCoils: 1,
  readDiscreteInputs: 2,
  readHoldingRegisters: 3,
  readInputRegisters: 4,
  writeSingleCoil: 5,
  writeSingleRegister: 6,
  writeMultipleCoils: 15,
  writeMultipleRegisters: 16,
  maskWriteRegister: 22,
  readWriteMultipleRegisters: 23,
} as const

/** Set in the function code of an exception answer. */
export const exceptionFlag = 0x80
/** Longest PDU. */
export const maximumPduLength = 253
export const tcpHeaderLength = 7
/** Most registers and bits one write may carry (sections 6.12 and 6.11). */
export const maximumWriteRegisters = 123
export const maximumWriteBits = 1_968

const readFunction: Readonly<Record<ModbusTable, number>> = {
  coil: functionCodes.readCoils,
  discreteInput: functionCodes.readDiscreteInputs,
  inputRegister: functionCodes.readInputRegisters,
  holdingRegister: functionCodes.readHoldingRegisters,
}

// ── requests ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export function readRequest(table: ModbusTable, start: number, count: number): Buffer {
  return words(readFunction[table], start, count)
}

export function writeCoilRequest(start: number, value: boolean): Buffer {
  return words(functionCodes.writeSingleCoil, start, value ? 0xff00 : 0)
}

export function writeRegisterRequest(start: number, value: number): Buffer {
  return words(functionCodes.writeSingleRegister, start, value)
}

/** `bytes` as on the wire, two for each register. */
export function writeRegistersRequest(start: number, bytes: Buffer): Buffer {
  return withBytes(functionCodes.writeMultipleRegisters, start, bytes.length / 2, bytes)
}

export function writeCoilsRequest(start: number, values: readonly boolean[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(values.length / 8))
  for (const [index, value] of values.entries()) if (value) bytes[index >> 3]! |= 1 << (index & 7)
  return withBytes(functionCodes.writeMultipleCoils, start, values.length, bytes)
}

/** The register becomes (register AND andMask) OR (orMask AND NOT andMask). */
export function maskWriteRequest(start: number, andMask: number, orMask: number): Buffer {
  return words(functionCodes.maskWriteRegister, start, andMask, orMask)
}

function words(code: number, ...values: readonly number[]): Buffer {
  const pdu = Buffer.allocUnsafe(1 + values.length * 2)
  pdu[0] = code
  for (let index = 0; index < values.length; index++) pdu.writeUInt16BE(values[index]!, 1 + index * 2)
  return pdu
}

function withBytes(code: number, start: number, count: number, bytes: Buffer): Buffer {
  return Buffer.concat([words(code, start, count), Buffer.of(bytes.length), bytes])
}

// ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What came back for a request. `data` = register or bit bytes of a read; empty for a write. */
export type Answer =
  | { readonly kind: 'data'; readonly data: Buffer }
  | { readonly kind: 'exception'; readonly exceptionCode: number }
  /** Bytes came that are not an answer to the request. */
  | { readonly kind: 'malformed'; readonly message: string }
  | { readonly kind: 'timeout' }
  /** The link ended before an answer came. */
  | { readonly kind: 'closed'; readonly message: string }

const noData = Buffer.alloc(0)

/** The meaning of an answer PDU to a request PDU. Foreign bytes: checked against everything the request fixes. */
export function readAnswer(request: Buffer, answer: Buffer): Answer {
  const code = request[0]!
  if (answer[0] === (code | exceptionFlag))
    return answer.length === 2
      ? { kind: 'exception', exceptionCode: answer[1]! }
      : malformed(`an exception answer of ${answer.length} bytes instead of 2`)
  if (answer[0] !== code) return malformed(`an answer with function ${answer[0] ?? '(none)'} to function ${code}`)
  const byteCount = readByteCount(request)
  if (byteCount === null) {
    const echoed = request.subarray(0, answerLength(request))
    return answer.equals(echoed)
      ? { kind: 'data', data: noData }
      : malformed('a write answer that repeats another write')
  }
  if (answer[1] !== byteCount || answer.length !== byteCount + 2)
    return malformed(
      `${answer[1] ?? 0} bytes announced and ${Math.max(0, answer.length - 2)} sent, ${byteCount} asked for`,
    )
  return { kind: 'data', data: answer.subarray(2) }
}

/** Length of the answer PDU that a request asks for (its exception answer is 2 long). */
export function answerLength(request: Buffer): number {
  const byteCount = readByteCount(request)
  if (byteCount !== null) return 2 + byteCount
  return request[0] === functionCodes.maskWriteRegister ? 7 : 5
}

/** Data bytes a read asks for; null for writes. */
function readByteCount(request: Buffer): number | null {
  const code = request[0]!
  if (code === functionCodes.readCoils || code === functionCodes.readDiscreteInputs)
    return Math.ceil(request.readUInt16BE(3) / 8)
  if (
    code === functionCodes.readHoldingRegisters ||
    code === functionCodes.readInputRegisters ||
    code === functionCodes.readWriteMultipleRegisters
  )
    return request.readUInt16BE(3) * 2
  return null
}

function malformed(message: string): Answer {
  return { kind: 'malformed', message }
}

// ── frames ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export function tcpFrame(transaction: number, unit: number, pdu: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(tcpHeaderLength + pdu.length)
  frame.writeUInt16BE(transaction, 0)
  frame.writeUInt16BE(0, 2)
  frame.writeUInt16BE(1 + pdu.length, 4)
  frame[6] = unit
  pdu.copy(frame, tcpHeaderLength)
  return frame
}

export function rtuFrame(unit: number, pdu: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(pdu.length + 3)
  frame[0] = unit
  pdu.copy(frame, 1)
  frame.writeUInt16LE(crc16(frame, 0, pdu.length + 1), pdu.length + 1)
  return frame
}

/** CRC-16/MODBUS of `bytes[start … end)` (serial line specification section 6.2.2). */
export function crc16(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0xffff
  for (let index = start; index < end; index++) crc = (crc >> 8) ^ crcTable[(crc ^ bytes[index]!) & 0xff]!
  return crc
}

const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  return crc
})

/** Cuts a TCP stream into frames. */
export class TcpFrameReader {
  #rest: Buffer = noData

  /**
   * Takes what arrived and reports every complete frame; `pdu` is valid during the call only. False when the bytes are
   * not Modbus TCP: a stream that lost its frame borders cannot find them again and has to be closed.
   */
  push(chunk: Buffer, onFrame: (transaction: number, unit: number, pdu: Buffer) => void): boolean {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (bytes.length >= tcpHeaderLength) {
      const length = bytes.readUInt16BE(4)
      if (bytes.readUInt16BE(2) !== 0 || length < 2 || length > maximumPduLength + 1) return false
      const end = 6 + length
      if (bytes.length < end) break
      onFrame(bytes.readUInt16BE(0), bytes[6]!, bytes.subarray(tcpHeaderLength, end))
      bytes = bytes.subarray(end)
    }
    this.#rest = bytes.length === 0 ? noData : Buffer.from(bytes)
    return true
  }
}

/** Finds the answer to one request in a stream of RTU bytes, past noise and leftovers before it. */
export class RtuAnswerReader {
  readonly #unit: number
  readonly #code: number
  readonly #length: number
  readonly #byteCount: number | null
  #rest: Buffer = noData
  #dropped = false

  constructor(unit: number, request: Buffer) {
    this.#unit = unit
    this.#code = request[0]!
    this.#length = answerLength(request)
    this.#byteCount = readByteCount(request)
  }

  /** Bytes came that are no answer to this request, or only part of one. */
  get sawBytes(): boolean {
    return this.#dropped || this.#rest.length > 0
  }

  /** The PDU of the answer once it is complete, else null. Keeps at most the longest frame. */
  push(chunk: Buffer): Buffer | null {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let keepFrom = bytes.length
    for (let at = 0; at < bytes.length; at++) {
      const length = this.#frameLengthAt(bytes, at)
      if (length === null) continue
      const end = at + length
      if (end > bytes.length) {
        keepFrom = Math.min(keepFrom, at)
        continue
      }
      if (bytes.readUInt16LE(end - 2) === crc16(bytes, at, end - 2)) return bytes.subarray(at + 1, end - 2)
    }
    if (keepFrom > 0) this.#dropped = true
    this.#rest = keepFrom === bytes.length ? noData : Buffer.from(bytes.subarray(keepFrom))
    return null
  }

  /** Length of the frame that may begin here; null when none can. */
  #frameLengthAt(bytes: Buffer, at: number): number | null {
    if (bytes[at] !== this.#unit) return null
    const left = bytes.length - at
    if (left === 1) return 5
    const code = bytes[at + 1]
    if (code === (this.#code | exceptionFlag)) return 5
    if (code !== this.#code) return null
    if (this.#byteCount !== null && left > 2 && bytes[at + 2] !== this.#byteCount) return null
    return this.#length + 3
  }
}
