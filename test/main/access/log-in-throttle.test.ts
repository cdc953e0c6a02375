import { describe, expect, test } from 'vitest'
import { failuresBeforeLock, LogInThrottle } from '../../../src-main/access/log-in-throttle.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

describe('log-in throttle', () => {
  test('each further lock is twice as long, at most a quarter of an hour', async () => {
    const clock = new FakeClock()
    const throttle = new LogInThrottle(clock)
    const waits: number[] = []
    for (let round = 0; round < 8; round++) {
      for (let n = 0; n < failuresBeforeLock; n++) throttle.attempt('ana', 'panel')
      const { verdict, waitMs } = throttle.verdict('ana', 'panel')
      expect(verdict).toBe('locked')
      waits.push(waitMs / 1000)
      await clock.advance(waitMs)
      expect(throttle.verdict('ana', 'panel').verdict).toBe('allowed')
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900])
  })

  test('a right password forgives what went before', () => {
    const throttle = new LogInThrottle(new FakeClock())
    for (let round = 0; round < 10; round++) {
      for (let n = 1; n < failuresBeforeLock; n++) throttle.attempt('ana', 'panel')
      expect(throttle.verdict('ana', 'panel').verdict).toBe('allowed')
      throttle.attempt('ana', 'panel')
      throttle.succeeded('ana', 'panel')
    }
    expect(throttle.verdict('ana', 'panel').verdict).toBe('allowed')
  })

  test('wrong passwords long ago do not count', async () => {
    const clock = new FakeClock()
    const throttle = new LogInThrottle(clock)
    for (let n = 0; n < 20; n++) {
      throttle.attempt('ana', 'panel')
      await clock.advance(5 * 60_000)
    }
    expect(throttle.verdict('ana', 'panel').verdict).toBe('allowed')
  })
})
