// @vitest-environment jsdom
// Arithmetic and rules of the editor that need no layout.
import { describe, expect, it } from 'vitest'
import type { EquipmentType } from '../../../../src-main/shared/equipment.ts'
import type { TagFrame } from '../../../../src-main/shared/tag-frame.ts'
import { resizedBox, turnedBy } from '../../../../src-renderer/mimic/editor/canvas/handle-drag.ts'
import { selectableIn, selectedBy } from '../../../../src-renderer/mimic/editor/canvas/selectable.ts'
import { differences } from '../../../../src-renderer/mimic/editor/display-difference.ts'
import { openDocument } from '../../../../src-renderer/mimic/editor/document/mimic-document.ts'
import { elementAt } from '../../../../src-renderer/mimic/editor/finding-place.ts'
import { emptyDisplay } from '../../../../src-renderer/mimic/editor/new-display.ts'
import { repeatedInstances } from '../../../../src-renderer/mimic/editor/new-equipment.ts'
import { allParts } from '../../../../src-renderer/mimic/editor/parts.ts'
import { withRole } from '../../../../src-renderer/mimic/editor/roles.ts'
import { WhatIfTags } from '../../../../src-renderer/mimic/editor/what-if-tags.ts'

const open = (text: string) => {
  const opened = openDocument(text)
  if (!opened.ok) throw new Error(opened.message)
  return opened.document
}
const svg = (content: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic" viewBox="0 0 10 10">${content}</svg>`
const noLocks = { isLocked: () => false }

describe('handles', () => {
  const box = { x: 10, y: 10, width: 100, height: 50 }
  it('pull the side they stand on and leave the opposite one', () => {
    expect(resizedBox(box, 'nw', { x: 20, y: 10 }, false)).toEqual({ x: 30, y: 20, width: 80, height: 40 })
    expect(resizedBox(box, 'e', { x: 20, y: 10 }, false)).toEqual({ x: 10, y: 10, width: 120, height: 50 })
  })
  it('never turn a thing over', () => {
    expect(resizedBox(box, 'w', { x: 500, y: 0 }, false)).toEqual({ x: 109, y: 10, width: 1, height: 50 })
  })
  it('turn in steps of 15 degrees, the short way round', () => {
    expect(turnedBy({ x: 0, y: 0 }, { x: 0, y: -10 }, { x: 10, y: 0 }, 15)).toBe(90)
    expect(turnedBy({ x: 0, y: 0 }, { x: -10, y: -1 }, { x: -10, y: 1 }, 1)).toBe(-11)
  })
})

describe('a click', () => {
  const drawing = open(
    svg(
      '<rect id="ground" class="ls-ground"/><g id="layer" ls:layer="Pipes"><g id="group"><rect id="part"/></g></g><defs id="defs"/>',
    ),
  )
  const of = (id: string) => drawing.elementById(id)!
  it('selects the group a thing belongs to, not the layer; inside of the group the thing itself', () => {
    expect(selectedBy(drawing, drawing.root, of('part'), noLocks)).toBe(of('group'))
    expect(selectedBy(drawing, of('group'), of('part'), noLocks)).toBe(of('part'))
  })
  it('selects neither the ground nor what is locked', () => {
    expect(selectedBy(drawing, drawing.root, of('ground'), noLocks)).toBeNull()
    const locks = { isLocked: (key: number) => key === of('layer').key }
    expect(selectedBy(drawing, drawing.root, of('part'), locks)).toBeNull()
    expect(selectableIn(drawing, drawing.root, noLocks)).toEqual([of('group')])
  })
})

describe('new equipment', () => {
  const type = {
    name: 'motor',
    parameters: [
      { name: 'device', title: {}, standard: null },
      { name: 'base', title: {}, standard: null },
      { name: 'ratedCurrent', title: {}, standard: 10 },
    ],
  } as unknown as EquipmentType
  it('counts names and first registers up and keeps what was left empty to the type', () => {
    const form = { type, name: 'Motor{n}', place: ' Hall ', count: 3, step: 20 }
    const made = repeatedInstances({ ...form, values: { device: 'plc', base: '40001', ratedCurrent: '' } })
    expect(made).toEqual(
      [40001, 40021, 40041].map((base, index) => ({
        name: `Motor${index + 1}`,
        type: 'motor',
        place: 'Hall',
        parameters: { device: 'plc', base },
      })),
    )
  })
  it('asks for a number in the name where there are several', () => {
    expect(repeatedInstances({ type, name: 'Motor', place: '', count: 2, step: 0, values: {} })).toContain('{n}')
  })
})

describe('a test with values put in by hand', () => {
  it('shows them instead of what the runtime says until they are taken out', () => {
    let push: (frame: TagFrame) => void = () => {}
    const tags = new WhatIfTags({
      watch: (_, onFrame) => {
        push = onFrame
        return () => {}
      },
    })
    const seen: number[] = []
    tags.watch(['Tank1.Level'], (frame) => seen.push(frame.value[0]!))
    const frame = (value: number): TagFrame => ({
      feedId: 1,
      count: 1,
      serverTimestamp: 1,
      value: Float64Array.of(value),
      sourceTimestamp: Float64Array.of(1),
      index: Uint32Array.of(0),
      statusCode: Uint32Array.of(0),
      others: new Map(),
    })
    push(frame(10))
    tags.set('Tank1.Level', 99)
    push(frame(11))
    tags.clear('Tank1.Level')
    expect(seen).toEqual([10, 99, 99, 11])
  })
})

describe('two versions of a display', () => {
  it('are told apart by element', () => {
    const mine = svg('<rect id="a" x="1"/><circle id="b"/>')
    const theirs = svg('<rect id="a" x="2"/><text id="c">new</text>')
    expect(differences(mine, theirs)?.map(({ kind }) => kind)).toEqual(['changed', 'added', 'removed'])
    expect(differences(mine, mine)).toEqual([])
  })
})

describe('what the editor writes', () => {
  it('can be read again: every part, in every number of languages, and an empty page', () => {
    for (const languages of [['en'], ['en', 'zh-CN'], []])
      for (const part of allParts) expect(openDocument(svg(part.xml(10, 20, languages))).ok, part.name).toBe(true)
    expect(openDocument(emptyDisplay({ en: 'A & B <1>', 'zh-CN': '甲' })).ok).toBe(true)
  })
  it('keeps other classes when the role changes', () => {
    expect(withRole('ls-body mine', 'ls-vessel')).toBe('ls-vessel mine')
    expect(withRole('ls-body', null)).toBeNull()
  })
})

describe('a finding', () => {
  it('leads from its line and column to the element that stands there', () => {
    const drawing = open(`${svg('\n  <rect id="a"/>\n  <g><circle id="b"/></g>\n')}`)
    expect(drawing.get(elementAt(drawing, 2, 9)!, 'id')).toBe('a')
    expect(drawing.get(elementAt(drawing, 3, 8)!, 'id')).toBe('b')
  })
})
