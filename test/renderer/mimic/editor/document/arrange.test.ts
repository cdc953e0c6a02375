// Aligning, distributing, equal sizes and snapping: arithmetic of boxes.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Box } from '../../../../../src-renderer/mimic/drawing/mimic-box.ts'
import {
  type Alignment,
  align,
  distribute,
  sameSize,
} from '../../../../../src-renderer/mimic/editor/document/arrange.ts'
import { snapBox, snapPoint } from '../../../../../src-renderer/mimic/editor/document/snap.ts'

const a: Box = { x: 0, y: 0, width: 10, height: 20 }
const b: Box = { x: 50, y: 30, width: 20, height: 10 }
const c: Box = { x: 100, y: 5, width: 40, height: 40 }
const all = new Map([
  ['a', a],
  ['b', b],
  ['c', c],
])

function moved(moves: Map<string, { x: number; y: number }>): Record<string, [number, number]> {
  return Object.fromEntries(
    [...all].map(([key, box]) => [key, [box.x + (moves.get(key)?.x ?? 0), box.y + (moves.get(key)?.y ?? 0)]]),
  )
}

describe('aligning', () => {
  test.each<[Alignment, Record<string, [number, number]>]>([
    ['left', { a: [0, 0], b: [0, 30], c: [0, 5] }],
    ['centre', { a: [65, 0], b: [60, 30], c: [50, 5] }],
    ['right', { a: [130, 0], b: [120, 30], c: [100, 5] }],
    ['top', { a: [0, 0], b: [50, 0], c: [100, 0] }],
    ['middle', { a: [0, 12.5], b: [50, 17.5], c: [100, 2.5] }],
    ['bottom', { a: [0, 25], b: [50, 35], c: [100, 5] }],
  ])('%s, on the box around all', (alignment, places) => {
    expect(moved(align(all, alignment))).toEqual(places)
  })

  test('on one of them leaves that where it is', () => {
    expect(moved(align(all, 'left', 'b'))).toEqual({ a: [50, 0], b: [50, 30], c: [50, 5] })
  })
})

describe('distributing', () => {
  test('makes equal gaps and leaves the outermost', () => {
    expect(moved(distribute(all, 'horizontal'))).toEqual({ a: [0, 0], b: [45, 30], c: [100, 5] })
  })

  test('gaps are equal for any boxes', () => {
    const box = fc.record({ x: fc.nat(500), y: fc.nat(500), width: fc.nat(80), height: fc.nat(80) })
    fc.assert(
      fc.property(fc.array(box, { minLength: 3, maxLength: 8 }), (boxes) => {
        const keyed = new Map(boxes.map((each, index) => [index, each]))
        const placed = [...distribute(keyed, 'vertical')].map(([key, delta]) => ({
          ...boxes[key]!,
          y: boxes[key]!.y + delta.y,
        }))
        const gaps = placed.slice(1).map((each, index) => each.y - placed[index]!.y - placed[index]!.height)
        for (const gap of gaps) expect(gap).toBeCloseTo(gaps[0]!, 6)
      }),
    )
  })

  test('two have nothing to distribute', () => {
    expect(distribute(new Map([['a', a]]), 'vertical').size).toBe(0)
  })
})

test('equal sizes are taken from one and keep the middles', () => {
  expect(sameSize(all, 'width', 'c').get('a')).toEqual({ x: -15, y: 0, width: 40, height: 20 })
  expect(sameSize(all, 'both', 'c').get('b')).toEqual({ x: 40, y: 15, width: 40, height: 40 })
})

describe('snapping', () => {
  test('takes the nearest edge or middle, with a line over both things', () => {
    const snap = snapBox({ x: 52, y: 100, width: 20, height: 10 }, { boxes: [b], grid: 10, reach: 5 })
    expect(snap.delta).toEqual({ x: -2, y: 0 })
    expect(snap.guides).toEqual([{ axis: 'x', at: 50, from: 30, to: 110 }])
  })

  test('takes the grid where nothing is near, and nothing without one', () => {
    expect(snapBox({ x: 203, y: 208, width: 4, height: 4 }, { boxes: [b], grid: 10, reach: 2 })).toEqual({
      delta: { x: -3, y: 2 },
      guides: [],
    })
    expect(snapBox({ x: 203, y: 208, width: 4, height: 4 }, { boxes: [b], grid: null, reach: 2 }).delta).toEqual({
      x: 0,
      y: 0,
    })
  })

  test('takes ports, of what is moved and of what stays', () => {
    const targets = { boxes: [], ports: [{ x: 100, y: 50 }], grid: null, reach: 4 }
    expect(snapPoint({ x: 98, y: 51 }, targets).delta).toEqual({ x: 2, y: -1 })
    expect(snapBox({ x: 0, y: 0, width: 40, height: 40 }, { ...targets, reach: 3 }, [{ x: 3, y: 48 }]).delta).toEqual({
      x: 0,
      y: 2,
    })
  })
})
