// Labels as the line makes them: a real station over HTTP, a Modbus device whose registers and coils are the triggers, a printer and scanners
// on real sockets.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LabelJob, ScanRow } from '../../src-main/shared/label.ts'
import { FakeLabelPrinter } from '../fakes/label-printer.ts'
import { AlarmDevice } from './alarm-device.ts'

const tags = `
  - { name: Packer.Count, device: plc, address: "40001:int16", scan: fast, history: { deadband: 0 } }
  - { name: Filler.Level, device: plc, address: "40002:int16", scan: fast, history: { deadband: 0 },
      alarms: [{ condition: high, limit: 90, message: Too full, priority: high }] }
  - { name: Packer.Done, device: plc, address: "00001:bool", scan: fast }
  - { name: Packer.Reject, device: plc, address: "00002:bool", scan: fast, writable: true }
  - { name: Line.Order, dataType: string, expression: "'PO-' + string(int(Packer.Number))" }
  - { name: Packer.Number, device: plc, address: "40003:int16", scan: fast }
`

function labels(printerPort: number, scannerPort: number): string {
  return `
schemes:
  - { name: case, kind: gs1, template: "(01)09521234543213(21){counter:08}" }
  - { name: few, kind: vaa, template: "88.123.456/FEW{counter:01}", last: 3 }
printers:
  - { name: case-printer, language: zpl, connection: "tcp://127.0.0.1:${printerPort}", statusInterval: 500 ms }
  - { name: checked, language: png, connection: "virtual:", verify: { scanner: behind, timeout: 60 s, rejectTag: Packer.Reject } }
  - { name: tray, connection: "virtual:" }
templates:
  - name: case
    size: { width: 60, height: 30 }
    scheme: case
    printer: case-printer
    fields:
      - { name: order, value: Line.Order }
      - { name: batch, default: B1, pattern: "B\\\\d+" }
    elements:
      - { type: text, x: 3, y: 3, fontSize: 4, value: "fields.order + ' ' + fields.batch" }
      - { type: barcode, x: 3, y: 9, symbology: gs1datamatrix, module: 0.5, value: identifier }
  - name: note
    size: { width: 40, height: 20 }
    printer: tray
    fields:
      - { name: text }
    elements:
      - { type: text, x: 3, y: 3, fontSize: 4, value: fields.text }
  - name: few
    size: { width: 40, height: 20 }
    scheme: few
    printer: tray
    elements:
      - { type: barcode, x: 3, y: 3, symbology: qrcode, module: 0.5, value: identifier }
triggers:
  - { name: cases, template: case, when: Packer.Count, on: increase, catchUp: 1000 }
  - { name: done, template: note, when: Packer.Done, fields: { text: "'done ' + Line.Order" } }
  - { name: full, template: note, alarm: Filler.Level/high, fields: { text: "'full'" } }
scanners:
  - { name: behind, connection: "tcp://127.0.0.1:${scannerPort}", terminator: "\\r" }
`
}

/** A scanner that stands at the line: the station connects to it. */
class FakeScanner {
  readonly #server: Server
  #client: Socket | null = null

  constructor() {
    this.#server = createServer((socket) => {
      this.#client = socket
      socket.on('error', () => undefined)
    })
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as { port: number }).port
  }

  async send(text: string): Promise<void> {
    await eventually(async () => this.#client !== null && !this.#client.destroyed)
    this.#client!.write(`${text}\r`)
  }

  drop(): void {
    this.#client?.destroy()
  }

  close(): void {
    this.#client?.destroy()
    this.#server.close()
  }
}

/** Pieces that are counted before the station is killed; LINESIDE_EDGES=1000 for the full figure. */
const edgeCount = Number(process.env.LINESIDE_EDGES ?? 40)

async function eventually(isTrue: () => Promise<boolean>, patienceMs = 60_000): Promise<void> {
  const end = Date.now() + patienceMs
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`not so within ${patienceMs} ms`)
    await wait(50)
  }
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

const printer = new FakeLabelPrinter()
const scanner = new FakeScanner()
const stateFolder = mkdtempSync(join(tmpdir(), 'lineside-state-'))
let device: AlarmDevice

async function jobsOf(template: string): Promise<LabelJob[]> {
  const jobs: LabelJob[] = []
  let cursor: string | undefined
  do {
    const page = await device.station.call('labels.jobs', { limit: 500, ...(cursor === undefined ? {} : { cursor }) })
    jobs.push(...page.jobs.filter((job) => job.template === template))
    cursor = page.cursor
  } while (cursor !== undefined)
  return jobs
}

async function print(input: { template: string; [field: string]: unknown }): Promise<LabelJob> {
  const { status, body } = await device.station.post('labels.print', input)
  if (status !== 200) throw new Error(JSON.stringify(body))
  return (body as { jobs: LabelJob[] }).jobs[0]!
}

async function jobState(id: string): Promise<string> {
  return (await device.station.call('labels.jobs', { ids: [id] })).jobs[0]!.state
}

async function refusal(name: Parameters<typeof device.station.post>[0], input: unknown) {
  const { status, body } = await device.station.post(name, input)
  return { status, message: (body as { error?: { message: string } }).error?.message ?? '' }
}

beforeAll(async () => {
  process.env.LINESIDE_STATE = stateFolder
  const files = { 'labels/all.yaml': labels(await printer.listen(), await scanner.listen()) }
  device = await AlarmDevice.start({ tags, files, initial: { 40003: 7 } })
  await device.seen('Line.Order', 'PO-7' as never)
}, 120_000)

afterAll(async () => {
  await device?.close()
  printer.close()
  scanner.close()
  rmSync(stateFolder, { recursive: true, force: true })
  delete process.env.LINESIDE_STATE
})

describe('labels of a station', { timeout: 180_000 }, () => {
  test('the plant is without faults', async () => {
    expect((await device.station.call('plant.faults', {})).faults).toEqual([])
  })

  test('what cannot be printed is refused with a sentence: 404 for what is none, 422 for what is missing, 409 for another request', async () => {
    expect(await refusal('labels.print', { template: 'crate' })).toMatchObject({
      status: 404,
      message: /no label template "crate"/,
    })
    expect(await refusal('labels.print', { template: 'case', printer: 'case-pinter' })).toEqual({
      status: 404,
      message: 'There is no printer "case-pinter"; did you mean "case-printer"?',
    })
    expect(await refusal('labels.print', { template: 'note' })).toMatchObject({
      status: 422,
      message: /"text" of the template "note" is not given/,
    })
    expect(await refusal('labels.print', { template: 'note', fields: { text: 'a\u0007b' } })).toMatchObject({
      status: 422,
    })
    expect(await refusal('labels.print', { template: 'case', fields: { batch: 'X' } })).toMatchObject({
      status: 422,
      message: /does not fit B/,
    })
    expect(await refusal('labels.print', { template: 'case', fields: { bach: 'B2' } })).toMatchObject({
      status: 422,
      message: /did you mean "batch"/,
    })
    expect(await refusal('labels.resolve', { job: 'x', outcome: 'printed', reason: 'r' })).toMatchObject({
      status: 404,
    })
    expect(await refusal('identifiers.allocate', { scheme: 'crate' })).toMatchObject({ status: 404 })
    expect(await refusal('identifiers.resolve', { identifier: '88.123.456/NEVER' })).toMatchObject({ status: 404 })
    const first = await print({ template: 'note', fields: { text: 'one' }, requestId: 'note-1' })
    expect((await print({ template: 'note', fields: { text: 'one' }, requestId: 'note-1' })).id).toBe(first.id)
    expect(
      await refusal('labels.print', { template: 'note', fields: { text: 'two' }, requestId: 'note-1' }),
    ).toMatchObject({ status: 409 })
  })

  test('a pool that is used up gives nothing out, and a held part gets no label', async () => {
    await print({ template: 'few', count: 2 })
    const { identifier } = await device.station.call('identifiers.allocate', { scheme: 'few', count: 1 } as never)
    expect(await refusal('labels.print', { template: 'few' })).toMatchObject({ status: 422 })
    await device.station.call('identifiers.hold', { identifiers: [identifier], reason: 'leaks' })
    expect(await refusal('labels.print', { template: 'few', identifier })).toMatchObject({
      status: 422,
      message: /held by/,
    })
    const { results } = await device.station.call('identifiers.setState', {
      identifiers: [identifier],
      state: 'commissioned',
      reason: 'r',
    })
    expect(results[0]!.statusCode).not.toBe(0)
    await device.station.call('identifiers.release', { identifiers: [identifier], reason: 'dry again' })
    expect(await jobState((await print({ template: 'few', identifier })).id)).toBeTypeOf('string')
    await eventually(async () => (await device.state('runtime:labels/stoppedPools')) === 'unacknowledged')
  })

  test('a counter makes a label for each step at 20 Hz; killed in between none is lost and none comes twice', async () => {
    for (let count = 1; count <= edgeCount; count++) {
      device.set(40_001, count)
      await wait(50)
    }
    // Pieces go on being made while the station is dead.
    const counting = setInterval(() => device.set(40_001, ++made), 50)
    let made = edgeCount
    await device.killAndRestart()
    await eventually(async () => made > edgeCount + 20)
    clearInterval(counting)
    await eventually(async () => (await jobsOf('case')).length >= made)
    await wait(500)
    const jobs = await jobsOf('case')
    expect(jobs.length).toBe(made)
    expect(new Set(jobs.map(({ identifier }) => identifier)).size).toBe(made)
    expect(jobs.every(({ fields, user }) => fields.order === 'PO-7' && user === 'trigger')).toBe(true)
    // A restart alone makes no label.
    await device.killAndRestart()
    await device.seen('Packer.Count', made)
    await wait(1500)
    expect((await jobsOf('case')).length).toBe(made)
  })

  test('a bit that rises makes one label each time; Bad quality in between is no edge', async () => {
    const before = (await jobsOf('note')).length
    for (let edge = 0; edge < 3; edge++) {
      device.set(1, true)
      await device.seen('Packer.Done', true)
      if (edge === 1) {
        await device.cable.cut()
        await eventually(async () => (await device.station.read('Packer.Done')).quality === 'Bad')
        expect(await refusal('labels.print', { template: 'case' })).toMatchObject({
          status: 422,
          message: /Line\.Order|Packer\.Number|order/,
        })
        await device.cable.restore()
        await device.seen('Packer.Done', true)
      }
      device.set(1, false)
      await device.seen('Packer.Done', false)
    }
    await eventually(async () => (await jobsOf('note')).length >= before + 3)
    await wait(500)
    const notes = await jobsOf('note')
    expect(notes.length).toBe(before + 3)
    expect(notes[0]!.fields.text).toBe('done PO-7')
  })

  test('an alarm that becomes active makes one label, and none again after a restart', async () => {
    device.set(40_002, 95)
    await device.until('Filler.Level/high', 'unacknowledged')
    const full = async () => (await jobsOf('note')).filter(({ fields }) => fields.text === 'full').length
    await eventually(async () => (await full()) === 1)
    await device.killAndRestart()
    await wait(1500)
    expect(await full()).toBe(1)
    device.set(40_002, 0)
  })

  test('a label is verified by its scan; another one sets the reject tag and raises an alarm', async () => {
    const good = await print({ template: 'case', printer: 'checked' })
    await eventually(async () => (await jobState(good.id)) === 'printed')
    await scanner.send(`]d2${good.identifier!.replaceAll(/[()]/g, '')}`)
    await eventually(async () => (await jobState(good.id)) === 'verified')
    const { record } = await device.station.call('identifiers.resolve', { identifier: good.identifier! })
    expect(record.state).toBe('commissioned')
    const bad = await print({ template: 'case', printer: 'checked' })
    await eventually(async () => (await jobState(bad.id)) === 'printed')
    scanner.drop()
    await scanner.send('88.123.456/OTHER')
    await device.seen('Packer.Reject', true)
    expect(await jobState(bad.id)).toBe('inDoubt')
    await eventually(async () => (await device.state('runtime:labels/rejects')) === 'unacknowledged')
    // Its own label after all: it came out.
    await scanner.send(bad.identifier!)
    await eventually(async () => ['printed', 'verified'].includes(await jobState(bad.id)))
    const { scans } = await device.station.call('scans.list', { limit: 3 })
    expect(scans.map(({ outcome }) => outcome.kind)).toEqual(['resolved', 'mismatch', 'verified'])
  })

  test('screens see printers and jobs at once and as they change, and scans as they come', async () => {
    const abort = new AbortController()
    const items = async (feed: string): Promise<AsyncIterator<Record<string, unknown[]>>> => {
      const answer = await fetch(new URL(`/api/v1/${feed}`, device.station.url), {
        headers: { Authorization: `Bearer ${device.station.token}` },
        signal: abort.signal,
      })
      return sse(answer.body!)
    }
    const jobs = await items('labels.watch')
    const first = (await jobs.next()).value
    expect(first.printers).toHaveLength(3)
    expect(first.jobs!.length).toBeGreaterThan(10)
    const scans = await items('scans.watch')
    const made = await print({ template: 'note', fields: { text: 'seen' } })
    let seen: LabelJob | undefined
    while (seen?.state !== 'printed') {
      const { value } = await jobs.next()
      seen = (value.jobs as LabelJob[]).find(({ id }) => id === made.id) ?? seen
    }
    const report = await device.station.call('scans.report', { text: ' 88.123.456/FEW1 ', source: 'camera' })
    expect(report.outcome).toEqual({ kind: 'part', equipment: null })
    let last: ScanRow | undefined
    while (last?.sequence !== report.sequence) last = ((await scans.next()).value.events as ScanRow[]).at(-1)
    expect(last.parsed.identifier).toBe('88.123.456/FEW1')
    abort.abort()
  })

  test('printers are tags like any other', async () => {
    await device.seen('Printers.case-printer.Ready', true)
    const printed = await device.station.read('Printers.case-printer.Printed')
    expect(printed.value).toBeGreaterThan(0)
    printer.setFault('mediaOut')
    printer.answersInFault = true
    await device.seen('Printers.case-printer.MediaOut', true)
    printer.clearFaults()
    await device.seen('Printers.case-printer.MediaOut', false)
  })

  test('health tells of labels', async () => {
    const { labels: figures } = await device.station.call('maintenance.health', {})
    expect(figures).toMatchObject({ state: 'running', printerCount: 3, scannerCount: 1, stoppedTriggerCount: 0 })
  })
})

/** Items of server-sent events. */
async function* sse(body: ReadableStream<Uint8Array>): AsyncGenerator<Record<string, unknown[]>> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const bytes of body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(bytes, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = text
        .slice(0, end)
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5))
        .join('')
      text = text.slice(end + 2)
      if (data !== '') yield JSON.parse(data) as Record<string, unknown[]>
    }
  }
}
