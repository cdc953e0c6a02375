import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeStation } from '../../../fakes/fake-station.ts'
import { rooted } from '../../tags/rooted.svelte.ts'
import { alarmCounts, alarmSummary } from '../alarm-rows.ts'

describe('the sound of a console', () => {
  let fake: FakeStation
  let stop = () => {}
  beforeEach(() => {
    localStorage.clear()
    sessionStorage.clear()
    fake = new FakeStation()
  })
  afterEach(() => stop())

  const urgent = (annunciationCount: number) =>
    alarmSummary({ counts: alarmCounts({ unacknowledged: { urgent: 1 } }), annunciationCount })

  /** The page, as the button in the banner keeps it playing. */
  function play(): void {
    const { alarmSound } = fake.station
    let end: (() => void) | undefined
    stop = rooted(() => {
      end?.()
      end = alarmSound.play()
    })
  }

  function send(summary: unknown): void {
    fake.sendItem('alarms.summary', summary)
    flushSync()
  }

  it('is off until somebody switches it on here, whatever happens', () => {
    play()
    send(urgent(1))
    expect([fake.station.alarmSound.state, fake.loudspeaker.playing]).toEqual(['off', null])
  })

  it('says that it waits for a touch while the browser does not allow it', async () => {
    localStorage.setItem('lineside-alarm-sound', 'on')
    fake = new FakeStation()
    play()
    send(urgent(1))
    expect([fake.station.alarmSound.state, fake.loudspeaker.playing]).toEqual(['blocked', null])
    await fake.station.alarmSound.touched()
    flushSync()
    expect([fake.station.alarmSound.state, fake.loudspeaker.playing]).toEqual(['sounding', 'urgent'])
  })

  it('silence holds until the next annunciation and acknowledges nothing (OPC 10000-9 SilenceState)', async () => {
    play()
    await fake.station.alarmSound.switch(true)
    send(urgent(1))
    expect(fake.loudspeaker.playing).toBe('urgent')
    fake.station.alarmSound.silence()
    flushSync()
    expect([fake.station.alarmSound.state, fake.loudspeaker.playing]).toEqual(['silenced', null])
    expect(fake.calls).toEqual([])
    send(urgent(1))
    expect(fake.loudspeaker.playing).toBeNull()
    send(urgent(2))
    expect(fake.loudspeaker.playing).toBe('urgent')
  })

  it('a station that began to count anew is not silenced by what was silenced before', async () => {
    play()
    await fake.station.alarmSound.switch(true)
    send(urgent(40))
    fake.station.alarmSound.silence()
    flushSync()
    send(urgent(1))
    expect(fake.station.alarmSound.state).toBe('sounding')
  })

  it('has the pattern of the most important unacknowledged priority, and ends with the last acknowledgement (S2)', async () => {
    play()
    await fake.station.alarmSound.switch(true)
    send(alarmSummary({ counts: alarmCounts({ unacknowledged: { low: 2, high: 1 } }), annunciationCount: 3 }))
    expect(fake.loudspeaker.playing).toBe('high')
    send(alarmSummary({ counts: alarmCounts({ unacknowledged: { low: 2 } }), annunciationCount: 3 }))
    expect(fake.loudspeaker.playing).toBe('low')
    send(alarmSummary({ counts: alarmCounts({ active: { low: 2 } }), annunciationCount: 3 }))
    expect([fake.station.alarmSound.state, fake.loudspeaker.playing]).toEqual(['quiet', null])
  })

  it('does not fall silent because the link is lost: nothing says that the alarm is over', async () => {
    play()
    await fake.station.alarmSound.switch(true)
    send(urgent(1))
    fake.loseLink(Date.now())
    flushSync()
    expect(fake.loudspeaker.playing).toBe('urgent')
  })
})
