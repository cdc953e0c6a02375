// The demo plant's simulators as a stranger sees them: each protocol's own library, no Lineside driver, reads and writes.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ModbusRTU from 'modbus-serial'
import mqtt from 'mqtt'
import { OPCUACertificateManager } from 'node-opcua-certificate-manager'
import { AttributeIds, type ClientSession, DataType, OPCUAClient, resolveNodeId } from 'node-opcua-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src-main/base/clock.ts'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { loadSimulator } from '../../../src-main/drivers/driver-registry.ts'
import { protocolCatalog } from '../../../src-main/drivers/protocol-catalog.ts'
import { checkPlant } from '../../../src-main/plant/plant-check.ts'
import { plantRules } from '../../../src-main/plant-rules.ts'
import { type Simulation, startSimulation } from '../../../src-main/simulation/simulate.ts'

let simulation: Simulation
const lines: string[] = []

beforeAll(async () => {
  const { plant } = await checkPlant(join(import.meta.dirname, '../../../resources/demo-plant'), plantRules)
  simulation = await startSimulation({
    plant: plant!,
    host: '127.0.0.1',
    portBase: 0,
    clock: systemClock,
    logger: silentLogger,
    startSimulator: async (options) => {
      const { worker } = protocolCatalog.get(options.device.protocol)!
      return worker === 'simulator' ? null : (await loadSimulator(worker))(options)
    },
    onLine: (line) => lines.push(line),
  })
})

afterAll(() => simulation?.close(), 30_000)

const portOf = (device: string) => Number(/:(\d+)\/?$/.exec(simulation.endpoints[device]!)![1])

/** Asks until the answer is right, for at most ten seconds. */
async function until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask()
    if (isRight(answer) || attempt === 100) return answer
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

describe('simulators of the demo plant', () => {
  it('all listen, each somewhere of its own', () => {
    const endpoints = Object.values(simulation.endpoints)
    expect(endpoints).toHaveLength(6)
    expect(new Set(endpoints).size).toBe(6)
    expect(lines.at(-1)).toBe('lineside simulators ready')
  })

  it('Modbus TCP: the filler runs, and slows down when its set-point is written', async () => {
    const plc = new ModbusRTU.default()
    await plc.connectTCP('127.0.0.1', { port: portOf('filler-plc') })
    plc.setID(1)
    plc.setTimeout(2000)
    try {
      const speedAt = async (register: number) =>
        (await plc.readHoldingRegisters(register - 40001, 2)).buffer.readFloatBE(0)
      expect((await plc.readHoldingRegisters(40051 - 40001, 1)).data).toEqual([6])
      expect(await speedAt(40057)).toBeGreaterThan(390)
      const setpoint = Buffer.alloc(4)
      setpoint.writeFloatBE(250)
      await plc.writeRegisters(40055 - 40001, setpoint)
      expect(await speedAt(40055)).toBe(250)
      expect(
        await until(
          () => speedAt(40057),
          (speed) => Math.abs(speed - 250) < 5,
        ),
      ).toBeCloseTo(250, -1)
    } finally {
      await new Promise<void>((resolve) => plc.close(() => resolve()))
    }
  })

  it('OPC UA: the buffer tank has a level, and a valve in manual mode obeys', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lineside-demo-'))
    const client = OPCUAClient.create({
      endpointMustExist: false,
      connectionStrategy: { maxRetry: 0 },
      clientCertificateManager: new OPCUACertificateManager({
        rootFolder: folder,
        automaticallyAcceptUnknownCertificate: true,
      }),
    })
    await client.connect(simulation.endpoints['process-server']!)
    const session = await client.createSession()
    try {
      const index = (await session.readNamespaceArray()).indexOf('urn:riverside:process')
      const node = (name: string) => resolveNodeId(`ns=${index};s=${name}`)
      const read = async (name: string) =>
        (await session.read({ nodeId: node(name), attributeId: AttributeIds.Value })).value.value
      expect(await read('BufferTank.Level')).toBeGreaterThan(40)
      expect(await read('Tank1InletValve.State')).toBe(0)
      await write(session, node('Tank1InletValve.Mode'), DataType.UInt16, 1)
      await write(session, node('Tank1InletValve.Command'), DataType.Boolean, true)
      expect(
        await until(
          () => read('Tank1InletValve.State'),
          (state) => state === 2,
        ),
      ).toBe(2)
    } finally {
      await session.close()
      await client.disconnect()
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('MQTT: the labeller publishes its status and takes a speed', async () => {
    const client = await mqtt.connectAsync(simulation.endpoints['plant-broker']!)
    const status: Record<string, unknown> = {}
    client.on('message', (_topic, payload) => void Object.assign(status, JSON.parse(payload.toString())))
    try {
      await client.subscribeAsync('riverside/labeller/status')
      expect(
        await until(
          async () => status.state,
          (state) => state === 6,
        ),
      ).toBe(6)
      expect(status).toMatchObject({ mode: 1, faultCode: 0, starved: false })
      await client.publishAsync('riverside/labeller/set/speed', '320', { qos: 1 })
      expect(
        await until(
          async () => status.speedSetpoint,
          (setpoint) => setpoint === 320,
        ),
      ).toBe(320)
    } finally {
      await client.endAsync()
    }
  })

  it('Sparkplug B: the wastewater node is born for a host that asks', async () => {
    const client = await mqtt.connectAsync(simulation.endpoints['wastewater-node']!)
    const topics = new Set<string>()
    client.on('message', (topic) => void topics.add(topic))
    try {
      await client.subscribeAsync('spBv1.0/Riverside/#')
      const isAlive = () => [...topics].some((topic) => /^spBv1\.0\/Riverside\/N(BIRTH|DATA)\/Wastewater$/.test(topic))
      expect(
        await until(
          async () => isAlive(),
          (alive) => alive,
        ),
      ).toBe(true)
    } finally {
      await client.endAsync()
    }
  })
})

async function write(
  session: ClientSession,
  nodeId: ReturnType<typeof resolveNodeId>,
  dataType: DataType,
  value: unknown,
) {
  const status = await session.write({ nodeId, attributeId: AttributeIds.Value, value: { value: { dataType, value } } })
  expect(status.name).toBe('Good')
}
