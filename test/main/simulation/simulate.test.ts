// The simulation around its servers: ports, raw values, writes, faults at start. The servers are fakes of the interface.
import { describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src-main/base/logger.ts'
import type { TagValue } from '../../../src-main/shared/data-value.ts'
import type { DeviceDefinition, Plant } from '../../../src-main/shared/plant.ts'
import type { SimulationRule } from '../../../src-main/shared/simulation.ts'
import type { TagDefinition } from '../../../src-main/shared/tag.ts'
import { portOf, type StartDevice, startSimulation } from '../../../src-main/simulation/simulate.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { plantOf, tag } from './small-plant.ts'

function device(name: string, address: string, rest: Partial<DeviceDefinition> = {}): DeviceDefinition {
  const fixed = { description: '', protocol: 'modbus-tcp', timeoutMs: 1000, scanRates: { normal: 1000 }, enabled: true }
  return { name, address, ...fixed, options: {}, ...rest }
}

/** Servers that remember what they are told. */
class FakeServers {
  readonly started: Parameters<StartDevice>[0][] = []
  readonly values = new Map<string, TagValue>()
  readonly closed: string[] = []
  setCount = 0
  failing: string | null = null

  readonly start: StartDevice = async (options) => {
    this.started.push(options)
    const { name } = options.device
    if (name === this.failing) throw new Error('listen EADDRINUSE: address already in use')
    return {
      address: `${options.host}:${options.port}`,
      set: (handle, value) => {
        this.setCount++
        this.values.set(`${name}/${options.items[handle]!.address}`, value)
      },
      get: (handle) => this.values.get(`${name}/${options.items[handle]!.address}`) ?? null,
      close: async () => void this.closed.push(name),
    }
  }

  /** A client writes a raw value. */
  write(address: string, raw: TagValue): void {
    for (const { items, onWrite } of this.started)
      for (const item of items) if (item.address === address) onWrite(item.handle, raw)
  }
}

interface Started {
  readonly servers?: FakeServers
  readonly portBase?: number | null
}

async function simulate(plant: Plant, { servers = new FakeServers(), portBase = null }: Started = {}) {
  const clock = new FakeClock()
  const lines: string[] = []
  const simulation = await startSimulation({
    plant,
    startSimulator: servers.start,
    host: '127.0.0.1',
    portBase,
    clock,
    logger: silentLogger,
    onLine: (line) => lines.push(line),
  })
  return { simulation, servers, clock, lines }
}

function withDevices(
  devices: readonly DeviceDefinition[],
  tags: readonly TagDefinition[] = [],
  rules: Readonly<Record<string, SimulationRule>> = {},
): Plant {
  return { ...plantOf(tags, rules), devices }
}

describe('lineside simulate', () => {
  it('listens on the ports of the device files and says so, then that all are ready', async () => {
    const plant = withDevices([
      device('a', '127.0.0.1:15020'),
      device('b', 'opc.tcp://10.0.0.7:4840/UA', { protocol: 'opcua' }),
    ])
    const { simulation, lines, servers } = await simulate(plant)
    expect(servers.started.map(({ host, port }) => `${host}:${port}`)).toEqual(['127.0.0.1:15020', '127.0.0.1:4840'])
    expect(lines).toEqual([
      'a (modbus-tcp) listens at 127.0.0.1:15020',
      'b (opcua) listens at 127.0.0.1:4840; the device file says opc.tcp://10.0.0.7:4840/UA',
      'lineside simulators ready',
    ])
    expect(simulation.endpoints).toEqual({ a: '127.0.0.1:15020', b: '127.0.0.1:4840' })
    await simulation.close()
  })

  it('counts ports up from --port-base', async () => {
    const plant = withDevices([
      device('a', '10.0.0.1'),
      device('off', '10.0.0.3', { enabled: false }),
      device('b', '10.0.0.2'),
    ])
    const { servers } = await simulate(plant, { portBase: 20000 })
    expect(servers.started.map(({ device, port }) => `${device.name} ${port}`)).toEqual(['a 20000', 'b 20001'])
  })

  it('refuses two devices on one port before anything is opened', async () => {
    const servers = new FakeServers()
    const plant = withDevices([device('a', '10.0.0.1:502'), device('b', '10.0.0.2')])
    await expect(simulate(plant, { servers })).rejects.toThrow('Devices a and b both have port 502')
    expect(servers.started).toEqual([])
  })

  it('closes what is open when one server cannot be started', async () => {
    const servers = new FakeServers()
    servers.failing = 'b'
    const plant = withDevices([device('a', '127.0.0.1:1'), device('b', '127.0.0.1:2')])
    await expect(simulate(plant, { servers })).rejects.toThrow(
      'Simulator of device b (modbus-tcp) at 127.0.0.1 port 2 cannot be started: listen EADDRINUSE: address already in use (is another `lineside simulate` running?',
    )
    expect(servers.closed).toEqual(['a'])
  })

  it('refuses faulty rules by name', async () => {
    const plant = withDevices([device('a', '127.0.0.1:1')], [tag('T')], { T: { value: 'Nowhere + 1' } })
    await expect(simulate(plant)).rejects.toThrow('simulation of T, value: no tag named Nowhere')
  })

  it('serves raw values: scaled back, rounded, kept within the data type', async () => {
    const scaling = { rawLow: 0, rawHigh: 27648, low: -50, high: 150 }
    const tags = [
      tag('Level', 'uint16', { device: 'a', address: '40001', scaling, writable: true }),
      tag('Small', 'int8', { device: 'a', address: '40002' }),
      tag('List', 'int16', { device: 'a', address: '40003', arrayLength: 3 }),
    ]
    const rules = { Level: { initial: 100 }, Small: { value: 1000 }, List: { value: '[1, 2.6, -3]' } }
    const { servers } = await simulate(withDevices([device('a', '127.0.0.1:1')], tags, rules))
    expect(servers.values.get('a/40001')).toBe(20736)
    expect(servers.values.get('a/40002')).toBe(127)
    expect(servers.values.get('a/40003')).toEqual([1, 3, -3])
  })

  it('sends only what changed', async () => {
    const tags = [
      tag('Still', 'int16', { device: 'a' }),
      tag('Moving', 'float64', { device: 'a' }),
      tag('List', 'int16', { device: 'a', arrayLength: 2 }),
    ]
    const rules = { Still: { value: 7 }, Moving: { value: 'time' }, List: { value: '[1, 2]' } }
    const { servers, clock, simulation } = await simulate(withDevices([device('a', '127.0.0.1:1')], tags, rules))
    expect(servers.setCount).toBe(3)
    await clock.advance(2000)
    expect(servers.setCount).toBe(3 + 10)
    await simulation.close()
    await clock.advance(2000)
    expect(servers.setCount).toBe(3 + 10)
    expect(clock.pendingCount).toBe(0)
  })

  it('a set-point written by a client, in raw units, moves the plant of another device', async () => {
    const scaling = { rawLow: 0, rawHigh: 1000, low: 0, high: 100 }
    const tags = [
      tag('Setpoint', 'uint16', { device: 'a', address: 'sp', scaling, writable: true }),
      tag('Speed', 'float64', { device: 'b', address: 'speed' }),
    ]
    const rules = { Speed: { ramp: { to: 'Setpoint', rate: 10 } } }
    const plant = withDevices([device('a', '127.0.0.1:1'), device('b', '127.0.0.1:2')], tags, rules)
    const { servers, clock } = await simulate(plant)
    servers.write('sp', 400)
    await clock.advance(10_000)
    expect(servers.values.get('b/speed')).toBeCloseTo(40)
    expect(servers.values.get('a/sp')).toBe(0)
  })

  it('what a rule decides wins over what a client writes into its tag', async () => {
    const tags = [tag('Fixed', 'int16', { device: 'a', address: 'x', writable: true })]
    const { servers, clock } = await simulate(withDevices([device('a', '127.0.0.1:1')], tags, { Fixed: { value: 5 } }))
    servers.write('x', 9)
    await clock.advance(400)
    expect(servers.values.get('a/x')).toBe(5)
    expect(servers.setCount).toBe(2)
  })

  it.each([
    ['127.0.0.1:15020', 'modbus-tcp', 15020],
    ['plc.factory.local', 'modbus-tcp', 502],
    ['opc.tcp://server:14840', 'opcua', 14840],
    ['opc.tcp://[::1]:4841/path', 'opcua', 4841],
    ['mqtts://broker', 'mqtt', 1883],
    ['/dev/ttyUSB0', 'modbus-rtu', 0],
  ])('finds the port of %s (%s)', (address, protocol, port) => {
    expect(portOf({ address, protocol })).toBe(port)
  })
})
