// A power cut: of what was written since the last commit point, any part may be missing or zeros. What was committed is there.
import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkHistory } from '../../../../src-main/historian/files/history-check.ts'
import { HistoryFolder } from '../../../../src-main/historian/files/history-folder.ts'
import { HistoryViews } from '../../../../src-main/historian/files/history-views.ts'
import { numberSeries, sealed, storedSamples, type TestSample } from './history-plant.ts'

const monday = Date.UTC(2026, 0, 5)
const samplesPerChunk = 20

/** The chunk with this number of a series; two weeks in turn. */
function rowsOf(chunk: number): TestSample[] {
  const start = monday + (chunk % 4 === 3 ? 7 * 86_400_000 : 0) + chunk * 60_000
  return Array.from({ length: samplesPerChunk }, (_, row) => ({
    timestamp: start + row * 1000,
    value: chunk + row / 100,
  }))
}

/** Loses what is behind `kept`: all from a place on, or a hole of zeros in the midst of it. */
function lose(file: string, kept: number, share: number, isHole: boolean): void {
  const { size } = statSync(file)
  const at = kept + Math.floor((size - kept) * share)
  if (at >= size) return
  if (!isHole) return truncateSync(file, at)
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, Buffer.alloc(Math.min(300, size - at)), 0, undefined, at)
  closeSync(descriptor)
}

describe('after a power cut', () => {
  test('everything committed is there, nothing is half there, and coverage promises nothing that is lost', async () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    await fc.assert(
      fc.asyncProperty(
        fc.nat(12),
        fc.integer({ min: 1, max: 25 }),
        fc.array(share, { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        async (committed, more, shares, isHole) => {
          const root = mkdtempSync(join(tmpdir(), 'lineside-history-'))
          const folder = join(root, 'history')
          const after = join(root, 'after')
          const files = HistoryFolder.open({ folder })
          const [level] = files.defineSeries([numberSeries('Filler.Level')])
          const append = (target: HistoryFolder, chunk: number) => {
            const rows = rowsOf(chunk)
            const coveredBefore = rows.at(-1)!.timestamp + 1
            target.append({ chunks: [sealed(level!.id, rows, { coveredBefore })], journalPosition: chunk + 1 })
          }
          for (let chunk = 0; chunk < committed; chunk++) append(files, chunk)
          await files.commit()
          const sizes = new Map(
            readdirSync(join(folder, 'partitions')).map((name) => [
              name,
              statSync(join(folder, 'partitions', name)).size,
            ]),
          )
          for (let chunk = committed; chunk < committed + more; chunk++) append(files, chunk)
          cpSync(folder, after, { recursive: true })
          await files.close()
          for (const [number, name] of readdirSync(join(after, 'partitions')).entries()) {
            const kept = sizes.get(name) ?? 0
            lose(join(after, 'partitions', name), kept, shares[number % 4]!, isHole)
          }

          const again = HistoryFolder.open({ folder: after })
          const views = new HistoryViews({ folder: after })
          const stored = storedSamples(views.open(), level!.id)
          for (let chunk = 0; chunk < committed + more; chunk++) {
            const rows = rowsOf(chunk)
            const present = stored.filter(({ timestamp }) => rows.some((row) => row.timestamp === timestamp))
            if (chunk < committed) expect(present).toEqual(rows)
            else expect([0, samplesPerChunk]).toContain(present.length)
            const isCovered = again
              .coverage(0)
              .some(
                ({ journalPosition, from, before }) =>
                  chunk + 1 <= journalPosition && rows[0]!.timestamp >= from && rows[0]!.timestamp < before,
              )
            // What is covered will not come again from the journal; what is not covered will.
            expect(present.length > 0, `chunk ${chunk} of ${committed} + ${more}`).toBe(isCovered)
            if (!isCovered) append(again, chunk)
          }
          const all = Array.from({ length: committed + more }, (_, chunk) => rowsOf(chunk)).flat()
          expect(storedSamples(views.open(), level!.id)).toEqual(all.sort((a, b) => a.timestamp - b.timestamp))
          views.close()
          await again.close()
          // Where the index was lost too, what cannot be read stays where it is until a repair.
          for (const { text } of (await checkHistory(after)).problems)
            expect(text).toMatch(/^Bytes \d+ to \d+ are damaged$/)
          rmSync(root, { recursive: true, force: true })
        },
      ),
      { numRuns: 60 },
    )
  }, 120_000)
})
