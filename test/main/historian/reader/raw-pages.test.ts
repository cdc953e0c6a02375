// Raw samples page by page: what stands beside the numbers belongs to its own row on every page.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HistoryFolder } from '../../../../src-main/historian/files/history-folder.ts'
import { HistoryViews } from '../../../../src-main/historian/files/history-views.ts'
import { defaultHistorySettings, recordedTag } from '../../../../src-main/historian/history-settings.ts'
import { HistoryReader } from '../../../../src-main/historian/reader/history-reader.ts'
import { HistoryWriter } from '../../../../src-main/historian/writer/history-writer.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

test('a sample without value early in a block makes none of a later page', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-pages-'))
  const files = HistoryFolder.open({ folder })
  const writer = new HistoryWriter({ folder, files, settings: defaultHistorySettings, clock: new FakeClock() })
  const views = new HistoryViews({ folder })
  const start = Date.UTC(2026, 0, 7)
  const Bad = 0x80310000
  const isBad = (row: number) => row % 100 === 3
  try {
    const { series } = recordedTag(0, tagDefinition('Level'))!
    await writer.write([
      {
        series,
        timestamp: Float64Array.from({ length: 1000 }, (_, row) => start + row),
        value: Float64Array.from({ length: 1000 }, (_, row) => (isBad(row) ? Number.NaN : row)),
        statusCode: Uint32Array.from({ length: 1000 }, (_, row) => (isBad(row) ? Bad : 0)),
        others: Array.from({ length: 1000 }, (_, row) => (isBad(row) ? null : undefined)),
      },
    ])
    const reader = new HistoryReader(views, null)
    const found: unknown[] = []
    let cursor: string | undefined
    do {
      const page = await reader.read({ tags: ['Level'], from: start, to: start + 1000, mode: 'raw', limit: 77, cursor })
      const { values, others, statusCodes } = page.series[0]!
      for (let row = 0; row < values.length; row++)
        found.push(others?.[row] === null || Number.isNaN(values[row]) ? [null, statusCodes[row]] : values[row])
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(found).toEqual(Array.from({ length: 1000 }, (_, row) => (isBad(row) ? [null, Bad] : row)))
  } finally {
    views.close()
    await writer.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
