// What the driver does when the device is slow, busy, picky, silent or late. The device is played by a server whose answers
// the test decides.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { functionCodes, rtuFrame, TcpFrameReader, tcpFrame } from '../../../../src-main/drivers/modbus/modbus-frame.ts'
import { ModbusMemory } from '../../../../src-main/drivers/modbus/modbus-memory.ts'
import {
  type ModbusServer,
  startModbusServer,
  takeRtuRequests,
} from '../../../../src-main/drivers/modbus/modbus-server.ts'
import { isBad, isGood, StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { limitHere } from '../../../fakes/busy-machine.ts'
import { until } from '../driver-conformance.ts'
import { drive, item, rows } from './driven-device.ts'

const opened: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
})

interface Played {
  readonly server: ModbusServer
  readonly memory: ModbusMemory
  /** Every request as `function start count`. */
  readonly requests: string[]
  readonly address: string
}

/** A device on loopback; `refuse` may answer instead of the memory (null = silence, undefined = the memory answers). */
async function play(
  refuse: (unit: number, request: Buffer) => Buffer | null | undefined = () => undefined,
  framing: 'tcp' | 'rtu' = 'tcp',
): Promise<Played> {
  const memory = new ModbusMemory()
  const requests: string[] = []
  const server = await startModbusServer({
    host: '127.0.0.1',
    port: 0,
    framing,
    respond: (unit, request) => {
      requests.push(`${request[0]} ${request.readUInt16BE(1)} ${request.readUInt16BE(3)}`)
      const answer = refuse(unit, request)
      return answer === undefined ? memory.answer(request) : answer
    },
  })
  opened.push(server)
  return { server, memory, requests, address: `127.0.0.1:${server.port}` }
}

/** A TCP peer that does what it likes with each chunk. */
async function rawPeer(onBytes: (socket: Socket, bytes: Buffer) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => onBytes(socket, bytes))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push({
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  })
  return `127.0.0.1:${(server.address() as { port: number }).port}`
}

/** A device that answers every unit's requests as unit 0. */
function unitZeroPeer(): Promise<string> {
  const memory = new ModbusMemory()
  return rawPeer((socket, bytes) => {
    new TcpFrameReader().push(bytes, (transaction, _unit, request) => {
      socket.write(tcpFrame(transaction, 0, memory.answer(request)))
    })
  })
}

async function connected(address: string, options: object = {}, protocol = 'modbus-tcp', timeoutMs = 2000) {
  const device = drive(address, options, protocol, timeoutMs)
  opened.push(device.driver)
  await device.driver.connect(AbortSignal.timeout(limitHere(2000)))
  return device
}

const exception = (request: Buffer, code: number) => Buffer.of(request[0]! | 0x80, code)
const isGoodAt = (device: ReturnType<typeof drive>, handle: number) =>
  isGood(device.last(handle)?.statusCode ?? 1 << 31)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('connecting', () => {
  test('a port that takes the connection but never answers is no Modbus device', async () => {
    const address = await rawPeer(() => undefined)
    const { driver } = drive(address)
    await expect(driver.connect(new AbortController().signal)).rejects.toMatchObject({
      code: 'BadTimeout',
      message: `Device "Press 1" (modbus-tcp ${address}): unit 1, read of 40001: no answer within 300 ms`,
    })
    await driver.close()
  })

  test('an answer of another unit is no answer, and the refusal says which unit to ask (messaging guide 3.1.3)', async () => {
    const address = await unitZeroPeer()
    const { driver } = drive(address)
    await expect(driver.connect(new AbortController().signal)).rejects.toMatchObject({
      code: 'BadDecodingError',
      message: `Device "Press 1" (modbus-tcp ${address}): unit 1, read of 40001: no usable answer: an answer of unit 0 to unit 1; if the device always answers so, set unitId to 0`,
    })
    await driver.close()
    await connected(address, { unitId: 0 })
  })

  test('values of another unit never become values of the tag', async () => {
    const device = await connected(await unitZeroPeer(), { probe: 'none' })
    await device.driver.watch([item(1, '40001')])
    await until('Bad', () => device.last(1)?.statusCode === StatusCodes.BadDecodingError)
    expect(device.reports(1).some(({ statusCode }) => isGood(statusCode))).toBe(false)
    await until('the count', () => Number(device.driver.counters.details['Garbled answers']) > 0)
    expect(await device.driver.write(item(1, '40001'), 7)).toBe(StatusCodes.BadDecodingError)
    expect(device.lost).toEqual([])
  })

  test('a server of another protocol is told from a silent one', async () => {
    const address = await rawPeer((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const { driver } = drive(address)
    await expect(driver.connect(new AbortController().signal)).rejects.toMatchObject({
      message: expect.stringContaining('not Modbus TCP'),
    })
    await driver.close()
  })

  test('an exception is an answer: the device is there', async () => {
    const { address } = await play((_, request) => exception(request, 2))
    await connected(address)
  })

  test('with the probe switched off nothing is asked before it is watched', async () => {
    const { address, requests } = await play()
    await connected(address, { probe: 'none' })
    await pause(50)
    expect(requests).toEqual([])
  })

  test('wrong device keys are named', async () => {
    const { driver } = drive('127.0.0.1:1', { unitId: 300 })
    await expect(driver.connect(new AbortController().signal)).rejects.toMatchObject({ code: 'BadConfigurationError' })
  })
})

describe('addresses the device refuses', () => {
  test('one bad address among sixty neighbours is Bad alone, and the others cost no more than a few requests', async () => {
    const { address, requests } = await play((_, request) => {
      const start = request.readUInt16BE(1)
      return start <= 37 && 37 < start + request.readUInt16BE(3) ? exception(request, 2) : undefined
    })
    const device = await connected(address)
    requests.length = 0
    await device.driver.watch(Array.from({ length: 60 }, (_, index) => item(index, `${40001 + index}:uint16`)))
    await until('all reported', () => Array.from({ length: 60 }, (_, handle) => device.last(handle)).every(Boolean))
    for (let handle = 0; handle < 60; handle++)
      expect(device.last(handle)?.statusCode, String(handle)).toBe(
        handle === 37 ? StatusCodes.BadNodeIdUnknown : StatusCodes.Good,
      )
    expect(device.reports(36).some(({ statusCode }) => isBad(statusCode))).toBe(false)
    await pause(200)
    const countBefore = requests.length
    await pause(500)
    expect((requests.length - countBefore) / 10).toBeLessThan(12)
    expect(requests.slice(countBefore).some((request) => request === '3 37 1')).toBe(false)
  })

  test('a gap that does not exist in the device does not make its borders Bad', async () => {
    const { address } = await play((_, request) => {
      const [start, count] = [request.readUInt16BE(1), request.readUInt16BE(3)]
      return start < 12 && start + count > 10 ? exception(request, 2) : undefined
    })
    const device = await connected(address)
    await device.driver.watch([item(1, '40010'), item(2, '40013')])
    await until('both Good', () => isGoodAt(device, 1) && isGoodAt(device, 2))
    expect([...device.reports(1), ...device.reports(2)].every(({ statusCode }) => isGood(statusCode))).toBe(true)
  })

  test('every exception has its status code', async () => {
    let code = 0
    const { address } = await play((_, request) => (code === 0 ? undefined : exception(request, code)))
    const device = await connected(address)
    const expected: readonly (readonly [number, number])[] = [
      [1, StatusCodes.BadServiceUnsupported],
      [2, StatusCodes.BadNodeIdUnknown],
      [3, StatusCodes.BadOutOfRange],
      [4, StatusCodes.BadDeviceFailure],
      [6, StatusCodes.BadResourceUnavailable],
      [8, StatusCodes.BadDeviceFailure],
      [10, StatusCodes.BadNoCommunication],
      [11, StatusCodes.BadNoCommunication],
      [77, StatusCodes.BadUnknownResponse],
    ]
    for (const [exceptionCode, statusCode] of expected) {
      code = exceptionCode
      const [row] = rows(await device.driver.read([item(1, '40001')]))
      expect(row?.[1].statusCode, `exception ${exceptionCode}`).toBe(statusCode)
    }
  })

  test('a busy device is asked again before its value is called Bad', async () => {
    let busyCount = 2
    const { address } = await play((_, request) =>
      request.readUInt16BE(1) === 5 && busyCount-- > 0 ? exception(request, 6) : undefined,
    )
    const device = await connected(address)
    const [row] = rows(await device.driver.read([item(1, '40006')]))
    expect(row?.[1].statusCode).toBe(StatusCodes.Good)
  })
})

describe('writes', () => {
  test('a bit of a register is written with a mask and its neighbours stay', async () => {
    const { address, memory, requests } = await play()
    memory.tables.holdingRegister.writeUInt16BE(0xf0f0, 18)
    const device = await connected(address)
    requests.length = 0
    expect(await device.driver.write(item(1, '40010.3:bool'), true)).toBe(StatusCodes.Good)
    expect(memory.tables.holdingRegister.readUInt16BE(18)).toBe(0xf0f8)
    expect(requests[0]).toMatch(/^22 9 /)
    expect(device.last(1)).toMatchObject({ value: 1, statusCode: StatusCodes.Good })
  })

  test('a device without mask writes gets read, change, write back, and is not asked for a mask again', async () => {
    const { address, memory, requests } = await play((_, request) =>
      request[0] === functionCodes.maskWriteRegister ? exception(request, 1) : undefined,
    )
    memory.tables.holdingRegister.writeUInt16BE(0xf0f0, 18)
    const device = await connected(address)
    requests.length = 0
    expect(await device.driver.write(item(1, '40010.3:bool'), true)).toBe(StatusCodes.Good)
    expect(await device.driver.write(item(2, '40010.7:bool'), false)).toBe(StatusCodes.Good)
    expect(memory.tables.holdingRegister.readUInt16BE(18)).toBe(0xf078)
    expect(requests.filter((request) => request.startsWith('22 '))).toHaveLength(1)
  })

  test('a text of an odd length leaves the byte behind it alone', async () => {
    const { address, memory } = await play()
    memory.tables.holdingRegister.write('........', 0)
    const device = await connected(address)
    expect(await device.driver.write(item(1, '40001:string[5]'), 'ab')).toBe(StatusCodes.Good)
    expect(memory.tables.holdingRegister.toString('latin1', 0, 8)).toBe('ab\0\0\0...')
  })

  test('a device without single writes gets multiple ones', async () => {
    const { address, memory, requests } = await play((_, request) =>
      request[0] === functionCodes.writeSingleRegister || request[0] === functionCodes.writeSingleCoil
        ? exception(request, 1)
        : undefined,
    )
    const device = await connected(address)
    expect(await device.driver.write(item(1, '40001:int16'), -5)).toBe(StatusCodes.Good)
    expect(await device.driver.write(item(2, '00007'), true)).toBe(StatusCodes.Good)
    expect(memory.tables.holdingRegister.readInt16BE(0)).toBe(-5)
    expect(memory.bit('coil', 6)).toBe(true)
    expect(requests).toContain('16 0 1')
  })

  test('writeSingle: false never uses functions 5 and 6', async () => {
    const { address, requests } = await play()
    const device = await connected(address, { writeSingle: false })
    await device.driver.write(item(1, '40001:int16'), -5)
    await device.driver.write(item(2, '00007'), true)
    expect(requests.some((request) => /^[56] /.test(request))).toBe(false)
  })

  test('an array longer than a write request goes in several', async () => {
    const { address, memory, requests } = await play()
    const device = await connected(address, { maxRegisters: 50 })
    const values = Array.from({ length: 300 }, (_, index) => index)
    expect(await device.driver.write(item(1, '40001:uint16[300]'), values)).toBe(StatusCodes.Good)
    expect(requests.filter((request) => request.startsWith('16 '))).toEqual(['16 0 123', '16 123 123', '16 246 54'])
    expect(memory.tables.holdingRegister.readUInt16BE(598)).toBe(299)
    expect(device.last(1)?.value).toEqual(values)
  })

  test('input tables and values that do not fit are refused without a request', async () => {
    const { address, requests } = await play()
    const device = await connected(address)
    requests.length = 0
    expect(await device.driver.write({ ...item(1, '30001'), writable: true }, 1)).toBe(StatusCodes.BadNotWritable)
    expect(await device.driver.write(item(2, '40001:int16'), 40_000)).toBe(StatusCodes.BadOutOfRange)
    expect(await device.driver.write(item(3, '40001:int16'), 'x')).toBe(StatusCodes.BadTypeMismatch)
    expect(requests).toEqual([])
  })

  test('a refused write gives the device’s reason', async () => {
    const { address } = await play((_, request) => (request[0] === 6 ? exception(request, 3) : undefined))
    const device = await connected(address)
    expect(await device.driver.write(item(1, '40001:int16'), 5)).toBe(StatusCodes.BadOutOfRange)
    expect(device.last(1)).toMatchObject({ value: 0, statusCode: StatusCodes.Good })
  })

  test('commands go before polls that wait', async () => {
    const order: number[] = []
    const address = await rawPeer((socket, bytes) => {
      order.push(bytes[7]!)
      setTimeout(() => socket.write(answerTo(bytes)), 20)
    })
    const device = await connected(address)
    await device.driver.watch(
      Array.from({ length: 20 }, (_, index) => item(index, `4${String(1 + index * 200).padStart(4, '0')}`, {}, 10)),
    )
    await pause(100)
    order.length = 0
    const startedAt = performance.now()
    expect(await device.driver.write(item(99, '40001:int16'), 0)).toBe(StatusCodes.Good)
    expect(performance.now() - startedAt).toBeLessThan(limitHere(20 * 20))
    expect(order.indexOf(6)).toBeLessThanOrEqual(1)
  })
})

/** The right answer to a TCP request of one register, as a device that holds nothing but zeros gives it. */
function answerTo(request: Buffer): Buffer {
  if (request[7] === 6) return request
  const count = request.readUInt16BE(10)
  const answer = Buffer.alloc(9 + count * 2)
  request.copy(answer, 0, 0, 8)
  answer.writeUInt16BE(3 + count * 2, 4)
  answer[8] = count * 2
  return answer
}

describe('a slow device', () => {
  test('is polled at the rate it can take, never with a backlog, and the device page says so', async () => {
    const address = await rawPeer((socket, bytes) => setTimeout(() => socket.write(answerTo(bytes)), 40))
    const device = await connected(address)
    await device.driver.watch([item(1, '40001', {}, 10)])
    const startedAt = performance.now()
    await until('forty readings', () => device.reports(1).length > 40)
    // One answer takes 40 ms: more of them than that would be requests that did not wait for the last one.
    expect(device.reports(1).length).toBeLessThan((performance.now() - startedAt) / 40 + 3)
    const tooSlow = /too slow (\d+) times/.exec(device.driver.counters.details['Scan every 10 ms'] ?? '')
    expect(Number(tooSlow?.[1])).toBeGreaterThan(10)
  })
})

describe('silence', () => {
  test('the first unanswered request makes every item of the device Bad, the second one ends the link', async () => {
    let isSilent = false
    const { address } = await play(() => (isSilent ? null : undefined))
    const device = await connected(address, {}, 'modbus-tcp', 300)
    await device.driver.watch([item(1, '40001'), item(2, '45001'), item(3, '40002', {}, 60_000)])
    await until('all Good', () => [1, 2, 3].every((handle) => isGoodAt(device, handle)))
    isSilent = true
    const startedAt = performance.now()
    await until('all Bad', () =>
      [1, 2, 3].every((handle) => device.last(handle)?.statusCode === StatusCodes.BadTimeout),
    )
    expect(performance.now() - startedAt).toBeLessThan(limitHere(300 + 300))
    await until('the loss', () => device.lost.length === 1)
    expect(device.lost[0]!.message).toContain('no answer within 300 ms')
    expect(performance.now() - startedAt).toBeLessThan(limitHere(300 * 2 + 400))
  })

  test('a link nobody asks anything on is probed, so that its death is noticed', async () => {
    let isSilent = false
    const { address } = await play(() => (isSilent ? null : undefined))
    const device = await connected(address, {}, 'modbus-tcp', 300)
    await device.driver.watch([item(1, '40001', {}, 60_000)])
    await until('Good', () => isGoodAt(device, 1))
    isSilent = true
    // The probe comes after 2 s; two time-outs of 300 ms later the link is lost.
    await until('the loss', () => device.lost.length === 1, 4000)
    expect(isBad(device.last(1)!.statusCode)).toBe(true)
  })

  test('one dead unit behind a gateway leaves its neighbours alone, and comes back by itself', async () => {
    let deadUnit = 2
    const { address } = await play((unit) => (unit === deadUnit ? null : undefined))
    const device = await connected(address, {}, 'modbus-tcp', 300)
    await device.driver.watch([item(1, '40001', { unitId: 1 }), item(2, '40001', { unitId: 2 })])
    await until('unit 2 Bad', () => device.last(2)?.statusCode === StatusCodes.BadTimeout)
    const countBefore = device.reports(1).length
    await until('more of unit 1', () => device.reports(1).length - countBefore > 20, 3000)
    expect(device.reports(1).every(({ statusCode }) => isGood(statusCode))).toBe(true)
    expect(device.lost).toHaveLength(0)
    deadUnit = 0
    await until('unit 2 Good', () => isGoodAt(device, 2), 6000)
  })

  test('a unit the gateway calls away is Bad at once, left alone for a while, and asked again', async () => {
    let isAway = true
    let askedCount = 0
    const { address } = await play((unit, request) => {
      if (unit !== 2) return undefined
      askedCount++
      return isAway ? exception(request, 11) : undefined
    })
    const device = await connected(address, {}, 'modbus-tcp', 300)
    await device.driver.watch([
      item(1, '40001', { unitId: 1 }),
      item(2, '40001', { unitId: 2 }),
      item(3, '45000', { unitId: 2 }, 60_000),
    ])
    const isBadAt = (handle: number) => device.last(handle)?.statusCode === StatusCodes.BadNoCommunication
    await until('unit 2 Bad', () => isBadAt(2) && isBadAt(3), 500)
    const badAt = performance.now()
    await pause(900)
    // It is left alone for a second, then longer.
    expect(askedCount).toBeLessThanOrEqual(2 + Math.floor((performance.now() - badAt) / 1000))
    expect(device.reports(1).every(({ statusCode }) => isGood(statusCode))).toBe(true)
    isAway = false
    await until('unit 2 Good', () => isGoodAt(device, 2) && isGoodAt(device, 3), 6000)
  })

  test('a reset connection is reported within a moment', async () => {
    let isBroken = false
    const address = await rawPeer((socket, bytes) => {
      if (isBroken) socket.resetAndDestroy()
      else socket.write(answerTo(bytes))
    })
    const device = await connected(address, {}, 'modbus-tcp', 5000)
    await device.driver.watch([item(1, '40001')])
    await until('Good', () => isGoodAt(device, 1))
    isBroken = true
    await until('the loss', () => device.lost.length === 1, 1000)
  })
})

describe('late answers', () => {
  /** Registers hold their own number; register 100 is answered after the time-out, the others a little late. */
  const ownNumber = (start: number, count: number) => {
    const data = Buffer.alloc(count * 2)
    for (let index = 0; index < count; index++) data.writeUInt16BE(start + index, index * 2)
    return data
  }

  test('over TCP one is never taken for the answer to another request', async () => {
    const address = await rawPeer((socket, bytes) => {
      const start = bytes.readUInt16BE(8)
      const answer = answerTo(bytes)
      ownNumber(start, bytes.readUInt16BE(10)).copy(answer, 9)
      setTimeout(() => socket.write(answer), start === 100 ? 1400 : 60)
    })
    const device = await connected(address, {}, 'modbus-tcp', 1200)
    for (let round = 0; round < 3; round++) {
      await device.driver.read([item(1, '40101')])
      const [row] = rows(await device.driver.read([item(2, '40008')]))
      expect(row?.[1]).toMatchObject({ value: 7, statusCode: StatusCodes.Good })
      const [again] = rows(await device.driver.read([item(2, '40008')]))
      expect(again?.[1]).toMatchObject({ value: 7, statusCode: StatusCodes.Good })
    }
  })

  test('over RTU one is waited out before the next request goes out', async () => {
    const address = await rawPeer((socket, bytes) => {
      takeRtuRequests(bytes, (unit, request) => {
        const start = request.readUInt16BE(1)
        const answer = Buffer.concat([
          Buffer.of(3, request.readUInt16BE(3) * 2),
          ownNumber(start, request.readUInt16BE(3)),
        ])
        setTimeout(() => socket.write(rtuFrame(unit, answer)), start === 100 ? 380 : 60)
      })
    })
    const device = await connected(address, {}, 'modbus-rtu-over-tcp', 300)
    for (let round = 0; round < 3; round++) {
      const [late] = rows(await device.driver.read([item(1, '40101')]))
      expect(late?.[1].statusCode).toBe(StatusCodes.BadTimeout)
      const [row] = rows(await device.driver.read([item(2, '40008')]))
      expect(row?.[1]).toMatchObject({ value: 7, statusCode: StatusCodes.Good })
    }
  })
})

test('ten thousand tags of one device are read once each in as few requests as there can be', async () => {
  const { address, memory, requests } = await play()
  for (let index = 0; index < 10_000; index++) memory.tables.holdingRegister.writeFloatBE(index, index * 4)
  const device = await connected(address)
  requests.length = 0
  await device.driver.watch(
    Array.from({ length: 10_000 }, (_, index) =>
      item(index, `4${String(1 + index * 2).padStart(5, '0')}:float32`, {}, 60_000),
    ),
  )
  await until('all read', () => device.last(9_999) !== undefined, 3000)
  expect(device.last(9_999)?.value).toBe(9_999)
  expect(requests.length).toBeLessThanOrEqual(Math.ceil(20_000 / 124) + 1)
})
