import { beforeAll, describe, expect, it } from 'vitest'
import { providePageParts } from './page-parts.ts'
import { instance, type ScreenPlant, stageScreen, tagRow } from './screen-stage.ts'

beforeAll(providePageParts)

const pump = instance('Pump1', 'pump', ['Running'], {
  children: { Drive: 'Pump1.Drive' },
  members: { 'Drive.Speed': 'Pump1.Drive.Speed' },
})
const drive = instance('Pump1.Drive', 'drive', ['Speed'], { parent: 'Pump1' })
const pumpPlant: ScreenPlant = {
  equipment: [pump, drive],
  symbols: {
    pump: '<circle id="body" r="9" ls:class="self.Running ? \'ls-on\' : \'\'"/><text id="far" ls:text="self.Drive.Speed"/><rect id="inner" ls:equipment="self.Drive" x="1" y="2" width="8" height="8"/><circle id="port" ls:port="suction" r="2"/>',
    drive: '<text id="speed" ls:text="self.Speed">0</text><text id="who" ls:text="name">x</text>',
  },
  tags: [tagRow('Pump1.Running', { dataType: 'bool' }), tagRow('Pump1.Drive.Speed')],
}

describe('a symbol inside a symbol', () => {
  it('draws the nested instance with its own members, and members of it are known outside too', async () => {
    const { element, faults, show } = await stageScreen('<rect id="p" ls:equipment="Pump1"/>', pumpPlant)
    await show({ 'Pump1.Drive.Speed': [42, 0], 'Pump1.Running': [true, 0] })
    expect(faults).toEqual([])
    expect(element('-speed').textContent).toBe('42.0')
    expect(element('-who').textContent).toBe('Pump1.Drive')
    expect(element('-far').textContent).toBe('42.0')
    expect(element('-body').getAttribute('class')).toBe('ls-on')
  })

  it('is marked by itself, and says whose quality it is', async () => {
    const { host, show } = await stageScreen('<rect id="p" ls:equipment="Pump1"/>', pumpPlant)
    await show({ 'Pump1.Drive.Speed': [42, 0x80000000], 'Pump1.Running': [true, 0] })
    const said = [...host.querySelectorAll('.ls-mark')].map((mark) => mark.getAttribute('aria-label'))
    expect(said).toEqual([
      expect.stringContaining('Pump1, Pump1.Drive.Speed'),
      expect.stringContaining('Pump1.Drive, '),
    ])
  })

  it('never draws its connection points', async () => {
    const { host } = await stageScreen('<rect id="p" ls:equipment="Pump1"/>', pumpPlant)
    expect(host.querySelector('[id$="-port"]')).toBeNull()
  })

  it('that would draw itself is a fault, and the display opens', async () => {
    const { faults, host } = await stageScreen('<rect id="p" ls:equipment="Pump1"/>', {
      ...pumpPlant,
      symbols: { ...pumpPlant.symbols, drive: '<rect id="loop" ls:equipment="Pump1"/>' },
    })
    expect(faults).toEqual([
      { place: '#p #Pump1-1-inner #Pump1-Drive-2-loop', message: 'the symbol of Pump1 would draw itself' },
    ])
    expect(host.querySelectorAll('.ls-missing')).toHaveLength(1)
  })

  it('is drawn eight deep at most', async () => {
    const equipment = Array.from({ length: 12 }, (_, level) =>
      instance(`E${level}`, `t${level}`, [], level < 11 ? { children: { Next: `E${level + 1}` } } : {}),
    )
    const symbols = Object.fromEntries(
      equipment.map(({ type }) => [type, '<rect class="level" ls:equipment="self.Next"/>']),
    )
    const { faults } = await stageScreen('<rect ls:equipment="E0"/>', { equipment, symbols })
    expect(faults.map(({ message }) => message)).toEqual(['symbols inside each other are drawn 8 deep at most'])
  })
})

describe('a member that an instance does not have by its own choice', () => {
  const plain = instance('Pump2', 'plain', ['Running'], { absent: ['Current', 'Drive'] })
  const plant = (symbol: string): ScreenPlant => ({
    equipment: [plain],
    symbols: { plain: symbol },
    tags: [tagRow('Pump2.Running', { dataType: 'bool' })],
  })
  const isHidden = (element: SVGGraphicsElement) => element.style.getPropertyValue('display') === 'none'

  it('takes away what is bound to nothing else, without a mark or a fault', async () => {
    const { element, faults, marks, show } = await stageScreen(
      '<rect id="p" ls:equipment="Pump2"/>',
      plant(
        '<g id="group" ls:tag="self.Current"><text id="value" ls:text="value">0</text><text>A</text></g><text id="plain" ls:text="self.Drive.Speed"/><g id="mixed" ls:tag="self.Current"><text id="kept" ls:text="self.Running"/><text id="gone" ls:text="value"/></g><rect id="shown" ls:visible="self.Current &gt; 3" ls:fill="self.Running ? \'red\' : \'\'"/><rect id="drive" ls:equipment="self.Drive"/>',
      ),
    )
    await show({ 'Pump2.Running': [true, 0] })
    expect(faults).toEqual([])
    expect(marks()).toEqual([])
    for (const id of ['-group', '-plain', '-gone', '-shown', '-drive']) expect(isHidden(element(id)), id).toBe(true)
    for (const id of ['-mixed', '-kept', 'p']) expect(isHidden(element(id)), id).toBe(false)
    expect(element('-kept').textContent).toBe('On')
  })

  it('is a fault where an expression needs it together with one that is there', async () => {
    const { faults } = await stageScreen(
      '<rect id="p" ls:equipment="Pump2"/>',
      plant('<rect id="both" ls:fill="self.Running &amp;&amp; self.Current &gt; 3 ? \'red\' : \'\'"/>'),
    )
    expect(faults).toHaveLength(1)
  })

  it('that the type does not have either is a fault as ever', async () => {
    const { faults, marks } = await stageScreen(
      '<rect id="p" ls:equipment="Pump2"/>',
      plant('<text ls:tag="self.Curent"/>'),
    )
    expect(faults[0]!.message).toBe('there is no tag "self.Curent"')
    expect(marks()).toEqual(['unknown'])
  })
})

describe('a faceplate named with dots', () => {
  it.each([
    ['faceplate:Pump1.Drive', { equipment: 'Pump1.Drive' }],
    ['faceplate:Pump1.Drive.Speed', { tag: 'Pump1.Drive.Speed' }],
    ['faceplate:Pump1', { equipment: 'Pump1' }],
  ])('%s is what the plant has by that name', async (open, target) => {
    const { asked, element } = await stageScreen(`<rect id="b" ls:open="${open}"/>`, pumpPlant)
    element('b').dispatchEvent(new MouseEvent('click', { bubbles: true }))
    expect(asked).toEqual([target])
  })

  it('may be a nested instance or a member of the symbol', async () => {
    const { asked, element } = await stageScreen(
      '<g id="p" ls:equipment="Pump1" ls:open="overview"/><g ls:equipment="Pump1" ls:write="1"/>',
      {
        ...pumpPlant,
        symbols: { ...pumpPlant.symbols, pump: '<rect ls:open="faceplate:self.Drive"/>' },
      },
    )
    element('p').dispatchEvent(new MouseEvent('click', { bubbles: true }))
    expect(asked).toEqual(['overview'])
  })

  it('that the plant does not have is a fault', async () => {
    const { faults } = await stageScreen('<rect id="b" ls:open="faceplate:Pump9.Drive"/>', pumpPlant)
    expect(faults).toEqual([{ place: '#b ls:open', message: 'there is no equipment or tag "Pump9.Drive"' }])
  })
})
