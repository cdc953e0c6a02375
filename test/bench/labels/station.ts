// L2 and L5 in a station as users have it, over HTTP: 2,000 labels to a printer on TCP that answers ~HS, what its main thread does for others
// meanwhile, and the life of a part among a million others, with its values and alarms.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../../src-main/storage/database.ts'
import { identifiersMigrations } from '../../../src-main/storage/migrations/identifiers/identifiers-migrations.ts'
import { FakeLabelPrinter } from '../../fakes/label-printer.ts'
import { AlarmDevice, stationUser } from '../../runtime/alarm-device.ts'
import { endProcess, StationProcess } from '../../runtime/station-process.ts'
import type { Report } from '../run.ts'
import { commits } from './queue.ts'
import { fillParts, identifierOf, machines, partCount } from './trace-store.ts'

const labelCount = 2000
/** A part every two seconds, the last one a minute before the trace is asked for. */
const partMs = 2000
const traceCount = 200

const type = `
name: machine
parameters: { base: 40001 }
members:
  - { name: Level, address: "\${base}:int16", device: plc, scan: fast, history: { deadband: 0 }, alarms: [{ condition: high, limit: 90, message: Too full, priority: high }] }
  - { name: Speed, address: "\${base + 1}:int16", device: plc, scan: fast, history: { deadband: 0 } }
`

const labels = (port: number) => `
schemes:
  - { name: case, kind: gs1, template: "(01)09521234543213(21){counter:08}" }
  - { name: piece, kind: vaa, template: "88.123.456/P{counter:08}" }
printers:
  - { name: printer, language: zpl, connection: "tcp://127.0.0.1:${port}", statusInterval: 2 s }
templates:
  - name: piece
    size: { width: 100, height: 50 }
    scheme: piece
    printer: printer
    fields: [{ name: order, value: Line.Order }]
    elements:
      - { type: text, x: 4, y: 4, fontSize: 6, bold: true, value: "'Order ' + fields.order" }
      - { type: text, x: 4, y: 12, fontSize: 4, text: Batch 批次 AB0001 }
      - { type: text, x: 4, y: 18, fontSize: 4, value: identifier }
      - { type: barcode, x: 70, y: 8, symbology: datamatrix, module: 0.75, value: identifier }
`

export async function run(report: Report): Promise<void> {
  const put = (figure: string, value: number, unit: string) => report({ bench: 'labels', figure, value, unit })
  const stateFolder = mkdtempSync(join(tmpdir(), 'lineside-state-'))
  process.env.LINESIDE_STATE = stateFolder
  const printer = new FakeLabelPrinter()
  await printer.listen()
  const device = await AlarmDevice.start({
    tags: `  - { name: Line.Number, device: plc, address: "40050:int16", scan: fast }\n  - { name: Line.Order, dataType: string, expression: "'PO-' + string(int(Line.Number))" }\n`,
    initial: { 40050: 4711 },
    files: {
      'equipment/types/machine.yaml': type,
      'equipment/line.yaml': `equipment:\n${machines.map(({ equipment }, index) => `  - { name: ${equipment}, type: machine, parameters: { base: ${40_001 + 2 * index} } }\n`).join('')}`,
      'labels/labels.yaml': labels(printer.port),
    },
  })
  try {
    const { faults } = await device.station.call('plant.faults', {})
    if (faults.length > 0) throw new Error(`the plant has faults: ${JSON.stringify(faults)}`)
    await device.seen('Line.Order', 'PO-4711' as never)
    await print(device.station, printer, put)
    await trace(device, put)
  } finally {
    await device.close()
    await printer.die()
    rmSync(stateFolder, { recursive: true, force: true })
    delete process.env.LINESIDE_STATE
  }
}

async function print(station: StationProcess, printer: FakeLabelPrinter, put: Put): Promise<void> {
  const quiet = await readsWhile(station, new Promise((resolve) => setTimeout(resolve, 5000)))
  // The first label starts the thread that draws; the event loop's percentiles are those of a whole minute.
  const processorBefore = await processorMs(station)
  const disk = commits()
  const begun = performance.now()
  const printed = (async () => {
    await station.call('labels.print', { template: 'piece', fields: {}, copies: 1, count: labelCount })
    const answered = performance.now() - begun
    while (printer.printed.length < labelCount) {
      if (performance.now() - begun > 120_000)
        throw new Error(`only ${printer.printed.length} labels after two minutes`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return answered
  })()
  const busy = await readsWhile(station, printed)
  const seconds = (performance.now() - begun) / 1000
  const { eventLoop } = await health(station)
  put('L2 labels of one order over HTTP, to a printer on TCP', labelCount / seconds, '1/s')
  put('L2 beside: synced commits of one row, before and after, mean', (disk + commits()) / 2, '1/s')
  put(`L2 order of ${labelCount} answered`, await printed, 'ms')
  put('L2 processor time of a label, all threads', ((await processorMs(station)) - processorBefore) / labelCount, 'ms')
  put('L2 tags.read meanwhile, median', percentile(busy, 50), 'ms')
  put('L2 tags.read meanwhile, 99 of 100', percentile(busy, 99), 'ms')
  put('L2 beside: tags.read without labels, median', percentile(quiet, 50), 'ms')
  put('L2 beside: tags.read without labels, 99 of 100', percentile(quiet, 99), 'ms')
  put('L2 event loop of the main thread, start included, 99 of 100', eventLoop.p99Ms, 'ms')
}

type Put = (figure: string, value: number, unit: string) => void

async function health(station: StationProcess) {
  return (await station.call('maintenance.health', {})) as unknown as {
    readonly process: { readonly cpuMs: number }
    readonly eventLoop: { readonly p99Ms: number }
  }
}

async function processorMs(station: StationProcess): Promise<number> {
  return (await health(station)).process.cpuMs
}

/** How long each answer took, asked twenty times a second until the work is done; ms. */
async function readsWhile(station: StationProcess, work: Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  let isDone = false
  void work.then(
    () => (isDone = true),
    () => (isDone = true),
  )
  while (!isDone) {
    const asked = performance.now()
    await station.call('tags.read', { tags: ['Filler.Level', 'Line.Order'] })
    times.push(performance.now() - asked)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return times
}

/** The station gets a million parts, the last ones of the time it runs. */
async function trace(device: AlarmDevice, put: Put): Promise<void> {
  const { dataFolder, child } = device.station
  await endProcess(child, 'SIGKILL')
  const end = Date.now() + 60_000
  const database = openDatabase({
    file: join(dataFolder, 'identifiers.sqlite'),
    migrations: identifiersMigrations,
    durability: 'normal',
  })
  fillParts(database, end - partCount * partMs)
  database.close()
  device.station = await StationProcess.start(device.folder, { dataFolder, ...stationUser })
  // Levels go up and down, over the limit and back, while the last parts run through.
  for (let value = 0; Date.now() < end + 30_000; value = (value + 3) % 100) {
    device.set(40_001, value)
    device.set(40_003, 99 - value)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const times: number[] = []
  let samples = 0
  let alarms = 0
  for (let index = 0; index < traceCount; index++) {
    // Of the last 40 s, and among them some from anywhere.
    const part = index % 4 === 3 ? Math.floor((partCount / traceCount) * index) : partCount - 1 - (index % 20)
    const asked = performance.now()
    const life = await device.station.call('identifiers.trace', { identifier: identifierOf(part) })
    times.push(performance.now() - asked)
    if (life.windows.length < machines.length) throw new Error(`${life.windows.length} windows of part ${part}`)
    samples += life.series.reduce((sum, { timestamps }) => sum + timestamps.length, 0)
    alarms += life.alarms.length
  }
  put('L5 life of a part of a million over HTTP, median', percentile(times, 50), 'ms')
  put('L5 life of a part of a million over HTTP, 99 of 100', percentile(times, 99), 'ms')
  put('L5 beside: samples of each', samples / traceCount, '1')
  put('L5 beside: alarms of each', alarms / traceCount, '1')
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))]!
}
