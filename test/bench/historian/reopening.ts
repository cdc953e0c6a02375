// H9: how long a station takes to have its history back after a kill -9, with a full segment of the journal and nothing sealed yet.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { defaultHistorySettings } from '../../../src-main/historian/history-settings.ts'
import { MixedHour } from '../historian-data.ts'
import type { ReportFigure } from './figures.ts'
import { openWriter } from './lineside.ts'

const rounds = 3

export async function measureReopening(seconds: number, folder: string, figure: ReportFigure): Promise<void> {
  const crashed = join(folder, 'crashed')
  mkdirSync(crashed)
  const program = new URL('./crash-device.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [program, crashed, String(seconds)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [bytes] = (await once(child.stdout, 'data')) as [Buffer]
  const [storedCount, journalByteCount] = bytes.toString().split(' ').map(Number)
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
  const names = new MixedHour({ seconds: 1 }).tags.map(({ name }) => name)
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const copy = join(folder, `crashed-${round}`)
    cpSync(crashed, copy, { recursive: true })
    const start = performance.now()
    const writer = openWriter(copy, defaultHistorySettings, names)
    times.push(performance.now() - start)
    // Every tag has a mark for the time in which nothing ran.
    const found = writer.figures.headSampleCount - names.length
    if (found !== storedCount) throw new Error(`of ${storedCount} samples ${found} were found again`)
    await writer.close()
  }
  times.sort((a, b) => a - b)
  figure('H9 journal that is read back', journalByteCount! / 1e6, 'MB')
  figure('H9 reopening after kill -9, median', times[rounds >> 1]!, 'ms')
  figure('H9 samples read back per second', storedCount! / (times[rounds >> 1]! / 1000), '1/s')
}
