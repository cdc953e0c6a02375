import { beforeAll, describe, expect, it, vi } from 'vitest'
import { providePageParts } from './page-parts.ts'
import { instance, type ScreenPlant, stageScreen, tagRow } from './screen-stage.ts'

const plant: ScreenPlant = {
  equipment: [instance('Pump1', 'pump', ['Speed'])],
  symbols: { pump: '<text id="speed" ls:text="self.Speed"/>' },
  tags: [tagRow('A'), tagRow('B'), tagRow('On', { dataType: 'bool' }), tagRow('Pump1.Speed')],
}

beforeAll(() => {
  providePageParts()
  // Elements stand where their x and y say, 10 × 10 units large.
  ;(SVGElement.prototype as SVGGraphicsElement).getBBox = function (this: SVGElement) {
    const of = (name: string) => Number(this.getAttribute(name) ?? this.querySelector('[x]')?.getAttribute(name) ?? 0)
    return { x: of('x'), y: of('y'), width: 10, height: 10 } as DOMRect
  }
})

/** Places are measured a while after opening. */
const measured = () => vi.advanceTimersByTime(2000)

describe('what is out of view', () => {
  const two = '<text id="near" x="10" y="10" ls:text="A"/><text id="far" x="380" y="280" ls:text="A"/>'

  it('is not computed, and is up to date in the frame it comes into view', async () => {
    const { element, screen, show } = await stageScreen(two, plant)
    await show({ A: [1, 0] })
    measured()
    screen.viewport.zoomBy(10, { x: 0, y: 0 })
    await show({ A: [2, 0] })
    expect(element('near').textContent).toBe('2.0')
    expect(element('far').textContent).toBe('1.0')
    screen.viewport.panBy(350, 260)
    vi.advanceTimersByTime(17)
    expect(element('far').textContent).toBe('2.0')
  })

  it('is marked when it comes into view while its value is Bad', async () => {
    const { screen, show, marks } = await stageScreen('<text id="far" x="380" y="280" ls:text="A"/>', plant)
    await show({ A: [1, 0] })
    measured()
    screen.viewport.zoomBy(10, { x: 0, y: 0 })
    await show({ A: [2, 0x80000000] })
    expect(marks()).toEqual([])
    screen.viewport.fit()
    vi.advanceTimersByTime(17)
    expect(marks()).toEqual(['bad'])
  })

  it('is computed where it is moved by a value: it may come into view by itself', async () => {
    const { element, screen, show } = await stageScreen('<rect id="far" x="380" y="280" ls:move="A, 0"/>', plant)
    await show({ A: [1, 0] })
    measured()
    screen.viewport.zoomBy(10, { x: 0, y: 0 })
    await show({ A: [-370, 0] })
    expect(element('far').getAttribute('transform')).toBe('translate(-370 0)')
  })
})

describe('a group that is not visible', () => {
  it('has its bindings computed in the frame its condition becomes true, those in groups inside too', async () => {
    const { element, show } = await stageScreen(
      '<g ls:visible="On"><g ls:visible="A &gt; 1"><text id="inner" ls:text="B"/></g><text id="outer" ls:text="B"/></g>',
      plant,
    )
    await show({ On: [false, 0], A: [0, 0], B: [1, 0] })
    const before = element('inner').textContent
    await show({ A: [5, 0], B: [7, 0] })
    expect(element('inner').textContent).toBe(before)
    expect(element('outer').textContent).toBe(before)
    await show({ On: [true, 0] })
    expect(element('inner').textContent).toBe('7.0')
    expect(element('outer').textContent).toBe('7.0')
  })

  it('has no marks, and has them again when it is shown', async () => {
    const { marks, show } = await stageScreen('<g ls:visible="On"><text ls:text="B"/></g>', plant)
    await show({ On: [true, 0], B: [1, 0x80000000] })
    expect(marks()).toEqual(['bad'])
    await show({ On: [false, 0] })
    expect(marks()).toEqual([])
    await show({ On: [true, 0] })
    expect(marks()).toEqual(['bad'])
  })
})

describe('layers', () => {
  const inkscape = 'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:groupmode="layer"'
  const drawing = `<g id="e" ls:layer="Electrical"><text id="value" ls:text="A"/></g><g id="p" ${inkscape} inkscape:label="Pipes" style="display:none"><rect id="pipe"/></g><g id="layer3" ${inkscape}/><g id="e2" ls:layer="Electrical"/>`

  it('are those of the drawing and of Inkscape, each name once, hidden where the drawing hides them', async () => {
    const { element, screen } = await stageScreen(drawing, plant)
    expect(screen.layers).toEqual([
      { name: 'Electrical', isShown: true, isShownAsDrawn: true },
      { name: 'Pipes', isShown: false, isShownAsDrawn: false },
      { name: 'layer3', isShown: true, isShownAsDrawn: true },
    ])
    expect(element('p').style.display).toBe('none')
    screen.setLayer('Pipes', true)
    expect(element('p').style.display).toBe('')
  })

  it('that are hidden are not computed and have no marks', async () => {
    const { element, marks, screen, show } = await stageScreen(drawing, plant)
    await show({ A: [1, 0x80000000] })
    expect(marks()).toEqual(['bad'])
    screen.setLayer('Electrical', false)
    await show({ A: [2, 0] })
    expect(marks()).toEqual([])
    expect(element('value').textContent).not.toBe('2.0')
    for (const id of ['e', 'e2']) expect(element(id).style.display).toBe('none')
    screen.setLayer('Electrical', true)
    vi.advanceTimersByTime(17)
    expect(element('value').textContent).toBe('2.0')
  })
})

describe('details', () => {
  it('are shown and computed from their magnification on', async () => {
    const { element, screen, show } = await stageScreen('<text id="d" ls:detail="2" ls:text="A"/>', plant)
    await show({ A: [1, 0] })
    expect(element('d').style.display).toBe('none')
    screen.viewport.zoomBy(2)
    vi.advanceTimersByTime(17)
    expect(element('d').style.display).toBe('')
    expect(element('d').textContent).toBe('1.0')
    screen.viewport.zoomBy(0.9)
    expect(element('d').style.display).toBe('none')
  })
})

describe('what is looked for', () => {
  const drawing =
    '<rect id="p" ls:equipment="Pump1" x="20" y="20"/><g ls:layer="Details"><g ls:detail="4"><text id="a" x="300" y="200" ls:tag="A"/></g></g><rect x="5" y="5" ls:fill="B &gt; 1 ? \'red\' : \'\'"/><path id="plain" d="M1 1 H9"/><rect id="1.a:b" x="9" y="9" width="5" height="5"/>'

  it.each([
    ['an equipment', 'Pump1'],
    ['a member that its symbol shows', 'Pump1.Speed'],
    ['a tag', 'A'],
    ['a tag that only an expression names', 'B'],
    ['an equipment inside of one that is drawn', 'Pump1.Drive'],
    ['an element by its id', 'plain'],
    ['an element whose id is no CSS name', '1.a:b'],
  ])('%s is marked, said, and the mark goes after some seconds', async (_, target) => {
    const { asked, host, screen } = await stageScreen(drawing, plant)
    expect(screen.reveal(target)).toBe(true)
    expect(host.querySelectorAll('.ls-found')).toHaveLength(1)
    expect(asked).toEqual([`${target} is marked on the display.`])
    vi.advanceTimersByTime(9000)
    expect(host.querySelectorAll('.ls-found')).toHaveLength(0)
  })

  it('has its layer shown and is magnified until its details are there', async () => {
    const { element, screen } = await stageScreen(drawing, plant)
    screen.setLayer('Details', false)
    screen.reveal('A')
    expect(screen.layers[0]!.isShown).toBe(true)
    expect(screen.viewport.magnification).toBeGreaterThanOrEqual(4)
    expect(element('a').style.display).toBe('')
    const { x, y, width, height } = screen.viewport.box
    expect(x < 300 && y < 200 && x + width > 310 && y + height > 210).toBe(true)
  })

  it('and is not on the display is said', async () => {
    const { asked, host, screen } = await stageScreen(drawing, plant)
    expect(screen.reveal('Nowhere')).toBe(false)
    expect(host.querySelector('.ls-found')).toBeNull()
    expect(asked).toEqual(['Nowhere is not on this display.'])
  })
})

describe('pointers', () => {
  const pointer = (type: string, x: number, y: number, more: PointerEventInit = {}) =>
    new PointerEvent(type, { clientX: x, clientY: y, pointerId: 1, button: 0, buttons: 1, bubbles: true, ...more })

  it('act on nothing before they are lifted, and a drag is no click', async () => {
    const { asked, element, screen } = await stageScreen('<g id="b" ls:open="overview"><rect/></g>', plant)
    screen.viewport.zoomBy(2)
    const before = screen.viewport.box
    const target = element('b')
    target.dispatchEvent(pointer('pointerdown', 100, 100))
    expect(asked).toEqual([])
    target.dispatchEvent(pointer('pointermove', 60, 100))
    target.dispatchEvent(pointer('pointerup', 60, 100))
    target.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))
    expect(asked).toEqual([])
    expect(screen.viewport.box.x).toBeGreaterThan(before.x)
    target.dispatchEvent(pointer('pointerdown', 100, 100))
    target.dispatchEvent(pointer('pointerup', 103, 101))
    target.dispatchEvent(new MouseEvent('click', { bubbles: true }))
    expect(asked).toEqual(['overview'])
  })

  it('that tap twice on the ground fit the drawing, on a button they do not', async () => {
    const { element, screen } = await stageScreen('<rect id="ground"/><g id="b" ls:open="overview"><rect/></g>', plant)
    const tapTwice = (target: Element) => {
      for (let tap = 0; tap < 2; tap++) {
        target.dispatchEvent(pointer('pointerdown', 50, 50, { pointerType: 'touch' }))
        target.dispatchEvent(pointer('pointerup', 52, 50, { pointerType: 'touch' }))
      }
    }
    screen.viewport.zoomBy(3)
    tapTwice(element('b'))
    expect(screen.viewport.magnification).toBeCloseTo(3)
    tapTwice(element('ground'))
    expect(screen.viewport.magnification).toBe(1)
  })

  it('that a second finger joins zoom about the middle between both', async () => {
    const { host, screen } = await stageScreen('<rect id="ground"/>', plant)
    const touch = (type: string, id: number, x: number) =>
      host.dispatchEvent(pointer(type, x, 50, { pointerId: id, pointerType: 'touch' }))
    touch('pointerdown', 1, 100)
    touch('pointerdown', 2, 200)
    touch('pointermove', 2, 300)
    expect(screen.viewport.magnification).toBeCloseTo(2)
    touch('pointercancel', 1, 100)
    touch('pointerup', 2, 300)
    touch('pointermove', 2, 10)
    expect(screen.viewport.magnification).toBeCloseTo(2)
  })
})
