// How small the hour could be made at best: a bound for bytes per point, from what is left of each sample when a good guess of it
// is taken away. Not a format, only a yardstick.
import { constants, zstdCompressSync } from 'node:zlib'
import type { MixedHour } from '../historian-data.ts'

/** Bytes per point: values of each tag on their own, time stamps once for each scan of a device. */
export function entropyBound(hour: MixedHour): number {
  let valueBits = 0
  let stampBits = 0
  const scans = new Set<string>()
  for (const tag of hour.tags) {
    const { value, timestamp, count } = hour.samples(tag.handle)
    const known = value.filter((number) => !Number.isNaN(number))
    valueBits += tag.class === 'double' || tag.class === 'float' ? 8 * planeBytes(known) : residualBits(known)
    const scan = `${tag.device} ${tag.scanIntervalMs}`
    if (scans.has(scan)) continue
    scans.add(scan)
    const first = timestamp[0]!
    stampBits += entropyBits(
      Array.from({ length: count }, (_, row) => timestamp[row]! - first - row * tag.scanIntervalMs),
    )
  }
  return (valueBits + stampBits) / 8 / hour.pointCount
}

/** The smaller of both: entropy of the steps, or the steps as bytes through a strong general compressor (it sees repetition). */
function residualBits(values: Float64Array): number {
  const distinct = [...new Set(values)].sort((a, b) => a - b)
  const rank = new Map(distinct.map((value, index) => [value, index]))
  const steps: number[] = []
  for (let row = 1; row < values.length; row++) steps.push(rank.get(values[row]!)! - rank.get(values[row - 1]!)!)
  const bytes = new Uint8Array(new Int16Array(steps.map((step) => Math.max(-32_768, Math.min(32_767, step)))).buffer)
  return Math.min(
    entropyBits(steps),
    entropyBits([...values].map((value) => rank.get(value)!)),
    8 * compressed(planes(bytes, 2)),
  )
}

/** Noise in all bits of the number: byte by byte, high bytes compress, low ones do not. */
function planeBytes(values: Float64Array): number {
  const isFloat32 = values.every((value) => Math.fround(value) === value)
  const bytes = new Uint8Array(isFloat32 ? Float32Array.from(values).buffer : values.slice().buffer)
  return compressed(planes(bytes, isFloat32 ? 4 : 8))
}

function planes(bytes: Uint8Array, width: number): Uint8Array {
  const rows = bytes.length / width
  const sorted = new Uint8Array(bytes.length)
  for (let row = 0; row < rows; row++)
    for (let plane = 0; plane < width; plane++) sorted[plane * rows + row] = bytes[row * width + plane]!
  return sorted
}

function compressed(bytes: Uint8Array): number {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 19 } }).length
}

/** Bits of a list whose numbers are drawn independently with the frequencies they have. */
function entropyBits(numbers: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= count * Math.log2(count / numbers.length)
  return bits
}
