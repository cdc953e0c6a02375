// V7: from the start of a headless station on the demo plant to its first Good value over HTTP, its processor time and its
// memory, with and without OPC UA: what the build gives a user, and beside it the sources. The simulators run already, as
// machines do. The build is measured as it is in out/main; one that is older than the sources is named on stderr.
import { appendFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isBuildCurrent } from '../../resources/bin/build-stamp.mjs'
import { demoFolder } from '../runtime/demo-folder.ts'
import { endProcess, StationProcess, startProgram } from '../runtime/station-process.ts'
import type { Report } from './run.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const rounds = 5
/** Long enough for imports to be collected and all subscriptions to run. */
const settleMs = 12_000
/** The clock tick in which Linux counts processor time. */
const tickMs = 10

type Code = 'build' | 'sources'

export async function run(report: Report): Promise<void> {
  const codes: Code[] = existsSync(join(root, 'out/main/cli.js')) ? ['build', 'sources'] : ['sources']
  if (!isBuildCurrent(root))
    process.stderr.write('out/main is missing or was made from other sources: npm run build first\n')
  const folder = await demoFolder()
  const withoutOpcUa = mkdtempSync(join(tmpdir(), 'lineside-demo-'))
  cpSync(folder, withoutOpcUa, { recursive: true })
  for (const file of readdirSync(join(withoutOpcUa, 'devices'))) {
    const path = join(withoutOpcUa, 'devices', file)
    if (/^protocol: opcua/m.test(readFileSync(path, 'utf8'))) appendFileSync(path, 'enabled: false\n')
  }
  const asked = process.env.LINESIDE_CODE
  const simulators = await startProgram(['simulate', folder], (line) => line === 'lineside simulators ready')
  try {
    for (const code of codes) {
      process.env.LINESIDE_CODE = code
      await measure(code, folder, withoutOpcUa, report)
    }
  } finally {
    if (asked === undefined) delete process.env.LINESIDE_CODE
    else process.env.LINESIDE_CODE = asked
    await endProcess(simulators.child)
    for (const used of [folder, withoutOpcUa]) rmSync(used, { recursive: true, force: true })
  }
}

async function measure(code: Code, folder: string, withoutOpcUa: string, report: Report): Promise<void> {
  const figure = (name: string, value: number, unit: string) =>
    report({ bench: 'start-up', figure: `V7 ${code}: ${name}`, value: Math.round(value), unit })
  const toReady: number[] = []
  const toGood: number[] = []
  const toAllGood: number[] = []
  const processor: number[] = []
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now()
    const station = await StationProcess.start(folder)
    toReady.push(performance.now() - begin)
    toGood.push(await waitForGood(station, begin, (good) => good >= 1))
    toAllGood.push(await waitForGood(station, begin, (good, all) => good >= all * 0.95))
    processor.push(processorMs(station.child.pid!))
    if (round === rounds - 1) figure('memory with OPC UA', await settledMegabytes(station), 'MB')
    await station.stop()
  }
  const station = await StationProcess.start(withoutOpcUa)
  figure('memory without OPC UA', await settledMegabytes(station), 'MB')
  await station.stop()
  figure('start to ready and logged in', median(toReady), 'ms')
  figure('start to first good value', median(toGood), 'ms')
  figure('start to 95 % of the values good', median(toAllGood), 'ms')
  figure('processor time until then', median(processor), 'ms')
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

async function settledMegabytes(station: StationProcess): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, settleMs))
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${station.child.pid}/status`, 'utf8'))!
  return Number(kilobytes) / 1024
}

/** Of all threads, in user code and in the system, since the start. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickMs
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}
