// History in memory: what was written is read back raw; every other mode answers with one empty row for each tag.
import type { BackfillColumns, History } from '../../src-main/api/api-parts.ts'
import type { HistoryRequest, HistorySeries } from '../../src-main/shared/history.ts'
import { RuntimeError } from '../../src-main/shared/runtime-error.ts'

export class FakeHistory implements History {
  /** What was asked, newest last. */
  readonly requests: HistoryRequest[] = []
  readonly written = new Map<string, BackfillColumns>()
  /** Answers wait for this; tests of cancellation put in what never resolves. */
  waiting: Promise<void> = Promise.resolve()
  isRecording = true
  /** How many questions were given up. */
  interruptedCount = 0

  async read(request: HistoryRequest, signal?: AbortSignal): Promise<{ series: HistorySeries[] }> {
    this.requests.push(request)
    const interrupted = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => {
        this.interruptedCount++
        reject(new RuntimeError('BadRequestInterrupted', 'The question was given up'))
      })
    })
    await Promise.race([this.waiting, interrupted])
    return { series: request.tags.map((tag) => this.#series(tag, request)) }
  }

  async statistics(): Promise<readonly never[]> {
    return []
  }

  async seriesRows(prefix: string, limit: number): Promise<{ rows: readonly ReturnType<FakeHistory['row']>[] }> {
    const names = [...this.written.keys()].filter((name) => name.startsWith(prefix)).sort()
    return { rows: names.slice(0, limit).map((name) => this.row(name)) }
  }

  row(tag: string) {
    const { definition, timestamp } = this.written.get(tag)!
    return {
      tag,
      dataType: definition.dataType,
      unit: definition.unit,
      description: definition.description,
      interpolation: 'stepped' as const,
      isRecorded: true,
      firstTimestamp: timestamp[0] ?? null,
      lastTimestamp: timestamp.at(-1) ?? null,
    }
  }

  async write(series: readonly BackfillColumns[]): Promise<number> {
    for (const columns of series) this.written.set(columns.definition.name, columns)
    return series.reduce((sum, { timestamp }) => sum + timestamp.length, 0)
  }

  #series(tag: string, { mode }: HistoryRequest): HistorySeries {
    const columns = this.written.get(tag)
    if (columns === undefined) throw new RuntimeError('BadNotFound', `"${tag}" was never recorded`)
    return {
      tag,
      mode,
      timestamps: columns.timestamp,
      values: columns.value,
      statusCodes: columns.statusCode,
      others: columns.others,
      plot: null,
    }
  }
}
