// The reader thread over real files: answers with the heads of a writer, ends when idle, and fails its questions when it dies.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { HistoryFolder } from '../../../../src-main/historian/files/history-folder.ts'
import { serveHeads } from '../../../../src-main/historian/head-source.ts'
import { ReaderThread } from '../../../../src-main/historian/reader/reader-thread.ts'
import { SealEncoder } from '../../../../src-main/historian/writer/seal-encoder.ts'
import type { HistoryRequest } from '../../../../src-main/shared/history.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { plainSamples, samplesOf } from '../writer/plain-samples.ts'
import type { PlainSample } from './history-reference.ts'

const begin = Date.UTC(2026, 0, 5)
const ports: MessagePort[] = []
let folder = ''
let files: HistoryFolder
let id = 0
let thread: ReaderThread
let clock: FakeClock

function ramp(from: number, count: number): PlainSample[] {
  return Array.from({ length: count }, (_, row) => ({
    timestamp: begin + (from + row) * 1000,
    value: from + row,
    statusCode: 0,
  }))
}

function seal(samples: readonly PlainSample[]): void {
  const encoder = new SealEncoder()
  encoder.add(id, samplesOf(samples), false, samples.at(-1)!.timestamp)
  files.append({ chunks: encoder.chunks, journalPosition: 0 })
}

/** A writer whose head has the seconds 60 to 99. */
function connectHeads(): MessagePort {
  const { port1, port2 } = new MessageChannel()
  ports.push(port1)
  serveHeads(port1, (series) => ({
    sealNumber: files.sealNumber,
    rows: series.includes(id) ? [{ series: id, samples: samplesOf(ramp(60, 40)) }] : [],
  }))
  return port2
}

const request: HistoryRequest = { tags: ['Tag'], from: begin, to: begin + 100_000, mode: 'raw' }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-reader-'))
  files = HistoryFolder.open({ folder })
  const [series] = files.defineSeries([
    {
      name: 'Tag',
      kind: 'number',
      attributes: {
        dataType: 'float64',
        unit: 'bar',
        description: '',
        interpolation: 'sloped',
        states: null,
        isRecorded: true,
        retentionMs: null,
      },
    },
  ])
  id = series!.id
  seal(ramp(0, 60))
  clock = new FakeClock()
  thread = new ReaderThread({ folder, connectHeads, clock, logger: silentLogger, idleMs: 60_000 })
})

afterEach(async () => {
  await thread.close()
  await files.close()
  for (const port of ports.splice(0)) port.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('the reader thread', () => {
  it('is started by the first question and answers with what is in files and in the head', async () => {
    expect(thread.isRunning).toBe(false)
    const { series } = await thread.read(request)
    expect(plainSamples(series[0]!)).toEqual(ramp(0, 100))
    expect(thread.isRunning).toBe(true)
    const [row] = await thread.statistics(['Tag'], begin, begin + 100_000)
    expect(row).toMatchObject({ count: 100, minimum: 0, maximum: 99, average: 49.5 })
    const { rows } = await thread.seriesRows('', 10)
    expect(rows).toMatchObject([{ tag: 'Tag', unit: 'bar', firstTimestamp: begin, lastTimestamp: begin + 99_000 }])
  })

  it('sees what was sealed since the last question', async () => {
    await thread.read(request)
    seal(ramp(200, 50))
    const { series } = await thread.read({ ...request, to: begin + 1_000_000 })
    expect(series[0]!.timestamps).toHaveLength(150)
  })

  it('refuses with the code and the sentence of the reader', async () => {
    await expect(thread.read({ ...request, tags: ['Tog'] })).rejects.toMatchObject({
      code: 'BadNotFound',
      message: '"Tog" has no history: it was never recorded',
    })
  })

  it('ends when nothing was asked for a while, and starts again', async () => {
    await thread.read(request)
    await clock.advance(59_000)
    await thread.read(request)
    await clock.advance(59_000)
    expect(thread.isRunning).toBe(true)
    await clock.advance(2000)
    expect(thread.isRunning).toBe(false)
    const { series } = await thread.read(request)
    expect(series[0]!.timestamps).toHaveLength(100)
  })

  it('gives up a cancelled question at once', async () => {
    const cancellation = new AbortController()
    const answer = thread.read(request, cancellation.signal)
    cancellation.abort()
    await expect(answer).rejects.toMatchObject({ code: 'BadRequestInterrupted' })
    await expect(thread.read(request, cancellation.signal)).rejects.toMatchObject({ code: 'BadRequestInterrupted' })
  })

  it('answers from the new writer after the old one is gone', async () => {
    await thread.read(request)
    ports.splice(0)[0]!.close()
    thread.reconnectHeads()
    const { series } = await thread.read(request)
    expect(series[0]!.timestamps).toHaveLength(100)
  })

  it('refuses questions once it is closed', async () => {
    await thread.read(request)
    await thread.close()
    await expect(thread.read(request)).rejects.toMatchObject({ code: 'BadShutdown' })
  })
})
