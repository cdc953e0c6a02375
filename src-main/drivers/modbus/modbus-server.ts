// A Modbus device's network side: listens, cuts the stream into requests, sends the answers. Foreign bytes: a client that
// does not speak Modbus TCP is disconnected, one that does not read its answers is not read either.
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { crc16, functionCodes, rtuFrame, TcpFrameReader, tcpFrame } from './modbus-frame.ts'
import type { Framing } from './modbus-link.ts'

export interface ModbusServerOptions {
  readonly host: string
  /** 0 = any free. */
  readonly port: number
  readonly framing: Framing
  /** Answer PDU to a request PDU; null = this unit does not answer. */
  readonly respond: (unit: number, request: Buffer) => Buffer | null
}

export interface ModbusServer {
  readonly port: number
  readonly connectionCount: number
  close(): Promise<void>
}

/** Longest RTU frame (serial line specification section 2.3). */
const maximumRtuLength = 256

/** Listens. Throws a RuntimeError BadResourceUnavailable when the port cannot be had. */
export async function startModbusServer(options: ModbusServerOptions): Promise<ModbusServer> {
  const sockets = new Set<Socket>()
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A client that vanished is no fault of the device; 'close' follows.
    socket.on('error', () => undefined)
    if (options.framing === 'tcp') serveTcp(socket, options)
    else serveRtu(socket, options)
  })
  server.listen(options.port, options.host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new RuntimeError(
      'BadResourceUnavailable',
      `Modbus server on ${options.host}:${options.port}: ${messageOf(error)}`,
      error,
    )
  }
  const { port } = server.address() as { port: number }
  return {
    port,
    get connectionCount() {
      return sockets.size
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function serveTcp(socket: Socket, { respond }: ModbusServerOptions): void {
  const reader = new TcpFrameReader()
  socket.on('data', (bytes) => {
    const isModbus = reader.push(bytes, (transaction, unit, request) => {
      const answer = respond(unit, request)
      if (answer) send(socket, tcpFrame(transaction, unit, answer))
    })
    if (!isModbus) socket.destroy()
  })
}

function serveRtu(socket: Socket, { respond }: ModbusServerOptions): void {
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (bytes) => {
    rest = takeRtuRequests(Buffer.concat([rest, bytes]), (unit, request) => {
      const answer = respond(unit, request)
      if (answer) send(socket, rtuFrame(unit, answer))
    })
  })
}

/** Reports every request with a right checksum; gives back what may be the beginning of another one. */
export function takeRtuRequests(bytes: Buffer, onRequest: (unit: number, request: Buffer) => void): Buffer {
  let at = 0
  while (bytes.length - at >= 4) {
    const length = rtuRequestLength(bytes, at)
    if (length === 'unfinished') break
    const end = length === 'unknown' ? bytes.length : at + length
    if (end > bytes.length) break
    if (end - at <= maximumRtuLength && bytes.readUInt16LE(end - 2) === crc16(bytes, at, end - 2)) {
      onRequest(bytes[at]!, bytes.subarray(at + 1, end - 2))
      at = end
    } else at++
  }
  return Buffer.from(bytes.subarray(Math.max(at, bytes.length - maximumRtuLength)))
}

/** Length of the RTU request that begins here; of an unknown function only the line's silence could tell. */
function rtuRequestLength(bytes: Buffer, at: number): number | 'unfinished' | 'unknown' {
  switch (bytes[at + 1]) {
    case functionCodes.readCoils:
    case functionCodes.readDiscreteInputs:
    case functionCodes.readHoldingRegisters:
    case functionCodes.readInputRegisters:
    case functionCodes.writeSingleCoil:
    case functionCodes.writeSingleRegister:
      return 8
    case functionCodes.writeMultipleCoils:
    case functionCodes.writeMultipleRegisters:
      return bytes.length - at < 7 ? 'unfinished' : 9 + bytes[at + 6]!
    case functionCodes.maskWriteRegister:
      return 10
    case functionCodes.readWriteMultipleRegisters:
      return bytes.length - at < 11 ? 'unfinished' : 13 + bytes[at + 10]!
    default:
      return 'unknown'
  }
}

function send(socket: Socket, frame: Buffer): void {
  if (socket.destroyed || socket.write(frame) || socket.isPaused()) return
  socket.pause()
  socket.once('drain', () => socket.resume())
}
