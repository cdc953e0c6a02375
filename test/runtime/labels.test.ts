// Labels as the people at the line and the programs beside it see them: a real station over HTTP, a printer on a real socket whose paper
// is read by programs that know nothing of Lineside.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ready } from 'zpl-renderer-js'
import { parseIdentifier } from '../../src-main/identifiers/schemes/parse-identifier.ts'
import type { CallName, InputOf, ResultOf } from '../../src-main/shared/contract.ts'
import type { LabelJob } from '../../src-main/shared/label.ts'
import { endProcess, StationProcess, writeFolder } from './station-process.ts'

const hasDmtxRead = existsSync('/usr/bin/dmtxread')
const hasZbar = existsSync('/usr/bin/zbarimg')

/** Printer language of Zebra as far as a tray needs it: whole labels are kept, `~HS` is answered. */
class Tray {
  readonly labels: string[] = []
  /** Bytes of the next label after which it dies, closing the connection; null = it lives. */
  tearAfter: number | null = null
  isOutOfMedia = false
  #rest = ''
  readonly #sockets = new Set<Socket>()
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.setEncoding('latin1')
      socket.on('data', (data) => this.#take(String(data), socket))
      socket.on('error', () => undefined)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  static async open(): Promise<Tray> {
    const server = createServer({ allowHalfOpen: false })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new Tray(server)
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #take(data: string, socket: Socket): void {
    this.#rest += data
    if (this.tearAfter !== null && this.#rest.includes('^XA') && this.#rest.length > this.tearAfter) {
      this.tearAfter = null
      this.#rest = ''
      socket.destroy()
      return
    }
    for (;;) {
      const asked = this.#rest.indexOf('~HS')
      const end = this.#rest.indexOf('^XZ')
      if (asked >= 0 && (end < 0 || asked < end)) {
        this.#rest = this.#rest.slice(0, asked) + this.#rest.slice(asked + 3)
        if (!this.isOutOfMedia)
          socket.write(
            '\x02030,0,0,1225,000,0,0,0,000,0,0,0\x03\r\n\x02001,0,0,0,1,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n',
          )
        continue
      }
      if (end < 0) return
      this.labels.push(this.#rest.slice(this.#rest.indexOf('^XA'), end + 3))
      this.#rest = this.#rest.slice(end + 3)
    }
  }
}

/** Dots of the one picture in a label: rows of whole bytes, 1 = black. */
function pictureOf(zpl: string): { bytes: Buffer; rowLength: number } {
  const found = /\^GFA,(\d+),(\d+),(\d+),([^^]*)/.exec(zpl)
  if (!found) throw new Error(`no ^GFA in ${zpl.slice(0, 200)}`)
  const text = found[4]!
  const packed = /^:Z64:([A-Za-z0-9+/=]+):[0-9A-Fa-f]{4}/.exec(text)
  const bytes = packed ? inflateSync(Buffer.from(packed[1]!, 'base64')) : Buffer.from(text.replace(/\s/g, ''), 'hex')
  return { bytes, rowLength: Number(found[3]) }
}

async function asPng(zpl: string, width: number, height: number): Promise<string> {
  const { api } = await ready
  const file = join(mkdtempSync(join(tmpdir(), 'lineside-label-')), 'label.png')
  writeFileSync(file, Buffer.from(await api.zplToBase64Async(zpl, width, height, 8), 'base64'))
  return file
}

/** What a reader of Data Matrix that is not ours reads; GS1's separators as `<GS>`. */
function readDataMatrix(file: string): string {
  return execFileSync('dmtxread', ['-n', '-N1', '-m3000', '-G29', file], { encoding: 'latin1' })
    .trim()
    .replaceAll('\x1d', '<GS>')
}

async function until<T>(what: string, look: () => Promise<T | null | false | undefined>, limitMs = 20_000): Promise<T> {
  const end = Date.now() + limitMs
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`${what}: not within ${limitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

const labelsFile = (port: number, sparePort: number) => `
schemes:
  - { name: case, kind: gs1, template: "(01)09521234543213(21){counter:08}" }
  - { name: pallet, kind: gs1, template: "(00)09521234{counter:09}{check}" }
  - { name: part, kind: vaa, template: "88.123.456/P{counter:06}" }
printers:
  - { name: main, language: zpl, connection: "tcp://127.0.0.1:${port}", dpi: 203, failover: spare, timeout: 1 s, statusInterval: 500 ms }
  - { name: spare, language: zpl, connection: "tcp://127.0.0.1:${sparePort}", dpi: 203, timeout: 1 s, statusInterval: 500 ms }
  - { name: tray, connection: "virtual:" }
templates:
  - name: case
    title: { en: Case label, zh-CN: 箱标签 }
    size: { width: 60, height: 40 }
    scheme: case
    printer: main
    fields:
      - { name: order, title: { en: Order, zh-CN: 订单 } }
      - { name: colour, title: { en: Colour }, default: red, pattern: "[a-z]+" }
    elements:
      - { type: barcode, symbology: gs1datamatrix, x: 4, y: 4, module: 0.5, value: identifier }
      - { type: text, x: 4, y: 30, fontSize: 4, value: "'Order ' + fields.order" }
      - { type: text, x: 34, y: 4, fontSize: 4, text: 电机箱 }
      - { type: text, x: 34, y: 12, fontSize: 3, value: "format(Line.Weight, 1) + ' kg'" }
  - name: part
    size: { width: 40, height: 30 }
    scheme: part
    printer: tray
    fields: [{ name: note, default: "" }]
    elements:
      - { type: barcode, symbology: qrcode, x: 3, y: 3, module: 0.5, value: "identifier + fields.note" }
  - name: matrix
    size: { width: 40, height: 30 }
    printer: tray
    fields: [{ name: note }]
    elements:
      - { type: barcode, symbology: datamatrix, x: 3, y: 3, module: 0.5, value: fields.note }
`

const plant = {
  'plant.yaml': 'name: P\nline: L\nsite: S\nlanguages: [en, zh-CN]\ntimeZone: Europe/Berlin\n',
  'devices/shop.yaml': 'name: shop\nprotocol: simulator\naddress: here\nscanRates: { normal: 50 ms }\n',
  'tags/line.yaml': `
tags:
  - { name: Line.Weight, device: shop, address: "memory(weight, initial=12.5)", dataType: float64, unit: kg, writable: true, alarms: [{ condition: high, limit: 90, priority: high, message: Too heavy }] }
  - { name: Line.CaseDone, device: shop, address: "memory(done, initial=false)", dataType: bool, writable: true }
  - { name: Line.Count, device: shop, address: "memory(count, initial=0)", dataType: uint32, writable: true }
  - { name: Filler.Level, device: shop, address: "memory(level, initial=5)", dataType: float64, writable: true }
`,
}

const account = { user: 'chief', password: 'a long password' }

describe('labels of a running station', () => {
  let folder: string
  let dataFolder: string
  let stateFolder: string
  let station: StationProcess
  let tray: Tray
  let spare: Tray

  const start = async (options: { password?: string; user?: string } = {}, data = dataFolder) => {
    station = await StationProcess.start(folder, {
      dataFolder: data,
      environment: { LINESIDE_STATE: stateFolder },
      ...options,
    })
    await until('values', async () => (await station.read('Line.Weight')).quality === 'Good')
  }

  beforeAll(async () => {
    ;[tray, spare] = [await Tray.open(), await Tray.open()]
    folder = writeFolder({ ...plant, 'labels/line.yaml': labelsFile(tray.port, spare.port) })
    dataFolder = writeFolder({ 'keep.txt': '' })
    stateFolder = writeFolder({ 'keep.txt': '' })
    await start()
    expect((await ask('plant.faults', {})).faults).toEqual([])
    await ask('access.addAccount', { ...account, roles: ['administrator'] })
    for (const role of ['viewer', 'operator'] as const)
      await ask('access.addAccount', { user: role, password: 'a long password', roles: [role] })
    await station.logIn(account.user, account.password)
  }, 60_000)

  afterAll(async () => {
    await station.stop()
    tray.close()
    spare.close()
    for (const one of [folder, dataFolder, stateFolder]) rmSync(one, { recursive: true, force: true })
  })

  /** As any program asks: what has a usual value is left out. */
  const ask = <N extends CallName>(name: N, input: object): Promise<ResultOf<N>> =>
    station.call(name, input as InputOf<N>)
  const jobsOf = async (ids: readonly string[]) => (await ask('labels.jobs', { ids: [...ids], limit: 1000 })).jobs
  const settled = (jobs: readonly LabelJob[], state: LabelJob['state']) =>
    until(`jobs ${state}`, async () => {
      const now = await jobsOf(jobs.map(({ id }) => id))
      return now.length === jobs.length && now.every((job) => job.state === state) ? now : null
    })

  test('an order of labels comes out, each with a serial of its own that foreign readers read back', async () => {
    const before = tray.labels.length
    const { jobs } = await ask('labels.print', { template: 'case', fields: { order: 'PO-1' }, count: 5 })
    expect(new Set(jobs.map(({ identifier }) => identifier)).size).toBe(5)
    const printed = await settled(jobs, 'printed')
    expect(tray.labels.length - before).toBe(5)
    for (const [index, zpl] of tray.labels.slice(before).entries()) {
      const job = printed.find(({ id }) => id === jobs[index]!.id)!
      expect(zpl).not.toMatch(/\^S[NF]|\^RF/)
      if (!hasDmtxRead) continue
      const read = readDataMatrix(await asPng(zpl, 60, 40))
      const { valid, identifier } = parseIdentifier(read.replaceAll('<GS>', '\x1d'), { aimId: ']d2' })
      expect({ valid, identifier }).toEqual({ valid: true, identifier: job.identifier })
    }
  }, 60_000)
  test.skipIf(hasDmtxRead)('dmtxread is not installed: labels were not read back by a foreign reader', () => undefined)

  test('what is previewed and kept is what the printer got, dot by dot', async () => {
    const before = tray.labels.length
    const { jobs } = await ask('labels.print', { template: 'case', fields: { order: 'PO-2' } })
    const [job] = await settled(jobs, 'printed')
    const picture = await ask('labels.picture', { job: job!.id })
    expect(picture.imageHash).toBe(job!.imageHash)
    const { bytes, rowLength } = pictureOf(tray.labels[before]!)
    const png = Buffer.from(picture.png, 'base64')
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
    expect([width, height]).toEqual([480, 320])
    expect([rowLength, bytes.length]).toEqual([60, 60 * 320])
    const preview = await ask('labels.preview', { template: 'case', fields: { order: 'PO-2' }, dpi: 203 })
    expect([preview.width, preview.height, preview.faults]).toEqual([480, 320, []])
    expect(preview.symbols).toHaveLength(1)
  })

  test('a request that is made twice prints once; the same id for something else is refused', async () => {
    const before = tray.labels.length
    const request = { template: 'case', fields: { order: 'PO-3' }, requestId: 'erp-4711' }
    const first = await ask('labels.print', request)
    const second = await ask('labels.print', request)
    expect(second.jobs.map(({ id }) => id)).toEqual(first.jobs.map(({ id }) => id))
    expect((await station.post('labels.print', { ...request, fields: { order: 'PO-9' } })).status).toBe(409)
    await settled(first.jobs, 'printed')
    expect(tray.labels.length - before).toBe(1)
  })

  test('what cannot be a true label is refused in words and costs no serial', async () => {
    const next = async () => (await ask('identifiers.pools', {})).pools.find(({ scheme }) => scheme === 'case')!.next
    const before = await next()
    const refused: [object, number][] = [
      [{ template: 'case' }, 422],
      [{ template: 'case', fields: { order: 'PO', colour: 'RED!' } }, 422],
      [{ template: 'case', fields: { order: 'a\u0000b' } }, 422],
      [{ template: 'case', fields: { order: 'a\nb' } }, 422],
      [{ template: 'case', fields: { order: 9007199254740992 } }, 422],
      [{ template: 'case', fields: { order: 'x'.repeat(5000) } }, 422],
      [{ template: 'nothing', fields: {} }, 404],
      [{ template: 'case', fields: { order: 'PO' }, printer: 'nowhere' }, 404],
      [{ template: 'case', fields: { order: 'PO' }, count: 0 }, 400],
    ]
    for (const [input, status] of refused) {
      const answer = await station.post('labels.print', input)
      expect(answer.status, JSON.stringify(input)).toBe(status)
      expect((answer.body as { error: { message: string } }).error.message.length).toBeGreaterThan(10)
    }
    expect(await next()).toBe(before)
  })

  test('printer language in a field is text: one label, with that text', async () => {
    const before = tray.labels.length
    for (const order of ['A^XZ~JR^XA^FDB_C', '~HS^XZ', '\\^FH_5E', '";DROP', '\'+"', '^XA^XZ'])
      await settled((await ask('labels.print', { template: 'case', fields: { order } })).jobs, 'printed')
    const made = tray.labels.slice(before)
    expect(made).toHaveLength(6)
    for (const zpl of made) expect(zpl.match(/\^XA|\^XZ|~[A-Z]{2}/g)).toEqual(['^XA', '^XZ'])
  })

  test('Chinese is read back from a QR code and refused in a Data Matrix', async () => {
    const preview = await ask('labels.preview', { template: 'part', fields: { note: '电机' } })
    expect(preview.symbols[0]!.text).toMatch(/电机$/)
    if (hasZbar) {
      const file = join(mkdtempSync(join(tmpdir(), 'lineside-label-')), 'qr.png')
      writeFileSync(file, Buffer.from(preview.png, 'base64'))
      expect(execFileSync('zbarimg', ['-q', '--raw', file], { encoding: 'utf8' }).trim()).toMatch(/电机$/)
    }
    const refused = await station.post('labels.print', { template: 'matrix', fields: { note: '电机' } })
    if (refused.status === 200) {
      // Found while it is drawn: the job says so and nothing came out.
      const [job] = (refused.body as { jobs: LabelJob[] }).jobs
      const [failed] = await settled([job!], 'failed')
      expect(failed!.message.length).toBeGreaterThan(10)
    } else expect(refused.status).toBe(422)
  })
  test.skipIf(hasZbar)('zbarimg is not installed: the QR code was not read by a foreign reader', () => undefined)

  test('a label that was torn off in the middle is in doubt, is not sent again, and is settled by a person or a scan', async () => {
    const before = tray.labels.length
    tray.tearAfter = 100
    const { jobs } = await ask('labels.print', { template: 'case', fields: { order: 'TORN' }, count: 3 })
    const doubtful = await until('in doubt', async () =>
      (await jobsOf(jobs.map(({ id }) => id))).find(({ state }) => state === 'inDoubt'),
    )
    expect(doubtful.message.length).toBeGreaterThan(10)
    const others = jobs.filter(({ id }) => id !== doubtful.id)
    await settled(others, 'printed')
    expect(tray.labels.length - before).toBe(2)

    const again = await ask('labels.resolve', {
      job: doubtful.id,
      outcome: 'notPrinted',
      reason: 'torn',
      again: true,
    })
    expect(again.job.state).toBe('failed')
    expect(again.newJob!.identifier).not.toBe(doubtful.identifier)
    await settled([again.newJob!], 'printed')
    const { record } = await ask('identifiers.resolve', { identifier: doubtful.identifier! })
    expect(record.state).toBe('scrapped')
    expect((await station.post('labels.resolve', { job: doubtful.id, outcome: 'printed', reason: 'x' })).status).toBe(
      422,
    )

    tray.tearAfter = 100
    const second = await ask('labels.print', { template: 'case', fields: { order: 'TORN 2' } })
    const [inDoubt] = await settled(second.jobs, 'inDoubt')
    const scan = await ask('scans.report', { text: inDoubt!.identifier! })
    expect(scan.outcome).toMatchObject({ kind: 'resolved', job: inDoubt!.id })
    const [now] = await jobsOf([inDoubt!.id])
    expect(['printed', 'verified']).toContain(now!.state)
  }, 60_000)

  test('who may only look scans without effect: no doubt is settled, no pool stopped', async () => {
    tray.tearAfter = 100
    const { jobs } = await ask('labels.print', { template: 'case', fields: { order: 'LOOK' } })
    const [inDoubt] = await settled(jobs, 'inDoubt')
    await station.logIn('viewer', 'a long password')
    const scan = await ask('scans.report', { text: inDoubt!.identifier! })
    expect(scan.outcome).toEqual({ kind: 'part', equipment: null })
    const unheard = await ask('scans.report', { text: '(01)09521234543213(21)88888888' })
    expect(unheard.outcome).toEqual({ kind: 'unknown' })
    await station.logIn(account.user, account.password)
    expect((await jobsOf([inDoubt!.id]))[0]!.state).toBe('inDoubt')
    const { pools } = await ask('identifiers.pools', {})
    expect(pools.map(({ refusal }) => refusal)).toEqual(pools.map(() => null))
    await ask('labels.resolve', { job: inDoubt!.id, outcome: 'notPrinted', reason: 'torn' })
  }, 30_000)

  test('a reprint has a reason, the same dots and the same identity, and only those who may make it', async () => {
    const { jobs } = await ask('labels.print', { template: 'case', fields: { order: 'PO-5' } })
    const [first] = await settled(jobs, 'printed')
    expect((await station.post('labels.reprint', { job: first!.id })).status).toBe(400)
    expect((await station.post('labels.reprint', { job: first!.id, reason: '' })).status).toBe(400)
    const token = station.token
    await station.logIn('viewer', 'a long password')
    expect((await station.post('labels.reprint', { job: first!.id, reason: 'lost' })).status).toBe(403)
    expect((await station.post('labels.print', { template: 'case', fields: { order: 'x' } })).status).toBe(403)
    expect(token).not.toBe(station.token)
    await station.logIn(account.user, account.password)
    const original = tray.labels.at(-1)!
    const { job } = await ask('labels.reprint', { job: first!.id, reason: 'lost' })
    const [reprint] = await settled([job], 'printed')
    expect(reprint).toMatchObject({
      identifier: first!.identifier,
      reprintOf: first!.id,
      reprintCount: 1,
      imageHash: first!.imageHash,
      reason: 'lost',
    })
    expect(pictureOf(tray.labels.at(-1)!).bytes.equals(pictureOf(original).bytes)).toBe(true)

    const voided = await ask('labels.void', { job: first!.id, reason: 'destroyed' })
    expect(voided.job.state).toBe('void')
    expect((await ask('identifiers.resolve', { identifier: first!.identifier! })).record.state).toBe('scrapped')
    expect((await station.post('labels.reprint', { job: first!.id, reason: 'again' })).status).toBe(422)
  })

  test('a held printer keeps its order, a cancelled job scraps its serial, another printer takes over when told', async () => {
    await ask('labels.pause', { printer: 'main' })
    const { jobs } = await ask('labels.print', { template: 'case', fields: { order: 'PO-6' }, count: 6 })
    await until('queued', async () => (await jobsOf(jobs.map(({ id }) => id))).every(({ state }) => state === 'queued'))
    expect(await ask('labels.cancel', { jobs: [jobs[0]!.id], reason: 'not wanted' })).toEqual({
      cancelledCount: 1,
    })
    expect((await ask('identifiers.resolve', { identifier: jobs[0]!.identifier! })).record.state).toBe('scrapped')
    const before = spare.labels.length
    expect(await ask('labels.failOver', { from: 'main', reason: 'main is held' })).toEqual({ movedCount: 5 })
    const moved = await settled(jobs.slice(1), 'printed')
    expect(moved.every(({ printer }) => printer === 'spare')).toBe(true)
    expect(spare.labels.length - before).toBe(5)
    await ask('labels.resume', { printer: 'main' })
  })

  test('a held part gets no label and cannot be commissioned until it is released', async () => {
    const { identifier } = await ask('identifiers.allocate', { scheme: 'part' })
    await ask('identifiers.hold', { identifiers: [identifier], reason: 'too hot' })
    expect((await station.post('labels.print', { template: 'part', identifier })).status).toBe(422)
    const set = await ask('identifiers.setState', {
      identifiers: [identifier],
      state: 'commissioned',
      reason: 'x',
    })
    expect(set.results[0]!.statusCode).not.toBe(0)
    await ask('identifiers.release', { identifiers: [identifier], reason: 'checked' })
    await settled((await ask('labels.print', { template: 'part', identifier })).jobs, 'printed')
  })

  test('a life is looked up: values, alarms and jobs of the time a part was there; and back from the alarm to the parts', async () => {
    const parts = (await ask('identifiers.allocate', { scheme: 'part', count: 3 })).identifiers
    const begin = Date.now()
    const pause = () => new Promise((resolve) => setTimeout(resolve, 400))
    for (const [index, identifier] of parts.entries()) {
      const enteredTimestamp = Date.now()
      await ask('tags.write', { tag: 'Line.Weight', value: 20 + index })
      if (index === 1) await ask('tags.write', { tag: 'Line.Weight', value: 95 })
      await pause()
      if (index === 1) await ask('tags.write', { tag: 'Line.Weight', value: 21 })
      await pause()
      await ask('identifiers.place', {
        identifier,
        equipment: 'Line',
        enteredTimestamp,
        leftTimestamp: Date.now(),
      })
    }
    const trace = await until('history', async () => {
      const found = await ask('identifiers.trace', { identifier: parts[1]!, tags: ['Line.Weight'] })
      return found.series[0]?.values.includes(95) ? found : null
    })
    expect(trace.windows).toHaveLength(1)
    // Cut to its time: at most one sample before it came and one after it left.
    const [window] = trace.windows
    const times = trace.series[0]!.timestamps
    expect(times.filter((at) => at < window!.from).length).toBeLessThan(2)
    expect(times.filter((at) => at > window!.to!).length).toBeLessThan(2)
    expect(trace.alarms.some(({ tag }) => tag === 'Line.Weight')).toBe(true)
    expect((await ask('identifiers.trace', { identifier: parts[2]!, tags: ['Line.Weight'] })).alarms).toEqual([])
    const { parts: affected } = await ask('identifiers.affected', {
      equipment: ['Line'],
      from: begin,
      to: Date.now(),
    })
    expect(affected.map(({ identifier }) => identifier)).toEqual(parts)
    const alarm = trace.alarms.find(({ tag }) => tag === 'Line.Weight')!.id
    const byAlarm = await ask('identifiers.affected', { alarm })
    expect(byAlarm.parts.map(({ identifier }) => identifier)).toEqual([parts[1]])
  }, 40_000)

  test('eight programs that ask at once never get the same identifier', async () => {
    const given = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const got: string[] = []
        for (let round = 0; round < 25; round++)
          got.push((await ask('identifiers.allocate', { scheme: 'pallet' })).identifier)
        return got
      }),
    )
    const all = given.flat()
    expect(new Set(all).size).toBe(200)
    for (const identifier of all.slice(0, 20)) {
      const parsed = await ask('identifiers.parse', { text: identifier })
      expect(parsed).toMatchObject({ valid: true, scheme: 'gs1' })
      expect(Object.keys(parsed.parts)).toEqual(['00'])
    }
  }, 40_000)

  test('the ledger names the row that somebody changed', async () => {
    expect(await ask('labels.verifyLedger', {})).toMatchObject({ ok: true })
    expect((await ask('labels.ledger', { limit: 5 })).rows).toHaveLength(5)
  })

  test('killed while labels print: none is lost, none comes twice, every uncertain one is in doubt', async () => {
    const before = tray.labels.length
    const requested: string[] = []
    for (let round = 0; round < 4; round++) {
      const { jobs } = await ask('labels.print', {
        template: 'case',
        fields: { order: `K${round}` },
        count: 15,
      })
      requested.push(...jobs.map(({ id }) => id))
      await new Promise((resolve) => setTimeout(resolve, 150 + round * 230))
      await endProcess(station.child, 'SIGKILL')
      await start({ user: account.user, password: account.password })
    }
    const jobs = await until(
      'an end',
      async () => {
        const now = await jobsOf(requested)
        return now.every(({ state }) => ['printed', 'inDoubt'].includes(state)) ? now : null
      },
      60_000,
    )
    expect(jobs).toHaveLength(60)
    expect(new Set(jobs.map(({ identifier }) => identifier)).size).toBe(60)
    const seen = new Map<string, number>()
    for (const zpl of tray.labels.slice(before)) {
      const dots = pictureOf(zpl).bytes.toString('base64')
      seen.set(dots, (seen.get(dots) ?? 0) + 1)
    }
    expect([...seen.values()].filter((count) => count > 1)).toEqual([])
    const inDoubt = jobs.filter(({ state }) => state === 'inDoubt').length
    expect(inDoubt).toBeLessThanOrEqual(4)
    expect(seen.size).toBeGreaterThanOrEqual(60 - inDoubt)
    expect(seen.size).toBeLessThanOrEqual(60)
    expect(await ask('labels.verifyLedger', {})).toMatchObject({ ok: true })
  }, 180_000)

  test('an older copy of the data folder is noticed: no serial comes a second time', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'lineside-data-'))
    await station.stop()
    cpSync(dataFolder, copy, { recursive: true })
    await start({ user: account.user, password: account.password })
    const given = (await ask('identifiers.allocate', { scheme: 'part', count: 3 })).identifiers
    await station.stop()
    await start({ user: account.user, password: account.password }, copy)
    const refused = await station.post('identifiers.allocate', { scheme: 'part' })
    expect(refused.status).toBe(422)
    expect((refused.body as { error: { message: string } }).error.message).toMatch(/older|backup|copy|restored/)
    await ask('identifiers.releasePool', { scheme: 'part', reason: 'the backup was wanted' })
    const { identifier } = await ask('identifiers.allocate', { scheme: 'part' })
    expect(given).not.toContain(identifier)
    rmSync(copy, { recursive: true, force: true })
  }, 90_000)
})

test('nothing is given out while the state folder that was named cannot be written to', async () => {
  const folder = writeFolder({ ...plant, 'labels/line.yaml': labelsFile(1, 2) })
  const station = await StationProcess.start(folder, { environment: { LINESIDE_STATE: join(folder, 'plant.yaml') } })
  try {
    const refused = await station.post('identifiers.allocate', { scheme: 'part' })
    expect(refused.status).toBeGreaterThanOrEqual(400)
    expect((refused.body as { error: { message: string } }).error.message).toMatch(/plant\.yaml/)
  } finally {
    await station.stop()
    rmSync(folder, { recursive: true })
  }
}, 60_000)

describe('identifiers.parse over HTTP', () => {
  test('judges every vector as the standards do', async () => {
    const folder = writeFolder({ 'plant.yaml': 'name: P\nline: L\nsite: S\n' })
    const station = await StationProcess.start(folder)
    try {
      for (const file of ['gs1-ai.json', 'gs1-dl.json']) {
        const rows = JSON.parse(readFileSync(new URL(`../data/identifiers/${file}`, import.meta.url), 'utf8')) as {
          s: string
          valid: boolean
        }[]
        for (const { s, valid } of rows)
          expect((await station.call('identifiers.parse', { text: s })).valid, s).toBe(valid)
      }
    } finally {
      await station.stop()
      rmSync(folder, { recursive: true })
    }
  }, 60_000)
})
