// @vitest-environment jsdom
// The canvas draws anew only what an edit was about, and ends up with what a fresh drawing would be.
import { beforeEach, describe, expect, it } from 'vitest'
import { CanvasView } from '../../../../src-renderer/mimic/editor/canvas/canvas-view.ts'
import { type MimicDocument, openDocument } from '../../../../src-renderer/mimic/editor/document/mimic-document.ts'
import type { NodeKey } from '../../../../src-renderer/mimic/editor/document/source-tree.ts'

const drawing = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic" viewBox="0 0 100 100">
  <rect id="a" x="1" y="1" width="10" height="10"/>
  <g id="b"><circle id="c" cx="20" cy="20" r="5"/><text id="d">one</text></g>
  <switch id="e"><text systemLanguage="zh">二</text><text>two</text></switch>
  <rect id="f" ls:equipment="Pump1" x="50" y="50" width="20" height="20"/>
  <script>alert(1)</script>
</svg>`

function open(text: string): MimicDocument {
  const opened = openDocument(text)
  if (!opened.ok) throw new Error(opened.message)
  return opened.document
}

function viewOf(document_: MimicDocument): CanvasView {
  const host = document.createElement('div')
  document.body.append(host)
  const view = new CanvasView({ host, typeOf: () => null })
  expect(view.render(document_, 'en')).toBeNull()
  return view
}

/** What is drawn, without keys and blanks: two documents count differently, and blanks are not seen. */
function shown(view: CanvasView): string {
  return view.root
    .querySelector('g')!
    .innerHTML.replaceAll(/ data-key="\d+"/g, '')
    .replaceAll(/>\s+/g, '>')
    .replaceAll(/\s+</g, '<')
    .trim()
}

describe('the canvas', () => {
  let source: MimicDocument
  let view: CanvasView
  let touched: Set<NodeKey>
  beforeEach(() => {
    document.body.replaceChildren()
    source = open(drawing)
    view = viewOf(source)
    touched = new Set()
    source.onChange((change) => {
      for (const key of [...change.attributes, ...change.children]) touched.add(key)
    })
  })
  const render = () => {
    view.render(source, 'en', touched)
    touched.clear()
  }

  it('runs nothing of a drawing and shows one language', () => {
    expect(shown(view)).not.toContain('script')
    expect(shown(view)).toContain('two')
    expect(shown(view)).not.toContain('二')
  })

  it('knows the node of what is pressed, also inside of equipment', () => {
    const equipment = source.elementById('f')!
    const picture = view.elementOf(equipment.key)!.firstElementChild
    expect(view.keyAt(picture)).toBe(equipment.key)
    expect(view.keyAt(document.body)).toBeNull()
  })

  it('leaves the elements alone that an edit is not about', () => {
    const untouched = view.elementOf(source.elementById('c')!.key)
    source.change('move', (edit) => edit.set(source.elementById('a')!, 'x', '5'))
    render()
    expect(view.elementOf(source.elementById('c')!.key)).toBe(untouched)
    expect(view.elementOf(source.elementById('a')!.key)!.getAttribute('x')).toBe('5')
  })

  it('is after every step and its undo what a fresh drawing of the same text is', () => {
    const steps: (() => void)[] = [
      () => source.change('words', (edit) => edit.setText(source.elementById('d')!, 'uno')),
      () => source.change('remove', (edit) => edit.remove(source.elementById('b')!)),
      () =>
        source.change('insert', (edit) =>
          edit.insertXml({ parent: edit.root, before: source.elementById('e')! }, '<circle id="n" r="3"/>'),
        ),
      () =>
        source.change('order', (edit) =>
          edit.move(source.elementById('f')!, { parent: edit.root, before: source.elementById('a')! }),
        ),
    ]
    const compare = () => {
      render()
      expect(shown(view)).toBe(shown(viewOf(open(source.text))))
    }
    const before = shown(view)
    for (const step of steps) {
      step()
      compare()
    }
    for (const _ of steps) {
      source.undo()
      compare()
    }
    expect(shown(view)).toBe(before)
  })
})
