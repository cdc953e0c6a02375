// A disk without room: nothing half written is left, the same batch goes in when there is room again.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkHistory } from '../../../../src-main/historian/files/history-check.ts'
import type { SealedBatch } from '../../../../src-main/historian/files/history-files.ts'
import { HistoryFilesError } from '../../../../src-main/historian/files/history-files-error.ts'
import { HistoryFolder } from '../../../../src-main/historian/files/history-folder.ts'
import { HistoryViews } from '../../../../src-main/historian/files/history-views.ts'
import { numberSeries, sealed, storedSamples } from './history-plant.ts'

const monday = Date.UTC(2026, 0, 5)
const week = 7 * 86_400_000

/** True where this user may mount a small file system. */
const canMount = (() => {
  const place = mkdtempSync(join(tmpdir(), 'lineside-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' })
    execFileSync('umount', [place], { stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})()

let disk: string
beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'lineside-disk-'))
  if (canMount) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
})
afterEach(() => {
  if (canMount) execFileSync('umount', ['-l', disk])
  rmSync(disk, { recursive: true, force: true })
})

describe('a full disk', () => {
  test.skipIf(!canMount)(
    'refuses a batch whole, and takes it when there is room (needs the right to mount)',
    async () => {
      const folder = join(disk, 'history')
      const files = HistoryFolder.open({ folder })
      const [level] = files.defineSeries([numberSeries('Filler.Level')])
      const batchAt = (number: number): SealedBatch => ({
        chunks: [0, week].map((offset) =>
          sealed(
            level!.id,
            Array.from({ length: 2000 }, (_, row) => ({
              timestamp: monday + offset + number * 3_000_000 + row * 1000,
              value: Math.random(),
            })),
          ),
        ),
        journalPosition: number,
      })
      let stored = 0
      let refused: SealedBatch | null = null
      while (!refused && stored < 200) {
        const batch = batchAt(stored)
        try {
          files.append(batch)
          stored++
        } catch (error) {
          expect(error).toBeInstanceOf(HistoryFilesError)
          expect((error as HistoryFilesError).kind).toBe('diskFull')
          refused = batch
        }
      }
      expect(stored).toBeGreaterThan(5)
      const views = new HistoryViews({ folder })
      expect(storedSamples(views.open(), level!.id)).toHaveLength(stored * 4000)
      expect((await checkHistory(folder)).problems).toEqual([])
      await files.housekeep(monday + 5 * week, { retentionMs: null, maximumByteCount: null })
      expect(storedSamples(views.open(), level!.id)).toHaveLength(stored * 4000)
      expect(files.dropOldest()).toBe(true)
      views.open().close()
      const seal = files.append(refused!)
      expect(seal).toBe(stored + 1)
      expect(storedSamples(views.open(), level!.id)).toHaveLength(stored * 2000 + 4000)
      await files.close()
      views.close()
      expect((await checkHistory(folder)).problems).toEqual([])
    },
  )

  test.skipIf(!canMount).each([0, 1, 2, 3])(
    'that has %i blocks left for a new partition takes the batch as soon as there is room (needs the right to mount)',
    async (blocks) => {
      const folder = join(disk, 'history')
      const files = HistoryFolder.open({ folder })
      const [level] = files.defineSeries([numberSeries('Filler.Level')])
      const batch: SealedBatch = {
        chunks: [sealed(level!.id, [{ timestamp: monday, value: 1 }])],
        journalPosition: 1,
      }
      const ballast = join(disk, 'ballast')
      const { bavail, bsize } = statfsSync(disk)
      writeFileSync(ballast, Buffer.alloc((bavail - blocks) * bsize))
      try {
        files.append(batch)
      } catch (error) {
        expect((error as HistoryFilesError).kind).toBe('diskFull')
      }
      rmSync(ballast)
      files.append(batch)
      await files.close()
      expect((await checkHistory(folder)).problems).toEqual([])
    },
  )

  test.skipIf(!canMount)('ends recording at the first file, not the process (needs the right to mount)', () => {
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(1_040_000))
    expect(() => HistoryFolder.open({ folder: join(disk, 'history') })).toThrow(HistoryFilesError)
  })
})
