import { describe, expect, it } from 'vitest'
import { AlarmAnnouncer, announcementIntervalMs } from '../../../../src-renderer/alarms/banner/alarm-announcer.ts'
import { alarmRow, alarmSummary } from '../alarm-rows.ts'

describe('what a screen reader is told', () => {
  const first = alarmRow({ id: 'Boiler.Pressure/highHigh', priority: 'urgent' })
  const with_ = (annunciationCount: number) => alarmSummary({ annunciationCount, top: [first] })

  it('is nothing of what was there when the page was opened', () => {
    const announcer = new AlarmAnnouncer(() => 0)
    expect(announcer.take(with_(7))).toBeNull()
  })

  it('is a new alarm at once', () => {
    const announcer = new AlarmAnnouncer(() => 0)
    announcer.take(with_(7))
    expect(announcer.take(with_(8))).toEqual({ count: 1, first })
  })

  // Checklist H43: a flood must not talk over itself.
  it('is at most one sentence in some seconds, which then counts all that came', () => {
    let now = 0
    const announcer = new AlarmAnnouncer(() => now)
    announcer.take(with_(0))
    let sentences = 0
    let told = 0
    for (; now < 60_000; now += 10) {
      const announcement = announcer.take(with_(1 + now / 10))
      if (!announcement) continue
      sentences++
      told += announcement.count
    }
    expect(sentences).toBe(60_000 / announcementIntervalMs)
    now += announcementIntervalMs
    told += announcer.take(with_(6000))!.count
    expect(told).toBe(6000)
  })

  it('goes on after the station began to count anew', () => {
    const announcer = new AlarmAnnouncer(() => 0)
    announcer.take(with_(90))
    expect(announcer.take(with_(0))).toBeNull()
    expect(announcer.take(with_(1))?.count).toBe(1)
  })
})
