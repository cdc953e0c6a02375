// V7: from the start of a headless station on the demo plant to its first Good value over HTTP, and its memory. The
// simulators run already, as machines do.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endProcess, StationProcess, startProgram } from '../runtime/station-process.ts'
import type { Report } from './run.ts'

const demoPlant = fileURLToPath(new URL('../../resources/demo-plant', import.meta.url))
const rounds = 5
/** Long enough for imports to be collected and all subscriptions to run. */
const settleMs = 12_000

export async function run(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-demo-'))
  cpSync(demoPlant, folder, { recursive: true })
  const simulators = await startProgram(['simulate', folder], (line) => line === 'lineside simulators ready')
  try {
    const toReady: number[] = []
    const toGood: number[] = []
    const toAllGood: number[] = []
    let memory = 0
    for (let round = 0; round < rounds; round++) {
      const begin = performance.now()
      const station = await StationProcess.start(folder)
      toReady.push(performance.now() - begin)
      toGood.push(await waitForGood(station, begin, (good) => good >= 1))
      toAllGood.push(await waitForGood(station, begin, (good, all) => good >= all * 0.95))
      if (round === rounds - 1) {
        await new Promise((resolve) => setTimeout(resolve, settleMs))
        memory = residentMegabytes(station.child.pid!)
      }
      await station.stop()
    }
    const figure = (name: string, value: number, unit: string) =>
      report({ bench: 'start-up', figure: name, value: Math.round(value), unit })
    figure('V7 start to ready', median(toReady), 'ms')
    figure('V7 start to first good value', median(toGood), 'ms')
    figure('V7 start to 95 % of the values good', median(toAllGood), 'ms')
    figure('V7 memory with OPC UA', memory, 'MB')
  } finally {
    await endProcess(simulators.child)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function waitForGood(
  station: StationProcess,
  begin: number,
  isEnough: (good: number, all: number) => boolean,
): Promise<number> {
  const { tags } = await station.call('tags.browse', { limit: 10_000 })
  const names = tags.map(({ tag }) => tag)
  for (;;) {
    const { values } = await station.call('tags.read', { tags: names })
    const good = values.filter(({ quality }) => quality === 'Good').length
    if (isEnough(good, names.length)) return performance.now() - begin
    if (performance.now() - begin > 30_000)
      throw new Error(`only ${good} of ${names.length} values are good after 30 s`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function residentMegabytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
  return Number(kilobytes) / 1024
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}
