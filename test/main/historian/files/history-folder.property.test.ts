// Whatever is appended, in whatever order, with whatever happens in between: readers get exactly what a plain list would hold.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RetentionSettings } from '../../../../src-main/historian/files/history-files.ts'
import { HistoryFolder } from '../../../../src-main/historian/files/history-folder.ts'
import { HistoryViews } from '../../../../src-main/historian/files/history-views.ts'
import { HistoryModel, numberSeries, sealed, storedSamples, type TestSample } from './history-plant.ts'

const monday = Date.UTC(2026, 0, 5)
const dayMs = 86_400_000
const seriesCount = 3
const farFuture = monday + 1000 * dayMs
const keepAll: RetentionSettings = { retentionMs: null, maximumByteCount: null }

type Step =
  | {
      readonly kind: 'append'
      readonly series: number
      readonly start: number
      readonly gaps: number[]
      readonly isBackFill: boolean
    }
  | { readonly kind: 'reopen' | 'kill' | 'commit' | 'housekeep' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      series: fc.nat(seriesCount - 1),
      // Few instants, so that chunks overlap and time stamps meet; two partitions.
      start: fc.oneof(
        fc.nat(200),
        fc.nat(200).map((ms) => 7 * dayMs + ms),
      ),
      gaps: fc.array(fc.nat(9), { minLength: 1, maxLength: 40 }),
      isBackFill: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('reopen' as const, 'kill' as const, 'commit' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('housekeep' as const) }) },
)

let nextValue = 0
function rowsOf(step: Step & { kind: 'append' }): TestSample[] {
  let timestamp = monday + step.start
  const rows = step.gaps.map((gap) => {
    timestamp += gap
    return { timestamp, value: nextValue++ / 100 }
  })
  // A back-fill has one sample for each time stamp.
  return step.isBackFill ? rows.filter((row, index) => rows[index + 1]?.timestamp !== row.timestamp) : rows
}

describe('the history folder against a plain list', () => {
  test('appends, late and back-filled chunks, compaction, restarts and kills at every step', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const root = mkdtempSync(join(tmpdir(), 'lineside-history-'))
        let folder = join(root, '0')
        let files = HistoryFolder.open({ folder })
        let views = new HistoryViews({ folder })
        const model = new HistoryModel()
        const ids = files
          .defineSeries(Array.from({ length: seriesCount }, (_, index) => numberSeries(`tag${index}`)))
          .map((row) => row.id)
        const compare = () => {
          const view = views.open()
          for (const id of ids) {
            expect(storedSamples(view, id)).toEqual(model.samples(id))
            const [first] = model.samples(id)
            expect(view.span(id)?.first).toBe(first?.timestamp)
            expect(view.span(id)?.last).toBe(model.samples(id).at(-1)?.timestamp)
          }
          view.close()
        }
        try {
          for (const [number, step] of steps.entries()) {
            const before = views.open()
            const stateBefore = ids.map((id) => storedSamples(before, id))
            if (step.kind === 'append') {
              const id = ids[step.series]!
              const rows = rowsOf(step)
              files.append({ chunks: [sealed(id, rows, { isBackFill: step.isBackFill })], journalPosition: number })
              model.append(id, rows, step.isBackFill)
            } else if (step.kind === 'commit') await files.commit()
            else if (step.kind === 'housekeep') await files.housekeep(farFuture, keepAll)
            expect(ids.map((id) => storedSamples(before, id))).toEqual(stateBefore)
            before.close()
            if (step.kind === 'reopen' || step.kind === 'kill') {
              // A killed writer leaves its files as they are at that moment: a copy of them is what the next start finds.
              const next = join(root, String(number + 1))
              if (step.kind === 'kill') cpSync(folder, next, { recursive: true })
              views.close()
              await files.close()
              if (step.kind === 'kill') folder = next
              files = HistoryFolder.open({ folder })
              views = new HistoryViews({ folder })
            }
            compare()
          }
        } finally {
          views.close()
          await files.close()
          rmSync(root, { recursive: true, force: true })
        }
      }),
      { numRuns: 60 },
    )
  }, 120_000)

  test('bounds and instants give chunks among which the sample is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lineside-history-'))
    const files = HistoryFolder.open({ folder })
    const id = files.defineSeries([numberSeries('tag')])[0]!.id
    const model = new HistoryModel()
    const appends = fc.sample(step, { numRuns: 60, seed: 7 }).filter((step) => step.kind === 'append')
    for (const append of appends) {
      const rows = rowsOf(append)
      files.append({ chunks: [sealed(id, rows)], journalPosition: 0 })
      model.append(id, rows, false)
    }
    const views = new HistoryViews({ folder })
    for (const round of ['tails', 'sorted']) {
      const view = views.open()
      for (
        let at = monday - 2;
        at < monday + 8 * dayMs;
        at += at < monday + 700 || at > monday + 7 * dayMs ? 1 : 3_599_987
      ) {
        if (at > monday + 7 * dayMs + 700) break
        const latest = model.samples(id).findLast((row) => row.timestamp < at)
        const earliest = model.samples(id).find((row) => row.timestamp >= at)
        const bound = view.boundBefore(id, at)
        expect(storedSamples(view, id, bound, at).at(-1)?.timestamp, round).toBe(latest?.timestamp)
        expect(storedSamples(view, id, at, view.boundAfter(id, at) + 1)[0]?.timestamp, round).toBe(earliest?.timestamp)
      }
      view.close()
      await files.housekeep(farFuture, keepAll)
    }
    views.close()
    await files.close()
    rmSync(folder, { recursive: true, force: true })
  })
})
