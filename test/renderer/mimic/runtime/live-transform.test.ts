// The browser's list of transforms and the attribute say the same; jsdom has no such list, so a small one stands in for it.
import { describe, expect, it } from 'vitest'
import { LiveTransform } from '../../../../src-renderer/mimic/runtime/live-transform.ts'

const svgNamespace = 'http://www.w3.org/2000/svg'

interface Item {
  text: string
  setTranslate(x: number, y: number): void
  setRotate(degrees: number, x: number, y: number): void
}

/** A list that shows itself in the attribute, and is read from it anew when that is written: what browsers do. */
function listOf(element: SVGGraphicsElement) {
  let items: Item[] = []
  let written = ''
  const read = () => {
    if ((element.getAttribute('transform') ?? '') === written) return
    written = element.getAttribute('transform') ?? ''
    items = (written.match(/\w+\([^)]*\)/g) ?? []).map(newItem)
  }
  const show = () => {
    written = items.map(({ text }) => text).join(' ')
    element.setAttribute('transform', written)
  }
  function newItem(text: string): Item {
    const change = (item: Item, to: string) => {
      read()
      item.text = to
      if (items.includes(item)) show()
    }
    const item: Item = {
      text,
      setTranslate: (x, y) => change(item, `translate(${x} ${y})`),
      setRotate: (degrees, x, y) => change(item, `rotate(${degrees} ${x} ${y})`),
    }
    return item
  }
  const put = (item: Item, at: number) => {
    read()
    items.splice(at, 0, item)
    show()
    return item
  }
  return {
    baseVal: {
      insertItemBefore: put,
      appendItem: (item: Item) => {
        read()
        return put(item, items.length)
      },
    },
    newItem: () => newItem('matrix(1 0 0 1 0 0)'),
  }
}

function newElement(drawn: string | null, hasList: boolean): SVGGraphicsElement {
  const root = document.createElementNS(svgNamespace, 'svg')
  const element = document.createElementNS(svgNamespace, 'rect')
  root.append(element)
  if (drawn !== null) element.setAttribute('transform', drawn)
  Object.assign(element, { getBBox: () => ({ x: 10, y: 20, width: 40, height: 30 }) })
  if (hasList) {
    const list = listOf(element)
    Object.defineProperty(element, 'transform', { value: list })
    Object.defineProperty(root, 'createSVGTransform', { value: list.newItem })
  }
  return element
}

describe.each([
  ['where the browser has a list of transforms', true],
  ['where it has none', false],
])('a live transform %s', (_, hasList) => {
  it('is moved, as drawn, turned about the middle, whichever comes first', () => {
    for (const order of ['move first', 'turn first']) {
      const element = newElement('scale(2)', hasList)
      const transform = new LiveTransform(element)
      if (order === 'turn first') transform.turn(50)
      transform.move(25, 5)
      transform.turn(50)
      expect(element.getAttribute('transform')).toBe('translate(25 5) scale(2) rotate(50 30 35)')
      transform.move(-1, 0)
      transform.turn(0)
      expect(element.getAttribute('transform')).toBe('translate(-1 0) scale(2) rotate(0 30 35)')
    }
  })

  it('keeps the one when the other has no value, and is as drawn without both', () => {
    const element = newElement('scale(2)', hasList)
    const transform = new LiveTransform(element)
    transform.move(3, 4)
    transform.turn(90)
    transform.stay()
    expect(element.getAttribute('transform')).toBe('scale(2) rotate(90 30 35)')
    transform.move(5, 6)
    expect(element.getAttribute('transform')).toBe('translate(5 6) scale(2) rotate(90 30 35)')
    transform.straighten()
    transform.stay()
    expect(element.getAttribute('transform')).toBe('scale(2)')
    transform.turn(90)
    expect(element.getAttribute('transform')).toBe('scale(2) rotate(90 30 35)')
  })

  it('leaves no attribute where none was drawn', () => {
    const element = newElement(null, hasList)
    const transform = new LiveTransform(element)
    transform.stay()
    transform.move(1, 2)
    expect(element.getAttribute('transform')).toBe('translate(1 2)')
    transform.stay()
    expect(element.hasAttribute('transform')).toBe(false)
  })
})
