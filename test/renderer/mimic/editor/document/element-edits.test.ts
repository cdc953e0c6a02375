// Moving, stretching, turning, grouping: what a person would have typed, and nothing else in the file.
import { describe, expect, test } from 'vitest'
import {
  moveElements,
  resizeElements,
  resizeOwn,
  rotateElements,
} from '../../../../../src-renderer/mimic/editor/document/element-moves.ts'
import {
  duplicateElements,
  groupElements,
  removeElements,
  reorderElements,
  ungroupElement,
} from '../../../../../src-renderer/mimic/editor/document/element-order.ts'
import { type MimicDocument, openDocument } from '../../../../../src-renderer/mimic/editor/document/mimic-document.ts'
import { childElements, type SourceElement } from '../../../../../src-renderer/mimic/editor/document/source-tree.ts'

function opened(text: string): MimicDocument {
  const result = openDocument(text)
  if (!result.ok) throw new Error(`${result.line}:${result.column} ${result.message}`)
  return result.document
}

/** A drawing with these lines, and the element with id `a`. */
function drawing(...lines: readonly string[]): { document: MimicDocument; a: SourceElement; lines: () => string[] } {
  const head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic">'
  const document = opened([head, ...lines.map((line) => `  ${line}`), '</svg>', ''].join('\n'))
  return {
    document,
    a: document.elementById('a')!,
    lines: () =>
      document.text
        .split('\n')
        .slice(1, -2)
        .map((line) => line.slice(2)),
  }
}

describe('moving', () => {
  test.each([
    ['<rect id="a" x="1.50" y=".5" width="10"/>', '<rect id="a" x="11.5" y="5.5" width="10"/>'],
    ['<rect id="a" width="10"/>', '<rect id="a" x="10" y="5" width="10"/>'],
    ['<circle id="a" cx="10px" cy="1mm" r="4"/>', '<circle id="a" cx="20px" cy="2.32mm" r="4"/>'],
    ['<line id="a" x1="0" y1="0" x2="9" y2="9"/>', '<line id="a" x1="10" y1="5" x2="19" y2="14"/>'],
    ['<polygon id="a" points="0,0 10,0\t5,8"/>', '<polygon id="a" points="10,5 20,5\t15,13"/>'],
    ['<path id="a" d="M0 0H5v5l-5-5z"/>', '<path id="a" d="M10 5H15v5l-5-5z"/>'],
    ['<path id="a" d="m0-1 5 5L7-7"/>', '<path id="a" d="m10 4 5 5L17-2"/>'],
    ['<path id="a" d="M.5.5.7.9A5 5 0 0110 10"/>', '<path id="a" d="M10.5 5.5 10.7 5.9A5 5 0 01 20 15"/>'],
    [
      '<text id="a" x="1" y="2"><tspan x="1">A</tspan><tspan>B</tspan></text>',
      '<text id="a" x="11" y="7"><tspan x="11">A</tspan><tspan>B</tspan></text>',
    ],
    ['<text id="a" x="1 2,3" y="2">ABC</text>', '<text id="a" x="11 12,13" y="7">ABC</text>'],
    ['<g id="a"/>', '<g id="a" transform="translate(10 5)"/>'],
    ['<g id="a" transform="translate(1, 2)"/>', '<g id="a" transform="translate(11, 7)"/>'],
    ['<g id="a" transform="translate(-10,-5) scale(2)"/>', '<g id="a" transform="scale(2)"/>'],
    ['<g id="a" transform="translate(-10,-5)"/>', '<g id="a"/>'],
    ['<g id="a" transform="matrix(0 1 -1 0 3 4)"/>', '<g id="a" transform="matrix(0 1 -1 0 13 9)"/>'],
    [
      '<rect id="a" x="0" y="0" transform="rotate(30 5 5)"/>',
      '<rect id="a" x="10" y="5" transform="rotate(30 15 10)"/>',
    ],
    [
      '<switch id="a"><text x="1" y="1">一</text><text x="2" y="1">One</text></switch>',
      '<switch id="a"><text x="11" y="6">一</text><text x="12" y="6">One</text></switch>',
    ],
    ['<rect id="a" ls:equipment="P1" x="1" y="1"/>', '<rect id="a" ls:equipment="P1" x="11" y="6"/>'],
  ])('%s by 10, 5', (before, after) => {
    const { document, a, lines } = drawing(before)
    document.change('move', (edit) => moveElements(edit, [a], { x: 10, y: 5 }))
    expect(lines()).toEqual([after])
    document.undo()
    expect(lines()).toEqual([before])
  })

  test('inside of a turned and scaled group goes the same way on screen', () => {
    const { document, a, lines } = drawing('<g transform="rotate(90) scale(2)"><rect id="a" x="0" y="0"/></g>')
    document.change('move', (edit) => moveElements(edit, [a], { x: 10, y: 4 }))
    expect(lines()).toEqual(['<g transform="rotate(90) scale(2)"><rect id="a" x="2" y="-5"/></g>'])
  })

  test('takes a clip path in user space along by a transform', () => {
    const { document, a, lines } = drawing(
      '<clipPath id="c"><rect width="9" height="9"/></clipPath>',
      '<rect id="a" x="0" y="0" clip-path="url(#c)"/>',
    )
    document.change('move', (edit) => moveElements(edit, [a], { x: 3, y: 0 }))
    expect(lines()[1]).toBe('<rect id="a" transform="translate(3 0)" x="0" y="0" clip-path="url(#c)"/>')
  })
})

describe('stretching', () => {
  const from = { x: 0, y: 0, width: 10, height: 10 }
  const to = { x: 5, y: 5, width: 20, height: 30 }
  test.each([
    [
      '<rect id="a" x="0" y="0" width="10" height="10" rx="2"/>',
      '<rect id="a" x="5" y="5" width="20" height="30" rx="2"/>',
    ],
    ['<ellipse id="a" cx="5" cy="5" rx="5" ry="5"/>', '<ellipse id="a" cx="15" cy="20" rx="10" ry="15"/>'],
    ['<circle id="a" cx="5" cy="5" r="5"/>', '<circle id="a" cx="15" cy="20" r="10"/>'],
    ['<path id="a" d="M0 0 l10 10"/>', '<path id="a" d="M5 5 l20 30"/>'],
    ['<text id="a" x="0" y="10" font-size="10">A</text>', '<text id="a" x="5" y="35" font-size="30">A</text>'],
    [
      '<text id="a" x="0" y="10" style="font-size:10px;fill:red">A</text>',
      '<text id="a" x="5" y="35" style="font-size:30px;fill:red">A</text>',
    ],
    ['<g id="a" ls:tag="A.B"/>', '<g id="a" transform="translate(5 5) scale(2 3)" ls:tag="A.B"/>'],
  ])('%s', (before, after) => {
    const { document, a, lines } = drawing(before)
    document.change('size', (edit) => resizeElements(edit, [a], from, to))
    expect(lines()).toEqual([after])
  })

  test('along own axes keeps the turn', () => {
    const { document, a, lines } = drawing(
      '<rect id="a" x="0" y="0" width="10" height="10" transform="rotate(30 5 5)"/>',
    )
    document.change('size', (edit) => resizeOwn(edit, a, from, to))
    expect(lines()).toEqual(['<rect id="a" x="5" y="5" width="20" height="30" transform="rotate(30 5 5)"/>'])
  })
})

describe('turning', () => {
  test('adds up about the same middle and leaves nothing behind at nought', () => {
    const { document, a, lines } = drawing('<rect id="a" x="0" y="0" width="10" height="10"/>')
    const turn = (degrees: number) =>
      document.change('turn', (edit) => rotateElements(edit, [a], degrees, { x: 5, y: 5 }))
    turn(30)
    expect(lines()[0]).toContain('transform="rotate(30 5 5)"')
    turn(60)
    expect(lines()[0]).toContain('transform="rotate(90 5 5)"')
    turn(-90)
    expect(lines()).toEqual(['<rect id="a" x="0" y="0" width="10" height="10"/>'])
  })

  test('a moved group turns as translate and rotate', () => {
    const { document, a, lines } = drawing('<g id="a" transform="translate(10 0)"/>')
    document.change('turn', (edit) => rotateElements(edit, [a], 90, { x: 0, y: 0 }))
    expect(lines()).toEqual(['<g id="a" transform="translate(0 10) rotate(90)"/>'])
  })
})

describe('groups', () => {
  test('are made where the topmost part was, and taken apart again', () => {
    const lines0 = [
      '<rect id="a" x="1" y="1"/>',
      '<!-- keeps its place -->',
      '<line id="b" x1="0" y1="0" x2="5" y2="5"/>',
      '<circle id="c" r="2"/>',
    ]
    const { document, a, lines } = drawing(...lines0)
    const group = document.change('group', (edit) => groupElements(edit, [document.elementById('b')!, a]))
    expect(lines()).toEqual([
      '<!-- keeps its place -->',
      '<g>',
      '  <rect id="a" x="1" y="1"/>',
      '  <line id="b" x1="0" y1="0" x2="5" y2="5"/>',
      '</g>',
      '<circle id="c" r="2"/>',
    ])
    document.change('move', (edit) => moveElements(edit, [group], { x: 4, y: 0 }))
    document.change('ungroup', (edit) => ungroupElement(edit, group))
    expect(lines()).toEqual([
      '<!-- keeps its place -->',
      '<rect id="a" x="5" y="1"/>',
      '<line id="b" x1="4" y1="0" x2="9" y2="5"/>',
      '<circle id="c" r="2"/>',
    ])
    while (document.undo()) expect(document.canRedo).toBe(true)
    expect(lines()).toEqual(lines0)
  })

  test('pass on tag, paint and fonts, and are not taken apart when they do something as a whole', () => {
    const { document, a, lines } = drawing(
      '<g id="a" ls:tag="T.L" fill="#111"><text x="1" y="1" ls:text="value">1</text></g>',
    )
    document.change('ungroup', (edit) => ungroupElement(edit, a))
    expect(lines()).toEqual(['<text fill="#111" x="1" y="1" ls:tag="T.L" ls:text="value">1</text>'])
    const bound = drawing('<g id="a" ls:visible="T.On"><rect/></g>')
    expect(() => bound.document.change('ungroup', (edit) => ungroupElement(edit, bound.a))).toThrow(/ls:visible="T.On"/)
    expect(bound.document.canUndo).toBe(false)
  })
})

describe('copies', () => {
  test('have fresh ids, refer to each other, and lose pipes to what was not copied', () => {
    const { document, lines } = drawing(
      '<rect id="p1" x="0" y="0" width="4" height="4"/>',
      '<rect id="p2" x="9" y="0" width="4" height="4"/>',
      '<path id="pipe" ls:from="p1@right" ls:to="p2@left" d="M4 2 H9"/>',
    )
    const [p1, , pipe] = childElements(document.root)
    document.change('copy', (edit) => duplicateElements(edit, [p1!, pipe!], { x: 0, y: 20 }))
    expect(lines()).toEqual([
      '<rect id="p1" x="0" y="0" width="4" height="4"/>',
      '<rect id="p2" x="9" y="0" width="4" height="4"/>',
      '<path id="pipe" ls:from="p1@right" ls:to="p2@left" d="M4 2 H9"/>',
      '<rect id="p3" x="0" y="20" width="4" height="4"/>',
      '<path id="pipe2" ls:from="p3@right" d="M4 22 H9"/>',
    ])
  })

  test('removing something leaves its pipes in their place', () => {
    const { document, a, lines } = drawing('<rect id="a"/>', '<path ls:from="a@right" ls:to="b" d="M4 2 H9"/>')
    document.change('remove', (edit) => removeElements(edit, [a]))
    expect(lines()).toEqual(['<path ls:to="b" d="M4 2 H9"/>'])
  })
})

describe('the order of painting', () => {
  const lines0 = ['<rect class="ls-ground" id="z"/>', '<rect id="b"/>', '<rect id="a"/>', '<rect id="c"/>']
  test.each([
    ['front', 'z b c a'],
    ['forward', 'z b c a'],
    ['backward', 'z a b c'],
    ['back', 'z a b c'],
  ] as const)('%s', (step, order) => {
    const { document, a, lines } = drawing(...lines0)
    document.change(step, (edit) => reorderElements(edit, [a], step))
    expect(
      lines()
        .map((line) => /id="(.)"/.exec(line)![1])
        .join(' '),
    ).toBe(order)
    document.change(step, (edit) => reorderElements(edit, [a], step))
    if (step === 'front' || step === 'back') expect(document.change('none', () => 0)).toBe(0)
    while (document.undo());
    expect(lines()).toEqual(lines0)
  })
})
