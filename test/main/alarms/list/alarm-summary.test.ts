// Counts of every screen, kept change by change.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AlarmBoard } from '../../../../src-main/alarms/list/alarm-board.ts'
import { type AlarmCounts, type AlarmRow, alarmPriorities, alarmStates } from '../../../../src-main/shared/alarm.ts'
import { alarmEvent, alarmRow } from '../../../fakes/fake-alarms.ts'

const quiet = { annunciationCount: 0, annunciatedPriority: null, floodTimestamp: null, rate: 0 }
const none = { urgent: 0, high: 0, medium: 0, low: 0 }
const emptyCounts: AlarmCounts = {
  unacknowledged: none,
  active: none,
  shelved: 0,
  suppressedByDesign: 0,
  outOfService: 0,
}

const anyRow = fc
  .record({
    id: fc.constantFrom('A/high', 'B/high', 'C/low', 'D/low'),
    state: fc.constantFrom(...alarmStates),
    priority: fc.constantFrom(...alarmPriorities),
    isActive: fc.boolean(),
    area: fc.constantFrom('', 'Packaging', 'Packaging/Filling', 'Utilities/Air/Compressor'),
  })
  .map(({ id, ...over }) => alarmRow(id, over))

function put(board: AlarmBoard, row: AlarmRow): void {
  board.committed({ ids: [row.id], events: [] }, () => row)
}

/** Counted one by one. */
function counted(rows: readonly AlarmRow[]): AlarmCounts {
  const count = (fits: (row: AlarmRow) => boolean) => rows.filter(fits).length
  const byPriority = (fits: (row: AlarmRow) => boolean) =>
    Object.fromEntries(
      alarmPriorities.map((priority) => [priority, count((row) => row.priority === priority && fits(row))]),
    ) as AlarmCounts['active']
  const held = ['shelved', 'suppressedByDesign', 'outOfService']
  return {
    unacknowledged: byPriority(({ state }) => /nacknowledged/.test(state)),
    active: byPriority(({ state, isActive }) => isActive && !held.includes(state)),
    shelved: count(({ state }) => state === 'shelved'),
    suppressedByDesign: count(({ state }) => state === 'suppressedByDesign'),
    outOfService: count(({ state }) => state === 'outOfService'),
  }
}

describe('alarm summary', () => {
  test('counts of the station and of every level of its areas are those of the listed rows, after any changes', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 60 }), (rows) => {
        const board = new AlarmBoard(0)
        const listed = new Map<string, AlarmRow>()
        for (const row of rows) {
          put(board, row)
          if (row.state === 'normal') listed.delete(row.id)
          else listed.set(row.id, row)
        }
        const { counts, areas } = board.summary(quiet, true)
        const left = [...listed.values()]
        expect(counts).toEqual(counted(left))
        const names = ['Packaging', 'Packaging/Filling', 'Utilities', 'Utilities/Air', 'Utilities/Air/Compressor']
        const below = (area: string) => left.filter((row) => row.area === area || row.area.startsWith(`${area}/`))
        expect(areas).toEqual(
          Object.fromEntries(
            names.filter((area) => below(area).length > 0).map((area) => [area, counted(below(area))]),
          ),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('tells when the next shelvings end, soonest first, as long as they last', () => {
    const board = new AlarmBoard(0)
    const ends = () => board.summary(quiet, true).shelvingEnds
    put(board, alarmRow('A/high', { state: 'shelved', shelvedUntil: 9000 }))
    put(board, alarmRow('B/high', { state: 'shelved', shelvedUntil: 5000 }))
    put(board, alarmRow('C/high', { state: 'unacknowledged' }))
    expect(ends()).toEqual([5000, 9000])
    // Shelved anew for longer, and suppressed by design while its shelving runs on.
    put(board, alarmRow('B/high', { state: 'shelved', shelvedUntil: 20_000 }))
    expect(ends()).toEqual([9000, 20_000])
    put(board, alarmRow('A/high', { state: 'suppressedByDesign', shelvedUntil: 9000 }))
    expect(ends()).toEqual([20_000])
    put(board, alarmRow('B/high', { state: 'normal' }))
    expect(ends()).toEqual([])
  })

  test('a station without alarms counts nothing, and says what it was told of load and journal', () => {
    const load = { annunciationCount: 7, annunciatedPriority: 'high', floodTimestamp: 12, rate: 11 } as const
    expect(new AlarmBoard(0).summary(load, false)).toEqual({
      counts: emptyCounts,
      areas: {},
      top: [],
      ...load,
      shelvingEnds: [],
      isJournalled: false,
    })
  })

  test('an item that was given stays as it was when the next alarm comes', () => {
    const board = new AlarmBoard(0)
    put(board, alarmRow('A/high', { priority: 'urgent' }))
    const first = board.summary(quiet, true)
    put(board, alarmRow('B/high', { priority: 'urgent' }))
    expect(first.counts.unacknowledged.urgent).toBe(1)
    expect(first.areas['Packaging/Filling']?.unacknowledged.urgent).toBe(1)
    expect(board.summary(quiet, true).counts.unacknowledged.urgent).toBe(2)
  })

  test('watchers of events are told of events, those of rows of everything the summary may show; none after it left', () => {
    const board = new AlarmBoard(4)
    let [rows, events] = [0, 0]
    const leave = [board.onRows(() => rows++), board.onEvents(() => events++)]
    put(board, alarmRow('A/high'))
    expect([rows, events, board.lastSequence]).toEqual([1, 0, 4])
    board.committed({ ids: [], events: [alarmEvent(5, 'A/high'), alarmEvent(6, 'A/high')] }, () => null)
    expect([rows, events, board.lastSequence]).toEqual([2, 1, 6])
    for (const end of leave) end()
    board.committed({ ids: ['A/high'], events: [alarmEvent(7, 'A/high')] }, () => null)
    expect([rows, events]).toEqual([2, 1])
  })
})
