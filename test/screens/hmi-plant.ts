// What the checklist of high-performance HMI is looked at on: a display of every quality, one of every alarm mark, one on which
// nothing is wrong, and the standard library to draw with.
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { roles } from '../../src-main/shared/permission.ts'
import { StatusCodes } from '../../src-main/shared/status-code.ts'
import { decodeTagFrame, encodeTagFrame } from '../../src-main/shared/tag-frame.ts'
import { StationProcess } from '../runtime/station-process.ts'
import { password, test as stationTest, type TestStation } from './station.ts'

const testPlant = fileURLToPath(new URL('plant', import.meta.url))

/** Tag → status code that its value arrives with; all have the value 42. */
export const qualities: Readonly<Record<string, number>> = {
  'Quality.good': StatusCodes.Good,
  'Quality.bad': StatusCodes.BadCommunicationError,
  'Quality.waiting': StatusCodes.BadWaitingForInitialData,
  'Quality.outOfRange': StatusCodes.UncertainEngineeringUnitsExceeded,
  'Quality.uncertain': StatusCodes.Uncertain,
  'Quality.substituted': StatusCodes.UncertainSubstituteValue,
  'Quality.manual': StatusCodes.GoodLocalOverride,
}
export const priorities = ['urgent', 'high', 'medium', 'low'] as const
/** What happens to the alarm of a tag `Mark.<priority>.<stage>` in {@link raiseMarks}. */
export const stages = ['unacknowledged', 'acknowledged', 'returned', 'latched'] as const

/** The one of them that is shelved as well. */
const shelvedMark = 'Mark.low.latched/high'
const markTags = priorities.flatMap((priority) => stages.map((stage) => ({ priority, stage })))

const tags = `tags:
${Object.keys(qualities)
  .map(
    (tag) =>
      `  - { name: ${tag}, device: line, address: "memory(${tag.replace('.', '-')}, initial=42)", dataType: float64, unit: "%", decimals: 1, description: ${tag} }`,
  )
  .join('\n')}
${markTags
  .map(
    ({ priority, stage }) =>
      `  - { name: Mark.${priority}.${stage}, device: line, address: "memory(mark-${priority}-${stage}, initial=0)", dataType: float64, unit: "%", decimals: 0, writable: true, description: Mark, alarms: [ { condition: high, limit: 50, priority: ${priority}, latching: ${stage === 'latched'}, message: { en: "A ${priority} alarm", zh-CN: "${priority} 级报警" } } ] }`,
  )
  .join('\n')}
  - { name: Calm.Level, device: line, address: "memory(calm, initial=50)", dataType: float64, unit: "%", decimals: 1, writable: true, limits: { low: 0, high: 100 }, description: { en: Level, zh-CN: 液位 }, alarms: [ { condition: high, limit: 90, priority: urgent, message: { en: "Level {value} {unit} too high", zh-CN: "液位 {value} {unit} 过高" } } ] }
`

const drawing = (content: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic" viewBox="0 0 1600 900">
${content}
</svg>
`
const cells = (names: readonly string[]) =>
  names
    .map(
      (tag, index) =>
        `  <text id="cell-${index}" x="${440 + (index % 4) * 220}" y="${320 + Math.floor(index / 4) * 110}" font-size="28" class="ls-value" ls:tag="${tag}" ls:text="value">0</text>`,
    )
    .join('\n')

const displays: Readonly<Record<string, string>> = {
  quality: drawing(cells(Object.keys(qualities))),
  marks: drawing(cells(markTags.map(({ priority, stage }) => `Mark.${priority}.${stage}`))),
  calm: drawing(`  <rect class="ls-ground" width="1600" height="900" fill="#dadada"/>
  <text class="ls-title" x="80" y="80" font-size="32">Calm</text>
  <rect class="ls-vessel" x="200" y="200" width="200" height="400" fill="#cdcdcd" stroke="#4a4a4a" stroke-width="3"/>
  <rect class="ls-content" x="202" y="202" width="196" height="396" fill="#8a8a8a" ls:tag="Calm.Level" ls:level="value"/>
  <rect id="pump" x="500" y="420" width="140" height="140" ls:equipment="Pump1"/>
  <path class="ls-pipe" d="M400 500 H500" stroke="#8a8a8a" stroke-width="8" fill="none"/>
  <text class="ls-value" x="960" y="290" font-size="28" text-anchor="end" ls:tag="Calm.Level" ls:text="value">0</text>
  <text class="ls-unit" x="972" y="290" font-size="24">%</text>
  <text class="ls-value" x="960" y="350" font-size="28" text-anchor="end" ls:tag="Line.Speed" ls:text="value">0</text>
  <text class="ls-unit" x="972" y="350" font-size="24">bottles/min</text>
  <g inkscape:groupmode="layer" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:label="Names"><text class="ls-label" x="700" y="290" font-size="24">Level</text></g>
  <g ls:open="mixing"><rect class="ls-key" x="700" y="700" width="200" height="80" rx="6"/><text x="720" y="750" font-size="24">Mixing</text></g>`),
}

/** A station of its own on the test plant with these displays. */
export const test = stationTest.extend<object, { hmi: TestStation }>({
  hmi: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants an object pattern for the fixtures that are used
    async ({}, use) => {
      const plantFolder = mkdtempSync(join(tmpdir(), 'lineside-hmi-'))
      cpSync(testPlant, plantFolder, { recursive: true })
      mkdirSync(join(plantFolder, 'alarms'), { recursive: true })
      writeFileSync(join(plantFolder, 'tags/hmi.yaml'), tags)
      for (const [name, svg] of Object.entries(displays)) writeFileSync(join(plantFolder, `mimics/${name}.svg`), svg)
      appendFileSync(
        join(plantFolder, 'mimics/navigation.yaml'),
        Object.keys(displays)
          .map((name) => `  - { name: ${name}, title: { en: ${name}, zh-CN: ${name} }, level: 2, parent: overview }\n`)
          .join(''),
      )
      const pump =
        '  - { name: Pump1, type: pump, description: { en: Pump, zh-CN: 泵 }, place: Mixing/Tanks, parameters: { device: line, node: pump1 } }\n'
      writeFileSync(join(plantFolder, 'equipment/pumps.yaml'), `equipment:\n${pump}`)
      const plant = readFileSync(join(plantFolder, 'plant.yaml'), 'utf8')
      writeFileSync(join(plantFolder, 'plant.yaml'), `${plant}libraries: [standard]\n`)
      const process = await StationProcess.start(plantFolder)
      for (const role of [...roles].reverse()) {
        await process.call('access.addAccount', { user: role, password, roles: [role] })
        if (role === 'administrator') await process.logIn(role, password)
      }
      const { faults } = await process.call('plant.faults', {})
      if (faults.length > 0) throw new Error(`the plant has faults: ${JSON.stringify(faults)}`)
      await use({ url: process.url, process, plantFolder })
      await process.stop()
      rmSync(plantFolder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
})

/** Every value of {@link qualities} arrives with its status code, as if its device had said so. Before the page is opened. */
export async function giveQualities(page: Page): Promise<void> {
  await page.routeWebSocket(/\/api\/v1\/link$/, (screen) => {
    const runtime = screen.connectToServer()
    const watched = new Map<number, readonly string[]>()
    screen.onMessage((message) => {
      if (typeof message === 'string') {
        const { type, id, name, input } = JSON.parse(message)
        if (type === 'open' && name === 'tags.watch') watched.set(id, input.tags)
      }
      runtime.send(message)
    })
    runtime.onMessage((message) => {
      if (typeof message === 'string') return screen.send(message)
      const feedId = message.length >= 4 ? message.readUInt32LE(0) : -1
      const names = watched.get(feedId)
      if (names === undefined) return screen.send(message)
      const frame = decodeTagFrame(new Uint8Array(message))
      const statusCode = frame.statusCode.map((code, row) => qualities[names[frame.index[row]!]!] ?? code)
      screen.send(Buffer.from(encodeTagFrame({ ...frame, statusCode })))
    })
  })
}

/** Each `Mark` tag has its alarm in the state it is named after; the latched one of low priority is shelved. */
export async function raiseMarks({ process }: TestStation): Promise<void> {
  const set = async (stage: string, value: number) => {
    for (const priority of priorities) await process.call('tags.write', { tag: `Mark.${priority}.${stage}`, value })
  }
  const idsOf = (stage: string) => priorities.map((priority) => `Mark.${priority}.${stage}/high`)
  const until = async (stage: string, state: string) => {
    for (let turn = 0; turn < 100; turn++) {
      const { alarms } = await process.call('alarms.list', { text: `.${stage}`, limit: 100 })
      if (alarms.filter((alarm) => alarm.tag?.endsWith(stage) && alarm.state === state).length === priorities.length)
        return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`the alarms of ${stage} do not become ${state}`)
  }
  for (const stage of stages) await set(stage, 60)
  for (const stage of stages) await until(stage, 'unacknowledged')
  await process.call('alarms.acknowledge', { ids: idsOf('acknowledged') })
  await set('returned', 0)
  await until('returned', 'returnedUnacknowledged')
  await set('latched', 0)
  await until('latched', 'latchedUnacknowledged')
  await process.call('alarms.shelve', { ids: [shelvedMark], comment: 'to see its mark', durationMs: 600_000 })
}

/** Everything normal and acknowledged again. */
export async function calmMarks({ process }: TestStation): Promise<void> {
  for (const { priority, stage } of markTags)
    await process.call('tags.write', { tag: `Mark.${priority}.${stage}`, value: 0 })
  await process.call('tags.write', { tag: 'Calm.Level', value: 50 })
  for (let turn = 0; turn < 100; turn++) {
    const { alarms } = await process.call('alarms.list', { limit: 100 })
    const ids = alarms.map(({ id }) => id)
    if (ids.every((id) => id.startsWith('device:'))) return
    await process.call('alarms.unshelve', { ids })
    await process.call('alarms.acknowledge', { ids })
    await process.call('alarms.reset', { ids })
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('some alarms stay')
}
