// Makes labels and prints them, until somebody kills it. Arguments: folder, port of the printer that answers, port of the one that never
// does, labels in all. Orders have request ids: what was ordered before the last kill is not ordered twice.
import { join } from 'node:path'
import { systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import { channelOpener } from '../../src-main/labels/printers/open-channel.ts'
import { PrintQueue } from '../../src-main/labels/queue/print-queue.ts'
import { openDatabase } from '../../src-main/storage/database.ts'
import { identifiersMigrations } from '../../src-main/storage/migrations/identifiers/identifiers-migrations.ts'
import { FakeRenderer, FakeSerials, printOrder } from '../fakes/label-queue-parts.ts'
import { killPrinters, labelsPerOrder } from './label-kill-plan.ts'

const [folder, answering, mute, total] = process.argv.slice(2)
const database = openDatabase({ file: join(folder!, 'identifiers.sqlite'), migrations: identifiersMigrations })
const queue = new PrintQueue({
  database,
  serials: new FakeSerials(database),
  renderer: new FakeRenderer(),
  channels: channelOpener({ clock: systemClock }),
  clock: systemClock,
  logger: silentLogger,
  onChange: () => undefined,
})
const printers = killPrinters(Number(answering), Number(mute))
await queue.configure(printers)
process.stdout.write('open\n')
for (let order = 0; order * labelsPerOrder < Number(total); order++) {
  const printer = printers[order % printers.length]!.name
  queue.print(printOrder(labelsPerOrder, { printer, requestId: `order ${order}`, request: { order } }))
  // The kill comes between two orders, too.
  await new Promise((resolve) => setTimeout(resolve, 1))
}
setInterval(() => {
  const open = queue.printers().reduce((count, { queuedCount }) => count + queuedCount, 0)
  if (open === 0 && queue.jobs({ states: ['sent'], limit: 1 }).jobs.length === 0) process.exit(0)
}, 20)
