import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { channelOpener } from '../../../../src-main/labels/printers/open-channel.ts'
import { PrintQueue } from '../../../../src-main/labels/queue/print-queue.ts'
import { type Database, openDatabase } from '../../../../src-main/storage/database.ts'
import { identifiersMigrations } from '../../../../src-main/storage/migrations/identifiers/identifiers-migrations.ts'
import { FakeRenderer, FakeSerials, labelPrinter, printOrder, serialOf } from '../../../fakes/label-queue-parts.ts'

let folder: string
let database: Database
let queue: PrintQueue

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-search-'))
  database = openDatabase({ file: join(folder, 'identifiers.sqlite'), migrations: identifiersMigrations })
  queue = new PrintQueue({
    database,
    serials: new FakeSerials(database),
    renderer: new FakeRenderer(),
    channels: channelOpener({ clock: systemClock }),
    clock: systemClock,
    logger: silentLogger,
    onChange: () => {},
  })
  await queue.configure([labelPrinter()])
})
afterEach(async () => {
  await queue.close()
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

const label = (fields: Readonly<Record<string, string>>) => ({ identifier: null, fields })
const found = (text: string) => queue.jobs({ text, limit: 100 }).jobs.map(({ identifier }) => identifier)

test('jobs are found by a part of whatever stands on them, of identifier, template and user, and by nothing else', () => {
  queue.print({ ...printOrder(1), labels: [label({ order: 'PO-4711', share: '50%' }), label({ order: 'PO_4712' })] })
  expect(found('po-47')).toEqual([serialOf(1)])
  expect(found(serialOf(2).slice(-4))).toEqual([serialOf(2)])
  // What a pattern would mean by them is not meant.
  expect(found('%')).toEqual([serialOf(1)])
  expect(found('_')).toEqual([serialOf(2)])
  expect(found("' OR 1=1 --")).toEqual([])
  // The name of a field does not stand on the label.
  expect(found('share')).toEqual([])
  expect(found('')).toHaveLength(2)
})

test('jobs are found by their ids, page by page', () => {
  const ids = queue.print(printOrder(5)).map(({ id }) => id)
  const asked = [ids[0]!, ids[3]!, 'none']
  const first = queue.jobs({ ids: asked, limit: 1 })
  expect(first.jobs.map(({ id }) => id)).toEqual([ids[3]])
  const second = queue.jobs({ ids: asked, limit: 1, cursor: first.cursor })
  expect(second.jobs.map(({ id }) => id)).toEqual([ids[0]])
  expect(queue.jobs({ ids: [], limit: 10 }).jobs).toEqual([])
})
