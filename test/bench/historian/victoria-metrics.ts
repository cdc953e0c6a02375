// VictoriaMetrics: JSON lines on /api/v1/import, 10 s of a tag per line, its fastest way in. It knows no quality: Bad samples
// are left out, which is less than the others keep.
import { join } from 'node:path'
import type { ValueBatch } from '../../../src-main/shared/value-batch.ts'
import {
  type Answer,
  bytesWrittenBy,
  folderBytes,
  freePort,
  getText,
  type LoadFigures,
  type LoadSource,
  missingProgram,
  type Peer,
  type PeerKind,
  portions,
  postAll,
  ServerProcess,
  timed,
} from './peer.ts'

const program = 'victoria-metrics'
const pointsPerBody = 28_000

export const victoriaMetrics: PeerKind = {
  name: 'VictoriaMetrics',
  missing: () => missingProgram(program, 'victoria-metrics'),
  open: (folder) => VictoriaMetrics.open(join(folder, 'data')),
}

class VictoriaMetrics implements Peer {
  readonly #server: ServerProcess
  readonly #url: string
  readonly #folder: string
  #tagNames: readonly string[] = []

  private constructor(server: ServerProcess, url: string, folder: string) {
    this.#server = server
    this.#url = url
    this.#folder = folder
  }

  static async open(folder: string): Promise<VictoriaMetrics> {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const server = await ServerProcess.start(
      program,
      [
        `-storageDataPath=${folder}`,
        `-httpListenAddr=127.0.0.1:${port}`,
        '-retentionPeriod=100y',
        '-search.maxUniqueTimeseries=1000000',
        '-search.maxSamplesPerSeries=1000000000',
        '-search.latencyOffset=0s',
        '-selfScrapeInterval=0s',
      ],
      () => getText(`${url}/health`),
    )
    return new VictoriaMetrics(server, url, folder)
  }

  async load(source: LoadSource): Promise<LoadFigures> {
    this.#tagNames = source.tagNames
    let pointCount = 0
    let milliseconds = 0
    for (const portion of portions(source.batches())) {
      pointCount += portion.reduce((sum, batch) => sum + batch.count, 0)
      const bodies = bodiesOf(portion, source.tagNames)
      const start = performance.now()
      await postAll(`${this.#url}/api/v1/import`, bodies)
      milliseconds += performance.now() - start
    }
    const start = performance.now()
    await getText(`${this.#url}/internal/force_flush`)
    milliseconds += performance.now() - start
    await getText(`${this.#url}/internal/force_merge`)
    await this.#settled()
    return {
      pointCount,
      seconds: milliseconds / 1000,
      bytesOnDisk: folderBytes(this.#folder),
      bytesWritten: bytesWrittenBy(this.#server.pid),
    }
  }

  /** Merging goes on after the answer; the size stands still when it is done. */
  async #settled(): Promise<void> {
    for (let still = 0, last = -1; still < 3; ) {
      await new Promise((resolve) => setTimeout(resolve, 1000))
      const bytes = folderBytes(this.#folder)
      still = bytes === last ? still + 1 : 0
      last = bytes
    }
  }

  raw(handle: number, from: number, to: number): Promise<Answer> {
    const match = encodeURIComponent(`s{tag="${this.#tagNames[handle]}"}`)
    return timed(async () => {
      const text = await getText(
        `${this.#url}/api/v1/export?match[]=${match}&start=${from / 1000}&end=${(to - 1) / 1000}`,
      )
      return text.length > 0 ? text.split(',').length / 2 : 0
    })
  }

  plot(handle: number, from: number, to: number, bucketCount: number): Promise<Answer> {
    const width = (to - from) / bucketCount
    const functions = ['min_over_time', 'max_over_time', 'avg_over_time', 'count_over_time']
    const query = `aggr_over_time((${functions.map((name) => `"${name}"`)}), s{tag="${this.#tagNames[handle]}"}[${width}ms])`
    const parameters = new URLSearchParams({
      query,
      start: `${(from + width) / 1000}`,
      end: `${to / 1000}`,
      step: `${width}ms`,
      nocache: '1',
    })
    return timed(async () => {
      const text = await getText(`${this.#url}/api/v1/query_range?${parameters}`)
      return text.split('],[').length / functions.length
    })
  }

  snapshot(at: number): Promise<Answer> {
    const parameters = new URLSearchParams({ query: 'last_over_time(s[1h])', time: `${at / 1000}`, nocache: '1' })
    return timed(async () => (await getText(`${this.#url}/api/v1/query?${parameters}`)).split('"metric"').length - 1)
  }

  close(): Promise<void> {
    return this.#server.stop()
  }
}

/** Ten batches at a time, turned into one line per tag. */
function bodiesOf(portion: readonly ValueBatch[], tagNames: readonly string[]): Buffer[] {
  const bodies: Buffer[] = []
  let lines = new Map<number, { values: number[]; timestamps: number[] }>()
  let count = 0
  const finish = (): void => {
    const text = [...lines].map(
      ([tag, { values, timestamps }]) =>
        `{"metric":{"__name__":"s","tag":"${tagNames[tag]}"},"values":[${values}],"timestamps":[${timestamps}]}\n`,
    )
    bodies.push(Buffer.from(text.join('')))
    lines = new Map()
    count = 0
  }
  for (const batch of portion) {
    for (let row = 0; row < batch.count; row++) {
      if (batch.statusCode[row] !== 0) continue
      const tag = batch.handle[row]!
      const line = lines.get(tag) ?? { values: [], timestamps: [] }
      lines.set(tag, line)
      line.values.push(batch.value[row]!)
      line.timestamps.push(batch.sourceTimestamp[row]!)
    }
    count += batch.count
    if (count >= pointsPerBody) finish()
  }
  if (count > 0) finish()
  return bodies
}
