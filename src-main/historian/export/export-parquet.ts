// Exported history as a Parquet file (parquet.apache.org format 2): columns tag, timestamp (UTC, ms), value (double), text
// (texts, exact integers and JSON of what is no number), statusCode (unsigned 32 bits), in row groups that are written as they
// fill, so that a file may be larger than memory.
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { toJsonValue } from '../../shared/data-value.ts'
import type { HistorySeries } from '../../shared/history.ts'
import type { ExportSink } from './history-export.ts'

/** Rows of a row group: readers skip groups by their statistics, writers hold one. */
const rowsOfGroup = 100_000

const schema: ConstructorParameters<typeof ParquetWriter>[0]['schema'] = [
  { name: 'history', num_children: 5 },
  { name: 'tag', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  {
    name: 'timestamp',
    type: 'INT64',
    repetition_type: 'REQUIRED',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
  { name: 'value', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
  { name: 'text', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  { name: 'statusCode', type: 'INT32', converted_type: 'UINT_32', repetition_type: 'REQUIRED' },
]

/** Rows that wait for their group. */
class RowGroup {
  tag: string[] = []
  timestamp: bigint[] = []
  value: (number | null)[] = []
  text: (string | null)[] = []
  statusCode: number[] = []

  get isFull(): boolean {
    return this.tag.length >= rowsOfGroup
  }

  add(series: HistorySeries, row: number): void {
    const other = series.others?.[row]
    const value = series.values[row]!
    this.tag.push(series.tag)
    this.timestamp.push(BigInt(Math.round(series.timestamps[row]!)))
    this.value.push(typeof other === 'bigint' ? Number(other) : Number.isNaN(value) ? null : value)
    this.text.push(other === undefined || other === null ? null : textOf(other))
    this.statusCode.push(series.statusCodes[row]!)
  }
}

function textOf(other: Parameters<typeof toJsonValue>[0]): string {
  const json = toJsonValue(other)
  return typeof json === 'string' ? json : JSON.stringify(json)
}

/** `write` resolves when there is room for more. */
export function parquetSink(write: (bytes: Uint8Array) => Promise<void>): ExportSink {
  const bytes = new ByteWriter()
  const parquet = new ParquetWriter({ writer: bytes, schema, createdBy: 'Lineside' })
  let group = new RowGroup()
  const send = async () => {
    const piece = new Uint8Array(bytes.buffer.slice(0, bytes.index))
    bytes.index = 0
    await write(piece)
  }
  const flush = async () => {
    const { tag, timestamp, value, text, statusCode } = group
    group = new RowGroup()
    if (tag.length === 0) return
    const columns = { tag, timestamp, value, text, statusCode }
    // Page indexes would be kept in memory until the end of the file.
    const columnData = Object.entries(columns).map(([name, data]) => ({ name, data, offsetIndex: false }))
    await parquet.write({ columnData, rowGroupSize: rowsOfGroup })
    await send()
  }
  return {
    async write(series) {
      for (let row = 0; row < series.timestamps.length; row++) {
        group.add(series, row)
        if (group.isFull) await flush()
      }
    },
    async finish() {
      await flush()
      await parquet.finish()
      await send()
    },
  }
}
