// What is done to a label by hand: dragging, lines it keeps to, steps of undo.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DrawnLabel } from '../../../../src-renderer/labels/editor/element-areas.ts'
import type { WrittenLabel } from '../../../../src-renderer/labels/editor/label-document.ts'
import { LabelEditing, mostElements } from '../../../../src-renderer/labels/editor/label-editing.svelte.ts'

const label: WrittenLabel = {
  name: 'case',
  size: { width: 80, height: 50 },
  elements: [
    { type: 'box', x: 1, y: 1, width: 78, height: 48, line: 0.4 },
    { type: 'text', x: 4, y: 4, fontSize: 5, text: 'Order' },
    { type: 'barcode', x: 50, y: 10, symbology: 'qrcode', module: 0.5, text: 'A' },
    { type: 'line', x: 4, y: 30, toX: 40, toY: 30, line: 0.3 },
  ],
}
/** Ten dots are a millimetre. */
const drawn: DrawnLabel = {
  of: label,
  width: 800,
  areas: [
    { x: 10, y: 10, width: 780, height: 480 },
    { x: 40, y: 40, width: 200, height: 50 },
    { x: 500, y: 100, width: 105, height: 105 },
    { x: 40, y: 300, width: 360, height: 3 },
  ],
}
const begun = () => new LabelEditing(label, () => drawn)
const hand = (dx: number, dy: number, reach = 0, isEnd = false) => ({ dx, dy, reach, isEnd })

describe('dragging', () => {
  test('moves everything chosen, from where it began, and is one step of undo', () => {
    const editing = begun()
    editing.choose(1)
    editing.choose(3, true)
    editing.dragTo(hand(1, 1))
    editing.dragTo(hand(3.04, 2))
    editing.dragTo(hand(5, 6, 0, true))
    expect(editing.label.elements[1]).toMatchObject({ x: 9, y: 10 })
    expect(editing.label.elements[3]).toMatchObject({ x: 9, y: 36, toX: 45, toY: 36 })
    expect(editing.label.elements[2]).toBe(label.elements[2])
    editing.undo()
    expect(editing.label).toBe(label)
    expect(editing.history.canUndo).toBe(false)
  })

  test('the frame moves with the hand, before a new picture is there', () => {
    const editing = begun()
    editing.choose(1)
    editing.dragTo(hand(10, 2))
    expect(editing.areas[1]).toEqual({ x: 14, y: 6, width: 20, height: 5 })
  })

  test('keeps to edges of others and shows the line, with no reach to nothing', () => {
    const editing = begun()
    editing.choose(1)
    // Its left edge comes near the left edge of the bar code, 50 mm.
    editing.dragTo(hand(45.7, 7, 0.8))
    expect(editing.label.elements[1]!.x).toBe(50)
    expect(editing.guides).toContainEqual({ axis: 'x', at: 50 })
    editing.dragTo(hand(45.7, 7, 0))
    expect(editing.label.elements[1]!.x).toBe(49.7)
    expect(editing.guides).toEqual([])
  })

  test('its middle finds the middle of the label; the lines go when the hand lets go', () => {
    const editing = begun()
    editing.choose(1)
    editing.dragTo(hand(25.8, 0, 0.5))
    expect(editing.label.elements[1]!.x).toBe(30)
    expect(editing.guides).toContainEqual({ axis: 'x', at: 40 })
    editing.dragTo(hand(25.8, 0, 0.5, true))
    expect(editing.guides).toEqual([])
  })

  test('a corner changes what the kind of element has as its size', () => {
    const editing = begun()
    editing.resizeTo(0, hand(-8, -8, 0, true))
    expect(editing.label.elements[0]).toMatchObject({ width: 70, height: 40 })
    editing.resizeTo(1, hand(20, 0, 0, true))
    expect(editing.label.elements[1]).toMatchObject({ fontSize: 10 })
    expect(editing.areas[1]).toMatchObject({ width: 40, height: 10 })
    editing.resizeTo(2, hand(10.5, 10.5, 0, true))
    expect(editing.label.elements[2]).toMatchObject({ module: 1 })
  })
})

describe('undo', () => {
  test('undone as often as was done, every sequence of changes gives the label it began with, and redone the one it ended with', () => {
    const command = fc.oneof(
      fc.record({ kind: fc.constant('drag' as const), dx: fc.integer({ min: -300, max: 300 }), reach: fc.nat(2) }),
      fc.record({ kind: fc.constantFrom('remove', 'duplicate', 'front', 'back', 'align', 'all' as const) }),
      fc.record({ kind: fc.constant('choose' as const), index: fc.nat(6), isMore: fc.boolean() }),
      fc.record({
        kind: fc.constant('add' as const),
        type: fc.constantFrom('text', 'barcode', 'box', 'line', 'image'),
      }),
      fc.record({ kind: fc.constant('nudge' as const), dx: fc.integer({ min: -5, max: 5 }) }),
      fc.record({ kind: fc.constant('type' as const), text: fc.string({ maxLength: 3 }) }),
      fc.record({ kind: fc.constantFrom('undo', 'redo' as const) }),
    )
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const editing = begun()
        for (const one of commands) run(editing, one)
        const end = editing.label
        while (editing.history.canUndo) editing.undo()
        expect(editing.label).toBe(label)
        expect(editing.history.isSaved).toBe(true)
        while (editing.history.canRedo) editing.redo()
        // What was undone in between and not done over is redone, too.
        if (!commands.some(({ kind }) => kind === 'undo')) expect(editing.label).toBe(end)
        expect([...editing.chosen].every((index) => index < editing.label.elements.length)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('saving what was done meanwhile leaves the rest to be saved', () => {
    const editing = begun()
    editing.add('text')
    const sent = editing.label
    editing.add('box')
    editing.history.saved(sent)
    expect(editing.history.isSaved).toBe(false)
    editing.undo()
    expect(editing.history.isSaved).toBe(true)
  })
})

test('a label takes no more elements than its file may have', () => {
  const element = label.elements[1]!
  const full = new LabelEditing({ ...label, elements: Array.from({ length: mostElements }, () => element) }, () => null)
  full.add('text')
  full.choose(0)
  full.duplicate()
  expect(full.label.elements).toHaveLength(mostElements)
})

function run(editing: LabelEditing, one: { kind: string } & Record<string, unknown>): void {
  switch (one.kind) {
    case 'drag':
      editing.dragTo(hand(Number(one.dx) / 10, 1, Number(one.reach), false))
      return editing.dragTo(hand(Number(one.dx) / 10 + 1, 2, Number(one.reach), true))
    case 'remove':
      return editing.remove()
    case 'duplicate':
      return editing.duplicate()
    case 'front':
      return editing.reorder(1)
    case 'back':
      return editing.reorder(-1)
    case 'align':
      return editing.align('center')
    case 'all':
      return editing.chooseAll()
    case 'choose':
      if (Number(one.index) < editing.label.elements.length) editing.choose(Number(one.index), one.isMore === true)
      return
    case 'add':
      return editing.add(one.type as 'text')
    case 'nudge':
      return editing.nudge(Number(one.dx) / 10, 0)
    case 'type':
      if (editing.label.elements.length > 0) editing.change(0, { text: String(one.text) }, 'type text')
      return
    case 'undo':
      return editing.undo()
    case 'redo':
      return editing.redo()
  }
}
