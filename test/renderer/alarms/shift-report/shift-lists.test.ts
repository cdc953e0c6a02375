import { describe, expect, it } from 'vitest'
import { type AlarmRow, type AlarmState, alarmEventKinds, alarmStates } from '../../../../src-main/shared/alarm.ts'
import {
  byShiftList,
  commentedEvents,
  isOverdue,
  outOfServiceReviewMs,
  writtenComments,
} from '../../../../src-renderer/alarms/shift-report/shift-lists.ts'
import { alarmEvent } from '../journal/event-samples.ts'

const row = (id: string, state: AlarmState) => ({ id, state }) as AlarmRow

describe('what a shift hands over', () => {
  it('names every alarm that is not normal once, in the order of the list', () => {
    const rows = [...alarmStates, ...alarmStates].map((state, index) => row(`${index}`, state))
    const lists = byShiftList(rows)
    const named = Object.values(lists).flatMap((list) => list.map(({ id }) => id))
    expect(named.toSorted()).toEqual(
      rows
        .filter(({ state }) => state !== 'normal')
        .map(({ id }) => id)
        .toSorted(),
    )
    expect(lists.unacknowledged.map(({ state }) => state)).toEqual([
      'unacknowledged',
      'returnedUnacknowledged',
      'latchedUnacknowledged',
      'unacknowledged',
      'returnedUnacknowledged',
      'latchedUnacknowledged',
    ])
    expect(lists.suppressed.every(({ state }) => state === 'suppressedByDesign')).toBe(true)
  })

  it('reminds of what has been out of service for more than a week, and of nothing else (A36)', () => {
    const since = 1_000_000
    const held = (state: AlarmState) =>
      ({ id: 'A/high', state, hold: { user: 'mei', timestamp: since, reason: 'r' } }) as AlarmRow
    const later = since + outOfServiceReviewMs
    expect([isOverdue(held('outOfService'), later), isOverdue(held('outOfService'), later + 1)]).toEqual([false, true])
    expect(isOverdue(held('suppressedByDesign'), later + 1)).toBe(false)
    expect(isOverdue(row('A/high', 'acknowledged'), later + 1)).toBe(false)
  })

  it('holds what persons wrote, and nothing the station wrote by itself', () => {
    const events = [
      alarmEvent({ sequence: 1, event: 'comment', user: 'anna', comment: 'valve sticks' }),
      alarmEvent({ sequence: 2, event: 'unshelved', user: '', comment: 'its time is over' }),
      alarmEvent({ sequence: 3, event: 'acknowledged', user: 'anna', comment: '  ' }),
    ]
    expect(writtenComments(events).map(({ sequence }) => sequence)).toEqual([1])
  })

  // Asking for all events of a flood to find three comments would read the whole shift.
  it('asks the journal for what a person can comment, not for what the process does', () => {
    expect(alarmEventKinds.filter((kind) => !commentedEvents.includes(kind))).toEqual([
      'active',
      'returned',
      'reAlarmed',
      'suppressed',
      'unsuppressed',
    ])
  })
})
