// L2: labels through the queue to a printer on TCP that answers ~HS, each durable before its first byte goes out. Beside: the same commits
// without a printer, which is what the disk of this machine allows.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../src-main/base/clock.ts'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { channelOpener } from '../../../src-main/labels/printers/open-channel.ts'
import { PrintQueue } from '../../../src-main/labels/queue/print-queue.ts'
import { openDatabase } from '../../../src-main/storage/database.ts'
import { identifiersMigrations } from '../../../src-main/storage/migrations/identifiers/identifiers-migrations.ts'
import { FakeLabelPrinter } from '../../fakes/label-printer.ts'
import { FakeRenderer, FakeSerials, labelPrinter, printOrder } from '../../fakes/label-queue-parts.ts'
import type { Report } from '../run.ts'

const labelCount = 1000
const rounds = 3

export async function run(report: Report): Promise<void> {
  const rates = { one: [] as number[], two: [] as number[], disk: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    rates.one.push(await print(1))
    rates.two.push(await print(2))
    rates.disk.push(commits())
  }
  const put = (figure: string, values: number[], unit: string): void =>
    report({ bench: 'labels', figure, value: Math.round(values.toSorted((a, b) => a - b)[rounds >> 1]!), unit })
  put('L2 labels durable through the queue to one printer', rates.one, '1/s')
  put('L2 labels durable through the queue to two printers', rates.two, '1/s')
  put('L2 beside: synced commits of one row', rates.disk, '1/s')
}

/** Labels per second, from the order to `printed` of the last one. */
async function print(printerCount: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-bench-labels-'))
  const database = openDatabase({ file: join(folder, 'identifiers.sqlite'), migrations: identifiersMigrations })
  const fakes = Array.from({ length: printerCount }, () => new FakeLabelPrinter())
  for (const fake of fakes) await fake.listen()
  const queue = new PrintQueue({
    database,
    serials: new FakeSerials(database),
    renderer: new FakeRenderer(),
    channels: channelOpener({ clock: systemClock }),
    clock: systemClock,
    logger: silentLogger,
    onChange: () => undefined,
  })
  const names = fakes.map((_, index) => `printer ${index}`)
  await queue.configure(
    fakes.map(({ port }, index) => labelPrinter({ name: names[index]!, connection: `tcp://127.0.0.1:${port}` })),
  )
  const started = performance.now()
  for (const printer of names) queue.print(printOrder(labelCount, { printer }))
  const printedCount = (): number => queue.printers().reduce((count, row) => count + row.printedCount, 0)
  while (printedCount() < labelCount * printerCount) await new Promise((resolve) => setTimeout(resolve, 20))
  const seconds = (performance.now() - started) / 1000
  await queue.close()
  database.close()
  for (const fake of fakes) await fake.close()
  rmSync(folder, { recursive: true, force: true })
  return (labelCount * printerCount) / seconds
}

/** Commits of one row that the disk allows in a second now, each synced. */
export function commits(): number {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-bench-commits-'))
  const database = openDatabase({
    file: join(folder, 'plain.sqlite'),
    migrations: [{ version: 1, name: 'plain', sql: 'CREATE TABLE plain (id INTEGER PRIMARY KEY, text TEXT)' }],
  })
  const insert = database.prepare('INSERT INTO plain (text) VALUES (?)')
  const started = performance.now()
  for (let count = 0; count < labelCount; count++) insert.run('x'.repeat(200))
  const seconds = (performance.now() - started) / 1000
  database.close()
  rmSync(folder, { recursive: true, force: true })
  return labelCount / seconds
}
