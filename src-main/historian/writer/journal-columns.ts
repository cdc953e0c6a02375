// Rows as the journal and the heads take them: one value each, time stamps and status codes as runs.
import type { TagValue } from '../../shared/data-value.ts'
import type { Samples } from '../samples.ts'

/** Time stamps and status codes as runs: `end[i]` is the row after the last of run i. */
export interface Runs {
  count: number
  value: Float64Array | Uint32Array
  end: Uint32Array
}

/** Rows as the writer hands them to the journal and as they come back: one value each, time stamps and status codes in runs. */
export interface RowColumns {
  readonly count: number
  readonly value: Float64Array
  readonly timestampRuns: Runs
  readonly statusCodeRuns: Runs
  readonly others: readonly (TagValue | undefined)[] | null
}

/** Columns of plain samples: how a whole head is written. */
export function columnsOf(samples: Samples): RowColumns {
  const { count } = samples
  return {
    count,
    value: samples.value,
    timestampRuns: runsOf(samples.timestamp, count, new Float64Array(count)),
    statusCodeRuns: runsOf(samples.statusCode, count, new Uint32Array(count)),
    others: samples.others,
  }
}

/** Samples of columns: how a whole head is read. */
export function samplesOf(columns: RowColumns): Samples {
  const { count, timestampRuns: times, statusCodeRuns: codes } = columns
  const timestamp = new Float64Array(count)
  const statusCode = new Uint32Array(count)
  for (let run = 0, row = 0; run < times.count; run++) {
    timestamp.fill(times.value[run]!, row, times.end[run]!)
    row = times.end[run]!
  }
  for (let run = 0, row = 0; run < codes.count; run++) {
    statusCode.fill(codes.value[run]!, row, codes.end[run]!)
    row = codes.end[run]!
  }
  return { count, timestamp, value: columns.value, statusCode, others: columns.others }
}

function runsOf(column: Float64Array | Uint32Array, count: number, value: Float64Array | Uint32Array): Runs {
  const end = new Uint32Array(count)
  let runs = 0
  for (let row = 0; row < count; row++) {
    if (runs === 0 || column[row] !== value[runs - 1]) value[runs++] = column[row]!
    end[runs - 1] = row + 1
  }
  return { count: runs, value, end }
}

/** Visits rows one by one, in order. */
export function forEachRow(
  { count, timestampRuns: times, statusCodeRuns: codes }: RowColumns,
  visit: (row: number, timestamp: number, statusCode: number) => void,
): void {
  for (let row = 0, timeRun = 0, codeRun = 0; row < count; row++) {
    if (row === times.end[timeRun]) timeRun++
    if (row === codes.end[codeRun]) codeRun++
    visit(row, times.value[timeRun]!, codes.value[codeRun]!)
  }
}
