// Samples for tests of the codec: one set for each way in which values are stored.
import type { Samples } from '../../../../src-main/historian/samples.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { gaussian, randomOf } from '../../../../src-main/simulation/random.ts'

export const startTimestamp = Date.UTC(2026, 0, 7, 8)

/** Good samples, one per second. */
export function goodSamples(count: number, at: (row: number) => number): Samples {
  return {
    count,
    timestamp: Float64Array.from({ length: count }, (_, row) => startTimestamp + 1000 * row),
    value: Float64Array.from({ length: count }, (_, row) => at(row)),
    statusCode: new Uint32Array(count),
    others: null,
  }
}

/** Good samples whose values are no numbers. */
export function otherSamples(count: number, at: (row: number) => TagValue): Samples {
  const samples = goodSamples(count, () => Number.NaN)
  return { ...samples, others: Array.from({ length: count }, (_, row) => at(row)) }
}

/** The number with these 64 bits. */
export function numberOfBits(bits: bigint): number {
  return new Float64Array(BigInt64Array.of(BigInt.asIntN(64, bits)).buffer)[0]!
}

/** A set for each coder and each kind of row; always the same. */
export function samplesByName(): ReadonlyMap<string, Samples> {
  const random = randomOf(42, 'samples of the codec')
  const walk = walkOf(() => 0.012 * gaussian(random))
  const counter = walkOf(() => (random() < 0.08 ? 1 : 0))
  const fine = (row: number) => 20 + Math.round(100 * Math.sin(row / 50)) / 100
  return new Map<string, Samples>([
    ['none', otherSamples(300, () => null)],
    ['constant', goodSamples(4096, () => 21.5)],
    ['runs', goodSamples(2000, (row) => [0, 1, 0.5, -3.25][Math.floor(row / 100) % 4]!)],
    ['runs-of-floats', goodSamples(2000, (row) => Math.PI * (1 + Math.floor(row / 500)))],
    ['decimal-dense', goodSamples(4096, () => Math.round((40 + walk()) * 100) / 100)],
    ['decimal-sparse', goodSamples(4096, () => 1_000_000_000_000 + counter())],
    ['decimal-with-misfits', goodSamples(1000, (row) => (row % 300 === 7 ? Math.PI : Math.round(row / 3) / 10))],
    ['lattice', goodSamples(1500, () => (13_000 + Math.round(4 * gaussian(random))) * (87.3 / 27_648))],
    ['lattice-with-offset', goodSamples(1500, () => (130 + Math.round(9 * gaussian(random))) * (87.3 / 27_648) - 0.7)],
    ['float32', goodSamples(1500, () => Math.fround(100 + 0.39 * gaussian(random)))],
    ['float64', goodSamples(1500, () => 0.17 * gaussian(random))],
    ['ramp', goodSamples(1500, (row) => 7 * row)],
    ['statuses', withStatuses(goodSamples(900, fine))],
    [
      'specials',
      goodSamples(900, (row) => [fine(row), -0, Number.NaN, Number.POSITIVE_INFINITY][row % 97 > 3 ? 0 : row % 4]!),
    ],
    [
      'texts',
      otherSamples(
        700,
        (row) => ['', 'Recipe 12', 'Rührwerk läuft', '停止', '\ud800 lone', 'x'.repeat(2000)][row % 6]!,
      ),
    ],
    ['integers', otherSamples(700, (row) => 9_007_199_254_740_993n * BigInt(row - 300))],
    [
      'structures',
      otherSamples(
        300,
        (row) =>
          [
            [1, 2.5, -0, null],
            { mode: 'auto', set: { value: row, on: true } },
            new Uint8Array([0, 255, row % 256]),
            [],
          ][row % 4]!,
      ),
    ],
  ])
}

function walkOf(step: () => number): () => number {
  let level = 0
  return () => {
    level += step()
    return level
  }
}

/** Bad without a value, Bad with one, Uncertain: some seconds each. */
function withStatuses(samples: Samples): Samples {
  const others: (TagValue | undefined)[] = []
  for (let row = 100; row < 130; row++) {
    samples.statusCode[row] = StatusCodes.BadNoCommunication
    samples.value[row] = Number.NaN
    others[row] = null
  }
  samples.statusCode.fill(StatusCodes.BadSensorFailure, 400, 420)
  samples.statusCode.fill(StatusCodes.UncertainLastUsableValue, 600, 620)
  return { ...samples, others }
}
