// What makes labels by itself, over a tag table: each change in its order, marks of the last run, alarms and times of day.
import { describe, expect, test } from 'vitest'
import { LabelTriggers, type TriggerEvent } from '../../../../src-main/labels/triggers/label-triggers.ts'
import type { TriggerMarkState } from '../../../../src-main/labels/triggers/trigger-mark.ts'
import type { AlarmEvent } from '../../../../src-main/shared/alarm.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import type { LabelTrigger } from '../../../../src-main/shared/label.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { valueTypeOf } from '../../../../src-main/shared/tag.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../../../src-main/shared/value-batch.ts'
import { TagTable } from '../../../../src-main/tags/tag-table.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const usual: LabelTrigger = {
  name: 'one',
  template: 'case',
  printer: null,
  when: null,
  on: 'rising',
  state: null,
  alarm: null,
  schedule: null,
  debounceMs: 0,
  fields: {},
  copies: 1,
  catchUp: 100,
}

/** Tag, value, status code. */
type Reported = readonly [string, TagValue, number?]

function line(triggers: readonly Partial<LabelTrigger>[]) {
  const clock = new FakeClock(Date.UTC(2026, 10, 23, 5, 0))
  const table = new TagTable(clock)
  table.configure([
    tagDefinition('Done', { dataType: 'bool' }),
    tagDefinition('Count', { dataType: 'uint16' }),
    tagDefinition('Weight', { dataType: 'float64' }),
    tagDefinition('Code', { dataType: 'string' }),
  ])
  const events: TriggerEvent[] = []
  const marks = new Map<string, TriggerMarkState>()
  const made = new LabelTriggers({
    tags: table,
    scope: {
      tagType: (name) => {
        const handle = table.handleOf(name)
        return handle === undefined ? null : valueTypeOf(table.definition(handle)!)
      },
    },
    now: () => clock.now(),
    onEvent: (event) => {
      events.push(event)
      marks.set(event.trigger.name, event.mark)
    },
    onMark: (trigger, mark) => marks.set(trigger, mark),
  })
  made.configure(
    triggers.map((trigger) => ({ ...usual, ...trigger })),
    [],
    'Europe/Berlin',
  )
  let time = clock.now()
  const batch = (...rows: Reported[]): ValueBatch => {
    const builder = new ValueBatchBuilder()
    for (const [name, value, status = StatusCodes.Good] of rows)
      builder.add(table.handleOf(name)!, value, status, ++time)
    return builder.take()
  }
  const report = (...rows: Reported[]): void => {
    const reported = batch(...rows)
    made.changes(table.apply(reported))
    made.reported(reported)
  }
  return { clock, table, triggers: made, events, marks, report }
}

const alarm = (sequence: number, over: Partial<AlarmEvent> = {}) =>
  ({ sequence, id: 'Oven/high', event: 'active', isTest: false, timestamp: sequence * 1000, ...over }) as AlarmEvent

describe('triggers of labels', () => {
  test('edges within one batch are all seen, and different tags of a batch belong together', () => {
    const { triggers, events, report } = line([
      { name: 'done', when: 'Done', fields: { weight: 'Weight' } },
      { name: 'both', when: 'Done && Weight > 5.0' },
    ])
    triggers.restore([])
    report(['Done', false], ['Weight', 1])
    report(['Done', true], ['Done', false], ['Done', true], ['Weight', 6])
    expect(events.map(({ trigger }) => trigger.name)).toEqual(['done', 'done', 'both'])
    expect(events.map(({ id }) => id)).toEqual(['trigger:done:1', 'trigger:done:2', 'trigger:both:1'])
    expect(events[1]!.fields).toEqual({ weight: 6 })
  })

  test('what changed before the marks of the last run were known is seen in its order', () => {
    const { triggers, events, marks, report } = line([{ when: 'Done' }])
    report(['Done', false])
    report(['Done', true])
    report(['Done', false])
    expect(events).toEqual([])
    triggers.restore([])
    expect(events.map(({ id }) => id)).toEqual(['trigger:one:1'])
    // With a mark of the last run the edge of the time in between counts.
    const again = line([{ when: 'Done' }])
    again.report(['Done', true])
    again.triggers.restore(marks)
    expect(again.events.map(({ id }) => id)).toEqual(['trigger:one:2'])
    const third = line([{ when: 'Done' }])
    third.report(['Done', true])
    third.triggers.restore(again.marks)
    expect(third.events).toEqual([])
  })

  test('a Bad value is no edge, and none comes of the same value after it', () => {
    const { triggers, events, report } = line([{ when: 'Done' }, { name: 'code', when: 'Code', on: 'change' }])
    triggers.restore([])
    report(['Done', false], ['Code', 'A'])
    report(['Done', true], ['Code', 'B'])
    expect(events).toHaveLength(2)
    report(['Done', null, StatusCodes.BadNoCommunication], ['Code', null, StatusCodes.BadNoCommunication])
    report(['Done', true], ['Code', 'B'])
    expect(events).toHaveLength(2)
  })

  test('each report is an event where the trigger asks for reports, also an unchanged one', () => {
    const { triggers, events, report } = line([{ when: 'Code', on: 'update', fields: { code: 'Code' } }])
    triggers.restore([])
    report(['Code', 'A'])
    report(['Code', 'A'], ['Code', 'B'])
    expect(events.map(({ fields }) => fields.code)).toEqual(['A', 'A', 'B'])
  })

  test('what a broker had kept and tells again is an event only where it says something else', () => {
    const { table, triggers, events, report } = line([{ when: 'Code', on: 'update', fields: { code: 'Code' } }])
    triggers.restore([])
    let time = Date.UTC(2026, 10, 24)
    const retold = (code: string): void => {
      const builder = new ValueBatchBuilder()
      builder.add(table.handleOf('Code')!, code, StatusCodes.Good, ++time)
      builder.markRetold()
      const batch = builder.take()
      triggers.changes(table.apply(batch))
      triggers.reported(batch)
    }
    retold('old order')
    expect(events).toEqual([])
    report(['Code', 'A'])
    retold('A')
    report(['Code', 'A'])
    retold('B')
    retold('B')
    expect(events.map(({ fields }) => fields.code)).toEqual(['A', 'A', 'B'])
  })

  test('a trigger that stopped goes on when a person says so, with what it missed or without', () => {
    const { triggers, events, marks, report } = line([{ when: 'Count', on: 'increase', catchUp: 5 }])
    triggers.restore([])
    report(['Count', 10])
    expect(() => triggers.goOn('one', true)).toThrow(/did not stop/)
    report(['Count', 30])
    report(['Count', 31])
    expect(events).toEqual([])
    expect(triggers.stopped()).toMatchObject([{ trigger: 'one', message: /20 labels were to be made at once/ }])
    report(['Count', null, StatusCodes.BadNoCommunication])
    expect(() => triggers.goOn('one', true)).toThrow(/Bad now/)
    report(['Count', 31])
    expect(triggers.goOn('one', true)).toBe(21)
    expect(events.map(({ labelCount, id }) => [labelCount, id])).toEqual([[21, 'trigger:one:1']])
    expect(triggers.stopped()).toEqual([])
    report(['Count', 50])
    expect(triggers.goOn('one', false)).toBe(0)
    expect(marks.get('one')).toMatchObject({ value: 50, stopped: null })
    report(['Count', 52])
    expect(events.map(({ labelCount }) => labelCount)).toEqual([21, 2])
  })

  test('a plant change keeps how far a trigger is', () => {
    const { triggers, events, report } = line([{ when: 'Count', on: 'increase' }])
    triggers.restore([])
    report(['Count', 10])
    triggers.configure([{ ...usual, when: 'Count', on: 'increase', copies: 2 }], [], 'UTC')
    report(['Count', 13])
    expect(events.map(({ labelCount, id }) => [labelCount, id])).toEqual([[3, 'trigger:one:1']])
  })

  test('an alarm makes a label each time it becomes active, once for each row of the journal', () => {
    const { triggers, events } = line([{ alarm: 'Oven/high' }])
    triggers.restore([])
    expect(triggers.beginAlarms(5)).toBe(5)
    triggers.alarms([alarm(5), alarm(6), alarm(7, { event: 'returned' }), alarm(8, { id: 'Oven/low' }), alarm(9)])
    triggers.alarms([alarm(9), alarm(10, { isTest: true }), alarm(11)])
    expect(events.map(({ mark }) => mark.value)).toEqual([6, 9, 11])
    expect(triggers.beginAlarms(20)).toBe(11)
  })

  test('a time of day comes once; what was missed while the station was down comes once too', async () => {
    // 05:00 UTC is 06:00 in Berlin.
    const { triggers, events, clock, marks } = line([{ schedule: { times: ['06:01'], days: [] } }])
    triggers.restore([])
    triggers.secondPassed()
    expect(events).toHaveLength(0)
    await clock.advance(61_000)
    triggers.secondPassed()
    triggers.secondPassed()
    expect(events).toHaveLength(1)
    const later = line([{ schedule: { times: ['06:01'], days: [] } }])
    await later.clock.advance(3 * 86_400_000)
    later.triggers.restore(marks)
    later.triggers.secondPassed()
    later.triggers.secondPassed()
    expect(later.events.map(({ id }) => id)).toEqual(['trigger:one:2'])
    const never = line([{ schedule: { times: ['06:01'], days: [] }, catchUp: 0 }])
    await never.clock.advance(3 * 86_400_000)
    never.triggers.restore(marks)
    never.triggers.secondPassed()
    expect(never.events).toEqual([])
  })
})
