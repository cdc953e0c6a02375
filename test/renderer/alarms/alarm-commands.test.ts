import { afterEach, describe, expect, it } from 'vitest'
import { processClass } from '../../../src-main/shared/alarm.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import { AlarmCommands, fits, needsDialog } from '../../../src-renderer/alarms/alarm-commands.svelte.ts'
import { AlarmSelection } from '../../../src-renderer/alarms/list/alarm-selection.svelte.ts'
import { shelvingChoices, shelvingText } from '../../../src-renderer/alarms/shelving-choices.ts'
import { language } from '../../../src-renderer/ui/i18n.svelte.ts'
import { FakeStation } from '../../fakes/fake-station.ts'
import { alarmRow } from './alarm-rows.ts'

const rows = [alarmRow({ id: 'A/high', eventId: 11 }), alarmRow({ id: 'B/high', eventId: 12 })]

describe('a command to alarms', () => {
  afterEach(() => language.choose('en'))

  it('acknowledges the occurrences that were seen, not whatever is there by then (A4)', async () => {
    const fake = new FakeStation()
    fake.answers.set('alarms.acknowledge', () => ({ results: rows.map(({ id }) => ({ id, statusCode: 0 })) }))
    const outcome = await new AlarmCommands(fake.station.client).run('acknowledge', rows)
    expect(fake.calls).toEqual([
      { name: 'alarms.acknowledge', input: { ids: ['A/high', 'B/high'], eventIds: [11, 12] } },
    ])
    expect(outcome).toMatchObject({ doneCount: 2, refused: [], failure: null })
  })

  it('tells of each alarm that was left as it was, in the language of the screen', async () => {
    const fake = new FakeStation()
    const message = 'A/high occurred again at 10:00'
    fake.answers.set('alarms.acknowledge', () => ({
      results: [
        { id: 'A/high', statusCode: StatusCodes.BadEventIdUnknown, message },
        { id: 'B/high', statusCode: 0 },
      ],
    }))
    const commands = new AlarmCommands(fake.station.client)
    expect((await commands.run('acknowledge', rows)).refused).toEqual([{ row: rows[0], reason: message }])
    language.choose('zh-CN')
    const [refused] = (await commands.run('acknowledge', rows)).refused
    expect(refused!.reason).toContain('再次发生')
    expect(refused!.reason).toContain(message)
  })

  it('never says “try later” of what was done and only not written down', async () => {
    const fake = new FakeStation()
    const message = 'A/high: it was done, but the alarm journal cannot be written'
    fake.answers.set('alarms.acknowledge', () => ({
      results: [{ id: 'A/high', statusCode: StatusCodes.BadResourceUnavailable, message }],
    }))
    language.choose('zh-CN')
    const [refused] = (await new AlarmCommands(fake.station.client).run('acknowledge', [rows[0]!])).refused
    expect(refused!.reason).toBe(`已执行，但报警日志无法写入，站点停机后将丢失。（${message}）`)
  })

  it('claims nothing when the call itself failed', async () => {
    const fake = new FakeStation()
    const outcome = await new AlarmCommands(fake.station.client).run('reset', rows)
    expect(outcome).toMatchObject({ doneCount: 0, refused: [] })
    expect(outcome.failure).toContain('alarms.reset')
  })
})

describe('what is offered', () => {
  it('fits the state of the alarm', () => {
    expect(fits('acknowledge', 'returnedUnacknowledged')).toBe(true)
    expect(fits('acknowledge', 'acknowledged')).toBe(false)
    expect(fits('unshelve', 'shelved')).toBe(true)
    expect(fits('reset', 'latchedAcknowledged')).toBe(true)
    expect(fits('shelve', 'outOfService')).toBe(false)
  })

  it('asks for words where the class of an alarm wants them', () => {
    expect(needsDialog('acknowledge', [processClass])).toBe(false)
    expect(needsDialog('acknowledge', [processClass, { ...processClass, commentRequired: true }])).toBe(true)
    expect(needsDialog('shelve', [processClass])).toBe(true)
    expect(needsDialog('reset', [processClass])).toBe(false)
  })

  it('lets nobody choose a longer shelving than the class allows (A31)', () => {
    const hour = 3_600_000
    expect(shelvingChoices(90 * 60_000).at(-1)).toBe(90 * 60_000)
    expect(shelvingChoices(8 * hour)).toContain(8 * hour)
    expect(Math.max(...shelvingChoices(2 * hour))).toBe(2 * hour)
    expect(new Set(shelvingChoices(2 * hour)).size).toBe(shelvingChoices(2 * hour).length)
    expect(shelvingText(90 * 60_000)).toBe('1 h 30 min')
  })
})

describe('the selection', () => {
  it('means the occurrence that was seen last', () => {
    const selection = new AlarmSelection()
    selection.add(rows)
    selection.see([alarmRow({ id: 'A/high', eventId: 20 }), alarmRow({ id: 'C/high', eventId: 1 })])
    expect(selection.rows.map(({ id, eventId }) => [id, eventId])).toEqual([
      ['A/high', 20],
      ['B/high', 12],
    ])
  })
})
