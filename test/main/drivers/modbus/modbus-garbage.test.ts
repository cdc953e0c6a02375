// Foreign bytes: whatever a peer sends, the driver and the simulated device answer, refuse or wait out; they never throw,
// hang, or keep what they cannot use.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { type Clock, systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { DeviceConnection } from '../../../../src-main/drivers/device-connection.ts'
import type { ByteStream } from '../../../../src-main/drivers/modbus/byte-stream.ts'
import { protocolDriver } from '../../../../src-main/drivers/modbus/modbus-driver.ts'
import {
  RtuAnswerReader,
  readAnswer,
  readRequest,
  rtuFrame,
  TcpFrameReader,
  tcpFrame,
} from '../../../../src-main/drivers/modbus/modbus-frame.ts'
import { ModbusLink } from '../../../../src-main/drivers/modbus/modbus-link.ts'
import { ModbusMemory } from '../../../../src-main/drivers/modbus/modbus-memory.ts'
import { startModbusServer, takeRtuRequests } from '../../../../src-main/drivers/modbus/modbus-server.ts'
import { isGood } from '../../../../src-main/shared/status-code.ts'
import type { ValueBatch } from '../../../../src-main/shared/value-batch.ts'
import { until } from '../driver-conformance.ts'
import { item } from './driven-device.ts'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
})

/** Repeatable noise: xorshift32. */
function noise(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** Every wait is over at the next turn of the event loop. */
const hurriedClock: Clock = {
  now: () => 0,
  monotonic: () => 0,
  after(_, run) {
    const handle = setImmediate(run)
    return { cancel: () => clearImmediate(handle) }
  },
  every: () => ({ cancel: () => undefined }),
}

/** A frame with some bytes changed, cut off, doubled or put in between. */
function mutate(frame: Buffer, random: (below: number) => number): Buffer {
  const bytes = [...frame]
  for (let count = random(4); count >= 0; count--) {
    const at = random(bytes.length + 1)
    const kind = random(5)
    if (kind === 0) bytes[at] = random(256)
    else if (kind === 1) bytes.splice(at, random(4))
    else if (kind === 2) bytes.splice(at, 0, ...Array.from({ length: random(300) }, () => random(256)))
    else if (kind === 3) bytes.push(...frame)
    else bytes[at] = [0, 1, 3, 0x7f, 0x80, 0xff][random(6)]!
  }
  return Buffer.from(bytes)
}

describe('parsers', () => {
  const bytes = fc.uint8Array({ maxLength: 600 }).map((array) => Buffer.from(array))
  const request = fc
    .tuple(fc.constantFrom('coil', 'holdingRegister' as const), fc.nat(65_535), fc.integer({ min: 1, max: 125 }))
    .map(([table, start, count]) => readRequest(table, start, count))

  test('an answer is accepted only when it has exactly the data that was asked for', () => {
    fc.assert(
      fc.property(
        request,
        fc.oneof(
          bytes,
          bytes.map((tail) => Buffer.concat([Buffer.of(3), tail])),
        ),
        (asked, answer) => {
          const result = readAnswer(asked, answer)
          if (result.kind !== 'data') return ['exception', 'malformed'].includes(result.kind)
          const count = asked.readUInt16BE(3)
          return result.data.length === (asked[0] === 1 ? Math.ceil(count / 8) : count * 2)
        },
      ),
      { numRuns: 20_000 },
    )
  })

  test('TCP frames come out of a stream however it is cut', () => {
    const pdu = fc.uint8Array({ minLength: 1, maxLength: 253 }).map((array) => Buffer.from(array))
    fc.assert(
      fc.property(fc.array(pdu, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (pdus, step) => {
        const stream = Buffer.concat(pdus.map((each, index) => tcpFrame(index, 1, each)))
        const reader = new TcpFrameReader()
        const seen: string[] = []
        for (let at = 0; at < stream.length; at += step)
          expect(reader.push(stream.subarray(at, at + step), (_, __, found) => seen.push(found.toString('hex')))).toBe(
            true,
          )
        expect(seen).toEqual(pdus.map((each) => each.toString('hex')))
      }),
    )
  })

  test('an RTU answer is found behind noise, however the line cuts it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 40 }), (lead, step) => {
        const asked = readRequest('holdingRegister', 7, 3)
        const answer = Buffer.of(3, 6, 1, 2, 3, 4, 5, 6)
        const line = Buffer.concat([lead, rtuFrame(9, answer)])
        const reader = new RtuAnswerReader(9, asked)
        let found: Buffer | null = null
        for (let at = 0; at < line.length && !found; at += step) found = reader.push(line.subarray(at, at + step))
        expect(found?.toString('hex')).toBe(answer.toString('hex'))
      }),
      { numRuns: 2000 },
    )
  })

  test('RTU garbage is never kept beyond one frame, and never makes a wrong answer', () => {
    const random = noise(7)
    const reader = new RtuAnswerReader(1, readRequest('holdingRegister', 0, 10))
    const before = process.memoryUsage().heapUsed
    for (let count = 0; count < 20_000; count++) {
      const chunk = Buffer.from(
        Array.from({ length: random(60) }, () => (random(3) === 0 ? [1, 3, 20][random(3)]! : random(256))),
      )
      const found = reader.push(chunk)
      if (found) expect(found.length).toBeLessThanOrEqual(22)
    }
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(60e6)
  })

  test('the device answers any request PDU with a PDU of its function', () => {
    const memory = new ModbusMemory({ holdingRegister: 200, coil: 50 })
    const code = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 15, 16, 22, 23, 43, 255)
    fc.assert(
      fc.property(code, fc.uint8Array({ maxLength: 260 }), (functionCode, tail) => {
        const answer = memory.answer(Buffer.concat([Buffer.of(functionCode), tail]))
        expect(answer.length).toBeGreaterThanOrEqual(2)
        expect(answer.length).toBeLessThanOrEqual(253)
        expect(answer[0]! & 0x7f).toBe(functionCode & 0x7f)
      }),
      { numRuns: 20_000 },
    )
  })

  test('RTU requests are found behind noise, and the rest stays short', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (lead) => {
        const asked = readRequest('coil', 1, 9)
        const seen: string[] = []
        const tail = Buffer.alloc(300)
        const rest = takeRtuRequests(Buffer.concat([lead, rtuFrame(5, asked), tail]), (unit, found) => {
          if (unit === 5) seen.push(found.toString('hex'))
        })
        expect(rest.length).toBeLessThanOrEqual(256)
        expect(seen).toContain(asked.toString('hex'))
      }),
    )
  })
})

describe.each(['tcp', 'rtu'] as const)('a hundred thousand garbled answers (%s)', { timeout: 120_000 }, (framing) => {
  test('end every request, give wrong data to none of them, and leave nothing behind', async () => {
    const random = noise(4711)
    const asked = readRequest('holdingRegister', 0, 4)
    const right = Buffer.concat([Buffer.of(3, 8), Buffer.from('0102030405060708', 'hex')])
    let transaction = 0
    const stream: ByteStream = {
      frameGapMs: 0,
      onBytes: () => undefined,
      onEnd: () => undefined,
      write: () => {
        const frame = framing === 'tcp' ? tcpFrame(transaction, 1, right) : rtuFrame(1, right)
        for (let count = random(3); count >= 0; count--)
          stream.onBytes(random(20) === 0 ? frame : mutate(frame, random))
      },
      destroy: async () => undefined,
    }
    const fresh = () => {
      transaction = 0
      return new ModbusLink(stream, framing, hurriedClock)
    }
    let link = fresh()
    const outcomes: Record<string, number> = {}
    const before = process.memoryUsage().heapUsed
    for (let count = 0; count < 50_000; count++) {
      if (link.endReason !== null) link = fresh()
      transaction++
      const answer = await link.request(1, asked, 0)
      outcomes[answer.kind] = (outcomes[answer.kind] ?? 0) + 1
      if (answer.kind === 'data') expect(answer.data.length).toBe(8)
      // A TCP frame carries no checksum: only RTU can promise the bytes themselves.
      if (answer.kind === 'data' && framing === 'rtu') expect(answer.data.toString('hex')).toBe('0102030405060708')
    }
    expect(outcomes.data).toBeGreaterThan(1000)
    expect(Object.keys(outcomes).sort()).toEqual(
      framing === 'tcp'
        ? expect.arrayContaining(['closed', 'data', 'malformed'])
        : expect.arrayContaining(['data', 'malformed']),
    )
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6)
  })
})

describe.each(['modbus-tcp', 'modbus-rtu-over-tcp'])('a %s device gone mad', (protocol) => {
  test('makes values Bad and connections end, but nothing throws, hangs or grows; sane again, all is Good', async () => {
    const random = noise(protocol.length)
    const memory = new ModbusMemory()
    let isMad = true
    let frameCount = 0
    const isTcp = protocol === 'modbus-tcp'
    const answer = (socket: Socket, bytes: Buffer) => {
      if (isTcp) {
        new TcpFrameReader().push(bytes, (transaction, unit, asked) => {
          socket.write(muddle(tcpFrame(transaction, unit, memory.answer(asked))))
        })
      } else takeRtuRequests(bytes, (unit, asked) => socket.write(muddle(rtuFrame(unit, memory.answer(asked)))))
    }
    const muddle = (frame: Buffer): Buffer => {
      frameCount++
      if (!isMad || random(8) === 0) return frame
      return random(4) === 0
        ? Buffer.from(Array.from({ length: random(500) }, () => random(256)))
        : mutate(frame, random)
    }
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => undefined)
      socket.on('data', (bytes) => {
        if (isMad && random(200) === 0) socket.resetAndDestroy()
        else answer(socket, bytes)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    opened.push({
      close: () => {
        for (const socket of sockets) socket.destroy()
        server.close()
      },
    })
    const latest = new Map<number, number>()
    const connection = new DeviceConnection({
      device: {
        name: 'mad',
        description: '',
        protocol,
        address: `127.0.0.1:${(server.address() as { port: number }).port}`,
        timeoutMs: 15,
        scanRates: { normal: 1 },
        enabled: true,
        options: {},
      },
      createDriver: (environment) => protocolDriver.createDriver(environment),
      clock: systemClock,
      logger: silentLogger,
      secret: () => null,
      folder: '/nonexistent',
      onValues: (batch: ValueBatch) => {
        for (let row = 0; row < batch.count; row++) latest.set(batch.handle[row]!, batch.statusCode[row]!)
      },
      onState: () => undefined,
      retries: { firstMs: 1, ceilingMs: 5, jitter: 0 },
    })
    opened.push(connection)
    const items = [
      item(1, '40001:float32', {}, 1),
      item(2, '40500:string[40]', {}, 1),
      item(3, '00001:bool[30]', {}, 1),
    ]
    connection.setItems(items)
    connection.start()
    const before = process.memoryUsage().rss
    const madUntil = performance.now() + 30_000
    while (frameCount < 400 && performance.now() < madUntil) {
      await connection.write(1, random(1000))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(frameCount).toBeGreaterThanOrEqual(400)
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6)
    isMad = false
    await until('all Good again', () => items.every(({ handle }) => isGood(latest.get(handle) ?? 1 << 31)), 5000)
  })
})

describe('a client gone mad', () => {
  test.each(['tcp', 'rtu'] as const)('does not disturb the other clients of a %s device', async (framing) => {
    const memory = new ModbusMemory()
    const server = await startModbusServer({
      host: '127.0.0.1',
      port: 0,
      framing,
      respond: (unit, request) => (unit === 1 ? memory.answer(request) : null),
    })
    opened.push(server)
    const random = noise(99)
    const asked = readRequest('holdingRegister', 0, 20)
    const frame = framing === 'tcp' ? tcpFrame(1, 1, asked) : rtuFrame(1, asked)
    for (let round = 0; round < 100; round++) {
      const socket = connect(server.port, '127.0.0.1')
      socket.on('error', () => undefined)
      for (let count = 0; count < 50; count++) socket.write(mutate(frame, random))
      await once(socket, 'connect')
      socket.destroy()
    }
    const sane = connect(server.port, '127.0.0.1')
    opened.push({ close: () => sane.destroy() })
    sane.write(frame)
    const [answer] = (await once(sane, 'data')) as [Buffer]
    expect(answer.length).toBe(framing === 'tcp' ? 49 : 45)
  })

  test('one that asks and never reads is not served beyond its window', async () => {
    let answerCount = 0
    const memory = new ModbusMemory()
    const server = await startModbusServer({
      host: '127.0.0.1',
      port: 0,
      framing: 'tcp',
      respond: (_, request) => {
        answerCount++
        return memory.answer(request)
      },
    })
    opened.push(server)
    const socket = connect(server.port, '127.0.0.1')
    opened.push({ close: () => socket.destroy() })
    socket.on('error', () => undefined)
    socket.pause()
    const burst = Buffer.concat(
      Array.from({ length: 1000 }, () => tcpFrame(1, 1, readRequest('holdingRegister', 0, 125))),
    )
    for (let count = 0; count < 100; count++) socket.write(burst)
    await new Promise((resolve) => setTimeout(resolve, 700))
    const served = answerCount
    expect(served).toBeLessThan(100_000)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(answerCount).toBe(served)
  })
})
