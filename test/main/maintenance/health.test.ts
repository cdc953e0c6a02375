import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { Health } from '../../../src-main/maintenance/health.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

describe('health', () => {
  test('process, event loop, disk and what each part says', async () => {
    const clock = new FakeClock()
    const health = new Health({ clock, dataFolder: tmpdir(), sections: { tags: () => ({ count: 3 }) } })
    await clock.advance(5000)
    expect(await health.read()).toMatchObject({
      process: { uptimeMs: 5000, residentBytes: expect.any(Number), nodeVersion: process.version },
      eventLoop: { p50Ms: expect.any(Number), p99Ms: expect.any(Number), maximumMs: expect.any(Number) },
      disk: { freeBytes: expect.any(Number), totalBytes: expect.any(Number) },
      tags: { count: 3 },
    })
    health.close()
    expect(clock.pendingCount).toBe(0)
  })

  test('a part that fails says why, the others are not affected; a data folder that is gone too', async () => {
    const clock = new FakeClock()
    const health = new Health({
      clock,
      dataFolder: '/does/not/exist',
      sections: { broken: () => Promise.reject(new Error('no answer')), fine: () => ({ count: 1 }) },
    })
    const read = await health.read()
    expect(read).toMatchObject({
      broken: { error: 'no answer' },
      fine: { count: 1 },
      disk: { error: expect.stringContaining('ENOENT') },
    })
    health.close()
  })

  test('a blocked event loop is seen', async () => {
    const clock = new FakeClock()
    const health = new Health({ clock, dataFolder: tmpdir(), sections: {} })
    await new Promise((resolve) => setTimeout(resolve, 30))
    const until = performance.now() + 200
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect((await health.read()).eventLoop).toMatchObject({ maximumMs: expect.toSatisfy((late: number) => late > 150) })
    health.close()
  })
})
