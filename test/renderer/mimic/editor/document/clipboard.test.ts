// Copy and paste as text between drawings; tags renamed by name.
import { describe, expect, test } from 'vitest'
import { copyElements, pasteSvg } from '../../../../../src-renderer/mimic/editor/document/clipboard.ts'
import { openDocument } from '../../../../../src-renderer/mimic/editor/document/mimic-document.ts'
import {
  findNames,
  renamedBinding,
  renameInSources,
  renameOf,
} from '../../../../../src-renderer/mimic/editor/document/name-rewriting.ts'

function opened(text: string) {
  const result = openDocument(text)
  if (!result.ok) throw new Error(`${result.line}:${result.column} ${result.message}`)
  return result.document
}

const source = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:live="https://lineside.dev/ns/mimic" xmlns:xlink="http://www.w3.org/1999/xlink">
  <defs>
    <linearGradient id="steel" xlink:href="#base"/>
    <linearGradient id="base"/>
    <linearGradient id="unused"/>
  </defs>
  <g transform="translate(10 0)" live:tag="Pump1.Speed">
    <rect id="p" x="1" y="1" width="4" height="4" fill="url(#steel)" live:equipment="Pump1"/>
    <text id="t" x="9" y="9" live:text="value + Pump1.Offset">0</text>
  </g>
  <path id="pipe" live:from="p@right" live:to="q@left" d="M15 3 H20"/>
</svg>
`
const empty = '<svg xmlns="http://www.w3.org/2000/svg">\n</svg>\n'

function copied(): string {
  const document = opened(source)
  return copyElements(
    document,
    ['p', 't', 'pipe'].map((id) => document.elementById(id)!),
  )
}

describe('the clipboard', () => {
  test('is a drawing of its own with what the selection needs, where it stood', () => {
    expect(
      copied(),
    ).toBe(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:live="https://lineside.dev/ns/mimic" xmlns:xlink="http://www.w3.org/1999/xlink">
  <defs>
    <linearGradient id="steel" xlink:href="#base"/>
    <linearGradient id="base"/>
  </defs>
  <rect id="p" x="11" y="1" width="4" height="4" fill="url(#steel)" live:tag="Pump1.Speed" live:equipment="Pump1"/>
  <text id="t" x="19" y="9" live:tag="Pump1.Speed" live:text="value + Pump1.Offset">0</text>
  <path id="pipe" live:from="p@right" live:to="q@left" d="M15 3 H20"/>
</svg>
`)
  })

  test('pastes twice into another drawing: prefixes, ids, pipes and tags fit there', () => {
    const document = opened(empty)
    const paste = () =>
      document.change('paste', (edit) =>
        pasteSvg(edit, copied(), {
          offset: { x: 10, y: 10 },
          place: { parent: edit.root, before: null },
          rename: renameOf({ kind: 'prefix', from: 'Pump1.', to: 'Pump2.' }),
        }),
      )
    expect(paste().leftOut).toEqual([])
    paste()
    expect(
      document.text,
    ).toBe(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ls="https://lineside.dev/ns/mimic">
  <defs>
    <linearGradient id="steel" xlink:href="#base"/>
    <linearGradient id="base"/>
  </defs>
  <rect id="p" x="21" y="11" width="4" height="4" fill="url(#steel)" ls:tag="Pump2.Speed" ls:equipment="Pump2"/>
  <text id="t" x="29" y="19" ls:tag="Pump2.Speed" ls:text="value + Pump2.Offset">0</text>
  <path id="pipe" ls:from="p@right" d="M25 13 H30"/>
  <rect id="p2" x="21" y="11" width="4" height="4" fill="url(#steel)" ls:tag="Pump2.Speed" ls:equipment="Pump2"/>
  <text id="t2" x="29" y="19" ls:tag="Pump2.Speed" ls:text="value + Pump2.Offset">0</text>
  <path id="pipe2" ls:from="p2@right" d="M25 13 H30"/>
</svg>
`)
    document.undo()
    document.undo()
    expect(document.text).toBe(empty)
  })

  test('takes nothing over that runs or loads, and says so', () => {
    const hostile = `<s:svg xmlns:s="http://www.w3.org/2000/svg" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:x="http://www.w3.org/1999/xlink">
      <s:script>alert(1)</s:script><h:iframe/><s:rect onclick="x()" width="4"/><s:image x:href="https://evil.example/a.png"/>
      <s:use x:href="javascript:alert(1)"/><s:g><s:foreignObject/><s:circle r="1"/></s:g></s:svg>`
    const document = opened(empty)
    const pasted = document.change('paste', (edit) =>
      pasteSvg(edit, hostile, { offset: { x: 0, y: 0 }, place: { parent: edit.root, before: null } }),
    )
    expect(pasted.leftOut).toEqual(
      expect.arrayContaining([
        's:script',
        'h:iframe',
        'onclick',
        'x:href="https://evil.example/a.png"',
        's:foreignObject',
      ]),
    )
    expect(document.text).not.toMatch(/script|iframe|onclick|evil|foreignObject|s:/)
    expect(document.text).toContain('<rect width="4"/>')
    expect(document.text).toContain('<circle r="1"/>')
  })

  test('puts definitions that stand between the shapes to the others, and moves only what is painted', () => {
    const other = `<svg xmlns="http://www.w3.org/2000/svg"><style>.cls-1{fill:red}</style><style>@import "x.css";</style>
      <linearGradient id="g"/><rect x="1" fill="url(#g)" stroke="url(https://evil.example/x)"/></svg>`
    const document = opened(empty)
    const pasted = document.change('paste', (edit) =>
      pasteSvg(edit, other, { offset: { x: 5, y: 5 }, place: { parent: edit.root, before: null } }),
    )
    expect(pasted.elements).toHaveLength(1)
    expect(pasted.leftOut).toEqual(['style', 'stroke="url(https://evil.example/x)"'])
    expect(document.text).toBe(`<svg xmlns="http://www.w3.org/2000/svg">
  <defs>
    <style>.cls-1{fill:red}</style>
    <linearGradient id="g"/>
  </defs>
  <rect x="6" y="5" fill="url(#g)"/>
</svg>
`)
  })

  test('says what is wrong with a text that is no drawing, and changes nothing', () => {
    const document = opened(empty)
    const place = { parent: document.root, before: null }
    for (const text of ['', 'Hello', '<p>Hello</p>', '<svg'])
      expect(() => document.change('paste', (edit) => pasteSvg(edit, text, { offset: { x: 0, y: 0 }, place }))).toThrow(
        /no drawing/,
      )
    expect(() =>
      document.change('paste', (edit) =>
        pasteSvg(edit, source, { offset: { x: 0, y: 0 }, place, sanitise: () => null }),
      ),
    ).toThrow(/no drawing/)
    expect(document.text).toBe(empty)
  })
})

describe('find and replace of names', () => {
  test.each([
    ['text', 'Tank1.Level > 5 && Tank10.Level > 5', 'TankA.Level > 5 && Tank10.Level > 5'],
    ['text', 'tag("Tank1.Level") + "Tank1.Level"', 'TankA.Level + "Tank1.Level"'],
    ['text', 'isBad(Tank1.Level)  ? 1 : Tank1.Temp.max', 'isBad(TankA.Level)  ? 1 : TankA.Temp.max'],
    ['text', 'x.Tank1.Level', 'x.Tank1.Level'],
    ['text', 'Tank1.Level >', 'TankA.Level >'],
    ['text', 'Tank1.Level "', 'Tank1.Level "'],
    ['move', 'Tank1.X, Tank1.Y', 'TankA.X, TankA.Y'],
    ['tag', 'Tank1.Level', 'TankA.Level'],
    ['equipment', 'Tank1', 'TankA'],
    ['open', 'faceplate:Tank1', 'faceplate:TankA'],
    ['open', "'faceplate:Tank1.Level'", "'faceplate:TankA.Level'"],
    ['open', 'Tank1.', 'Tank1.'],
    ['layer', 'Tank1.', 'Tank1.'],
  ])('by prefix in ls:%s="%s"', (attribute, before, after) => {
    expect(renamedBinding(attribute, before, renameOf({ kind: 'prefix', from: 'Tank1.', to: 'TankA.' }))).toBe(after)
  })

  test('by name and by pattern', () => {
    const byName = renameOf({ kind: 'name', from: '罐区.液位', to: '罐 区.液位' })
    expect(renamedBinding('text', '罐区.液位 + 罐区.液位2', byName)).toBe('tag("罐 区.液位") + 罐区.液位2')
    const byPattern = renameOf({ kind: 'pattern', from: 'Line?.Pump*.Speed', to: 'L?.P*.Rpm' })
    expect(renamedBinding('tag', 'Line2.Pump17.Speed', byPattern)).toBe('L2.P17.Rpm')
    expect(renamedBinding('tag', 'Line2.Pump17.SpeedMax', byPattern)).toBe('Line2.Pump17.SpeedMax')
  })

  test('lists before and after, and works on many files, leaving the unread ones alone', () => {
    const rename = renameOf({ kind: 'prefix', from: 'Pump1.', to: 'Pump9.' })
    expect(
      findNames(opened(source).root, rename).map(({ element, attribute, after }) => [element, attribute, after]),
    ).toEqual([
      ['g', 'ls:tag', 'Pump9.Speed'],
      ['rect#p', 'ls:equipment', 'Pump9'],
      ['text#t', 'ls:text', 'value + Pump9.Offset'],
    ])
    const [one, two] = renameInSources(
      [
        { name: 'one', text: source },
        { name: 'two', text: '<svg' },
      ],
      rename,
    )
    expect(one!.text).toBe(source.replaceAll('Pump1', 'Pump9'))
    expect(two).toMatchObject({ uses: [], text: '<svg' })
    expect(two!.fault).toContain('no well-formed SVG')
  })
})
