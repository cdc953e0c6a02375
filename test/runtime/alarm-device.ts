// A station with a device whose registers a test sets: alarms as an acceptance test sees them, through HTTP alone.
import { rmSync } from 'node:fs'
import { startSimulator } from '../../src-main/drivers/modbus/modbus-simulator.ts'
import type { AlarmEvent, AlarmRow } from '../../src-main/shared/alarm.ts'
import type { DeviceSimulator } from '../../src-main/shared/protocol.ts'
import { TcpProxy } from '../fakes/tcp-proxy.ts'
import { endProcess, StationProcess, writeFolder } from './station-process.ts'

export const stationUser = { user: 'judge', password: 'correct horse battery staple' }

/** How long a change may take to be seen: a scan, a commit, a loaded machine. */
const patienceMs = 60_000

export interface AlarmDeviceOptions {
  /** YAML of the tag list; `device: plc`, addresses `40001:int16` to `40100:int16` and `00001:bool` to `00020:bool`. */
  readonly tags: string
  /** What the registers hold when the station starts; the others hold 0. */
  readonly initial?: Readonly<Record<number, number | boolean>>
  /** How long the station waits for the device; a loaded machine is no lost device. */
  readonly timeout?: string
  /** More files of the plant folder. */
  readonly files?: Readonly<Record<string, string>>
}

export class AlarmDevice {
  readonly #device: DeviceSimulator
  /** The network cable between station and device. */
  readonly cable: TcpProxy
  readonly folder: string
  station: StationProcess

  private constructor(device: DeviceSimulator, cable: TcpProxy, folder: string, station: StationProcess) {
    this.#device = device
    this.cable = cable
    this.folder = folder
    this.station = station
  }

  static async start({ tags, initial = {}, timeout = '10 s', files = {} }: AlarmDeviceOptions): Promise<AlarmDevice> {
    const item = { arrayLength: null, writable: true, options: {} }
    const device = await startSimulator({
      device: {
        name: 'plc',
        description: '',
        protocol: 'modbus-tcp',
        address: '127.0.0.1:0',
        timeoutMs: 10_000,
        scanRates: { normal: 1000 },
        enabled: true,
        options: { unitId: 1, wordOrder: 'ABCD' },
      },
      items: [
        ...Array.from({ length: 100 }, (_, index) => ({
          ...item,
          handle: 40_001 + index,
          address: `${40_001 + index}:int16`,
          dataType: 'int16' as const,
        })),
        ...Array.from({ length: 20 }, (_, index) => ({
          ...item,
          handle: 1 + index,
          address: `${String(1 + index).padStart(5, '0')}:bool`,
          dataType: 'bool' as const,
        })),
      ],
      host: '127.0.0.1',
      port: 0,
      onWrite: () => undefined,
    })
    for (const [register, value] of Object.entries(initial)) device.set(Number(register), value)
    const cable = await TcpProxy.start(Number(device.address.split(':').at(-1)))
    const folder = writeFolder({
      'plant.yaml': 'name: Alarms\nline: Line 1\nsite: Test\nlanguages: [en, zh-CN]\n',
      'devices/plc.yaml': `name: plc\nprotocol: modbus-tcp\naddress: 127.0.0.1:${cable.port}\ntimeout: ${timeout}\nscanRates: { fast: 50 ms, normal: 200 ms }\n`,
      'tags/plc.yaml': `tags:\n${tags}`,
      ...files,
    })
    const station = await StationProcess.start(folder)
    await station.call('access.addAccount', { ...stationUser, roles: ['administrator'] })
    await station.logIn(stationUser.user, stationUser.password)
    return new AlarmDevice(device, cable, folder, station)
  }

  /** Register 40001 … or coil 1 …, as the device has it from now on. */
  set(register: number, value: number | boolean): void {
    this.#device.set(register, value)
  }

  /** Ends the station as a power cut would, and starts it again on the same data. */
  async killAndRestart(): Promise<void> {
    const { dataFolder, child } = this.station
    await endProcess(child, 'SIGKILL')
    this.station = await StationProcess.start(this.folder, { dataFolder, ...stationUser })
  }

  async list(): Promise<readonly AlarmRow[]> {
    return (await this.station.call('alarms.list', {})).alarms
  }

  async state(id: string): Promise<string> {
    return (await this.list()).find((row) => row.id === id)?.state ?? 'normal'
  }

  /** Waits until the alarm has this state; throws with the state it has instead. */
  async until(id: string, state: string): Promise<void> {
    const end = Date.now() + patienceMs
    let present = await this.state(id)
    while (present !== state && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 30))
      present = await this.state(id)
    }
    if (present !== state) throw new Error(`${id} is ${present}, not ${state}, after ${patienceMs} ms`)
  }

  /** Waits until the station has this value of a tag: its alarms have been evaluated with it. */
  async seen(tag: string, value: number | boolean): Promise<void> {
    const end = Date.now() + patienceMs
    let present = (await this.station.read(tag)).value
    while (present !== value && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 10))
      present = (await this.station.read(tag)).value
    }
    if (present !== value) throw new Error(`${tag} is ${present}, not ${value}, after ${patienceMs} ms`)
  }

  async journal(id?: string): Promise<readonly AlarmEvent[]> {
    const { events } = await this.station.call('alarms.journal', {
      from: 0,
      to: Date.now() + 3_600_000,
      ...(id === undefined ? {} : { id }),
    })
    return events
  }

  /** New states in the order of the journal. */
  async journalStates(id: string): Promise<readonly string[]> {
    return (await this.journal(id)).map(({ state }) => state)
  }

  async close(): Promise<void> {
    const { dataFolder } = this.station
    await this.station.stop()
    await this.cable.close()
    await this.#device.close()
    rmSync(this.folder, { recursive: true, force: true })
    rmSync(dataFolder, { recursive: true, force: true })
  }
}
