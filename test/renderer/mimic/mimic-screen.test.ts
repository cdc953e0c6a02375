import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EquipmentRow, TagRow } from '../../../src-main/shared/contract.ts'
import type { JsonValue } from '../../../src-main/shared/data-value.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import type { MimicFault } from '../../../src-renderer/mimic/drawing/mimic-drawing.ts'
import { openMimic } from '../../../src-renderer/mimic/mimic-opening.ts'
import { MimicScreen } from '../../../src-renderer/mimic/mimic-screen.ts'
import type { FaceplateTarget, MimicSource, MimicWrite } from '../../../src-renderer/mimic/mimic-source.ts'
import { noValueText } from '../../../src-renderer/tags/format-value.ts'
import { providePageParts, svg } from './page-parts.ts'
import { StageTags } from './stage/stage-tags.svelte.ts'

const row = (tag: string, more: Partial<TagRow> = {}): TagRow => ({
  tag,
  dataType: 'float32',
  unit: '%',
  description: '',
  writable: false,
  decimals: 1,
  ...more,
})

const rows: readonly TagRow[] = [
  row('Filler.Level', { writable: true }),
  row('Filler.Speed', { decimals: 0, unit: '/min' }),
  row('Filler.Running', { dataType: 'bool', unit: '' }),
  row('Filler.State', { dataType: 'uint8', unit: '', states: { 2: 'Stopped', 6: 'Execute' } }),
  row('Filler.Total', { dataType: 'uint64', unit: '' }),
  row('Capper.Running', { dataType: 'bool', unit: '' }),
  row('Filler.Valves', { dataType: 'int16', arrayLength: 3 }),
]

const equipment: readonly EquipmentRow[] = ['Filler', 'Capper'].map((name) => ({
  name,
  type: 'machine',
  description: {},
  place: '',
  parent: null,
  children: {},
  members: { Running: `${name}.Running` },
}))

const machine = svg(
  '<clipPath id="c"><rect/></clipPath><rect id="styled" style="fill: url(#c)"/><rect id="body" clip-path="url(#c)" ls:class="self.Running ? \'ls-on\' : \'\'"/><text ls:text="name">x</text>',
)

let host: HTMLElement
let tags: StageTags
let screen: MimicScreen | null
let faults: MimicFault[]
let asked: (string | FaceplateTarget | MimicWrite)[]

beforeAll(providePageParts)

beforeEach(() => {
  vi.useFakeTimers({
    toFake: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'requestAnimationFrame',
      'cancelAnimationFrame',
    ],
  })
  host = document.createElement('div')
  document.body.replaceChildren(host)
  tags = new StageTags()
  faults = []
  asked = []
  screen = null
})

afterEach(() => {
  screen?.close()
  vi.useRealTimers()
})

/** Puts a mimic of these elements on the page; values pushed before are there at once. */
async function open(elements: string, language = 'en', canWrite = true): Promise<void> {
  const source: MimicSource = {
    loadMimic: async () => svg(elements),
    loadSymbol: async () => machine,
    loadEquipment: async () => equipment,
    describeTags: async (names) => rows.filter((known) => names.includes(known.tag)),
  }
  const opened = await openMimic(source, 'test', { locale: language, on: 'On', off: 'Off' })
  if (!opened.ok) throw new Error(opened.refused.refusal)
  faults = [...opened.mimic.faults]
  const outlets = {
    openMimic: (name: string) => asked.push(name),
    openFaceplate: (target: FaceplateTarget) => asked.push(target),
    write: canWrite ? (write: MimicWrite) => asked.push(write) : null,
    say: (message: string) => asked.push(message),
    titleOf: (mimic: string) => mimic,
  }
  screen = new MimicScreen({
    host,
    opened: opened.mimic,
    watcher: tags,
    outlets,
    onFault: (fault) => faults.push(fault),
  })
  await show()
}

/** Lets pushed values come to the page. */
async function show(values: Readonly<Record<string, readonly [JsonValue, number]>> = {}): Promise<void> {
  await Promise.resolve()
  tags.push(values)
  vi.advanceTimersByTime(20)
}

const element = (id: string) => host.querySelector<SVGElement>(`#${id}`)!
const marks = () =>
  [...host.querySelectorAll('.ls-mark')].map((mark) => mark.getAttribute('class')!.replace('ls-mark ls-mark-', ''))

describe('a binding', () => {
  it('writes a value with the decimals of its tag, a state by its word and a 64-bit count exactly', async () => {
    tags.push({ 'Filler.Level': [42.16, 0], 'Filler.State': [6, 0], 'Filler.Total': ['9007199254740993', 0] })
    await open(
      '<text id="a" ls:tag="Filler.Level" ls:text="value"/><text id="b" ls:text="Filler.State"/><text id="c" ls:tag="Filler.Total"/><text id="d" ls:tag="Filler.Speed" ls:text="unit"/>',
    )
    expect(element('a').textContent).toBe('42.2')
    expect(element('b').textContent).toBe('Execute')
    expect(element('c').textContent).toBe('9,007,199,254,740,993')
    expect(element('d').textContent).toBe('/min')
    expect(faults).toEqual([])
  })

  it('writes into the first line of a text that a drawing program broke into tspans', async () => {
    tags.push({ 'Filler.Level': [7, 0] })
    await open('<text id="a" ls:tag="Filler.Level" ls:text="value"><tspan id="line">0</tspan><tspan>1</tspan></text>')
    expect(element('a').textContent).toBe('7.0')
    expect(element('line').textContent).toBe('7.0')
  })

  it('sets fill, stroke, visibility, class, level, rotation and place from CEL', async () => {
    tags.push({ 'Filler.Level': [25, 0], 'Filler.Running': [true, 0] })
    await open(
      '<g ls:tag="Filler.Level"><rect id="fill" ls:fill="value &lt; 30 ? \'high\' : \'normal\'"/><rect id="stroke" ls:stroke="\'#ff0000\'"/><rect id="hidden" ls:visible="!Filler.Running"/><rect id="class" class="own" ls:class="Filler.Running ? \'ls-on\' : \'\'"/><rect id="level" ls:level="value"/><rect id="side" ls:level="value" ls:direction="right"/><rect id="turn" transform="scale(2)" ls:rotate="value * 2" ls:move="value, value / 5"/></g>',
    )
    expect(element('fill').getAttribute('fill')).toBe('var(--alarm-high)')
    expect(element('stroke').getAttribute('stroke')).toBe('#ff0000')
    expect(element('hidden').getAttribute('display')).toBe('none')
    expect(element('class').getAttribute('class')).toBe('own ls-on')
    expect(element('level').style.getPropertyValue('clip-path')).toBe('inset(75% 0px 0px)')
    expect(element('side').style.getPropertyValue('clip-path')).toBe('inset(0px 75% 0px 0px)')
    expect(element('turn').getAttribute('transform')).toBe('translate(25 5) scale(2) rotate(50 30 35)')
    expect(marks()).toEqual([])
  })

  it('never lets a value become an address or markup', async () => {
    await open('<rect id="a" ls:fill="\'url(http://evil.test/)\'"/><text id="b" ls:text="\'&lt;script&gt;\'"/>')
    expect(element('a').getAttribute('fill')).toBeNull()
    expect(element('b').textContent).toBe('<script>')
    expect(element('b').children).toHaveLength(0)
    expect(faults.map(({ message }) => message)).toEqual(['"url(http://evil.test/)" is no colour'])
  })

  it('with a fault marks its own element, is listed, and leaves the others working', async () => {
    tags.push({ 'Filler.Level': [5, 0] })
    await open(
      '<text id="bad" ls:text="Filler.Levle"/><text id="type" ls:tag="Filler.Level" ls:visible="value"/><rect id="no" ls:colour="1"/><text id="good" ls:tag="Filler.Level" ls:text="value"/>',
    )
    expect(element('good').textContent).toBe('5.0')
    expect(marks().sort()).toEqual(['fault', 'fault', 'unknown'])
    expect(faults.map(({ place }) => place)).toEqual(['#bad ls:text', '#type ls:visible', '#no ls:colour'])
    expect(faults[0]!.message).toContain('no tag named Filler.Levle')
  })

  it('that divides by zero is listed once and marked while it lasts', async () => {
    tags.push({ 'Filler.Level': [0, 0] })
    await open('<text id="a" ls:text="100 / Filler.Level"/>')
    expect(element('a').textContent).toBe(noValueText)
    expect(marks()).toEqual(['fault'])
    await show({ 'Filler.Level': [0, 0] })
    expect(faults).toHaveLength(1)
    await show({ 'Filler.Level': [50, 0] })
    expect(element('a').textContent).toBe('2')
    expect(marks()).toEqual([])
  })

  it('reads one element of an array', async () => {
    tags.push({ 'Filler.Valves': [[500, 499, 502], 0] })
    await open('<text id="a" ls:text="format(Filler.Valves[1], 0)"/>')
    expect(element('a').textContent).toBe('499')
  })
})

describe('quality', () => {
  const cases: readonly (readonly [string, number, string, string])[] = [
    ['Good', 0, '42.0', ''],
    ['Bad without communication', StatusCodes.BadNoCommunication, noValueText, 'bad'],
    ['Bad by the sensor', StatusCodes.BadSensorFailure, noValueText, 'bad'],
    ['Uncertain', StatusCodes.Uncertain, '42.0', 'uncertain'],
    ['Uncertain as last usable value', StatusCodes.UncertainLastUsableValue, '42.0', 'uncertain'],
    ['out of range', StatusCodes.UncertainEngineeringUnitsExceeded, '42.0', 'outOfRange'],
    ['substituted', StatusCodes.UncertainSubstituteValue, '42.0', 'substituted'],
    ['put in by hand', StatusCodes.GoodLocalOverride, '42.0', 'manual'],
  ]

  it.each(cases)('%s is drawn at text, level and condition alike, with words', async (_, statusCode, text, mark) => {
    await open(
      '<text id="a" ls:tag="Filler.Level" ls:text="value"/><rect id="b" ls:level="Filler.Level"/><rect id="c" ls:visible="Filler.Level &gt; 50"/>',
    )
    await show({ 'Filler.Level': [42, statusCode] })
    expect(element('a').textContent).toBe(text)
    expect(marks()).toEqual(mark === '' ? [] : [mark, mark, mark])
    if (mark !== '') expect(host.querySelector('.ls-mark')!.getAttribute('aria-label')).toMatch(/^Filler\.Level: \S/)
  })

  it('an unknown condition neither shows nor silently hides: the place is kept and marked', async () => {
    await open('<rect id="a" ls:visible="Filler.Level &gt; 50"/>')
    await show({ 'Filler.Level': [60, StatusCodes.BadTimeout] })
    expect(element('a').getAttribute('visibility')).toBe('hidden')
    expect(element('a').getAttribute('display')).toBeNull()
    expect(marks()).toEqual(['bad'])
    await show({ 'Filler.Level': [60, 0] })
    expect(element('a').getAttribute('visibility')).toBeNull()
    expect(marks()).toEqual([])
  })

  it('elements that take their tag from one group are marked once', async () => {
    await open('<g ls:tag="Filler.Level"><text ls:text="value"/><rect ls:level="value"/></g>')
    await show({ 'Filler.Level': [1, StatusCodes.BadTimeout] })
    expect(marks()).toEqual(['bad'])
  })

  it('an expression that asks for quality is computed although its tag is Bad', async () => {
    await open('<text id="a" ls:text="isBad(Filler.Level) ? \'lost\' : \'fine\'"/>')
    await show({ 'Filler.Level': [1, StatusCodes.BadTimeout] })
    expect(element('a').textContent).toBe('lost')
    expect(marks()).toEqual(['bad'])
  })

  it('a tag that never gets a value is marked after a second, not before', async () => {
    await open('<text id="a" ls:tag="Filler.Level" ls:text="value"/>')
    expect(marks()).toEqual([])
    vi.advanceTimersByTime(1100)
    expect(marks()).toEqual(['waiting'])
    expect(element('a').textContent).toBe(noValueText)
  })

  it('a level beyond its range is full and marked', async () => {
    tags.push({ 'Filler.Level': [140, 0] })
    await open('<rect id="a" ls:level="Filler.Level"/>')
    expect(element('a').style.getPropertyValue('clip-path')).toBe('inset(0% 0px 0px)')
    expect(marks()).toEqual(['outOfRange'])
  })

  it('a dead link dims everything bound', async () => {
    await open('<text id="a" ls:tag="Filler.Level"/>')
    screen!.setLive(false)
    expect(host.querySelector('svg')!.classList.contains('ls-not-live')).toBe(true)
    expect(element('a').hasAttribute('data-bound')).toBe(true)
  })
})

describe('writing to the page', () => {
  it('touches only what changed, once a frame however many frames of tags came', async () => {
    tags.push({ 'Filler.Level': [10, 0], 'Filler.Speed': [400, 0] })
    await open(
      '<text ls:tag="Filler.Level"/><rect ls:fill="Filler.Level &gt; 50 ? \'high\' : \'normal\'"/><text ls:tag="Filler.Speed"/><rect ls:move="Filler.Speed, 0"/>',
    )
    let written = 0
    const observer = new MutationObserver((records) => {
      written += records.length
    })
    observer.observe(host, { attributes: true, characterData: true, childList: true, subtree: true })
    await show({ 'Filler.Level': [10, 0], 'Filler.Speed': [400, 0] })
    await Promise.resolve()
    expect(written).toBe(0)
    tags.push({ 'Filler.Level': [11, 0] })
    tags.push({ 'Filler.Level': [12, 0] })
    await show({ 'Filler.Level': [13, 0] })
    // The text alone: 13 is no other colour than 10.
    await Promise.resolve()
    expect(written).toBe(1)
    observer.disconnect()
  })

  it('ends with the view: no feed, no timer, no listener, no style is left', async () => {
    const added = vi.spyOn(EventTarget.prototype, 'addEventListener')
    await open(
      '<style>.a { fill: red }</style><rect class="a" ls:open="faceplate:Filler"/><text ls:text="age(Filler.Level)"/>',
    )
    const owned = added.mock.calls.filter(
      ([, , options]) => typeof options === 'object' && options?.signal instanceof AbortSignal,
    )
    expect(owned.length).toBeGreaterThan(5)
    expect(tags.watchCount).toBe(1)
    screen!.close()
    screen = null
    expect(tags.watchCount).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    expect(owned.every(([, , options]) => (options as AddEventListenerOptions).signal!.aborted)).toBe(true)
    expect(document.adoptedStyleSheets).toHaveLength(0)
    expect(host.children).toHaveLength(0)
    added.mockRestore()
  })
})

describe('equipment', () => {
  it('is drawn by the symbol of its type, each instance with its own members and ids', async () => {
    tags.push({ 'Filler.Running': [true, 0], 'Capper.Running': [false, 0] })
    await open(
      '<rect id="f" ls:equipment="Filler" x="10" y="20" width="400" height="300"/><rect id="c" ls:equipment="Capper" x="500" y="20" width="200" height="150"/>',
    )
    const [filler, capper] = [...host.querySelectorAll('[id$="-body"]')]
    expect(filler!.getAttribute('class')).toBe('ls-on')
    expect(capper!.getAttribute('class')).toBeNull()
    expect(filler!.getAttribute('clip-path')).toBe('url(#Filler-1-c)')
    expect(element('Filler-1-styled').style.getPropertyValue('fill')).toMatch(/^url\("?#Filler-1-c"?\)$/)
    expect(element('f').querySelector('text')!.textContent).toBe('Filler')
    expect(element('c').firstElementChild!.nextElementSibling!.getAttribute('transform')).toBe(
      'translate(500 20) scale(0.5)',
    )
  })

  it('is marked as one when one of its members is Bad, and opens its faceplate by click, Enter and Space', async () => {
    tags.push({ 'Filler.Running': [true, StatusCodes.BadTimeout] })
    await open('<rect id="f" ls:equipment="Filler" width="40" height="30"/>')
    expect(marks()).toEqual(['bad'])
    const button = element('f')
    expect(button.getAttribute('role')).toBe('button')
    expect(button.getAttribute('tabindex')).toBe('0')
    // The symbol has the instance's name written on it.
    expect(button.hasAttribute('aria-label')).toBe(false)
    expect(button.getAttribute('aria-description')).toBe('Open Filler')
    button.dispatchEvent(new MouseEvent('click', { bubbles: true }))
    for (const key of ['Enter', ' ', 'x']) button.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
    expect(asked).toEqual([{ equipment: 'Filler' }, { equipment: 'Filler' }, { equipment: 'Filler' }])
  })

  it('that does not exist is a marked box and a listed fault', async () => {
    await open('<rect id="f" ls:equipment="Fillr" width="40" height="30"/>')
    expect(faults).toEqual([{ place: '#f', message: 'there is no equipment "Fillr"' }])
    expect(element('f').querySelector('.ls-missing')).not.toBeNull()
  })
})

describe('an element that can be touched', () => {
  it('opens displays and faceplates, and has a target of 44 px', async () => {
    await open(
      '<g id="a" ls:open="overview"><rect/></g><text id="b" ls:tag="Filler.Level" ls:open="faceplate"/><rect id="c" ls:open="faceplate:Capper"/>',
    )
    for (const id of ['a', 'b', 'c']) element(id).dispatchEvent(new MouseEvent('click', { bubbles: true }))
    expect(asked).toEqual(['overview', { tag: 'Filler.Level' }, { equipment: 'Capper' }])
    expect(element('a').getAttribute('aria-label')).toBe('Open display overview')
    expect(element('b').parentElement!.getAttribute('aria-description')).toBe('Open Filler.Level')
    for (const hit of host.querySelectorAll('.ls-hit'))
      expect(Number(hit.getAttribute('height'))).toBeGreaterThanOrEqual(44)
  })

  it('asks for a write with the value of its expression and writes nothing itself', async () => {
    tags.push({ 'Filler.Level': [40, 0] })
    await open('<rect id="w" ls:tag="Filler.Level" ls:write="value + 5"/>')
    element('w').dispatchEvent(new MouseEvent('click', { bubbles: true }))
    expect(asked).toEqual([{ tag: 'Filler.Level', value: 45 }])
  })

  it('says why nothing is written when the value is not usable, or nobody may write', async () => {
    tags.push({ 'Filler.Level': [40, StatusCodes.BadTimeout] })
    await open('<rect id="w" ls:tag="Filler.Level" ls:write="value + 5"/>')
    element('w').dispatchEvent(new MouseEvent('click', { bubbles: true }))
    expect(asked).toEqual([expect.stringContaining('Nothing was written to Filler.Level')])
    screen!.close()
    await open('<rect id="w" ls:tag="Filler.Level" ls:write="1"/>', 'en', false)
    expect(element('w').parentElement!.getAttribute('aria-disabled')).toBe('true')
  })

  it('inside a part that opens a display is no button of its own', async () => {
    await open('<g id="a" ls:open="overview"><rect id="f" ls:equipment="Filler" width="40" height="30"/></g>')
    expect(host.querySelectorAll('[role="button"]')).toHaveLength(1)
  })
})

describe('languages', () => {
  const texts =
    '<switch><text systemLanguage="zh">灌装机</text><text systemLanguage="de">Füller</text><text>Filler</text></switch>'

  it.each([
    ['zh-CN', '灌装机'],
    ['de', 'Füller'],
    ['en', 'Filler'],
  ])('the child of a switch that fits %s is shown, whatever the browser speaks', async (language, text) => {
    await open(texts, language)
    expect([...host.querySelectorAll('svg > g:first-child > text')].map((node) => node.textContent)).toEqual([text])
  })
})
