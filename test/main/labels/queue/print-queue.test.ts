import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { channelOpener } from '../../../../src-main/labels/printers/open-channel.ts'
import { PrintQueue, type QueueChange } from '../../../../src-main/labels/queue/print-queue.ts'
import type { LabelJobState } from '../../../../src-main/shared/label.ts'
import { type Database, openDatabase } from '../../../../src-main/storage/database.ts'
import { identifiersMigrations } from '../../../../src-main/storage/migrations/identifiers/identifiers-migrations.ts'
import { FakeLabelPrinter } from '../../../fakes/label-printer.ts'
import { FakeRenderer, FakeSerials, labelPrinter, printOrder, serialOf } from '../../../fakes/label-queue-parts.ts'

let folder: string
let database: Database
let serials: FakeSerials
let renderer: FakeRenderer
let queue: PrintQueue
let changes: QueueChange[]
const printer = new FakeLabelPrinter()

const open = (): void => {
  database = openDatabase({ file: join(folder, 'identifiers.sqlite'), migrations: identifiersMigrations })
  serials = new FakeSerials(database)
  renderer = new FakeRenderer()
  changes = []
  queue = new PrintQueue({
    database,
    serials,
    renderer,
    channels: channelOpener({ clock: systemClock }),
    clock: systemClock,
    logger: silentLogger,
    onChange: (change) => changes.push(change),
  })
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-queue-'))
  await printer.listen()
  printer.printed.length = 0
  open()
})
afterEach(async () => {
  await queue.close()
  database.close()
  await printer.close()
  rmSync(folder, { recursive: true, force: true })
})

const overTcp = () => labelPrinter({ connection: `tcp://127.0.0.1:${printer.port}` })
const states = (): LabelJobState[] => queue.jobs({ limit: 1000 }).jobs.map(({ state }) => state)
const allAre = (state: LabelJobState, count: number) =>
  vi.waitFor(() => expect(states()).toEqual(Array.from({ length: count }, () => state)), {
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
