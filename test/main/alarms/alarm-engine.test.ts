import { describe, expect, test } from 'vitest'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import { AlarmStation, alarmDefinition, operator } from '../../fakes/alarm-station.ts'

const id = 'Tank.Level/high'

describe('an alarm', () => {
  test('S1 to S8: becomes active, is acknowledged, returns, and is normal again', async () => {
    const station = new AlarmStation({
      definitions: [alarmDefinition({ message: 'Level is {value} {unit} (limit {limit})' })],
    })
    station.samples(['Tank.Level', 50], ['Tank.Level', 95.5])
    await station.alarms.flushed()
    const row = station.alarms.row(id)!
    expect(row).toMatchObject({
      state: 'unacknowledged',
      message: 'Level is 95.5 % (limit 90)',
      value: 95.5,
      occurrenceCount: 1,
      eventId: 1,
    })
    expect(await station.alarms.acknowledge([id], operator)).toEqual([{ id, statusCode: 0 }])
    expect(station.state(id)).toBe('acknowledged')
    const [second] = await station.alarms.acknowledge([id], operator)
    expect(second!.statusCode).toBe(StatusCodes.BadConditionBranchAlreadyAcked)
    station.samples(['Tank.Level', 90])
    await station.alarms.flushed()
    expect(station.state(id)).toBe('normal')
    expect(station.story()).toEqual(['active unacknowledged', 'acknowledged acknowledged', 'returned normal'])
  })
})
