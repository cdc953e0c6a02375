import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Clock, systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { channelOpener } from '../../../../src-main/labels/printers/open-channel.ts'
import { PrintQueue, type QueueChange } from '../../../../src-main/labels/queue/print-queue.ts'
import { StoredImages } from '../../../../src-main/labels/queue/stored-images.ts'
import type { LabelJobState, LabelPrinter } from '../../../../src-main/shared/label.ts'
import { type Database, openDatabase } from '../../../../src-main/storage/database.ts'
import { identifiersMigrations } from '../../../../src-main/storage/migrations/identifiers/identifiers-migrations.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { FakeLabelPrinter } from '../../../fakes/label-printer.ts'
import {
  FakeRenderer,
  FakeSerials,
  labelPrinter,
  labelTemplate,
  printOrder,
  serialOf,
} from '../../../fakes/label-queue-parts.ts'

let folder: string
let database: Database
let serials: FakeSerials
let renderer: FakeRenderer
let queue: PrintQueue
let changes: QueueChange[]
const printer = new FakeLabelPrinter()

const open = (clock: Clock = systemClock): void => {
  database = openDatabase({ file: join(folder, 'identifiers.sqlite'), migrations: identifiersMigrations })
  serials = new FakeSerials(database)
  renderer = new FakeRenderer()
  changes = []
  queue = new PrintQueue({
    database,
    serials,
    renderer,
    channels: channelOpener({ clock }),
    clock,
    logger: silentLogger,
    onChange: (change) => changes.push(change),
  })
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-queue-'))
  await printer.listen()
  printer.printed.length = 0
  printer.onLabel = () => undefined
  printer.isSilent = false
  printer.breaksAfterBytes = null
  printer.clearFaults()
  open()
})
afterEach(async () => {
  await queue.close()
  database.close()
  await printer.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A busy machine gets its time. */
const waitFor = <T>(
  check: () => T | Promise<T>,
  options: { readonly timeout?: number; readonly interval?: number } = {},
) => vi.waitFor(check, { timeout: 10_000, interval: 10, ...options })

const overTcp = (over: Partial<LabelPrinter> = {}) =>
  labelPrinter({ connection: `tcp://127.0.0.1:${printer.port}`, ...over })

async function restart(printers: readonly LabelPrinter[]): Promise<void> {
  await queue.close()
  database.close()
  open()
  await queue.configure(printers)
}
const states = (): LabelJobState[] => queue.jobs({ limit: 1000 }).jobs.map(({ state }) => state)
const allAre = (state: LabelJobState, count: number) =>
  waitFor(() => expect(states()).toEqual(Array.from({ length: count }, () => state)), {
    timeout: 10_000,
    interval: 10,
  })

describe('print queue', () => {
  test('labels come out of a printer on TCP in their order, each with its own identifier, and count as printed', async () => {
    await queue.configure([overTcp()])
    const jobs = queue.print(printOrder(20))
    expect(jobs.map(({ identifier }) => identifier)).toEqual(
      Array.from({ length: 20 }, (_, index) => serialOf(index + 1)),
    )
    await allAre('printed', 20)
    expect(printer.identifiers()).toEqual(jobs.map(({ identifier }) => identifier))
  })

  test('labels of a virtual printer lie in its tray, newest first', async () => {
    await queue.configure([labelPrinter()])
    queue.print(printOrder(3))
    await allAre('printed', 3)
    expect(queue.output('case-printer', 10).map(({ identifier }) => identifier)).toEqual([
      serialOf(3),
      serialOf(2),
      serialOf(1),
    ])
  })
})

describe('orders', () => {
  test('the same requestId again gives the same labels, also after a restart; with another order it is refused', async () => {
    await queue.configure([labelPrinter()])
    const order = printOrder(3, { requestId: 'order 4711', request: { template: 'case', count: 3 } })
    const first = queue.print(order)
    expect(queue.print({ ...order, request: { count: 3, template: 'case' } }).map(({ id }) => id)).toEqual(
      first.map(({ id }) => id),
    )
    await restart([labelPrinter()])
    expect(queue.print(order).map(({ id }) => id)).toEqual(first.map(({ id }) => id))
    expect(() => queue.print({ ...order, request: { template: 'case', count: 4 } })).toThrow(
      expect.objectContaining({
        code: 'BadEntryExists',
        message: 'the requestId order 4711 was used before, with another order',
      }),
    )
    expect(queue.jobs({ limit: 100 }).jobs).toHaveLength(3)
  })

  test('an order that cannot be made whole makes nothing and gives out nothing', async () => {
    await queue.configure([labelPrinter()])
    const labels = [
      { fields: {}, identifier: null },
      { fields: {}, identifier: 'unheard of' },
    ]
    expect(() => queue.print(printOrder(2, { labels }))).toThrow(expect.objectContaining({ code: 'BadNotFound' }))
    expect(() => queue.print(printOrder(1, { printer: 'nowhere' }))).toThrow('the plant has no printer nowhere')
    expect(queue.print(printOrder(1))[0]!.identifier).toBe(serialOf(1))
  })

  test('a disk that is full refuses an order, keeps what there is, and goes on when there is room', async () => {
    await queue.configure([labelPrinter()])
    queue.pause('case-printer', '', 'ana')
    const pages = Number(database.pragma('page_count', { simple: true }))
    database.pragma(`max_page_count = ${pages + 4}`)
    const before = queue.jobs({ limit: 10_000 }).jobs.length
    expect(() => queue.print(printOrder(2000))).toThrow(
      expect.objectContaining({ kind: 'full', code: 'BadResourceUnavailable' }),
    )
    expect(queue.jobs({ limit: 10_000 }).jobs).toHaveLength(before)
    database.pragma('max_page_count = 1073741823')
    expect(queue.print(printOrder(2))[0]!.identifier).toBe(serialOf(1))
    expect(await queue.verifyLedger()).toMatchObject({ ok: true })
  })

  test('how far a trigger is, is kept with the labels it made or not at all', async () => {
    await queue.configure([labelPrinter()])
    queue.print(printOrder(1, { mark: { trigger: 'case-full', mark: { count: 7 } } }))
    const failing = printOrder(1, { printer: 'nowhere', mark: { trigger: 'case-full', mark: { count: 8 } } })
    expect(() => queue.print(failing)).toThrow()
    await restart([labelPrinter()])
    expect(queue.triggerMarks()).toEqual([{ trigger: 'case-full', mark: { count: 7 } }])
  })

  test('an identifier has one first label; it is not given a second one, and none when it is held', async () => {
    await queue.configure([labelPrinter()])
    const [job] = queue.print(printOrder(1))
    const identifier = job!.identifier!
    const again = printOrder(1, { labels: [{ fields: {}, identifier }] })
    expect(() => queue.print(again)).toThrow(/has a label already/)
    serials.holds.set(identifier, { reason: 'too hot', user: 'bo', timestamp: 0 })
    expect(() => queue.print(again)).toThrow(`${identifier} is held by bo: too hot`)
    expect(() => queue.print(printOrder(2, { labels: [again.labels[0]!, again.labels[0]!] }))).toThrow()
  })

  test('a label that cannot be drawn fails in words, its serial is scrapped, the ones behind it come out', async () => {
    renderer.fails = ({ identifier }) => (identifier === serialOf(2) ? 'the symbol does not fit' : null)
    await queue.configure([overTcp()])
    const jobs = queue.print(printOrder(3))
    await waitFor(() => expect(states()).toEqual(['printed', 'failed', 'printed']))
    expect(queue.job(jobs[1]!.id).message).toBe('the symbol does not fit')
    expect([1, 2, 3].map((number) => serials.stateOf(serialOf(number)))).toEqual(['encoded', 'scrapped', 'encoded'])
    expect(printer.identifiers()).toEqual([serialOf(1), serialOf(3)])
  })

  test('a label held after it was ordered is not printed', async () => {
    await queue.configure([overTcp()])
    queue.pause('case-printer', '', 'ana')
    const [job] = queue.print(printOrder(2))
    await waitFor(() => expect(states()).toEqual(['queued', 'queued']))
    serials.holds.set(job!.identifier!, { reason: 'too hot', user: 'bo', timestamp: 0 })
    queue.resume('case-printer', 'ana')
    await waitFor(() => expect(states()).toEqual(['printed', 'failed']))
    expect(queue.job(job!.id).message).toBe(`${serialOf(1)} is held by bo: too hot`)
    expect(printer.identifiers()).toEqual([serialOf(2)])
  })
})

describe('order, pause, cancel, failover', () => {
  test('orders of many at once come out one label after the other in the order in which they were made, on two printers at once', async () => {
    const second = new FakeLabelPrinter()
    await second.listen()
    await queue.configure([overTcp(), labelPrinter({ name: 'other', connection: `tcp://127.0.0.1:${second.port}` })])
    const expected: Record<string, string[]> = { 'case-printer': [], other: [] }
    await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, (index * 7) % 40))
        const name = index % 2 === 0 ? 'case-printer' : 'other'
        expected[name]!.push(...queue.print(printOrder(3, { printer: name })).map(({ identifier }) => identifier!))
      }),
    )
    await allAre('printed', 90)
    expect(printer.identifiers()).toEqual(expected['case-printer'])
    expect(second.identifiers()).toEqual(expected.other)
    await second.close()
  })

  test('a held printer prints nothing more and goes on where it stood, also after a restart', async () => {
    await queue.configure([overTcp()])
    queue.pause('case-printer', 'new ribbon', 'ana')
    const [job] = queue.print(printOrder(2))
    await restart([overTcp()])
    expect(queue.printers()[0]).toMatchObject({ isPaused: true, message: 'held by ana: new ribbon', queuedCount: 2 })
    expect(queue.job(job!.id).message).toBe('the printer case-printer is held')
    expect(printer.printed).toEqual([])
    queue.resume('case-printer', 'bo')
    await allAre('printed', 2)
    expect(queue.ledger({ limit: 100 }).rows.map(({ action, user }) => `${action} ${user}`)).toContain('paused ana')
  })

  test('cancelling stops a running order less than two labels late; serials of what was cancelled are scrapped', async () => {
    await queue.configure([overTcp()])
    const jobs = queue.print(printOrder(300))
    await waitFor(() => expect(printer.printed.length).toBeGreaterThan(20), { interval: 1 })
    const sent = printer.printed.length
    const cancelledCount = queue.cancel({ printer: 'case-printer', reason: 'wrong order' }, 'ana')
    await waitFor(() => expect(states().filter((state) => state === 'sent')).toEqual([]))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(printer.printed.length - sent).toBeLessThan(2)
    expect(printer.printed.length + cancelledCount).toBe(300)
    expect(queue.job(jobs.at(-1)!.id)).toMatchObject({ state: 'void', message: 'cancelled: wrong order' })
    expect(serials.stateOf(serialOf(300))).toBe('scrapped')
  })

  test('labels go to another printer when a person says so; one of another resolution draws them anew', async () => {
    await queue.configure([
      labelPrinter({ connection: 'tcp://127.0.0.1:1', failover: 'spare' }),
      labelPrinter({ name: 'spare', dpi: 300 }),
    ])
    const jobs = queue.print(printOrder(3))
    await waitFor(() => expect(states()).toEqual(['queued', 'queued', 'queued']))
    expect(queue.failOver({ from: 'case-printer', reason: 'it is broken' }, 'ana')).toBe(3)
    await allAre('printed', 3)
    expect(queue.output('spare', 10).map(({ identifier }) => identifier)).toEqual([3, 2, 1].map(serialOf))
    expect(queue.picture(jobs[0]!.id).dpi).toBe(300)
    expect(queue.job(jobs[0]!.id)).toMatchObject({ printer: 'spare', sequence: 1 })
  })

  test('labels of a printer that the plant has no more say so, and can be moved or cancelled', async () => {
    await queue.configure([labelPrinter({ connection: 'tcp://127.0.0.1:1' })])
    const [job] = queue.print(printOrder(2))
    await waitFor(() => expect(states()).toEqual(['queued', 'queued']))
    await queue.configure([labelPrinter({ name: 'new' })])
    const gone = 'the plant has no printer case-printer any more: move its labels to another one, or cancel them'
    expect(queue.printers()).toMatchObject([
      { printer: 'new' },
      { printer: 'case-printer', conditions: ['offline'], message: gone, queuedCount: 2 },
    ])
    expect(queue.job(job!.id).message).toBe(gone)
    expect(queue.cancel({ jobs: [job!.id], reason: 'not needed' }, 'ana')).toBe(1)
    expect(queue.failOver({ from: 'case-printer', to: 'new', reason: 'gone' }, 'ana')).toBe(1)
    await waitFor(() => expect(states()).toEqual(['printed', 'void']))
  })

  test('a restart in the middle of 500 goes on at the right label', async () => {
    await queue.configure([overTcp()])
    queue.print(printOrder(500))
    await waitFor(() => expect(printer.printed.length).toBeGreaterThan(100), { interval: 1 })
    await restart([overTcp()])
    await waitFor(() => expect(states().every((state) => state === 'printed' || state === 'inDoubt')).toBe(true), {
      timeout: 15_000,
      interval: 20,
    })
    const doubtful = queue.jobs({ states: ['inDoubt'], limit: 10 }).jobs
    expect(doubtful.length).toBeLessThan(2)
    const all = Array.from({ length: 500 }, (_, index) => serialOf(index + 1))
    const out = printer.identifiers()
    expect(out).toEqual(all.filter((serial) => out.includes(serial)))
    expect(all.filter((serial) => !out.includes(serial) && serial !== doubtful[0]?.identifier)).toEqual([])
  }, 20_000)

  test('a clock that is set back changes no order', async () => {
    const jumping = new FakeClock(Date.UTC(2026, 5, 1))
    await queue.close()
    open({ ...systemClock, now: () => jumping.now() })
    await queue.configure([overTcp()])
    queue.print(printOrder(2))
    jumping.jump(-86_400_000)
    queue.print(printOrder(2))
    await allAre('printed', 4)
    expect(printer.identifiers()).toEqual([1, 2, 3, 4].map(serialOf))
    expect(await queue.verifyLedger()).toMatchObject({ ok: true })
  })
})

describe('in doubt', () => {
  test('a printer that breaks off in the middle of a label leaves it in doubt; the queue goes on behind it when the printer is well', async () => {
    await queue.configure([overTcp()])
    queue.print(printOrder(1))
    await allAre('printed', 1)
    printer.breaksAfterBytes = 300
    queue.print(printOrder(3))
    await waitFor(() => expect(states()).toEqual(['printed', 'printed', 'inDoubt', 'printed']), { timeout: 10_000 })
    // The torn part stayed in the printer's memory and did not run into the next label.
    expect(printer.identifiers()).toEqual([1, 3, 4].map(serialOf))
  })

  test('a printer that falls silent has a fault; the label it was given is in doubt, the others wait', async () => {
    await queue.configure([overTcp({ timeoutMs: 300, statusIntervalMs: 100 })])
    queue.print(printOrder(1))
    await allAre('printed', 1)
    printer.onLabel = () => (printer.isSilent = true)
    queue.print(printOrder(2))
    await waitFor(() => expect(states()).toEqual(['queued', 'inDoubt', 'printed']))
    await waitFor(() => expect(queue.printers()[0]!.conditions).toEqual(['silent']))
    expect(queue.jobs({ states: ['queued'], limit: 1 }).jobs[0]!.message).toBe('the printer does not answer')
    printer.onLabel = () => undefined
    printer.isSilent = false
    await waitFor(() => expect(states()).toEqual(['printed', 'inDoubt', 'printed']), { timeout: 10_000 })
    // Remembered over a restart: silence is a fault from the first moment on.
    printer.isSilent = true
    await restart([overTcp({ timeoutMs: 300, statusIntervalMs: 100 })])
    await waitFor(() => expect(queue.printers()[0]!.conditions).toEqual(['silent']))
    printer.isSilent = false
  })

  test('a printer that never answered prints all the same; nothing but labels is sent on the connection of a label', async () => {
    const mute = new FakeLabelPrinter({ answers: false })
    await mute.listen()
    await queue.configure([labelPrinter({ connection: `tcp://127.0.0.1:${mute.port}`, timeoutMs: 5000 })])
    const started = Date.now()
    queue.print(printOrder(10))
    await allAre('printed', 10)
    // It is not waited for with each label.
    expect(Date.now() - started).toBeLessThan(4000)
    expect(mute.identifiers()).toEqual(Array.from({ length: 10 }, (_, index) => serialOf(index + 1)))
    expect(queue.printers()[0]).toMatchObject({
      conditions: ['silent'],
      message: expect.stringMatching(/^the printer has never answered/),
    })
    await mute.close()
  })

  test('a printer that swallows one label after the other does not swallow the order: the rests grow, and it says so', async () => {
    const swallower = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (bytes) => {
        if (bytes.includes('^XA')) socket.resetAndDestroy()
      })
    })
    await new Promise<void>((resolve) => swallower.listen(0, '127.0.0.1', resolve))
    const { port } = swallower.address() as { port: number }
    try {
      queue.configure([labelPrinter({ connection: `tcp://127.0.0.1:${port}`, timeoutMs: 300, statusIntervalMs: 0 })])
      queue.print(printOrder(8))
      const inDoubt = () => queue.jobs({ states: ['inDoubt'], limit: 10 }).jobs.length
      await vi.waitFor(() => expect(inDoubt()).toBeGreaterThan(1), { timeout: 30_000 })
      expect(inDoubt()).toBeLessThan(4)
      expect(queue.printers()[0]!.message).toContain('labels in a row are in doubt')
      expect(queue.jobs({ states: ['queued'], limit: 10 }).jobs.length).toBeGreaterThan(3)
    } finally {
      swallower.close()
    }
  })

  test('media that runs out under a label: in doubt; with the head open nothing is sent at all', async () => {
    printer.answersInFault = true
    await queue.configure([overTcp({ statusIntervalMs: 50 })])
    printer.onLabel = ({ identifier }) => {
      if (identifier === serialOf(2)) printer.setFault('headOpen')
    }
    queue.print(printOrder(4))
    await waitFor(() => expect(states()).toEqual(['queued', 'queued', 'inDoubt', 'printed']))
    await waitFor(() =>
      expect(queue.printers()[0]).toMatchObject({ conditions: ['headOpen'], message: 'the print head is open' }),
    )
    printer.onLabel = () => undefined
    printer.clearFaults()
    await waitFor(() => expect(states()).toEqual(['printed', 'printed', 'inDoubt', 'printed']), { timeout: 10_000 })
    printer.answersInFault = false
  })

  test('printed, said by a person: its serial is encoded; not printed and again: a new serial, the old one is scrapped for good', async () => {
    const [kept, lost] = await twoInDoubt()
    expect(
      queue.resolve({ job: kept!, outcome: 'printed', reason: 'it lies there', again: false }, 'ana'),
    ).toMatchObject({
      job: { state: 'printed' },
    })
    const { job, newJob } = queue.resolve({ job: lost!, outcome: 'notPrinted', reason: 'torn', again: true }, 'ana')
    expect(job).toMatchObject({ state: 'failed', message: 'it did not come out: torn' })
    expect(newJob).toMatchObject({ identifier: serialOf(3), reprintOf: null, reason: 'torn' })
    await waitFor(() => expect(queue.job(newJob!.id).state).toBe('printed'))
    expect([1, 2, 3].map((number) => serials.stateOf(serialOf(number)))).toEqual(['encoded', 'scrapped', 'encoded'])
    expect(() => queue.resolve({ job: lost!, outcome: 'printed', reason: '', again: false }, 'ana')).toThrow(
      /not in doubt/,
    )
  })

  test('a scan of a label in doubt resolves it', async () => {
    const [first] = await twoInDoubt()
    expect(queue.scanned(scanOf(serialOf(1)))).toEqual({ kind: 'resolved', job: first })
    expect(queue.job(first!)).toMatchObject({ state: 'printed', scanned: serialOf(1) })
    expect(queue.scanned(scanOf('unknown'))).toBeNull()
  })
})

describe('reprint and void', () => {
  test('a reprint has the same pixels, the same identifier, a reason and a count; the picture says so', async () => {
    await queue.configure([overTcp()])
    const [job] = queue.print(printOrder(1))
    await allAre('printed', 1)
    const first = queue.reprint({ job: job!.id, reason: 'smeared' }, 'bo')
    await allAre('printed', 2)
    const second = queue.reprint({ job: first.id, reason: 'smeared again' }, 'bo')
    await allAre('printed', 3)
    expect([first, second]).toMatchObject([
      { reprintOf: job!.id, reprintCount: 1, reason: 'smeared', identifier: serialOf(1) },
      { reprintOf: job!.id, reprintCount: 2, identifier: serialOf(1) },
    ])
    expect(renderer.renderCount).toBe(1)
    expect(new Set(printer.printed.map(({ text }) => text)).size).toBe(1)
    expect(queue.picture(second.id).image.hash).toBe(queue.job(job!.id).imageHash)
    const told = queue
      .ledger({ job: first.id, limit: 10 })
      .rows.map(({ action, user, detail }) => [action, user, detail])
    expect(told).toContainEqual(['reprinted', 'bo', 'smeared'])
  })

  test('labels of another resolution, not printed ones and held ones are not reprinted', async () => {
    await queue.configure([labelPrinter(), labelPrinter({ name: 'fine', dpi: 300 })])
    const [job] = queue.print(printOrder(1))
    expect(() => queue.reprint({ job: job!.id, reason: 'x' }, 'bo')).toThrow(/only labels that were printed/)
    await allAre('printed', 1)
    expect(() => queue.reprint({ job: job!.id, reason: 'x', printer: 'fine' }, 'bo')).toThrow(/was drawn for 203 dpi/)
    serials.holds.set(serialOf(1), { reason: 'too hot', user: 'bo', timestamp: 0 })
    expect(() => queue.reprint({ job: job!.id, reason: 'x' }, 'bo')).toThrow(/is held by bo/)
  })

  test('a void scraps the serial for good, and only when the label that is destroyed is the right one', async () => {
    await queue.configure([labelPrinter()])
    const [job] = queue.print(printOrder(1))
    await allAre('printed', 1)
    expect(() => queue.void({ job: job!.id, reason: 'torn', scanned: 'S999999' }, 'bo')).toThrow(/another label/)
    expect(queue.void({ job: job!.id, reason: 'torn', scanned: serialOf(1) }, 'bo')).toMatchObject({
      state: 'void',
      message: 'torn',
    })
    expect(serials.stateOf(serialOf(1))).toBe('scrapped')
    expect(() => queue.reprint({ job: job!.id, reason: 'x' }, 'bo')).toThrow(/is void/)
  })

  test('a picture that is not kept any more cannot be reprinted, and says so', async () => {
    await queue.configure([labelPrinter()])
    const [job] = queue.print(printOrder(1))
    await allAre('printed', 1)
    new StoredImages(database).retain(Date.now() + 10, { ageMs: 1, size: 1e9 })
    expect(() => queue.picture(job!.id)).toThrow(/not kept any more/)
    expect(() => queue.reprint({ job: job!.id, reason: 'x' }, 'bo')).toThrow(/not kept any more/)
  })

  test('pictures beyond the size go, oldest first; those still to be printed stay', async () => {
    await queue.configure([labelPrinter({ connection: 'tcp://127.0.0.1:1' }), labelPrinter({ name: 'tray' })])
    queue.print(printOrder(2))
    queue.print(printOrder(2, { printer: 'tray' }))
    await waitFor(() => expect(states()).toEqual(['printed', 'printed', 'queued', 'queued']))
    expect(new StoredImages(database).retain(Date.now() + 1000, { ageMs: 1e9, size: 0 })).toBe(2)
    expect(queue.picture(queue.jobs({ states: ['queued'], limit: 1 }).jobs[0]!.id).image.width).toBe(8)
  })
})

describe('verification', () => {
  const verify = { scanner: 'after', timeoutMs: 400, rejectTag: 'Labeller.Reject', leastGrade: null }
  const printOne = async (over: object = {}) => {
    await queue.configure([labelPrinter({ verify: { ...verify, ...over } })])
    const jobs = queue.print(printOrder(2))
    await waitFor(() => expect(states()).toEqual(['printed', 'printed']))
    return jobs.map(({ id }) => id)
  }
  const rejects = () => changes.flatMap(({ rejects: some }) => some)

  test('the right scan verifies the label and commissions its serial', async () => {
    const [first, second] = await printOne({ timeoutMs: 5000 })
    expect(queue.scanned(scanOf(serialOf(1), 'after'))).toEqual({ kind: 'verified', job: first })
    expect(queue.scanned(scanOf(serialOf(2), 'elsewhere'))).toBeNull()
    expect(queue.scanned(scanOf(serialOf(2), 'after'))).toEqual({ kind: 'verified', job: second })
    expect([1, 2].map((number) => serials.stateOf(serialOf(number)))).toEqual(['commissioned', 'commissioned'])
    expect(rejects()).toEqual([])
  })

  test('another label at the scanner is a mismatch: the oldest that waits is held back and its reject tag is to be set', async () => {
    const [first] = await printOne({ timeoutMs: 5000 })
    expect(queue.scanned(scanOf('S777777', 'after'))).toEqual({ kind: 'mismatch', job: first, expected: serialOf(1) })
    const message = `the scanner after read S777777 instead of ${serialOf(1)}`
    expect(queue.job(first!)).toMatchObject({ state: 'inDoubt', message, scanned: 'S777777' })
    expect(rejects()).toEqual([{ printer: 'case-printer', job: first, tag: 'Labeller.Reject', message }])
    expect(serials.stateOf(serialOf(1))).toBe('encoded')
  })

  test('a grade that is too low is a reject; so is a verifier that says none', async () => {
    const [first, second] = await printOne({ timeoutMs: 5000, leastGrade: 2 })
    expect(queue.scanned({ ...scanOf(serialOf(1), 'after'), grade: 1.5 })).toMatchObject({
      kind: 'mismatch',
      job: first,
    })
    expect(queue.job(first!).message).toBe('the verifier after graded it 1.5; at least 2 is asked for')
    expect(queue.scanned(scanOf(serialOf(2), 'after'))).toMatchObject({ kind: 'mismatch', job: second })
  })

  test('a label nobody scans in time is held back; scanned later it is resolved', async () => {
    const [first] = await printOne()
    await waitFor(() => expect(states()).toEqual(['inDoubt', 'inDoubt']))
    expect(queue.job(first!).message).toBe('the label was not scanned within 0.4 s')
    expect(rejects()).toHaveLength(2)
    expect(queue.scanned(scanOf(serialOf(1), 'after'))).toEqual({ kind: 'resolved', job: first })
    expect(queue.job(first!).state).toBe('verified')
  })

  test('a label that waited for its scan when the station ended waits on after the start', async () => {
    const [first] = await printOne({ timeoutMs: 5000 })
    await restart([labelPrinter({ verify: { ...verify, timeoutMs: 300 } })])
    expect(queue.job(first!).state).toBe('printed')
    await waitFor(() => expect(queue.job(first!).state).toBe('inDoubt'))
  })
})

describe('ledger', () => {
  const print = async () => {
    await queue.configure([labelPrinter()])
    queue.print(printOrder(3))
    await allAre('printed', 3)
  }

  test('tells the life of each label, newest first, page by page', async () => {
    await print()
    const job = queue.jobs({ limit: 1 }).jobs[0]!
    expect(queue.ledger({ job: job.id, limit: 10 }).rows.map(({ action }) => action)).toEqual([
      'printed',
      'sent',
      'queued',
      'allocated',
    ])
    const page = queue.ledger({ limit: 5 })
    expect(page.rows.map(({ sequence }) => sequence)).toEqual([12, 11, 10, 9, 8])
    expect(queue.ledger({ limit: 5, cursor: page.cursor }).rows[0]!.sequence).toBe(7)
    expect(await queue.verifyLedger()).toEqual({ ok: true, rowCount: 12 })
  })

  test.each([
    [
      'one byte of a row',
      "UPDATE label_ledger SET record = replace(record, 'S000002', 'S000009') WHERE sequence = (SELECT min(sequence) FROM label_ledger WHERE record LIKE '%S000002%')",
      2,
    ],
    ['a row is taken out', 'DELETE FROM label_ledger WHERE sequence = 5', 5],
    ['the last rows are taken off', 'DELETE FROM label_ledger WHERE sequence > 10', 11],
    ['a hash is another one', 'UPDATE label_ledger SET hash = zeroblob(32) WHERE sequence = 7', 7],
  ])('%s: the check names the row', async (_name, sql, firstBrokenSequence) => {
    await print()
    expect(() => database.exec(sql)).toThrow(/the print ledger is never/)
    database.exec('DROP TRIGGER label_ledger_is_never_changed; DROP TRIGGER label_ledger_is_never_deleted')
    database.exec(sql)
    expect(await queue.verifyLedger()).toMatchObject({ ok: false, firstBrokenSequence })
  })

  const hasPython = spawnSync('python3', ['-c', 'import sqlite3']).status === 0
  test.skipIf(!hasPython)(
    'the script of docs/label-printing.md comes to the same verdict (skipped without Python)',
    async () => {
      await print()
      const page = readFileSync(new URL('../../../../docs/label-printing.md', import.meta.url), 'utf8')
      const script = /```python\n([\s\S]*?)```/.exec(page)![1]!
      const check = () => spawnSync('python3', ['-c', script, join(folder, 'identifiers.sqlite')], { encoding: 'utf8' })
      const { hash } = queue.ledger({ limit: 1 }).rows[0]!
      expect(check()).toMatchObject({ status: 0, stdout: `12 rows, last hash ${hash}\n` })
      database.exec('DROP TRIGGER label_ledger_is_never_changed; DROP TRIGGER label_ledger_is_never_deleted')
      database.exec("UPDATE label_ledger SET record = replace(record, 'S000002', 'S000009') WHERE sequence = 2")
      expect(check()).toMatchObject({ status: 1, stderr: 'broken at 2\n' })
    },
  )

  test('versions of templates are numbered, approved by digest, and the approval is in the ledger', async () => {
    await queue.configure([labelPrinter()])
    expect(queue.keepTemplate(labelTemplate())).toMatchObject({ version: 1, approvedBy: null })
    expect(queue.keepTemplate(labelTemplate({ digest: 'e'.repeat(64) }))).toMatchObject({ version: 2 })
    expect(queue.keepTemplate(labelTemplate())).toMatchObject({ version: 1 })
    queue.approve({ template: 'case', digest: 'e'.repeat(64), comment: 'seen' }, 'eve')
    expect(queue.templateVersions('case').map(({ version, approvedBy }) => [version, approvedBy])).toEqual([
      [2, 'eve'],
      [1, null],
    ])
    expect(queue.ledger({ limit: 1 }).rows[0]).toMatchObject({ action: 'approved', template: 'case', user: 'eve' })
    expect(() => queue.approve({ template: 'case', digest: 'f'.repeat(64), comment: '' }, 'eve')).toThrow(/no version/)
  })
})

describe('the virtual printer', () => {
  test('a torn label lies torn in the tray and its job is in doubt', async () => {
    await queue.configure([labelPrinter()])
    await queue.simulate('case-printer', 'tear')
    queue.print(printOrder(2))
    await waitFor(() => expect(states()).toEqual(['printed', 'inDoubt']))
    expect(queue.output('case-printer', 10).map(({ isTorn }) => isTorn)).toEqual([false, true])
  })

  test.each(['mediaOut', 'ribbonOut', 'headOpen', 'silent'] as const)(
    'with %s nothing is printed until it is well again',
    async (fault) => {
      await queue.configure([labelPrinter({ statusIntervalMs: 50 })])
      expect((await queue.simulate('case-printer', fault)).conditions).toEqual([fault])
      queue.print(printOrder(1))
      await waitFor(() => expect(states()).toEqual(['queued']))
      await queue.simulate('case-printer', 'none')
      await allAre('printed', 1)
    },
  )

  test('faults of a real printer cannot be simulated', async () => {
    await queue.configure([overTcp()])
    await expect(queue.simulate('case-printer', 'tear')).rejects.toThrow('case-printer is not a virtual printer')
  })
})

const scanOf = (identifier: string, source = 'keyboard') => ({
  identifier,
  text: identifier,
  source,
  user: 'ana',
  grade: null,
})

/** Two labels that broke off, and a printer that is well again. */
async function twoInDoubt(): Promise<string[]> {
  await queue.configure([overTcp()])
  printer.breaksAfterBytes = 300
  queue.print(printOrder(1))
  await allAre('inDoubt', 1)
  printer.breaksAfterBytes = 300
  queue.print(printOrder(1))
  await allAre('inDoubt', 2)
  return queue
    .jobs({ limit: 2 })
    .jobs.map(({ id }) => id)
    .reverse()
}
