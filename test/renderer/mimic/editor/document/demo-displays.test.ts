// The displays of the demo plant in the editor: one thing moved is its lines of the file and no other.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { moveElements } from '../../../../../src-renderer/mimic/editor/document/element-moves.ts'
import { openDocument } from '../../../../../src-renderer/mimic/editor/document/mimic-document.ts'
import { elementsIn, serialiseNode, startTagOf } from '../../../../../src-renderer/mimic/editor/document/source-tree.ts'

const folder = 'resources/demo-plant/mimics/'
const drawable = ['g', 'switch', 'text', 'rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon', 'path', 'use']
const displays = readdirSync(folder).filter((file) => file.endsWith('.svg'))

describe.each(displays)('%s', (file) => {
  const source = readFileSync(folder + file, 'utf8')

  test('moving one thing of every kind changes its own lines, one where it stands on one; undo gives the file', () => {
    const opened = openDocument(source)
    if (!opened.ok) throw new Error(opened.message)
    const { document } = opened
    const kinds = new Set<string>()
    for (const element of [...elementsIn(document.root)]) {
      const kind = startTagOf(element).localName
      if (element.parent !== document.root || !drawable.includes(kind) || kinds.has(kind)) continue
      kinds.add(kind)
      const lineCount = serialiseNode(element).split('\n').length
      document.change('move', (edit) => moveElements(edit, [element], { x: 10, y: 20 }))
      const before = source.split('\n')
      const after = document.text.split('\n')
      expect(after.length).toBe(before.length)
      const changed = after.filter((line, index) => line !== before[index])
      expect(changed.length, `${kind}: ${changed.join('\n')}`).toBeGreaterThan(0)
      // A group has a transform; texts in several languages have a place each.
      expect(changed.length, `${kind}: ${changed.join('\n')}`).toBeLessThanOrEqual(kind === 'g' ? 1 : lineCount)
      document.undo()
      expect(document.text).toBe(source)
      expect(document.isChanged).toBe(false)
    }
    expect(kinds.size).toBeGreaterThan(2)
  })
})
