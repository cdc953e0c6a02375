// A2: 10,000 transitions in one second, durable; what the runtime's thread feels of it. A64: pages of a journal of ten million rows
// (`--small`: one million). Checking and exporting beside.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { AlarmTransition } from '../../src-main/alarms/alarm-transition.ts'
import { openAlarmJournal } from '../../src-main/alarms/journal/alarm-journal.ts'
import type { JournalQuery } from '../../src-main/alarms/journal/journal-query.ts'
import { JournalStore } from '../../src-main/alarms/journal/journal-store.ts'
import { systemClock } from '../../src-main/base/clock.ts'
import { createLogger } from '../../src-main/base/logger.ts'
import type { AlarmDefinition } from '../../src-main/shared/alarm.ts'
import { alarmPriorities } from '../../src-main/shared/alarm.ts'
import { randomOf } from '../../src-main/simulation/random.ts'
import { alarmDefinition, alarmTransition } from '../fakes/alarm-transitions.ts'
import type { Report } from './run.ts'

const logger = createLogger('error')
const begin = Date.UTC(2026, 0, 1)
const stepMs = 250

export async function run(report: Report, flags: ReadonlySet<string>): Promise<void> {
  await flood(report)
  await single(report)
  await large(report, flags.has('--small') ? 1_000_000 : 10_000_000)
}

async function within<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-bench-alarm-journal-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** 10,000 different alarms, all at once and in 100 portions within a second. */
async function flood(report: Report): Promise<void> {
  for (const portions of [1, 100])
    await within(async (folder) => {
      const journal = openAlarmJournal({ dataFolder: folder, clock: systemClock, logger })
      const transitions = Array.from({ length: 10_000 }, (_, index) =>
        alarmTransition(index + 1, alarmDefinition(`Tag${index}/high`), { message: `Tag${index} is ${index / 10} %` }),
      )
      const delay = monitorEventLoopDelay({ resolution: 1 })
      delay.enable()
      const start = performance.now()
      for (let portion = 0; portion < portions; portion++) {
        const length = transitions.length / portions
        journal.append(transitions.slice(portion * length, (portion + 1) * length))
        if (portions > 1) await new Promise((resolve) => setTimeout(resolve, 10))
      }
      await journal.flushed()
      const took = performance.now() - start
      delay.disable()
      const how = portions === 1 ? 'at once' : 'within a second'
      report({ bench: 'alarm-journal', figure: `10,000 transitions ${how}: durable after`, value: took, unit: 'ms' })
      report({
        bench: 'alarm-journal',
        figure: `event loop delay ${how} p99`,
        value: delay.percentile(99) / 1e6,
        unit: 'ms',
      })
      report({ bench: 'alarm-journal', figure: `event loop delay ${how} max`, value: delay.max / 1e6, unit: 'ms' })
      await journal.close()
    })
}

/** One transition at a time: what an acknowledgement waits for. */
async function single(report: Report): Promise<void> {
  await within(async (folder) => {
    const journal = openAlarmJournal({ dataFolder: folder, clock: systemClock, logger })
    const definition = alarmDefinition('Tag/high')
    const times: number[] = []
    for (let sequence = 1; sequence <= 2000; sequence++) {
      const start = performance.now()
      journal.append([alarmTransition(sequence, definition)])
      await journal.flushed()
      times.push(performance.now() - start)
    }
    times.sort((a, b) => a - b)
    report({ bench: 'alarm-journal', figure: 'one transition durable p50', value: times[1000]!, unit: 'ms' })
    report({ bench: 'alarm-journal', figure: 'one transition durable p99', value: times[1980]!, unit: 'ms' })
    await journal.close()
  })
}

async function large(report: Report, count: number): Promise<void> {
  await within(async (folder) => {
    const startFill = performance.now()
    fill(join(folder, 'alarms.sqlite'), count)
    const fillSeconds = (performance.now() - startFill) / 1000
    report({ bench: 'alarm-journal', figure: 'rows written', value: count / fillSeconds, unit: '1/s' })
    report({
      bench: 'alarm-journal',
      figure: 'bytes per row',
      value: statSync(join(folder, 'alarms.sqlite')).size / count,
      unit: 'B',
    })
    const journal = openAlarmJournal({ dataFolder: folder, clock: systemClock, logger })
    await journal.query({ limit: 1 })
    for (const [name, query] of Object.entries(queries(count))) {
      let longest = 0
      let pages = 0
      let rows = 0
      let cursor: string | undefined
      const start = performance.now()
      do {
        const pageStart = performance.now()
        const page = await journal.query({ limit: 100, ...query, cursor })
        longest = Math.max(longest, performance.now() - pageStart)
        rows += page.events.length
        pages++
        cursor = page.cursor
      } while (cursor !== undefined && rows < 100)
      const what = `page by ${name} (${rows} rows, ${pages} pages, ${Math.round(performance.now() - start)} ms)`
      report({ bench: 'alarm-journal', figure: what, value: longest, unit: 'ms' })
    }
    const startMarks = performance.now()
    const to = begin + (count / 2) * stepMs
    const marks = await journal.markers(to - 8 * 3_600_000, to, ['Tag17'], 1000)
    report({
      bench: 'alarm-journal',
      figure: `${marks.length} marks of 8 h, one tag`,
      value: performance.now() - startMarks,
      unit: 'ms',
    })
    const startVerify = performance.now()
    const verdict = await journal.verify()
    if (!verdict.ok) throw new Error(`the chain is broken at ${verdict.firstBrokenSequence}`)
    const seconds = (performance.now() - startVerify) / 1000
    report({ bench: 'alarm-journal', figure: `rows verified of ${count}`, value: count / seconds, unit: '1/s' })
    await journal.close()
  })
}

/** Filters an operator, an engineer and an auditor would use; the first ones find much, the last ones little or nothing. */
function queries(count: number): Readonly<Record<string, JournalQuery>> {
  const end = begin + count * stepMs
  const middle = begin + (count / 2) * stepMs
  return {
    'nothing, newest first': { order: 'newest' },
    'time, an hour in the middle': { from: middle, to: middle + 3_600_000 },
    'time, nothing there': { from: end + 1e9, to: end + 2e9 },
    id: { id: 'Tag17/high' },
    'id of a rare alarm': { id: 'Rare/high' },
    'area, a tenth': { area: 'Line 3', order: 'newest' },
    'area of rare alarms': { area: 'Cellar' },
    'priority urgent': { priorities: ['urgent'], order: 'newest' },
    'state shelved, rare': { states: ['shelved'] },
    'kind of event, rare': { events: ['outOfService'], order: 'newest' },
    'kind of event, none': { events: ['removed'] },
    'user, often': { user: 'ana', order: 'newest' },
    'user, ten rows': { user: 'inspector' },
    'user, none': { user: 'nobody' },
    'text in the id': { text: 'tag17/', order: 'newest' },
    'text in the message': { text: 'above' },
    'text in a comment': { text: 'gasket' },
    'text of a number': { text: '93.7', order: 'newest' },
    'text of a number, none': { text: '777777' },
    'text nowhere': { text: 'no such text' },
    'clock set back': { isClockSetBack: true },
    'area, state and user, none': { area: 'Line 3', states: ['shelved'], user: 'ana' },
    'area and text of a number, none': { area: 'Line 3', text: '777777' },
    '1000 rows': { limit: 1000, from: middle },
  }
}

/** A year of a busy plant: 5,000 alarms, an occurrence with acknowledgement and return each three rows. */
function fill(file: string, count: number): void {
  const random = randomOf(1, 'journal')
  const definitions: AlarmDefinition[] = Array.from({ length: 5000 }, (_, index) =>
    alarmDefinition(`Tag${index}/high`, {
      area: `Line ${index % 10}/Unit ${index % 50}`,
      priority: alarmPriorities[Math.min(3, Math.floor(Math.log2(1 + (index % 16))))]!,
      equipment: `Unit ${index % 50}`,
    }),
  )
  const rare = alarmDefinition('Rare/high', { area: 'Cellar' })
  const store = JournalStore.open(file)
  let sequence = 0
  const row = (definition: AlarmDefinition, event: Parameters<typeof alarmTransition>[2]): AlarmTransition => {
    sequence++
    const received = begin + sequence * stepMs - (sequence === 600_000 ? 5000 : 0)
    const isClockSetBack = sequence === 600_000
    return alarmTransition(sequence, definition, {
      timestamp: received - 20,
      receivedTimestamp: received,
      message: `${definition.id} is ${Math.floor(900 + 100 * random()) / 10} %, above 90 %`,
      ...event,
      ...(isClockSetBack ? { isClockSetBack } : {}),
    })
  }
  store.begin()
  while (sequence < count) {
    const definition = sequence % 1_000_000 < 3 ? rare : definitions[Math.floor(random() ** 2 * definitions.length)]!
    const occurrence = sequence + 1
    store.write(row(definition, { eventId: occurrence }))
    const user = sequence % 1_000_000 === 1 ? 'inspector' : random() < 0.5 ? 'ana' : 'ben'
    const comment = random() < 0.001 ? `gasket ${Math.floor(random() * 1000)} seen` : ''
    const kind =
      random() < 0.0001
        ? ({ event: 'shelved', state: 'shelved' } as const)
        : ({ event: 'acknowledged', state: 'acknowledged' } as const)
    store.write(
      row(definition, {
        ...kind,
        user,
        station: '10.0.0.17',
        comment,
        previousState: 'unacknowledged',
        eventId: occurrence,
      }),
    )
    const last = random() < 0.00002 ? 'outOfService' : 'returned'
    store.write(
      row(definition, {
        event: last,
        state: 'normal',
        previousState: 'acknowledged',
        isActive: false,
        eventId: occurrence,
      }),
    )
    if (sequence % 3000 === 0) {
      store.commit()
      store.begin()
    }
  }
  store.commit()
  store.close()
}
