import { describe, expect, it } from 'vitest'
import { type CheckedDrawing, checkDrawing, type MimicScope } from '../../../../src-main/plant/displays/mimic-check.ts'
import { FaultList } from '../../../../src-main/plant/source/fault-list.ts'
import { limitHere } from '../../../fakes/busy-machine.ts'

const mimicScope: MimicScope = {
  tags: { tagType: (name) => (name === 'Pump1.Speed' ? { dataType: 'float32', arrayLength: null } : null) },
  isWritable: () => true,
  hasEquipment: (name) => name === 'Pump1',
  equipmentNames: () => ['Pump1'],
  hasMimic: () => false,
  mimicNames: () => [],
  members: null,
  portsOf: (equipment) => (equipment === 'Pump1' ? new Set(['suction']) : null),
}
const symbolScope: MimicScope = {
  ...mimicScope,
  members: { Speed: 'Pump1.Speed', 'Drive.Speed': 'Pump1.Speed' },
  nested: new Set(['Drive', 'Drive.Gearbox']),
}

function check(elements: string, scope = mimicScope): { faults: readonly string[]; checked: CheckedDrawing } {
  const faults = new FaultList()
  const text = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic">${elements}</svg>`
  const checked = checkDrawing('mimics/a.svg', text, scope, faults)
  return { faults: faults.sorted().map(({ message }) => message), checked }
}

const faultsOf = (elements: string, scope = mimicScope) => check(elements, scope).faults

describe('pipes', () => {
  it('end at elements by id, also ones further down, at the middles of their sides or at ports of their symbol', () => {
    expect(
      faultsOf(
        '<path ls:from="p@suction" ls:to="tank@left"/><path ls:from="tank" ls:to="p@centre"/><rect id="p" ls:equipment="Pump1"/><rect id="tank"/>',
      ),
    ).toEqual([])
  })

  it.each([
    ['ls:from="pmp"', 'ls:from: no element has the id pmp; did you mean pump?'],
    [
      'ls:from="pump@inlet"',
      'ls:from: element pump has no port inlet: left, right, top, bottom, centre or suction is expected',
    ],
    ['ls:to="tank@suction"', 'ls:to: element tank has no port suction: left, right, top, bottom or centre is expected'],
    ['ls:to="a b"', 'ls:to: <element id> or <element id>@<port> is expected, not "a b"'],
    ['ls:to="pump@"', 'ls:to: <element id> or <element id>@<port> is expected, not "pump@"'],
  ])('with %s are refused with a sentence', (attribute, message) => {
    expect(faultsOf(`<path ${attribute}/><rect id="pump" ls:equipment="Pump1"/><rect id="tank"/>`)).toEqual([message])
  })
})

describe('layers, details and connection points', () => {
  it('are taken with names and numbers that mean something', () => {
    expect(faultsOf('<g ls:layer="Level 2 – no"/>')).toEqual([
      'ls:layer: a name is expected (letters, digits, _ - . and spaces), not "Level 2 – no"',
    ])
    expect(faultsOf('<g ls:layer="电气 1" ls:detail="2.5"/>')).toEqual([])
    expect(faultsOf('<g ls:detail="0"/><g ls:detail="Pump1.Speed"/><g ls:detail="-1"/>')).toHaveLength(3)
  })

  it('belong to symbols, each name once', () => {
    expect(faultsOf('<circle ls:port="suction"/>')).toEqual([
      'ls:port: connection points belong to symbols; pipes of a mimic end at elements',
    ])
    const { faults, checked } = check(
      '<circle ls:port="suction"/><circle ls:port="left"/><circle ls:port="suction"/>',
      symbolScope,
    )
    expect(faults).toEqual(['ls:port: there is a connection point suction already'])
    expect(checked.ports).toEqual(['suction'])
  })
})

describe('nested equipment', () => {
  it('is drawn and opened in symbols by its member', () => {
    expect(
      faultsOf(
        '<g ls:equipment="self.Drive"/><g ls:equipment="self.Drive.Gearbox" ls:open="faceplate:self.Drive"/><text ls:text="self.Drive.Speed"/>',
        symbolScope,
      ),
    ).toEqual([])
  })

  it('that the type does not have is a fault with a hint', () => {
    expect(faultsOf('<g ls:equipment="self.Drve"/>', symbolScope)).toEqual([
      'ls:equipment: the type has no nested equipment Drve; did you mean self.Drive?',
    ])
  })

  it('has no meaning outside of symbols', () => {
    expect(faultsOf('<g ls:equipment="self.Drive"/>')).toEqual([
      'ls:equipment: self means the instance drawn, and this is no symbol: name the equipment',
    ])
  })
})

describe('a hostile drawing is judged in bounded time and memory', () => {
  const bomb = `<!DOCTYPE svg [<!ENTITY a "${'x'.repeat(1000)}">${Array.from({ length: 20 }, (_, level) => `<!ENTITY a${level} "${`&a${level - 1};`.repeat(50)}">`).join('')}]>`
  it.each([
    ['an entity bomb', `${bomb}<svg xmlns="http://www.w3.org/2000/svg"><text>&a19;</text></svg>`, /entities/],
    [
      'an entity bomb in lower case',
      `${bomb.replaceAll('ENTITY', 'entity')}<svg xmlns="http://www.w3.org/2000/svg"/>`,
      /well-formed/,
    ],
    [
      'a hundred thousand levels',
      `<svg xmlns="http://www.w3.org/2000/svg">${'<g>'.repeat(100_000)}`,
      /inside each other/,
    ],
    [
      'a million attributes',
      `<svg xmlns="http://www.w3.org/2000/svg" ${Array.from({ length: 1_000_000 }, (_, at) => `a${at}=""`).join(' ')}/>`,
      /attributes/,
    ],
    [
      'seventeen million characters',
      `<svg xmlns="http://www.w3.org/2000/svg"><path d="${'M0 0'.repeat(4_250_000)}"/></svg>`,
      /characters/,
    ],
  ])('%s', (_, text, message) => {
    const faults = new FaultList()
    const before = performance.now()
    checkDrawing('mimics/a.svg', text, mimicScope, faults)
    expect(performance.now() - before).toBeLessThan(limitHere(4000))
    expect(
      faults
        .sorted()
        .map((fault) => fault.message)
        .join(),
    ).toMatch(message)
  })
})
