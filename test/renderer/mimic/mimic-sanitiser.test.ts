import { describe, expect, it } from 'vitest'
import { type SafeDrawing, sanitiseMimic } from '../../../src-renderer/mimic/drawing/mimic-sanitiser.ts'
import { t } from '../../../src-renderer/mimic/texts.ts'
import { hostileDrawings, quietDrawings, refusedDrawings } from './hostile-corpus.ts'
import { svg } from './page-parts.ts'

function drawingOf(text: string): SafeDrawing {
  const result = sanitiseMimic(text)
  if (!result.ok) throw new Error(`${result.refusal}: ${result.detail}`)
  return result.drawing
}

/** Nothing that runs, loads or leaves the drawing. */
function expectInert(drawing: SafeDrawing): void {
  const allowed =
    /^(?:svg|g|defs|rect|circle|ellipse|line|path|polygon|polyline|text|tspan|textPath|linearGradient|image|use|clipPath|mask|pattern|switch|title|desc)$/
  for (const element of [drawing.root, ...drawing.root.querySelectorAll('*')]) {
    expect(element.localName).toMatch(allowed)
    for (const { name, value } of element.attributes) {
      expect(name).not.toMatch(/^on/i)
      expect(value).not.toMatch(/javascript:|evil\.test|svg\+xml/i)
    }
  }
  expect(drawing.styleRules.join('\n')).not.toMatch(/evil|position|import|font-face/)
}

describe('a hostile drawing', () => {
  it.each(hostileDrawings)('with %s is made inert, and it is said so', (_, text, kind) => {
    const drawing = drawingOf(text)
    expectInert(drawing)
    expect(drawing.removals.map((removal) => removal.kind)).toContain(kind)
  })

  it.each(quietDrawings)('with %s is inert', (_, text) => {
    expectInert(drawingOf(text))
  })

  it.each(refusedDrawings)('that is %s is refused with a sentence', (_, text, refusal) => {
    const result = sanitiseMimic(text)
    expect(result).toMatchObject({ ok: false, refusal })
    if (!result.ok) expect(t(result.refusal, { detail: result.detail })).toMatch(/^(?:The|Elements).*\S{3}/)
  })

  it('keeps a cycle of copies from being counted for ever', () => {
    const drawing = drawingOf(svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'))
    expect(drawing.root.querySelectorAll('use')).toHaveLength(0)
  })
})

describe('an honest drawing', () => {
  it('keeps ids, classes, styles, titles, pictures inside it and copies of its own parts', () => {
    const drawing = drawingOf(
      svg(
        '<title>Tank</title><defs><rect id="part" width="4" height="4"/></defs><use xlink:href="#part"/><use href="#part"/>' +
          '<rect id="title" class="a" style="fill: red"/><image href="data:image/png;base64,iVBORw0KGgo=" width="9" height="9"/>' +
          '<g clip-path="url(#c)"><clipPath id="c"><rect/></clipPath></g>',
      ),
    )
    expect(drawing.removals).toEqual([])
    expect(drawing.root.querySelectorAll('use[href="#part"]')).toHaveLength(2)
    const rect = drawing.root.querySelector('#title')!
    expect(rect.getAttribute('class')).toBe('a')
    expect((rect as SVGElement).style.getPropertyValue('fill')).toBe('red')
    expect(drawing.root.querySelector('image')!.getAttribute('href')).toContain('data:image/png')
    expect(drawing.root.querySelector('[clip-path="url(#c)"]')).not.toBeNull()
  })

  it('keeps gradients, patterns, masks, markers, symbols and texts on paths', () => {
    const parts =
      '<linearGradient id="a" gradientTransform="rotate(9)"><stop offset="0" stop-color="red"/></linearGradient><radialGradient xlink:href="#a"/><pattern patternTransform="rotate(45)"><path d="M0 0h4"/></pattern><mask/><marker orient="auto"/><symbol viewBox="0 0 9 9"/><text><textPath href="#p">x</textPath></text><polygon points="0,0 1,1"/><ellipse rx="2"/>'
    const drawing = drawingOf(svg(parts))
    expect(drawing.removals).toEqual([])
    expect(drawing.root.querySelectorAll('*')).toHaveLength(12)
    expect(drawing.root.querySelector('pattern')!.getAttribute('patternTransform')).toBe('rotate(45)')
    expect(drawing.root.querySelector('linearGradient')!.getAttribute('gradientTransform')).toBe('rotate(9)')
  })

  it('loses the notes of drawing programs without a word', () => {
    const drawing = drawingOf(
      svg(
        '<sodipodi:namedview xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"/><metadata><x/></metadata><rect inkscape:label="a" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"/>',
      ),
    )
    expect(drawing.removals).toEqual([])
    expect(drawing.root.querySelectorAll('*')).toHaveLength(1)
  })

  it('gives its binding attributes whatever the prefix is called', () => {
    const text =
      '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="https://lineside.dev/ns/mimic"><g><text x:tag="A.B" x:txt="1"/></g></svg>'
    expect(drawingOf(text).boundElements).toEqual([
      { elementIndex: 1, attributes: new Map([['tag', 'A.B']]), unknownAttributes: ['txt'] },
    ])
  })

  it('of ten thousand elements is taken', () => {
    expect(drawingOf(svg('<rect/>'.repeat(10_000))).root.children).toHaveLength(10_000)
  })
})
