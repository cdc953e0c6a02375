// A2: 10,000 alarms at once from a Modbus device: when each is in the journal on the disk, in order, and what the API answers meanwhile.
// A3: one bit of a device to the banner's feed, with the scan at its shortest. Device, station and asker are three processes.
import { type ChildProcess, fork } from 'node:child_process'
import { rmSync } from 'node:fs'
import { openSocketLink } from '../../src-renderer/connection/open-link.ts'
import { RuntimeClient } from '../../src-renderer/connection/runtime-client.ts'
import { StationProcess, writeFolder } from '../runtime/station-process.ts'
import type { Report } from './run.ts'

const alarmCount = 10_000
const bench = 'alarm-flood'
const toggleCount = 200
const pageLength = 5000
const patienceMs = 60_000

export async function run(report: Report): Promise<void> {
  // One coil more: the bit of A3.
  const device = fork(new URL('./alarm-flood-device.ts', import.meta.url), [String(alarmCount + 1)])
  const { port } = await answerOf<{ port: number }>(device)
  const folder = writeFolder(plantFiles(port))
  const station = await StationProcess.start(folder)
  try {
    await until(async () => (await station.read(`Line.Bit${alarmCount - 1}`)).statusCode === 0)
    await flood(report, device, station)
    await latency(report, device, station)
  } finally {
    await station.stop()
    device.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function flood(report: Report, device: ChildProcess, station: StationProcess): Promise<void> {
  let isOver = false
  const asked = { 'tags.read': [] as number[], 'alarms.list': [] as number[] }
  const ask = async (name: keyof typeof asked, input: object) => {
    while (!isOver) {
      const begin = performance.now()
      await station.post(name, input)
      asked[name].push(performance.now() - begin)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const asking = [ask('tags.read', { tags: ['Line.Bit0'] }), ask('alarms.list', { limit: 50 })]
  device.send({ from: 0, to: alarmCount, value: true })
  const { at } = await answerOf<{ at: number }>(device)
  await until(async () => (await station.call('alarms.list', { limit: 1 })).total >= alarmCount)
  const listedMs = performance.timeOrigin + performance.now() - at
  isOver = true
  await Promise.all(asking)
  const rows = await journal(station)
  const active = rows.filter(({ event }) => event === 'active')
  const ordered = rows.every(({ sequence }, index) => sequence === index + 1)
  report({ bench, figure: 'A2 device to all listed and durable', value: Math.round(listedMs), unit: 'ms' })
  report({ bench, figure: 'A2 lost', value: alarmCount - new Set(active.map(({ id }) => id)).size, unit: 'alarms' })
  report({ bench, figure: 'A2 twice', value: active.length - new Set(active.map(({ id }) => id)).size, unit: 'alarms' })
  report({ bench, figure: 'A2 order kept', value: ordered ? 1 : 0, unit: 'yes' })
  for (const [name, waits] of Object.entries(asked)) {
    waits.sort((a, b) => a - b)
    const p99 = waits[Math.floor(waits.length * 0.99)]!
    report({ bench, figure: `A2 answer to ${name} meanwhile, p99`, value: round(p99), unit: 'ms' })
    report({ bench, figure: `A2 answer to ${name} meanwhile, longest`, value: round(waits.at(-1)!), unit: 'ms' })
  }
}

async function journal(station: StationProcess) {
  const rows = []
  let cursor: string | undefined
  do {
    const page = await station.call('alarms.journal', {
      limit: pageLength,
      ...(cursor === undefined ? {} : { cursor }),
    })
    rows.push(...page.events)
    cursor = page.cursor
  } while (cursor !== undefined)
  return rows
}

async function latency(report: Report, device: ChildProcess, station: StationProcess): Promise<void> {
  let token: string | null = station.token
  const client = new RuntimeClient({
    openLink: () => openSocketLink(new URL('/api/v1/link', station.url.replace('http', 'ws'))),
    tokens: {
      get: () => token,
      set: (next) => {
        token = next
      },
    },
  })
  client.start()
  const id = `Line.Bit${alarmCount}/discrete`
  let seen: ((at: number) => void) | null = null
  const close = client.watch('alarms.summary', {}, ({ top }) => {
    if (top.some((row) => row.id === id && row.state === 'unacknowledged'))
      seen?.(performance.timeOrigin + performance.now())
  })
  const delays: number[] = []
  for (let round = 0; round < toggleCount; round++) {
    const shown = new Promise<number>((resolve) => {
      seen = resolve
    })
    device.send({ from: alarmCount, to: alarmCount + 1, value: true })
    const { at } = await answerOf<{ at: number }>(device)
    delays.push((await shown) - at)
    seen = null
    await station.call('alarms.acknowledge', { ids: [id] })
    device.send({ from: alarmCount, to: alarmCount + 1, value: false })
    await answerOf(device)
    await until(
      async () => (await station.call('alarms.list', { limit: 5, tags: [`Line.Bit${alarmCount}`] })).total === 0,
    )
  }
  close()
  client.close()
  delays.sort((a, b) => a - b)
  report({
    bench,
    figure: 'A3 bit to banner, 20 ms scan included, p50',
    value: round(delays[toggleCount >> 1]!),
    unit: 'ms',
  })
  report({
    bench,
    figure: 'A3 bit to banner, 20 ms scan included, p99',
    value: round(delays[Math.floor(toggleCount * 0.99)]!),
    unit: 'ms',
  })
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patienceMs
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`not so after ${patienceMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function answerOf<Answer>(device: ChildProcess): Promise<Answer> {
  return new Promise((resolve) => device.once('message', (message) => resolve(message as Answer)))
}

function plantFiles(port: number): Record<string, string> {
  const tags = Array.from({ length: alarmCount + 1 }, (_, index) => {
    const address = String(index + 1).padStart(6, '0')
    const isLast = index === alarmCount
    const alarm = `{ condition: discrete, priority: ${isLast ? 'urgent' : 'low'}, message: "Bit ${index}" }`
    return `  - { name: Line.Bit${index}, device: plc, address: "${address}:bool", scan: ${isLast ? 'fast' : 'normal'}, alarms: [ ${alarm} ] }`
  })
  return {
    'plant.yaml': 'name: Flood\nline: L1\nsite: Bench\n',
    'devices/plc.yaml': `name: plc\nprotocol: modbus-tcp\naddress: 127.0.0.1:${port}\nscanRates: { normal: 100 ms, fast: 20 ms }\n`,
    'tags/line.yaml': `tags:\n${tags.join('\n')}\n`,
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
