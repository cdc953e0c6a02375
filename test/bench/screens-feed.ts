// V6: 10 screens watching 1,000 tags each at 10 Hz over WebSockets. The screens run in another process, so that what is measured is
// the runtime's share of a core; beside it a runtime that publishes to nobody. Then one screen stalls: its memory must not grow.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { WebSocket } from 'ws'
import { openAccess } from '../../src-main/access/access.ts'
import type { ApiParts } from '../../src-main/api/api-parts.ts'
import { ApiServer } from '../../src-main/api/api-server.ts'
import { startWebServer } from '../../src-main/api/web-server.ts'
import { systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import { decodeTagFrame } from '../../src-main/shared/tag-frame.ts'
import { ValueBatchBuilder } from '../../src-main/shared/value-batch.ts'
import { TagTable } from '../../src-main/tags/tag-table.ts'
import { emptyPlant } from '../fakes/empty-plant.ts'
import { FakeAlarms } from '../fakes/fake-alarms.ts'
import { fakeIdentifiers, fakeLabels } from '../fakes/fake-labels.ts'
import { tagDefinition } from '../fakes/tag-definition.ts'
import type { Report } from './run.ts'

const screenCount = 10
const tagCount = 1000
const intervalMs = 100
const measuredMs = 10_000
const names = Array.from({ length: tagCount }, (_, index) => `Area.Unit${index >> 4}.Value${index}`)

export async function run(report: Report): Promise<void> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'lineside-bench-feed-'))
  const access = openAccess({ dataFolder, clock: systemClock })
  const table = new TagTable(systemClock)
  table.configure(names.map((name) => tagDefinition(name)))
  const api = new ApiServer(partsOf(table, access))
  const web = await startWebServer({
    host: '127.0.0.1',
    port: 0,
    api,
    screensFolder: null,
    dataFolder,
    version: 'bench',
    logger: silentLogger,
  })
  const { token } = await access.logIn('bench', access.firstStartCode!, 'bench')
  const tick = publisher(table, api)
  try {
    const idle = await coreShare(tick)
    const screens = fork(fileURLToPath(import.meta.url), [web.url.replace('http', 'ws'), token])
    await new Promise((resolve, reject) => {
      screens.once('message', resolve)
      screens.once('exit', () => reject(new Error('the process of the screens ended')))
    })
    const busy = await coreShare(tick)
    const frameCount = await frameCountOf(screens)
    screens.kill()
    report({
      bench: 'screens-feed',
      figure: 'share of a core, 10 screens × 1,000 tags × 10 Hz',
      value: (busy - idle) * 100,
      unit: '%',
    })
    report({ bench: 'screens-feed', figure: 'the same, publishing to nobody', value: idle * 100, unit: '%' })
    report({ bench: 'screens-feed', figure: 'frames received per screen and second', value: frameCount, unit: '1/s' })
    report({
      bench: 'screens-feed',
      figure: 'memory of a stalled screen after 10 s',
      value: await stalledBytes(web.url, token, tick),
      unit: 'kB',
    })
  } finally {
    api.close()
    await web.close()
    access.close()
    rmSync(dataFolder, { recursive: true, force: true })
  }
}

function publisher(table: TagTable, api: ApiServer): () => void {
  const handles = names.map((name) => table.handleOf(name)!)
  let value = 0
  return () => {
    const builder = new ValueBatchBuilder(tagCount)
    const now = Date.now()
    value++
    for (const handle of handles) builder.addNumber(handle, value + handle, 0, now)
    api.publish(table.apply(builder.take()))
  }
}

/** Processor time of this process per second of wall time, while every tag changes ten times a second. */
async function coreShare(tick: () => void): Promise<number> {
  const timer = setInterval(tick, intervalMs)
  await wait(1000)
  const before = process.cpuUsage()
  const start = performance.now()
  await wait(measuredMs)
  const { user, system } = process.cpuUsage(before)
  clearInterval(timer)
  return (user + system) / 1000 / (performance.now() - start)
}

async function frameCountOf(screens: ReturnType<typeof fork>): Promise<number> {
  screens.send('count')
  return await new Promise((resolve) => screens.once('message', (count) => resolve(Number(count))))
}

/** Growth of this process while one screen has not acknowledged its last frame. */
async function stalledBytes(url: string, token: string, tick: () => void): Promise<number> {
  const screen = await openScreen(url.replace('http', 'ws'), token, () => false)
  const used = () => {
    collectGarbage()
    const { heapUsed, external, arrayBuffers } = process.memoryUsage()
    return heapUsed + external + arrayBuffers
  }
  await wait(500)
  const before = used()
  const timer = setInterval(tick, intervalMs)
  await wait(measuredMs)
  clearInterval(timer)
  const grown = used() - before
  screen.terminate()
  return grown / 1024
}

/** What is left afterwards is held by somebody. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
}

/** A screen that watches all tags; `take` decides whether it acknowledges a frame. */
function openScreen(url: string, token: string, take: (bytes: Uint8Array) => boolean): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url}/api/v1/link`)
    socket.on('error', reject)
    socket.on('open', () => {
      socket.send(JSON.stringify({ type: 'authenticate', id: 1, token }))
      socket.send(JSON.stringify({ type: 'open', id: 2, name: 'tags.watch', input: { tags: names } }))
    })
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) return
      resolve(socket)
      if (take(data)) socket.send(JSON.stringify({ type: 'ack', id: 2 }))
    })
  })
}

function partsOf(table: TagTable, access: ApiParts['access']): ApiParts {
  const unused = () => {
    throw new Error('not part of this benchmark')
  }
  return {
    clock: systemClock,
    logger: silentLogger,
    version: 'bench',
    tags: table,
    writeTag: unused,
    devices: {
      list: () => [],
      reconnect: unused,
      browse: unused,
      readTest: unused,
      callMethod: unused,
      certificates: unused,
      setCertificateTrust: unused,
    },
    plantStore: {
      plant: emptyPlant,
      revision: 1,
      faults: [],
      reload: unused,
      mimicSvg: unused,
      symbolSvg: unused,
      exportTags: unused,
      importTags: unused,
      trends: () => [],
      saveTrend: unused,
      deleteTrend: unused,
      alarmDatabase: unused,
      saveAlarmDatabase: unused,
      exportAlarmDatabase: unused,
      importAlarmDatabase: unused,
      mimicSource: unused,
      saveMimic: unused,
      deleteMimic: unused,
      displayQuality: unused,
      saveEquipment: unused,
      document: unused,
    },
    history: { isRecording: true, read: unused, statistics: unused, seriesRows: unused, write: unused },
    historyMarkers: [],
    equipment: { status: unused, watch: unused, explain: unused, counters: unused, resetCounter: unused },
    alarms: new FakeAlarms().parts,
    access,
    labels: fakeLabels(),
    identifiers: fakeIdentifiers(),
    health: async () => ({}),
  }
}

/** The process of the screens. */
async function beScreens(url: string, token: string): Promise<void> {
  let frameCount = 0
  const start = performance.now()
  const take = (bytes: Uint8Array) => {
    frameCount++
    return decodeTagFrame(bytes).count > 0
  }
  await Promise.all(Array.from({ length: screenCount }, () => openScreen(url, token, take)))
  process.on('message', () => process.send?.(((frameCount / screenCount) * 1000) / (performance.now() - start)))
  process.send?.('open')
}

const [url, token] = process.argv.slice(2)
if (process.send && url?.startsWith('ws') && token) await beScreens(url, token)
