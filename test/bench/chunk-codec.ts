// The codec of the historian alone, on the mixed data set: bytes per sample of each class beside the entropy of what made it,
// and how fast chunks are encoded and read. One thread, its own CPU time.
import { type ChunkHint, encodeChunk, openChunk } from '../../src-main/historian/codec/chunk-codec.ts'
import { decodeTimestamps, encodeTimestamps, openTimestamps } from '../../src-main/historian/codec/timestamp-codec.ts'
import type { Samples } from '../../src-main/historian/samples.ts'
import { MixedHour, type TagClass } from './historian-data.ts'
import type { Report } from './run.ts'

const samplesPerChunk = 4096
const rounds = 5

/** Chunks of one tag, and the hint each was encoded with. */
interface TagChunks {
  readonly tagClass: TagClass
  readonly parts: readonly Samples[]
  readonly bytes: Uint8Array[]
}

/** Bits per sample that the sources of historian-data.ts produce: discrete Gaussian noise, or rare changes. */
const entropies: Record<TagClass, (scanIntervalMs: number) => number> = {
  // Walk of 1.2 hundredths and noise of 0.7: what the best linear filter leaves, rounded to hundredths.
  temperature: () =>
    gaussianBits(
      Math.sqrt(1.2 ** 2 / 2 + Math.sqrt(1.2 ** 4 / 4 + 1.2 ** 2 * (0.7 ** 2 + 1 / 12)) + 0.7 ** 2 + 1 / 12),
    ),
  double: () => gaussianBits(0.17 * 2 ** 47),
  float: () => gaussianBits(0.39 * 2 ** 17),
  analogueInput: () => gaussianBits(4),
  integer: () => gaussianBits(2.2),
  counter: (interval) => changeBits(interval / 12_000, 0),
  boolean: (interval) => changeBits(interval / 600_000, 0),
  setpoint: (interval) => changeBits(interval / 1_200_000, Math.log2(1000)),
}
const timestampBits = gaussianBits(2)

function gaussianBits(deviation: number): number {
  return Math.log2(deviation * Math.sqrt(2 * Math.PI * Math.E))
}

function changeBits(chance: number, bitsOfChange: number): number {
  return -chance * Math.log2(chance) - (1 - chance) * Math.log2(1 - chance) + chance * bitsOfChange
}

export async function run(report: Report): Promise<void> {
  const hour = new MixedHour()
  const chunks = hour.tags.map(
    (tag): TagChunks => ({ tagClass: tag.class, parts: partsOf(hour.samples(tag.handle)), bytes: [] }),
  )
  const groups = new Map<string, { readonly columns: readonly Samples[]; readonly bytes: Uint8Array[] }>()
  for (const tag of hour.tags)
    groups.set(`${tag.device} ${tag.scanIntervalMs}`, { columns: chunks[tag.handle]!.parts, bytes: [] })

  const encodeMs = fastest(() => {
    encodeTags(chunks)
    for (const group of groups.values()) {
      group.bytes.length = 0
      for (const part of group.columns) group.bytes.push(encodeTimestamps(part.timestamp, part.count))
    }
  })
  const decodeMs = fastest(() => {
    decodeTags(chunks)
    for (const group of groups.values()) for (const bytes of group.bytes) decodeTimestamps(bytes)
  })

  const put = (figure: string, value: number, unit: string) => report({ bench: 'chunk-codec', figure, value, unit })
  const timestampBytes = [...groups.values()].reduce((sum, group) => sum + sizeOf(group.bytes), 0)
  const valueBytes = chunks.reduce((sum, tag) => sum + sizeOf(tag.bytes), 0)
  const valueBound = hour.tags.reduce(
    (sum, tag) => sum + (countOf(chunks[tag.handle]!) * entropies[tag.class](tag.scanIntervalMs)) / 8,
    0,
  )
  const timestampBound = [...groups.values()].reduce(
    (sum, group) => sum + (group.columns.reduce((rows, part) => rows + part.count, 0) * timestampBits) / 8,
    0,
  )
  for (const tagClass of new Set(hour.tags.map((tag) => tag.class))) {
    const own = chunks.filter((tag) => tag.tagClass === tagClass)
    const count = own.reduce((sum, tag) => sum + countOf(tag), 0)
    const size = own.reduce((sum, tag) => sum + sizeOf(tag.bytes), 0)
    const bound = hour.tags.reduce(
      (sum, tag) =>
        sum +
        (tag.class === tagClass ? (countOf(chunks[tag.handle]!) * entropies[tagClass](tag.scanIntervalMs)) / 8 : 0),
      0,
    )
    put(`${tagClass} values`, size / count, 'B/sample')
    put(`${tagClass} values, entropy of the source`, bound / count, 'B/sample')
    put(`${tagClass} encode`, count / 1e3 / fastest(() => encodeTags(own)), 'M samples/s')
    put(`${tagClass} decode`, count / 1e3 / fastest(() => decodeTags(own)), 'M samples/s')
  }
  put('time stamps, one column per scan group', timestampBytes / hour.pointCount, 'B/sample')
  put('values', valueBytes / hour.pointCount, 'B/sample')
  put('H2 payload', (timestampBytes + valueBytes) / hour.pointCount, 'B/sample')
  put('H2 payload to entropy of the sources', (timestampBytes + valueBytes) / (timestampBound + valueBound), '1')
  put('encode with shared time stamps', hour.pointCount / 1e3 / encodeMs, 'M samples/s')
  put('decode whole chunks with shared time stamps', hour.pointCount / 1e3 / decodeMs, 'M samples/s')
  readBlocks(chunks, groups.values().next().value!.bytes, put)
}

function partsOf(samples: Samples): Samples[] {
  const parts: Samples[] = []
  for (let from = 0; from < samples.count; from += samplesPerChunk) {
    const to = Math.min(samples.count, from + samplesPerChunk)
    parts.push({
      count: to - from,
      timestamp: samples.timestamp.subarray(from, to),
      value: samples.value.subarray(from, to),
      statusCode: samples.statusCode.subarray(from, to),
      others: samples.others?.slice(from, to) ?? null,
    })
  }
  return parts
}

function encodeTags(tags: readonly TagChunks[]): void {
  for (const tag of tags) encodeTag(tag)
}

function decodeTags(tags: readonly TagChunks[]): void {
  for (const tag of tags) for (const bytes of tag.bytes) openChunk(bytes).decodeAll()
}

function encodeTag(tag: TagChunks): void {
  let hint: ChunkHint | null = null
  tag.bytes.length = 0
  for (const part of tag.parts) {
    const encoded = encodeChunk(part, hint)
    hint = encoded.hint
    tag.bytes.push(encoded.bytes)
  }
}

/** Opening a chunk for one of its blocks, for its summaries; a time stamp block; one tag's chunks, whose codes are known. */
function readBlocks(
  chunks: readonly TagChunks[],
  columns: readonly Uint8Array[],
  put: (figure: string, value: number, unit: string) => void,
): void {
  const temperatures = chunks.filter((tag) => tag.tagClass === 'temperature')
  const oneOfEach = temperatures.map((tag) => tag.bytes[0]!)
  const oneTag = temperatures.find((tag) => tag.bytes.length > 1)!.bytes
  const into = { value: new Float64Array(256), statusCode: new Uint32Array(256), others: null }
  const each = (list: readonly Uint8Array[], read: (bytes: Uint8Array) => unknown) => {
    const repeats = Math.ceil(20_000 / list.length)
    const ms = fastest(() => {
      for (let repeat = 0; repeat < repeats; repeat++) for (const bytes of list) read(bytes)
    })
    return (ms / (repeats * list.length)) * 1e3
  }
  put(
    'open a chunk and read its summaries',
    each(oneOfEach, (bytes) => openChunk(bytes).blocks),
    'µs',
  )
  put(
    'open a chunk and decode one block, each of another tag',
    each(oneOfEach, (bytes) => openChunk(bytes).decodeBlock(7, into, 0)),
    'µs',
  )
  put(
    'open a chunk and decode one block, of one tag',
    each(oneTag, (bytes) => openChunk(bytes).decodeBlock(2, into, 0)),
    'µs',
  )
  put(
    'open a column and decode one block of time stamps',
    each(columns, (bytes) => openTimestamps(bytes).decodeBlock(2, into.value, 0)),
    'µs',
  )
}

function countOf(tag: TagChunks): number {
  return tag.parts.reduce((sum, part) => sum + part.count, 0)
}

function sizeOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, bytes) => sum + bytes.length, 0)
}

/** The CPU time of a thread is counted in steps of some ms: shorter work is repeated. */
const shortestMeasureMs = 100

/** ms of this thread's own CPU time, best of some rounds: what other programs do meanwhile does not count. */
function fastest(work: () => void): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    const begin = process.threadCpuUsage()
    let [times, ms] = [0, 0]
    while (ms < shortestMeasureMs) {
      work()
      times++
      const { user, system } = process.threadCpuUsage(begin)
      ms = (user + system) / 1e3
    }
    best = Math.min(best, ms / times)
  }
  return best
}
