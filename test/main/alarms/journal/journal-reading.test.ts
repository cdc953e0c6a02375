// What else is read of the alarm journal: marks for trends, rows for reports, feeds that catch up, the thread that does it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type AlarmJournal, openAlarmJournal } from '../../../../src-main/alarms/journal/alarm-journal.ts'
import { AlarmReaderThread } from '../../../../src-main/alarms/journal/alarm-reader-thread.ts'
import { StoredJournalRows } from '../../../../src-main/alarms/journal/journal-report-rows.ts'
import { JournalSource } from '../../../../src-main/alarms/journal/journal-source.ts'
import { systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { alarmMarkers } from '../../../../src-main/history-markers.ts'
import type { AlarmEvent } from '../../../../src-main/shared/alarm.ts'
import { alarmDefinition, alarmTransition } from '../../../fakes/alarm-transitions.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'

let folder = ''
let journal: AlarmJournal
const file = () => join(folder, 'alarms.sqlite')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alarm-journal-reading-'))
  journal = openAlarmJournal({ dataFolder: folder, clock: systemClock, logger: silentLogger })
})
afterEach(async () => {
  await journal.close()
  rmSync(folder, { recursive: true, force: true })
})

const level = alarmDefinition('LT-101/high')
const urgent = alarmDefinition('LT-101/high', { priority: 'urgent' })
const pressure = alarmDefinition('PT-7/low')

/** Rows [alarm, what, time]; sequences from 1 on. */
async function happened(...rows: readonly (readonly [typeof level, AlarmEvent['event'], number])[]): Promise<void> {
  const first = journal.lastSequence + 1
  journal.append(
    rows.map(([definition, event, timestamp], index) =>
      alarmTransition(first + index, definition, {
        event,
        timestamp,
        receivedTimestamp: timestamp,
        isActive: event === 'active',
        state: event === 'active' ? 'unacknowledged' : 'normal',
      }),
    ),
  )
  await journal.flushed()
}

describe('marks of alarms on trends', () => {
  const marks = async (from: number, to: number, tags: readonly string[] | null = null, limit = 100) =>
    (await alarmMarkers(journal).read(from, to, tags, limit)).map(({ timestamp, endTimestamp, tag }) => [
      tag,
      timestamp,
      endTimestamp,
    ])

  test('are spans from active to returned; one that lasts has no end', async () => {
    await happened(
      [level, 'active', 1000],
      [pressure, 'active', 1500],
      [level, 'acknowledged', 1700],
      [level, 'returned', 2000],
    )
    expect(await marks(0, 5000)).toEqual([
      ['PT-7', 1500, null],
      ['LT-101', 1000, 2000],
    ])
    expect(await marks(0, 5000, ['LT-101'])).toEqual([['LT-101', 1000, 2000]])
    expect(await alarmMarkers(journal).read(0, 5000, ['LT-101'], 10)).toMatchObject([
      {
        kind: 'alarm',
        priority: 'high',
        id: '1',
        alarm: 'LT-101/high',
        text: expect.stringContaining('LT-101/high is'),
      },
    ])
  })

  test('are there where they began before the span, or reach over all of it', async () => {
    await happened(
      [level, 'active', 1000],
      [pressure, 'active', 1100],
      [pressure, 'returned', 1200],
      [level, 'returned', 9000],
    )
    expect(await marks(2000, 3000)).toEqual([['LT-101', 1000, 9000]])
    expect(await marks(9500, 9900)).toEqual([])
    expect(await marks(0, 1000)).toEqual([])
  })

  test('end where the alarm returned, also when its priority was changed meanwhile', async () => {
    await happened(
      [level, 'active', 1000],
      [urgent, 'changed', 1500],
      [urgent, 'returned', 2000],
      [urgent, 'active', 3000],
    )
    expect(await marks(0, 5000)).toEqual([
      ['LT-101', 3000, null],
      ['LT-101', 1000, 2000],
    ])
  })

  test('are the newest ones where there are more than asked for', async () => {
    for (let round = 0; round < 50; round++)
      await happened([level, 'active', 1000 + round * 100], [level, 'returned', 1050 + round * 100])
    expect(await marks(0, 1e6, null, 2)).toEqual([
      ['LT-101', 5900, 5950],
      ['LT-101', 5800, 5850],
    ])
  })
})

describe('rows for reports', () => {
  test('are those of a time by either clock, in order, of all alarms or some', async () => {
    await happened(
      [level, 'active', 1000],
      [pressure, 'active', 2000],
      [level, 'returned', 3000],
      [pressure, 'returned', 4000],
    )
    const rows = new StoredJournalRows(JournalSource.open(file()), () => false)
    const sequences = (list: Iterable<{ sequence: number }>) => [...list].map(({ sequence }) => sequence)
    expect(sequences(rows.rows(2000, 3000))).toEqual([2, 3])
    expect(sequences(rows.rows(0, 9000, ['LT-101/high']))).toEqual([1, 3])
    expect(rows.oldestTimestamp).toBe(1000)
    expect(rows.event(2)).toMatchObject({ id: 'PT-7/low', event: 'active' })
    expect(rows.event(99)).toBeNull()
    expect(sequences(rows.eventsOf('LT-101/high', 3, 10))).toEqual([1])
    expect(sequences(rows.eventsBefore(4, 2))).toEqual([3, 2])
    rows.close()
  })

  test('tell what the station looked like at an instant: the last row of each alarm before it', async () => {
    await happened(
      [level, 'active', 1000],
      [pressure, 'active', 2000],
      [urgent, 'changed', 2500],
      [level, 'returned', 3000],
    )
    const rows = new StoredJournalRows(JournalSource.open(file()), () => false)
    const last = (timestamp: number) => [...rows.lastBefore(timestamp)].map(({ id, sequence }) => [id, sequence]).sort()
    expect(last(1000)).toEqual([])
    expect(last(2500)).toEqual([
      ['LT-101/high', 1],
      ['PT-7/low', 2],
    ])
    expect(last(3000)).toEqual([
      ['LT-101/high', 3],
      ['PT-7/low', 2],
    ])
    rows.close()
  })

  test('do not change while a report reads, whatever is written meanwhile', async () => {
    await happened([level, 'active', 1000])
    const rows = new StoredJournalRows(JournalSource.open(file()), () => false)
    expect([...rows.rows(0, 9000)]).toHaveLength(1)
    await happened([level, 'returned', 2000])
    expect([...rows.rows(0, 9000)]).toHaveLength(1)
    rows.close()
  })
})

describe('a feed that catches up', () => {
  test('gets every row once from wherever it was, from memory or from the disk', async () => {
    for (let portion = 0; portion < 10; portion++)
      await happened(
        ...Array.from({ length: 2000 }, (_, index) => [level, 'active', 1000 + portion * 2000 + index] as const),
      )
    let sequence = 0
    const seen: number[] = []
    for (;;) {
      const events = await journal.eventsSince(sequence, 1500)
      if (events.length === 0) break
      seen.push(...events.map((event) => event.sequence))
      sequence = seen.at(-1)!
    }
    expect(seen).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1))
    expect(await journal.eventsSince(1e9, 10)).toEqual([])
  })
})

describe('the reader thread', () => {
  test('starts with a question, ends when nothing was asked for a while, and starts again', async () => {
    const clock = new FakeClock()
    const parts = { file: file(), archiveFolder: join(folder, 'alarm-archive') }
    const reader = new AlarmReaderThread({ ...parts, clock, logger: silentLogger, idleMs: 1000 })
    expect(reader.isRunning).toBe(false)
    expect(await reader.ask({ type: 'query', query: {} })).toEqual({ events: [] })
    expect(reader.isRunning).toBe(true)
    await clock.advance(999)
    expect(reader.isRunning).toBe(true)
    await clock.advance(1)
    expect(reader.isRunning).toBe(false)
    expect(await reader.ask({ type: 'since', sequence: 0, limit: 1 })).toEqual([])
    await reader.close()
    await expect(reader.ask({ type: 'verify' })).rejects.toMatchObject({ code: 'BadShutdown' })
  })

  test('gives up a question that nobody waits for, and refuses one that makes no sense', async () => {
    await happened(...Array.from({ length: 20_000 }, (_, index) => [level, 'active', 1000 + index] as const))
    const cancellation = new AbortController()
    const answer = journal.verify(cancellation.signal)
    cancellation.abort()
    await expect(answer).rejects.toMatchObject({ code: 'BadRequestInterrupted' })
    await expect(journal.query({ limit: 1e9 })).rejects.toMatchObject({ code: 'BadInvalidArgument' })
    expect(await journal.verify()).toEqual({ ok: true })
  })
})

describe('the journal as CSV', () => {
  test('has a line for every row that fits, in pieces, whatever the texts are (RFC 4180)', async () => {
    await happened(
      ...Array.from(
        { length: 2500 },
        (_, index) => [index % 5 === 0 ? pressure : level, 'active', 1000 + index] as const,
      ),
    )
    const pieces: string[] = []
    for await (const piece of journal.exportCsv({ id: 'LT-101/high' })) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(2)
    const some: string[] = []
    for await (const piece of journal.exportCsv({ limit: 1234, order: 'newest' })) some.push(piece)
    expect(some.join('').trimEnd().split('\r\n')).toHaveLength(1 + 1234)
    const lines = pieces.join('').trimEnd().split('\r\n')
    expect(lines).toHaveLength(1 + 2000)
    expect(lines[1]).toBe(
      '2,1970-01-01T00:00:01.001Z,1970-01-01T00:00:01.001Z,LT-101/high,LT-101,high,active,unacknowledged,normal,high,93.25,90,0x00000000,"LT-101/high is 93.3 %, above 90 %",,,,true,2,false,false,false,process,,',
    )
  })
})
