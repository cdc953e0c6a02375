// What the golden files of the historian hold: bytes as an old version wrote them, and what has to be read from them, as text,
// one row per line. Run as a program it writes those that are missing; it never changes one that is there.
import { existsSync, writeFileSync } from 'node:fs'
import { encodeChunk } from '../../../../src-main/historian/codec/chunk-codec.ts'
import { encodeTimestamps } from '../../../../src-main/historian/codec/timestamp-codec.ts'
import { encodeTimestampSubset } from '../../../../src-main/historian/codec/timestamp-subset.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import { toBase64 } from '../../../../src-main/shared/data-value.ts'
import { samplesByName, startTimestamp } from './chunk-samples.ts'

export const goldenFolder = new URL('../../../data/historian/', import.meta.url)
/** The version that missing files are written for: that of the encoder. */
export const goldenVersion = 1

/** Rows as text: bits of the number, status code, what is no number. */
export function rowsText(
  value: Float64Array,
  statusCode: Uint32Array,
  others: readonly (TagValue | undefined)[] | null,
): string {
  const bits = new BigUint64Array(value.slice().buffer)
  const rows = Array.from(bits, (number, row) => {
    const other = others?.[row]
    const text = other === undefined ? '' : ` ${JSON.stringify(plain(other))}`
    return `${number.toString(16).padStart(16, '0')} ${statusCode[row]!.toString(16).padStart(8, '0')}${text}\n`
  })
  return rows.join('')
}

export function timestampsText(timestamp: Float64Array): string {
  return `${timestamp.join('\n')}\n`
}

/** A value with everything that JSON does not have spelled out. */
function plain(value: TagValue): unknown {
  if (typeof value === 'bigint') return { integer: value.toString() }
  if (typeof value === 'number') return { number: Object.is(value, -0) ? '-0' : String(value) }
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return { bytes: toBase64(value) }
  if (Array.isArray(value)) return value.map(plain)
  return { fields: Object.entries(value).map(([name, inner]) => [name, plain(inner)]) }
}

/** Columns of time stamps, one for each mode, and one that others are subsets of. */
export function goldenColumns(): ReadonlyMap<string, Float64Array> {
  const column = (at: (row: number) => number) => Float64Array.from({ length: 300 }, (_, row) => at(row))
  return new Map([
    ['even', column((row) => startTimestamp + 1000 * row)],
    ['grid', column((row) => startTimestamp + 1000 * row + ((row * 7919) % 7) + (row > 200 ? 60_000 : 0))],
    ['wide', column((row) => row * 2 ** 43 + (row % 3))],
  ])
}

/** Every third and every fifth row of the column `grid`. */
export function goldenSubset(): Float64Array {
  return goldenColumns()
    .get('grid')!
    .filter((_, row) => row % 3 === 0 || row % 5 === 0)
}

/** Rows of those that need more or fewer than 300 to show what they are about. */
const rowCounts: Readonly<Record<string, number>> = {
  texts: 40,
  statuses: 700,
  'runs-of-floats': 1100,
  'decimal-sparse': 1500,
}

function writeMissing(name: string, content: string | Uint8Array): void {
  const file = new URL(name, goldenFolder)
  if (existsSync(file)) return
  writeFileSync(file, content)
  process.stdout.write(`${name} written\n`)
}

if (import.meta.main) {
  for (const [name, samples] of samplesByName()) {
    const count = Math.min(samples.count, rowCounts[name] ?? 300)
    const { value, statusCode, others } = samples
    const rows = rowsText(value.subarray(0, count), statusCode, others)
    writeMissing(`chunk-v${goldenVersion}-${name}.bin`, encodeChunk({ ...samples, count }).bytes)
    writeMissing(`chunk-v${goldenVersion}-${name}.txt`, rows)
  }
  for (const [name, timestamp] of goldenColumns()) {
    writeMissing(`timestamps-v${goldenVersion}-${name}.bin`, encodeTimestamps(timestamp, timestamp.length))
    writeMissing(`timestamps-v${goldenVersion}-${name}.txt`, timestampsText(timestamp))
  }
  const subset = goldenSubset()
  const bytes = encodeTimestampSubset(subset, subset.length, goldenColumns().get('grid')!)!
  writeMissing(`subset-v${goldenVersion}-of-grid.bin`, bytes)
  writeMissing(`subset-v${goldenVersion}-of-grid.txt`, timestampsText(subset))
}
