// kill -9 while the historian records as fast as it can: every acknowledged batch is there afterwards, once. The full thousand:
// LINESIDE_KILL_ROUNDS=1000 npm run test:runtime -- historian-kill
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src-main/base/clock.ts'
import { HistoryFolder } from '../../src-main/historian/files/history-folder.ts'
import { HistoryViews } from '../../src-main/historian/files/history-views.ts'
import { HistoryReader } from '../../src-main/historian/reader/history-reader.ts'
import { HistoryWriter } from '../../src-main/historian/writer/history-writer.ts'
import { randomOf } from '../../src-main/simulation/random.ts'
import { killedTags, killSettings, killStart, tagCount } from './historian-kill-plan.ts'

const rounds = Number(process.env.LINESIDE_KILL_ROUNDS ?? 20)
const child = new URL('./historian-kill-child.ts', import.meta.url).pathname
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'historian-kill-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the recorder and kills it after a while; number of the batch after the last acknowledged one. */
async function recordAndKill(firstBatch: number, afterMs: number): Promise<number> {
  const recorder = spawn(process.execPath, [child, folder, String(firstBatch)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let next = firstBatch
  let rest = Buffer.alloc(0)
  recorder.stdout.on('data', (bytes: Buffer) => {
    if (next === firstBatch) setTimeout(() => recorder.kill('SIGKILL'), afterMs)
    rest = Buffer.concat([rest, bytes])
    const whole = rest.length - (rest.length % 4)
    if (whole > 0) next = rest.readUInt32LE(whole - 4)
    rest = rest.subarray(whole)
  })
  await new Promise((resolve) => recorder.once('close', resolve))
  return next
}

/** Good values of a tag as a reader sees them. */
async function valuesOf(tag: number): Promise<number[]> {
  const files = HistoryFolder.open({ folder })
  const writer = new HistoryWriter({ folder, files, settings: killSettings, clock: systemClock })
  writer.configure(killedTags, killSettings)
  const reader = new HistoryReader(new HistoryViews({ folder }), { heads: async (series) => writer.heads(series) })
  const values: number[] = []
  let cursor: string | undefined
  do {
    const page = await reader.read({
      tags: [`Tag${tag}`],
      from: killStart,
      to: killStart + 1e9,
      mode: 'raw',
      limit: 1_000_000,
      cursor,
    })
    const [series] = page.series
    for (let row = 0; series && row < series.values.length; row++)
      if (series.statusCodes[row] === 0) values.push(series.values[row]!)
    cursor = page.cursor
  } while (cursor !== undefined)
  expect(writer.recovery.faults).toEqual([])
  await reader.close()
  await writer.close()
  return values
}

test(
  `nothing acknowledged is lost and nothing is there twice after ${rounds} × kill -9`,
  async () => {
    const random = randomOf(Number(process.env.LINESIDE_KILL_SEED ?? 1), 'kill')
    let next = 0
    for (let round = 0; round < rounds; round++) {
      const acknowledged = await recordAndKill(next, 20 + random() * 400)
      expect(acknowledged).toBeGreaterThan(next)
      const tag = round % tagCount
      const values = await valuesOf(tag)
      // One batch may have been journaled and not acknowledged any more.
      expect(
        values.length === acknowledged || values.length === acknowledged + 1,
        `${values.length} of ${acknowledged}`,
      ).toBe(true)
      for (let batch = 0; batch < values.length; batch++)
        if (values[batch] !== batch * 10 + tag)
          expect(values[batch], `batch ${batch} of tag ${tag}`).toBe(batch * 10 + tag)
      next = values.length
    }
    for (let tag = 0; tag < tagCount; tag++) expect(await valuesOf(tag)).toHaveLength(next)
  },
  60_000 + rounds * 5000,
)
