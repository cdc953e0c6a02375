// Pipes follow what they join, in the same step, at right angles and around the two things.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Box } from '../../../../../src-renderer/mimic/drawing/mimic-box.ts'
import { openDocument } from '../../../../../src-renderer/mimic/editor/document/mimic-document.ts'
import { pathOf } from '../../../../../src-renderer/mimic/editor/document/pipe-path.ts'
import { routePipe, type Side } from '../../../../../src-renderer/mimic/editor/document/pipe-router.ts'
import {
  addPipe,
  boxPorts,
  connectPipe,
  moveWithPipes,
  resizeEachWithPipes,
  type Surroundings,
} from '../../../../../src-renderer/mimic/editor/document/pipes.ts'

function end(box: Box, side: Side) {
  return { at: boxPorts(box).find(({ name }) => name === side)!.at, side, box }
}

const boxes = fc.record({
  x: fc.integer({ min: 0, max: 800 }),
  y: fc.integer({ min: 0, max: 800 }),
  width: fc.integer({ min: 4, max: 200 }),
  height: fc.integer({ min: 4, max: 200 }),
})
const sides = fc.constantFrom<Side>('left', 'right', 'top', 'bottom')

describe('the way of a pipe', () => {
  const left = { x: 0, y: 0, width: 40, height: 40 }
  test.each<[string, Box, Side, Side, string]>([
    ['straight', { x: 100, y: 0, width: 40, height: 40 }, 'right', 'left', 'M40 20 H100'],
    ['round one corner', { x: 100, y: 100, width: 40, height: 40 }, 'right', 'top', 'M40 20 H120 V100'],
    ['with a step half-way', { x: 100, y: 100, width: 40, height: 40 }, 'right', 'left', 'M40 20 H70 V120 H100'],
    ['around as a U', { x: 100, y: 0, width: 40, height: 40 }, 'bottom', 'bottom', 'M20 40 V60 H120 V40'],
    [
      'around the thing itself',
      { x: 100, y: 0, width: 40, height: 40 },
      'left',
      'left',
      'M0 20 H-20 V-20 H60 V20 H100',
    ],
  ])('goes %s', (_name, right, from, to, way) => {
    expect(pathOf(routePipe(end(left, from), end(right, to)))).toBe(way)
  })

  test('is always at right angles, begins and ends at the ports, and leaves by their sides', () => {
    fc.assert(
      fc.property(boxes, boxes, sides, sides, (a, b, from, to) => {
        const apart =
          a.x + a.width + 45 < b.x || b.x + b.width + 45 < a.x || a.y + a.height + 45 < b.y || b.y + b.height + 45 < a.y
        fc.pre(apart)
        const start = end(a, from)
        const way = routePipe(start, end(b, to))
        expect(way[0]).toEqual(start.at)
        expect(way.at(-1)).toEqual(end(b, to).at)
        for (const [index, corner] of way.slice(1).entries()) {
          const before = way[index]!
          expect(Math.min(Math.abs(before.x - corner.x), Math.abs(before.y - corner.y))).toBeLessThan(0.01)
          for (const box of [a, b]) expect(crosses(before, corner, box)).toBe(false)
        }
      }),
      { numRuns: 500 },
    )
  })
})

function crosses(a: { x: number; y: number }, b: { x: number; y: number }, box: Box): boolean {
  return (
    Math.max(a.x, b.x) > box.x + 0.1 &&
    Math.min(a.x, b.x) < box.x + box.width - 0.1 &&
    Math.max(a.y, b.y) > box.y + 0.1 &&
    Math.min(a.y, b.y) < box.y + box.height - 0.1
  )
}

function plant(...lines: string[]) {
  const head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic">'
  const opened = openDocument([head, ...lines, '</svg>'].join('\n'))
  if (!opened.ok) throw new Error(opened.message)
  const { document } = opened
  const surroundings: Surroundings = {
    box: (element) => {
      const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => Number(document.get(element, name)))
      return document.tagName(element) === 'rect' ? { x: x!, y: y!, width: width!, height: height! } : null
    },
  }
  const move = (ids: string[], x: number, y: number) =>
    document.change('move', (edit) =>
      moveWithPipes(
        edit,
        ids.map((id) => document.elementById(id)!),
        { x, y },
        surroundings,
      ),
    )
  return { document, surroundings, move, way: () => document.get(document.elementById('pipe')!, 'd') }
}

const p1 = '<rect id="p1" x="0" y="0" width="40" height="40"/>'
const p2 = '<rect id="p2" x="100" y="100" width="40" height="40"/>'
const pipe = (d: string) => `<path id="pipe" ls:from="p1@right" ls:to="p2@left" d="${d}"/>`

describe('a joined pipe', () => {
  test('is found anew when an end moves, as part of the same step', () => {
    const { document, move, way } = plant(p1, p2, pipe('M40 20 H70 V120 H100'))
    const text = document.text
    move(['p2'], 20, -100)
    expect(way()).toBe('M40 20 H120')
    document.undo()
    expect(document.text).toBe(text)
    expect(document.canUndo).toBe(false)
  })

  test('keeps the corners that a person drew; those beside the moved end follow', () => {
    const { move, way } = plant(p1, p2, pipe('M40 20 H50 V80 H60 V120 H100'))
    move(['p2'], 30, 10)
    expect(way()).toBe('M40 20 H50 V80 H60 V130 H130')
    move(['p1'], 0, -7)
    expect(way()).toBe('M40 13 H50 V80 H60 V130 H130')
  })

  test('moves as it is when both ends move together, selected or not', () => {
    const { move, way } = plant(p1, p2, pipe('M40 20 H50 V80 H60 V120 H100'))
    move(['p1', 'p2'], 5, 5)
    expect(way()).toBe('M45 25 H55 V85 H65 V125 H105')
    move(['p1', 'pipe', 'p2'], 5, 5)
    expect(way()).toBe('M50 30 H60 V90 H70 V130 H110')
  })

  test('between two things that get new sizes goes from the one to the other', () => {
    const { document, surroundings, way } = plant(p1, p2, pipe('M40 20 H70 V120 H100'))
    const [one, two] = ['p1', 'p2'].map((id) => document.elementById(id)!)
    const sizes = new Map([
      [one!, { from: { x: 0, y: 0, width: 40, height: 40 }, to: { x: 0, y: 0, width: 60, height: 60 } }],
      [two!, { from: { x: 100, y: 100, width: 40, height: 40 }, to: { x: 100, y: 0, width: 60, height: 60 } }],
    ])
    document.change('size', (edit) => resizeEachWithPipes(edit, sizes, surroundings))
    expect(way()).toBe('M60 30 H100')
  })

  test('is not torn off by moving it alone', () => {
    const { document, move } = plant(p1, p2, pipe('M40 20 H70 V120 H100'))
    move(['pipe'], 50, 50)
    expect(document.canUndo).toBe(false)
  })

  test('is drawn between two things that then have ids, and may be led elsewhere', () => {
    const { document, surroundings } = plant(
      '<rect ls:equipment="Pump1" x="0" y="0" width="40" height="40"/>',
      '<rect ls:equipment="Tank1" x="100" y="0" width="40" height="40"/>',
    )
    const [pump, tank] = document.root.children.filter((child) => child.kind === 'element')
    const added = document.change('pipe', (edit) =>
      addPipe(
        edit,
        { parent: document.root, before: null },
        { element: pump!, port: 'right' },
        { element: tank!, port: 'left' },
        surroundings,
      ),
    )
    expect(document.text).toContain(
      '<path class="ls-pipe" fill="none" stroke="#8a8a8a" d="M40 20 H100" stroke-width="4" stroke-linejoin="round" ls:from="Pump1@right" ls:to="Tank1@left"/>',
    )
    document.change('lead', (edit) => connectPipe(edit, added, 'to', { at: { x: 80, y: 90 } }, surroundings))
    expect(document.get(added, 'ls:to')).toBe(null)
    expect(document.get(added, 'd')).toBe('M40 20 H80 V90')
  })
})
