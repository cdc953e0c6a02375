// A pump with everything a type can have, and a station that answers for it.
import type {
  CommandRow,
  ConditionRow,
  CounterRow,
  Equipment,
  EquipmentStatusRow,
  EquipmentType,
} from '../../../src-main/shared/equipment.ts'
import type { Role } from '../../../src-main/shared/permission.ts'
import { FakeStation } from '../../fakes/fake-station.ts'

export const pump: Equipment = {
  name: 'Pump1',
  type: 'pump',
  description: { en: 'Feed pump', 'zh-CN': '给水泵' },
  place: 'Mixing/Tanks',
  parent: 'Station1',
  members: {
    Flow: 'Pump1.Flow',
    FlowSetpoint: 'Pump1.FlowSetpoint',
    State: 'Pump1.State',
    Command: 'Pump1.Command',
    'Drive.Ready': 'Pump1.Drive.Ready',
  },
  children: { Drive: 'Pump1.Drive' },
  parameters: {},
  states: {
    model: 'own',
    tag: 'Pump1.State',
    states: [
      { value: 0, name: 'stopped', title: { en: 'Stopped', 'zh-CN': '停止' }, kind: 'stopped' },
      { value: 1, name: 'running', title: { en: 'Running', 'zh-CN': '运行' }, kind: 'running' },
    ],
  },
  commands: [
    {
      name: 'start',
      title: { en: 'Start', 'zh-CN': '启动' },
      tag: 'Pump1.Command',
      value: 1,
      starts: true,
      when: 'Pump1.State == 0',
      consequence: { en: 'Water flows into the mixer.' },
    },
    {
      name: 'stop',
      title: { en: 'Stop', 'zh-CN': '停止' },
      tag: 'Pump1.Command',
      value: 2,
      starts: false,
      when: null,
      consequence: {},
    },
  ],
  conditions: [
    {
      kind: 'permissive',
      name: 'full',
      title: { en: 'Suction tank is not empty', 'zh-CN': '吸入罐不空' },
      condition: 'Tank1.Level > 10',
      bypass: null,
    },
    {
      kind: 'interlock',
      name: 'ready',
      title: { en: 'The drive is ready', 'zh-CN': '驱动器就绪' },
      condition: 'Pump1.Drive.Ready',
      bypass: 'Pump1.Bypass',
    },
  ],
  health: [{ name: 'hot', state: 'outOfSpecification', title: { en: 'Hot' }, condition: 'Pump1.Flow > 90' }],
  counters: [
    {
      name: 'overhaul',
      title: { en: 'Running hours' },
      source: { kind: 'tag', tag: 'Pump1.Hours' },
      unit: 'h',
      due: 8000,
      resetTag: null,
    },
  ],
  faceplate: {
    overview: ['Pump1.Flow'],
    setpoints: ['Pump1.FlowSetpoint'],
    trend: [],
    details: [],
  },
  documents: [
    { title: { en: 'Manual' }, file: 'equipment/types/manual.txt', url: null },
    { title: { en: 'Maker' }, file: null, url: 'javascript:alert(1)' },
  ],
}

export const pumpType: EquipmentType = {
  name: 'pump',
  title: { en: 'Pump', 'zh-CN': '泵' },
  description: {},
  help: {},
  extends: null,
  library: 'standard',
  version: '1.2.0',
  file: 'libraries/standard/types/pump.yaml',
  symbolFile: null,
  parameters: [],
  members: [],
  documents: [],
}

export const runningStatus: EquipmentStatusRow = {
  equipment: 'Pump1',
  state: { name: 'stopped', title: { en: 'Stopped', 'zh-CN': '停止' }, kind: 'stopped' },
  health: 'outOfSpecification',
  reasons: [{ equipment: 'Pump1.Drive', state: 'outOfSpecification', title: { en: 'Drive is hot' } }],
}

export const counter: CounterRow & { readonly equipment: string } = {
  equipment: 'Pump1',
  name: 'overhaul',
  title: { en: 'Running hours' },
  unit: 'h',
  value: 8123.4,
  due: 8000,
  resetTimestamp: 1_700_000_000_000,
  resetBy: 'anna',
  dueTimestamp: null,
}

type Offer = Pick<CommandRow, 'isOffered' | 'isAllowed'> & Partial<Pick<CommandRow, 'reasons'>>

const commandRow = (name: string, offer: Offer): CommandRow => {
  const command = pump.commands.find((one) => one.name === name)!
  return { reasons: [], ...command, ...offer }
}

export interface PumpAnswers {
  readonly equipment?: Equipment
  readonly start?: Offer
  readonly conditions?: readonly ConditionRow[]
}

/** A station that knows the pump and its neighbours. */
export async function pumpStation(role: Role = 'operator', answers: PumpAnswers = {}): Promise<FakeStation> {
  const fake = new FakeStation(role)
  const offered = { isOffered: true, isAllowed: true }
  const equipment = answers.equipment ?? pump
  fake.answers.set('plant.equipment', () => ({
    equipment: [
      equipment,
      { ...pump, name: 'Pump1.Drive', type: 'drive', parent: 'Pump1', members: {}, children: {} },
      { ...pump, name: 'Station1', type: 'station', parent: null, members: {}, children: { Pump1: 'Pump1' } },
    ],
  }))
  fake.answers.set('equipment.describe', () => ({ equipment, type: pumpType }))
  fake.answers.set('equipment.explain', () => ({
    commands: [commandRow('start', answers.start ?? offered), commandRow('stop', offered)],
    conditions: answers.conditions ?? [],
  }))
  fake.answers.set('equipment.counters', () => ({ rows: [counter] }))
  fake.answers.set('equipment.history', () => ({ commands: [] }))
  fake.answers.set('access.preferences', () => ({ preferences: {} }))
  fake.answers.set('access.setPreference', () => ({}))
  fake.answers.set('tags.describe', () => ({ tags: [] }))
  fake.sendItem('plant.watch', { name: 'Works', line: 'Line 7', revision: 1, mimics: [], timeZone: 'UTC' })
  await Promise.resolve()
  describeTags(fake)
  return fake
}

function describeTags(fake: FakeStation): void {
  const texts = { en: 'Flow into the mixer', 'zh-CN': '进入搅拌机的流量' }
  fake.describe({
    tag: 'Pump1.Flow',
    unit: 'm3/h',
    decimals: 1,
    limits: { low: 0, high: 100 },
    description: texts.en,
    descriptions: texts,
  })
  fake.describe({ tag: 'Pump1.FlowSetpoint', unit: 'm3/h', writable: true, description: 'Wanted flow' })
  fake.describe({ tag: 'Pump1.State', dataType: 'uint8', states: { 0: 'Stopped', 1: 'Running' } })
  fake.describe({ tag: 'Pump1.Command', dataType: 'uint8', writable: true })
  fake.describe({ tag: 'Pump1.Drive.Ready', dataType: 'bool' })
  fake.describe({ tag: 'Pump1.Bypass', dataType: 'bool' })
  fake.describe({ tag: 'Tank1.Level', unit: '%', decimals: 1 })
}
