// Taking scans apart (TARGETS L4): the time of one, over what scanners send, and a million strings of garbage none of which may throw or hang.
import { parseIdentifier } from '../../../src-main/identifiers/schemes/parse-identifier.ts'
import { GarbageTexts, scannedTexts } from '../../data/identifiers/scanned-texts.ts'
import type { Report } from '../run.ts'

const rounds = 200
const fuzzed = 1_000_000

export async function run(report: Report): Promise<void> {
  const put = (figure: string, value: number, unit: string) => report({ bench: 'labels', figure, value, unit })
  const times = Array.from({ length: rounds }, timeOfAll)
  put('parse a scan', (times.reduce((sum, time) => sum + time) * 1000) / (rounds * scannedTexts.length), 'µs')
  put('parse a scan, fastest round', (Math.min(...times) * 1000) / scannedTexts.length, 'µs')
  put('parse the slowest of the scans', slowest() * 1000, 'µs')

  const garbage = new GarbageTexts(20_261_123)
  let thrown = 0
  let longest = 0
  let total = 0
  for (let at = 0; at < fuzzed; at++) {
    const text = garbage.next()
    const begun = performance.now()
    try {
      parseIdentifier(text)
    } catch (error) {
      thrown++
      process.stderr.write(`${JSON.stringify(text)}: ${String(error)}\n`)
    }
    const took = performance.now() - begun
    total += took
    if (took > longest) longest = Math.max(longest, again(text))
  }
  put('strings of garbage', fuzzed, '1')
  put('strings of garbage that threw', thrown, '1')
  put('parse a string of garbage', (total * 1000) / fuzzed, 'µs')
  put('parse the slowest string of garbage', longest, 'ms')
}

/** Without what the machine did meanwhile: the fastest of three; ms. */
function again(text: string): number {
  const times = Array.from({ length: 3 }, () => {
    const started = performance.now()
    parseIdentifier(text)
    return performance.now() - started
  })
  return Math.min(...times)
}

/** Each of the scans once; ms. */
function timeOfAll(): number {
  const started = performance.now()
  for (const text of scannedTexts) parseIdentifier(text)
  return performance.now() - started
}

/** Mean of the text that takes longest; ms. */
function slowest(): number {
  return Math.max(
    ...scannedTexts.map((text) => {
      const started = performance.now()
      for (let round = 0; round < rounds; round++) parseIdentifier(text)
      return (performance.now() - started) / rounds
    }),
  )
}
