// The OPC UA driver beyond the contract: limits of servers, unknown nodes, types, browsing, methods, many items.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf } from '../../../../src-main/drivers/opcua/opcua-browse.ts'
import { type OpcUaSimulator, startOpcUaSimulator } from '../../../../src-main/drivers/opcua/opcua-simulator.ts'
import { isGood, StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { until } from '../driver-conformance.ts'
import { opcuaDevice, opcuaItem } from './opcua-definitions.ts'
import { rowsOf, type Watching, watching } from './opcua-device.ts'

const plant = 'nsu=http://plant.example/line;'
const items = [
  opcuaItem(1, `${plant}s=Level`, 'float64'),
  opcuaItem(2, `${plant}s=Speed`, 'int16'),
  opcuaItem(3, `${plant}s=Row`, 'int32', { arrayLength: 5 }),
  opcuaItem(4, `${plant}s=Locked`, 'float64', { writable: false }),
  opcuaItem(5, `${plant}s=Recipe`, 'structure'),
  opcuaItem(6, `${plant}s=Running`, 'bool'),
  ...Array.from({ length: 250 }, (_, index) => opcuaItem(100 + index, `${plant}s=Many.${index}`, 'uint16')),
]

let simulator: OpcUaSimulator
const opened: Watching[] = []

beforeAll(async () => {
  simulator = await startOpcUaSimulator(
    { device: opcuaDevice('opc.tcp://127.0.0.1:4840'), items, host: '127.0.0.1', port: 0, onWrite: () => undefined },
    { maxNodesPerRead: 100, maxMonitoredItemsPerCall: 100, maxNodesPerBrowse: 20 },
  )
})

afterAll(async () => {
  for (const { driver } of opened) await driver.close()
  await simulator.close()
})

async function connected(options: Record<string, unknown> = {}): Promise<Watching> {
  const station = watching(opcuaDevice(simulator.address, options, 3000))
  opened.push(station)
  await station.driver.connect(AbortSignal.timeout(5000))
  return station
}

describe('the OPC UA driver', () => {
  test('keeps to the operation limits of a server: 255 items on one that takes 100 at once (OPC 10000-5 section 6.3.11)', async () => {
    const { driver, latest } = await connected()
    await driver.watch(items)
    await until(
      'all values',
      () => items.every(({ handle }) => isGood(latest(handle)?.statusCode ?? 0x80000000)),
      10_000,
    )
    expect(driver.counters.failedRequestCount).toBe(0)
    const rows = rowsOf(await driver.read(items))
    expect(rows).toHaveLength(items.length)
    expect(rows.every(({ statusCode }) => isGood(statusCode))).toBe(true)
  })

  test('works with a server that takes two nodes at once and says so only when asked', async () => {
    const narrow = await startOpcUaSimulator(
      { device: opcuaDevice('opc.tcp://127.0.0.1:4840'), items, host: '127.0.0.1', port: 0, onWrite: () => undefined },
      { maxNodesPerRead: 2, maxMonitoredItemsPerCall: 3, maxNodesPerBrowse: 2 },
    )
    try {
      const station = watching(opcuaDevice(narrow.address, {}, 3000))
      opened.push(station)
      await station.driver.connect(AbortSignal.timeout(5000))
      await station.driver.watch(items.slice(0, 15))
      // Types of structures are asked for by the library, three nodes and more at once.
      const plain = items.slice(0, 15).filter(({ dataType }) => dataType !== 'structure')
      const isThere = ({ handle }: (typeof items)[0]) => isGood(station.latest(handle)?.statusCode ?? 0x80000000)
      await until('all values', () => plain.every(isThere), 10_000)
      expect(rowsOf(await station.driver.read(items.slice(0, 15)))).toHaveLength(15)
      await station.driver.close()
    } finally {
      await narrow.close()
    }
  })

  test('keeps good neighbours when one node of a batch is unknown, and when a namespace is unknown', async () => {
    const { driver, latest } = await connected()
    const unknown = opcuaItem(901, `${plant}s=Nowhere`, 'float64')
    const foreign = opcuaItem(902, 'nsu=http://elsewhere;s=Level', 'float64')
    await driver.watch([items[0]!, unknown, foreign, items[1]!])
    await until('the good ones', () => [1, 2].every((handle) => isGood(latest(handle)?.statusCode ?? 0x80000000)))
    expect(latest(901)!.statusCode).toBe(StatusCodes.BadNodeIdUnknown)
    expect(latest(902)!.statusCode).toBe(StatusCodes.BadNodeIdUnknown)
  })

  test('says BadTypeMismatch, never a number, where the tag type does not hold the server type', async () => {
    const { driver } = await connected()
    const wrong = [
      opcuaItem(1, `${plant}s=Level`, 'int32'),
      opcuaItem(2, `${plant}s=Level`, 'float32'),
      opcuaItem(3, `${plant}s=Level`, 'float64', { arrayLength: 2 }),
      opcuaItem(4, `${plant}s=Row`, 'int32', { arrayLength: 4 }),
      opcuaItem(5, `${plant}s=Row`, 'int32'),
    ]
    for (const row of rowsOf(await driver.read(wrong)))
      expect(row).toMatchObject({ value: null, statusCode: StatusCodes.BadTypeMismatch })
    expect(driver.counters.details['Type mismatches'] ?? 'described within a second').toBeTruthy()
  })

  test('finds the type itself where a read test does not say one', async () => {
    const { driver } = await connected()
    simulator.set(2, 12)
    simulator.set(3, [1, 2, 3, 4, 5])
    const options = { detectType: true }
    const asked = [items[1]!, items[2]!, items[4]!].map((item) =>
      opcuaItem(item.handle, item.address, 'float64', { options }),
    )
    expect(rowsOf(await driver.read(asked)).map(({ value }) => value)).toEqual([
      12,
      [1, 2, 3, 4, 5],
      { Name: '', Speed: 0, Count: 0n },
    ])
    simulator.set(2, 0)
  })

  test('refuses writes of the wrong type, beyond the type and to read-only nodes, each with its own code', async () => {
    const { driver } = await connected()
    expect(await driver.write(items[1]!, 40_000)).toBe(StatusCodes.BadOutOfRange)
    expect(await driver.write(items[1]!, 'fast')).toBe(StatusCodes.BadTypeMismatch)
    expect(await driver.write(items[1]!, 1.5)).toBe(StatusCodes.BadTypeMismatch)
    expect(await driver.write(items[3]!, 1)).toBe(StatusCodes.BadNotWritable)
    expect(await driver.write(items[4]!, { Flavour: 'x' })).toBe(StatusCodes.BadTypeMismatch)
    expect(simulator.get(2)).toBe(0)
  })

  test.each([
    ['a float64 tag', opcuaItem(60, `${plant}s=Running`, 'float64'), 1],
    ['an int64 tag', opcuaItem(61, `${plant}s=Running`, 'int64'), 1n],
    ['a narrower tag', opcuaItem(62, `${plant}s=Level`, 'float32'), 1],
    ['an array tag', opcuaItem(63, `${plant}s=Row`, 'int16', { arrayLength: 5 }), [1, 1, 1, 1, 1]],
  ])(
    'refuses a write of %s whose node is of another type, because it could never be read back, and sends nothing',
    async (_, item, value) => {
      const { driver } = await connected()
      simulator.set(6, false)
      simulator.set(3, [0, 0, 0, 0, 0])
      simulator.set(1, 0)
      expect(await driver.write(item, value)).toBe(StatusCodes.BadTypeMismatch)
      expect([6, 3, 1].map((handle) => simulator.get(handle))).toEqual([false, [0, 0, 0, 0, 0], 0])
    },
  )

  test('reads and writes a part of an array by its index range (OPC 10000-4 section 7.27)', async () => {
    const { driver } = await connected()
    simulator.set(3, [10, 11, 12, 13, 14])
    const part = opcuaItem(50, `${plant}s=Row`, 'int32', { arrayLength: 2, options: { indexRange: '1:2' } })
    expect(rowsOf(await driver.read([part]))[0]!.value).toEqual([11, 12])
    expect(await driver.write(part, [-1, -2])).toBe(StatusCodes.Good)
    expect(simulator.get(3)).toEqual([10, -1, -2, 13, 14])
  })

  test('browses lazily with continuation points, says what can be read, and its addresses read back', async () => {
    const { driver } = await connected()
    const root = await driver.browse!('')
    const folder = root.find(({ name }) => name.startsWith('plc'))!
    expect(folder).toMatchObject({ address: null, hasChildren: true, isMethod: false })
    const children = await driver.browse!(folder.path)
    expect(children).toHaveLength(items.length)
    const level = children.find(({ name }) => name === 'Level')!
    expect(level).toMatchObject({ address: `${plant}s=Level`, dataType: 'float64', writable: true, hasChildren: false })
    expect(children.find(({ name }) => name === 'Locked')).toMatchObject({ writable: false })
    expect(rowsOf(await driver.read([opcuaItem(1, level.address!, 'float64')]))[0]!.statusCode).toBe(StatusCodes.Good)
    await expect(driver.browse!(`${plant}s=Nowhere`)).rejects.toMatchObject({ code: 'BadNodeIdUnknown' })
    await expect(driver.browse!('nonsense')).rejects.toMatchObject({ code: 'BadNodeIdInvalid' })
  })

  test('calls methods with converted arguments and names the argument that does not fit (C10)', async () => {
    const { driver } = await connected()
    const examples = (await driver.browse!('')).find(({ name }) => name === 'Examples')!
    const methods = await driver.browse!(examples.path)
    const add = methods.find(({ name }) => name === 'Add')!
    expect(add).toMatchObject({ isMethod: true, address: null })
    expect(await driver.callMethod!(add.path, [1.5, 2])).toEqual({ statusCode: StatusCodes.Good, outputs: [3.5] })
    await expect(driver.callMethod!(add.path, [1])).rejects.toMatchObject({ code: 'BadInvalidArgument' })
    await expect(driver.callMethod!(add.path, [1, 'two'])).rejects.toThrow(/argument 2 \(b\)/)
    const fail = methods.find(({ name }) => name === 'Fail')!
    expect((await driver.callMethod!(fail.path, [])).statusCode).toBe(StatusCodes.BadInvalidState)
    // A path that names the method alone is enough where it has one owner.
    expect((await driver.callMethod!(add.path.split('|')[1]!, [2, 2])).outputs).toEqual([4])
  })

  test('takes up everything again when the server forgets session and subscriptions', async () => {
    const { driver, latest, lost } = await connected()
    await driver.watch([items[0]!])
    await until('a value', () => latest(1) !== undefined)
    await simulator.forgetSessions()
    simulator.set(1, 77)
    await until('the value after it', () => latest(1)?.value === 77, 10_000)
    expect(lost).toHaveLength(0)
  })

  test('watches 10,000 items within bounded time', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      opcuaItem(index, `ns=2;s=Item.${index}`, 'float64', { scanIntervalMs: 1000 }),
    )
    const server = await startOpcUaSimulator({
      device: opcuaDevice('opc.tcp://127.0.0.1:4840'),
      items: many,
      host: '127.0.0.1',
      port: 0,
      onWrite: () => undefined,
    })
    const station = watching(opcuaDevice(server.address, {}, 5000))
    try {
      await station.driver.connect(AbortSignal.timeout(5000))
      await station.driver.watch(many)
      await until('10,000 values', () => station.rows.length >= 10_000, 20_000)
      expect(new Set(station.rows.map(({ handle }) => handle)).size).toBe(10_000)
    } finally {
      await station.driver.close()
      await server.close()
    }
  })
})

test('addresses of browsed nodes name the namespace by URI', () => {
  const link = { namespaces: ['http://opcfoundation.org/UA/', 'urn:a', 'urn:b'] }
  const nodeId = { namespace: 2, identifierType: 2, value: 'x;y', toString: () => 'ns=2;s=x;y' }
  expect(addressOf(link as never, nodeId as never)).toBe('nsu=urn:b;s=x;y')
})
