// Bytes of scanners as scans: cut anywhere, too long, garbage.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { longestScan, ScanFrames } from '../../../src-main/scanning/scan-frames.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

function frames(terminator: string) {
  const scans: string[] = []
  const clock = new FakeClock()
  return { scans, clock, frames: new ScanFrames({ terminator, clock, onScan: (text) => scans.push(text) }) }
}

describe('frames of scanners', () => {
  test('however the bytes are cut, the scans are the same; CR, LF and both end one', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(8), { minLength: 1 }), (cuts) => {
        const bytes = Buffer.from('88.123.456/A1\r\n\r]C10109521234543213\u001d10L1\n箱\r')
        const { scans, frames: taken } = frames('\r\n')
        for (let at = 0, index = 0; at < bytes.length; index++) {
          const length = 1 + cuts[index % cuts.length]!
          taken.take(bytes.subarray(at, at + length))
          at += length
        }
        expect(scans).toEqual(['88.123.456/A1', ']C10109521234543213\u001d10L1', '箱'])
      }),
    )
  })

  test('STX and ETX around it are none of it, and bytes that are not UTF-8 are one character each', () => {
    const { scans, frames: taken } = frames('\r')
    taken.take(Buffer.from('\u0002A1\u0003\r'))
    taken.take(Buffer.from([0x41, 0xe9, 0x0d]))
    expect(scans).toEqual(['A1', 'Aé'])
  })

  test('more than any symbol holds is thrown away up to the next terminator, and what follows is read', () => {
    const { scans, frames: taken } = frames('\r')
    for (let sent = 0; sent < 10 * longestScan; sent += 1000) taken.take(Buffer.alloc(1000, 0x41))
    taken.take(Buffer.from('\rB2\r'))
    expect(scans).toEqual(['B2'])
    expect(taken.discardedCount).toBe(1)
  })

  test('a scanner without a terminator ends its scan by silence; half a scan before a lost connection is none', async () => {
    const { scans, clock, frames: taken } = frames('')
    taken.take(Buffer.from('A'))
    await clock.advance(30)
    taken.take(Buffer.from('1'))
    await clock.advance(60)
    taken.take(Buffer.from('B2'))
    taken.reset()
    await clock.advance(1000)
    expect(scans).toEqual(['A1'])
  })
})
