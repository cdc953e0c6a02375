// Reader thread of the historian: answers questions about history, several at a time in slices, with read-only files.
import { parentPort, workerData } from 'node:worker_threads'
import type { ThreadAnswer } from '../../base/thread-on-demand.ts'
import type { HistoryResult } from '../../shared/history.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { HistoryViews } from '../files/history-views.ts'
import { HeadPort, type HeadSource, type HeadSpan, type Heads } from '../head-source.ts'
import { HistoryReader } from './history-reader.ts'
import type { ReaderQuestion, ReaderThreadStart, ToReaderThread } from './reader-message.ts'

const port = parentPort
if (!port) throw new Error('historian-reader-worker.ts runs as a worker thread of reader-thread.ts only')
const { folder } = workerData as ReaderThreadStart

/** A writer that reads a full journal back after a crash is there within a second; questions wait for it so long; ms. */
const writerWaitMs = 10_000

/** The writer of now: it may be another one after a restart. */
let heads: HeadPort | null = null
/** Questions that wait for a writer. */
const waiting = new Set<() => void>()
const currentHeads: HeadSource = {
  async heads(series: readonly number[], span?: HeadSpan): Promise<Heads> {
    if (!heads) await writerThere()
    if (!heads)
      throw new RuntimeError(
        'BadNoCommunication',
        'The historian is being restarted: its newest samples cannot be read',
      )
    return heads.heads(series, span)
  },
}

/** Resolves when there is a writer, or when it takes too long. */
function writerThere(): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      waiting.delete(done)
      resolve()
    }
    const timer = setTimeout(done, writerWaitMs)
    waiting.add(done)
  })
}

const reader = new HistoryReader(new HistoryViews({ folder }), currentHeads)
const running = new Map<number, AbortController>()

const post = (message: ThreadAnswer, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

port.on('message', (message: ToReaderThread) => {
  switch (message.type) {
    case 'heads':
      heads?.close()
      heads = message.port && new HeadPort(message.port)
      if (heads) for (const done of [...waiting]) done()
      return
    case 'cancel':
      running.get(message.id)?.abort()
      return
    default:
      void answer(message)
  }
})

async function answer(question: ReaderQuestion): Promise<void> {
  const { id } = question
  const cancellation = new AbortController()
  running.set(id, cancellation)
  try {
    const { value, buffers } = await answerTo(question, cancellation.signal)
    post({ type: 'answer', id, value }, buffers)
  } catch (error) {
    const code = error instanceof RuntimeError ? error.code : 'BadInternalError'
    post({ type: 'refusal', id, code, message: messageOf(error) })
  } finally {
    running.delete(id)
  }
}

async function answerTo(
  question: ReaderQuestion,
  signal: AbortSignal,
): Promise<{ value: unknown; buffers: ArrayBuffer[] }> {
  switch (question.type) {
    case 'read': {
      const value = await reader.read(question.request, signal)
      return { value, buffers: columnBuffers(value) }
    }
    case 'statistics':
      return { value: await reader.statistics(question.tags, question.from, question.to, signal), buffers: [] }
    case 'series':
      return { value: await reader.seriesRows(question.prefix, question.limit, question.cursor), buffers: [] }
  }
}

/** Columns change hands, they are not copied; one that two series share does so once. */
function columnBuffers({ series }: HistoryResult): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const { timestamps, values, statusCodes, plot } of series) {
    for (const column of [timestamps, values, statusCodes]) buffers.add(column.buffer as ArrayBuffer)
    if (plot) for (const column of Object.values(plot)) buffers.add(column.buffer as ArrayBuffer)
  }
  return [...buffers]
}
