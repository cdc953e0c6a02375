// Writer thread of the historian: takes batches, journals and seals them, a slice at a time between its messages. When it dies the
// runtime starts it again; what it acknowledged is found in the journal.
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../base/clock.ts'
import { createLogger } from '../../base/logger.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { HistoryFolder } from '../files/history-folder.ts'
import { serveHeads } from '../head-source.ts'
import type {
  FromHistorianWriter,
  HistorianWriterFigures,
  HistorianWriterStart,
  RecordItem,
  ToHistorianWriter,
} from '../historian-message.ts'
import { HistoryWriter } from './history-writer.ts'

const tickMs = 1000
/** Blocks that wait from which on sealing does not wait for a quiet moment. */
const urgentBacklog = 24

/** Of values that are too large to be kept, one is named at most so often. */
const refusalQuietMs = 60_000

const port = parentPort
if (!port) throw new Error('historian-writer-worker.ts runs as a worker thread of historian.ts only')
const start = workerData as HistorianWriterStart
const { folder } = start
let { settings } = start

const post = (message: FromHistorianWriter) => port.postMessage(message)
const logger = createLogger().part('historian')
const files = HistoryFolder.open({ folder, logger })
const writer = new HistoryWriter({
  folder,
  files,
  settings,
  clock: systemClock,
  onResumed: (handles) => post({ type: 'resumed', handles }),
  onRefused: sayRefused,
})
for (const fault of writer.recovery.faults) logger.warn(`The journal in ${join(folder, 'journal')}: ${fault}`)

let longestStallMs = 0
let isWorking = false
/** Looks at every file: once a second is enough. */
let size = files.size()

let refusalSaidAt = Number.NEGATIVE_INFINITY

function sayRefused(series: string, reason: string): void {
  if (performance.now() - refusalSaidAt < refusalQuietMs) return
  refusalSaidAt = performance.now()
  logger.warn(
    `A value of "${series}" is not kept, a sample without value stands in its place: it ${reason}. Others of the next minute are only counted`,
  )
}

function figures(): HistorianWriterFigures {
  const answer = { ...writer.figures, size, longestStallMs }
  longestStallMs = 0
  return answer
}

/** Runs a piece of work and remembers how long the thread was away. */
function timed<T>(run: () => T): T {
  const before = performance.now()
  try {
    return run()
  } finally {
    const stallMs = performance.now() - before
    if (stallMs > longestStallMs) longestStallMs = stallMs
  }
}

/** Sealing goes on between messages for as long as there is something to seal. */
function workSoon(): void {
  if (isWorking) return
  isWorking = true
  setImmediate(() => {
    isWorking = false
    if (timed(() => writer.work())) workSoon()
  })
}

function record(item: RecordItem): void {
  if ('batch' in item) writer.record(item.batch, item.serverTimestamp)
  else if ('own' in item) writer.recordOwn(item.own, item.serverTimestamp)
  else writer.lost(item.lost, item.timestamp, item.count, item.reason)
}

/** One acknowledgement for all messages of a turn: each costs the runtime's thread a little. */
let taken = 0
function acknowledgeSoon(sequence: number): void {
  if (taken === 0) setImmediate(acknowledge)
  taken = sequence
}

function acknowledge(): void {
  const { storedCount, filteredCount, lostCount } = writer.counts
  post({ type: 'taken', sequence: taken, counts: { storedCount, filteredCount, lostCount } })
  taken = 0
}

async function write(id: number, series: Parameters<HistoryWriter['write']>[0]): Promise<void> {
  try {
    post({ type: 'written', id, count: await writer.write(series) })
  } catch (error) {
    const code = error instanceof RuntimeError ? error.code : 'BadUnexpectedError'
    post({ type: 'refusal', id, code, message: messageOf(error) })
  }
}

async function close(): Promise<void> {
  clearInterval(timer)
  await writer.close()
  post({ type: 'closed', figures: figures() })
  port?.close()
}

const timer = setInterval(() => {
  timed(() => writer.tick())
  workSoon()
  size = files.size()
  post({ type: 'figures', figures: figures() })
}, tickMs)

port.on('message', (message: ToHistorianWriter) => {
  switch (message.type) {
    case 'configure':
      settings = message.settings
      return timed(() => writer.configure(message.tags, settings))
    case 'record':
      timed(() => {
        for (const item of message.items) record(item)
        if (writer.backlog >= urgentBacklog) writer.work()
      })
      workSoon()
      if (settings.syncIntervalMs > 0) return acknowledgeSoon(message.sequence)
      return void writer.synced().then(() => acknowledgeSoon(message.sequence))
    case 'write':
      return void write(message.id, message.series)
    case 'heads':
      return serveHeads(message.port, (series, span) => timed(() => writer.heads(series, span)))
    case 'ping':
      return post({ type: 'figures', figures: figures() })
    case 'close':
      return void close()
  }
})
post({ type: 'ready', faults: writer.recovery.faults })
