import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Box, sharedArea } from '../../../src-renderer/mimic/drawing/mimic-box.ts'
import { placeBeside } from '../../../src-renderer/mimic/marks/alarm-place.ts'

const drawing: Box = { x: 0, y: 0, width: 1600, height: 900 }
const half = 14
const box = fc.record({
  x: fc.integer({ min: 0, max: 1500 }),
  y: fc.integer({ min: 0, max: 860 }),
  width: fc.integer({ min: 1, max: 300 }),
  height: fc.integer({ min: 1, max: 200 }),
})
const markAt = ({ x, y }: { x: number; y: number }): Box => ({
  x: x - half,
  y: y - half,
  width: 2 * half,
  height: 2 * half,
})

describe('the place of an alarm mark', () => {
  it('never covers its own element', () => {
    fc.assert(
      fc.property(
        box,
        fc.array(box, { maxLength: 30 }),
        fc.boolean(),
        fc.boolean(),
        (own, obstacles, isText, growsLeft) => {
          const place = placeBeside({ box: own, isText, growsLeft, signRoom: 20 }, half, { obstacles, drawing })
          expect(sharedArea(markAt(place), own)).toBe(0)
        },
      ),
    )
  })

  it('keeps off the sign of bad quality beside a text', () => {
    const own = { x: 400, y: 300, width: 80, height: 20 }
    const place = placeBeside({ box: own, isText: true, growsLeft: true, signRoom: 24 }, half, {
      obstacles: [],
      drawing,
    })
    const sign = { x: own.x - 22, y: 301, width: 18, height: 18 }
    expect(sharedArea(markAt(place), sign)).toBe(0)
  })

  it('goes to another side where a text stands, and stays inside the drawing', () => {
    const own = { x: 2, y: 300, width: 80, height: 60 }
    const beside = { x: 84, y: 300, width: 200, height: 60 }
    const place = placeBeside({ box: own, isText: false, growsLeft: false, signRoom: 16 }, half, {
      obstacles: [beside],
      drawing,
    })
    const mark = markAt(place)
    expect(sharedArea(mark, beside)).toBe(0)
    expect(sharedArea(mark, drawing)).toBe(4 * half * half)
  })
})
