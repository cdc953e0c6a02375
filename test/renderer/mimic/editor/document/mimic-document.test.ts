// The editor's document against the demo plant's drawings: what is not edited stays, character by character.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type MimicDocument, openDocument } from '../../../../../src-renderer/mimic/editor/document/mimic-document.ts'

const folders = ['resources/demo-plant/mimics/', 'resources/demo-plant/equipment/types/']
const drawings = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.svg'))
    .map((file) => [file, readFileSync(folder + file, 'utf8')] as const),
)

function opened(text: string): MimicDocument {
  const result = openDocument(text)
  if (!result.ok) throw new Error(result.message)
  return result.document
}

const small = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">
  <!-- first -->
  <rect id="a" x='1' y="2" width="3" height="4"/>
  <g>
    <circle cx="5" cy="6" r="7" />
  </g>
</svg>
`

describe('a document', () => {
  test.each(drawings)('keeps every character of %s', (_file, text) => {
    expect(opened(text).text).toBe(text)
  })

  test('changes one attribute and nothing else, and undo gives back the text', () => {
    const document = opened(small)
    const rect = document.elementById('a')!
    document.change('move', (edit) => edit.set(rect, 'x', '40'))
    expect(document.text).toBe(small.replace("x='1'", "x='40'"))
    expect(document.isChanged).toBe(true)
    document.undo()
    expect(document.text).toBe(small)
    expect(document.isChanged).toBe(false)
    document.redo()
    expect(document.text).toBe(small.replace("x='1'", "x='40'"))
  })

  test('declares the namespace when a drawing gets its first binding', () => {
    const document = opened(small)
    document.change('bind', (edit) => edit.set(document.elementById('a')!, 'ls:tag', 'Filler.Level'))
    expect(document.text).toBe(
      small
        .replace('2000/svg"', '2000/svg" xmlns:ls="https://lineside.dev/ns/mimic"')
        .replace('height="4"/>', 'height="4" ls:tag="Filler.Level"/>'),
    )
    expect(document.get(document.elementById('a')!, 'ls:tag')).toBe('Filler.Level')
  })

  test('puts new elements on a line of their own, and takes the line away with them', () => {
    const document = opened(small)
    const group = document.root.children[5]!
    if (group.kind !== 'element') throw new Error('no group')
    const [line] = document.change('add', (edit) =>
      edit.insertXml({ parent: group, before: null }, '<line x1="0" y1="0" x2="9" y2="9" ls:tag="A.B"/>'),
    )
    expect(document.text).toContain('r="7" />\n    <line x1="0" y1="0" x2="9" y2="9" ls:tag="A.B"/>\n  </g>')
    document.change('remove', (edit) => edit.remove(line!))
    expect(document.text).toBe(small.replace('2000/svg"', '2000/svg" xmlns:ls="https://lineside.dev/ns/mimic"'))
    document.undo()
    document.undo()
    expect(document.text).toBe(small)
  })

  test('moves an element to the back with its line, inside an empty group too', () => {
    const document = opened(small.replace(/<g>[\s\S]*<\/g>/, '<g/>'))
    const [rect, group] = document.root.children.filter((child) => child.kind === 'element')
    document.change('into', (edit) => edit.move(rect!, { parent: group!, before: null }))
    expect(document.text).toContain(`-->\n  <g>\n    <rect id="a" x='1' y="2" width="3" height="4"/>\n  </g>\n</svg>`)
  })

  test('rolls a step back whose function throws, and takes drags as one step', () => {
    const document = opened(small)
    const rect = document.elementById('a')!
    expect(() =>
      document.change('bad', (edit) => {
        edit.set(rect, 'x', '9')
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(document.text).toBe(small)
    const drag = document.beginGesture('move')
    for (let x = 0; x < 50; x++) drag.update((edit) => edit.set(rect, 'x', String(x)))
    drag.commit()
    expect(document.get(rect, 'x')).toBe('49')
    document.undo()
    expect(document.text).toBe(small)
    expect(document.canUndo).toBe(false)
  })
})

describe('a text that is no drawing', () => {
  test.each([
    ['<svg xmlns="http://www.w3.org/2000/svg">\n  <g>\n</svg>', 3, 'unexpected close tag'],
    ['<html/>', 1, '<html> instead of <svg>'],
    ['', 1, 'no well-formed SVG'],
    ['<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>', 1, 'entities'],
  ])('is refused with a sentence and its place: %s', (text, line, sentence) => {
    const result = openDocument(text)
    expect(result).toMatchObject({ ok: false, line })
    expect(!result.ok && result.message).toContain(sentence)
  })
})
