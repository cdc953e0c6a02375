// Alarms as tag files write them become definitions with everything filled in; philosophy and suppressions of alarms/*.yaml.
import { describe, expect, it } from 'vitest'
import { checkPlant } from '../../../../src-main/plant/plant-check.ts'
import { type AlarmDefinition, defaultAlarmPhilosophy } from '../../../../src-main/shared/alarm.ts'
import type { Plant } from '../../../../src-main/shared/plant.ts'
import { fakeRules, plantFolder } from '../plant-folder-fixture.ts'

async function plantOf(files: Record<string, string>): Promise<Plant> {
  const { plant, faults } = await checkPlant(await plantFolder(files), fakeRules)
  expect(faults).toEqual([])
  return plant!
}

/** The alarms of one tag with these keys. */
async function alarmsOf(keys: string, alarms: string): Promise<readonly AlarmDefinition[]> {
  const plant = await plantOf({
    'plant.yaml': 'name: A\nline: B\nsite: C\nlanguages: [en, zh-CN]\n',
    'tags/a.yaml': `tags:\n  - { name: Level, device: plc, address: 1:float32, ${keys}alarms: [${alarms}] }\n  - { name: Setpoint, device: plc, address: 3:float32 }\n`,
  })
  return plant.alarms.filter((alarm) => alarm.tag === 'Level')
}

describe('an alarm of a tag', () => {
  it('has everything the file leaves out filled in', async () => {
    const [alarm] = await alarmsOf('description: Bowl, unit: "%", decimals: 1, ', '{ condition: high, limit: 90 }')
    expect(alarm).toEqual({
      id: 'Level/high',
      tag: 'Level',
      condition: 'high',
      limit: 90,
      expression: null,
      deadband: 0,
      onDelayMs: 0,
      offDelayMs: 0,
      windowMs: 0,
      isExclusive: false,
      usesUncertain: true,
      onBadQuality: 'hold',
      priority: 'medium',
      latching: false,
      reAlarmMs: null,
      mostReAlarms: 0,
      suppressedWhen: null,
      firstOutGroup: null,
      alarmClass: 'process',
      device: 'plc',
      equipment: null,
      area: '',
      message: { en: 'Bowl: high ({value} {unit})', 'zh-CN': 'Bowl：高 ({value} {unit})' },
      unit: '%',
      decimals: 1,
      states: null,
      rationalisation: null,
    })
  })

  it('says every key of its own', async () => {
    const [alarm] = await alarmsOf(
      '',
      '{ condition: rateOfChange, name: fast, limit: Setpoint / 10, deadband: 0.5, onDelay: 2 s, offDelay: 1 min, window: 5 s, latching: true, priority: urgent, message: { en: "{value} {tag}" }, suppressedWhen: Setpoint < 1, reAlarm: 10 min, reAlarmCount: 5, class: system, onBadQuality: suppress, uncertain: false, area: Filling/Bowl }',
    )
    expect(alarm).toMatchObject({
      id: 'Level/fast',
      limit: 'Setpoint / 10',
      deadband: 0.5,
      onDelayMs: 2000,
      offDelayMs: 60_000,
      windowMs: 5000,
      latching: true,
      priority: 'urgent',
      message: { en: '{value} {tag}' },
      suppressedWhen: 'Setpoint < 1',
      reAlarmMs: 600_000,
      mostReAlarms: 5,
      alarmClass: 'system',
      onBadQuality: 'suppress',
      usesUncertain: false,
      area: 'Filling/Bowl',
    })
  })

  it('is named by its condition, and of several without a name the second has a number', async () => {
    const alarms = await alarmsOf(
      '',
      '{ condition: discrete, limit: 9 }, { condition: discrete, limit: 11 }, { condition: discrete, name: Held, limit: true }, { condition: discrete }, { condition: badQuality }',
    )
    expect(alarms.map(({ id, limit, usesUncertain }) => [id, limit, usesUncertain])).toEqual([
      ['Level/discrete', 9, true],
      ['Level/discrete-2', 11, true],
      ['Level/Held', 1, true],
      ['Level/discrete-3', 1, true],
      ['Level/badQuality', null, false],
    ])
  })

  it('takes delays and deadband of its signal where it does not say its own (ALARMS.md A14)', async () => {
    const figures: (string | number)[][] = []
    for (const signal of ['flow', 'level', 'pressure', 'temperature']) {
      const [usual, own, rate] = await alarmsOf(
        `limits: { low: -10, high: 40 }, signal: ${signal}, `,
        '{ condition: high, limit: 30 }, { condition: low, limit: 5, deadband: "10 %", onDelay: 0 s, offDelay: 3 s }, { condition: rateOfChange, limit: 1 }',
      )
      figures.push([signal, usual!.onDelayMs, usual!.offDelayMs, usual!.deadband])
      expect([own!.onDelayMs, own!.offDelayMs, own!.deadband]).toEqual([0, 3000, 5])
      expect([rate!.onDelayMs, rate!.deadband]).toEqual([0, 0])
    }
    expect(figures).toEqual([
      ['flow', 15_000, 15_000, 2.5],
      ['level', 60_000, 60_000, 2.5],
      ['pressure', 15_000, 15_000, 1],
      ['temperature', 60_000, 60_000, 0.5],
    ])
  })

  it('is one of exclusive levels only if it is a level (OPC 10000-9 ExclusiveLimitAlarmType)', async () => {
    const alarms = await alarmsOf(
      'alarmLevels: exclusive, ',
      '{ condition: high, limit: 80 }, { condition: highHigh, limit: 90 }, { condition: badQuality }',
    )
    expect(alarms.map(({ isExclusive }) => isExclusive)).toEqual([true, true, false])
  })
})

describe('alarms of equipment', () => {
  it('stand at the place of the instance, with the names of its members in full; overrides replace them', async () => {
    const plant = await plantOf({
      'equipment/types/pump.yaml': `name: pump
parameters: { most: 60 }
members:
  - { name: Setpoint, device: plc, address: 2:float32 }
  - name: Speed
    device: plc
    address: 3:float32
    alarms:
      - { condition: high, limit: "\${most}", suppressedWhen: Setpoint < 1, firstOut: "\${name} stop" }
      - { condition: low, limit: Setpoint * 0.9 }
      - { condition: deviation, limit: 2, expression: Setpoint, firstOut: "\${name} stop" }
`,
      'equipment/a.yaml': `equipment:
  - { name: P1, type: pump, place: Filling/Pumps, parameters: { most: 50 } }
  - { name: P2, type: pump, overrides: { Speed: { alarms: [{ condition: high, limit: 70 }] } } }
`,
      'tags/a.yaml':
        'tags: [{ name: P1.Seal.Leak, device: plc, address: 1:bool, alarms: [{ condition: discrete }] }]\n',
    })
    expect(
      plant.alarms.map(({ id, limit, suppressedWhen, expression, firstOutGroup, equipment, area }) => [
        id,
        limit,
        suppressedWhen ?? expression,
        firstOutGroup,
        equipment,
        area,
      ]),
    ).toEqual([
      ['P1.Seal.Leak/discrete', 1, null, null, 'P1', 'Filling/Pumps'],
      ['P1.Speed/high', 50, 'P1.Setpoint < 1', 'P1 stop', 'P1', 'Filling/Pumps'],
      ['P1.Speed/low', 'P1.Setpoint * 0.9', null, null, 'P1', 'Filling/Pumps'],
      ['P1.Speed/deviation', 2, 'P1.Setpoint', 'P1 stop', 'P1', 'Filling/Pumps'],
      ['P2.Speed/high', 70, null, null, 'P2', ''],
      ['device:plc/deviceLost', null, null, null, null, ''],
    ])
  })
})

it('a first-out group of one is odd, but stops nothing', async () => {
  const folder = await plantFolder({
    'tags/a.yaml':
      'tags:\n  - { name: A, device: plc, address: 1:bool, alarms: [{ condition: discrete, firstOut: stop }] }\n  - { name: B, device: plc, address: 2:bool, alarms: [{ condition: discrete, firstOut: stops }, { condition: badQuality, firstOut: stops }] }\n',
  })
  const { plant, hints } = await checkPlant(folder, fakeRules)
  expect(plant!.alarms[0]!.firstOutGroup).toBe('stop')
  expect(hints).toEqual([
    {
      file: 'tags/a.yaml',
      line: 2,
      column: 88,
      message: 'no other alarm is in the first-out group "stop"; did you mean stops?',
    },
  ])
})

describe('the loss of a device', () => {
  it('is an alarm of every enabled device, as the philosophy or the device says', async () => {
    const plant = await plantOf({
      'devices/more.yaml': `devices:
  - { name: quiet, protocol: fake, address: "a:1", alarm: false }
  - { name: off, protocol: fake, address: "a:1", enabled: false }
  - { name: own, protocol: fake, address: "a:1", alarm: { priority: low, onDelay: 30 s, area: Packaging, message: Packer lost } }
`,
      'alarms/a.yaml': 'philosophy: { deviceLost: { priority: urgent, onDelay: 5 s } }\n',
    })
    expect(
      plant.alarms.map(({ id, tag, priority, onDelayMs, alarmClass, area, message }) => [
        id,
        tag,
        priority,
        onDelayMs,
        alarmClass,
        area,
        message,
      ]),
    ).toEqual([
      ['device:own/deviceLost', 'device:own:state', 'low', 30_000, 'system', 'Packaging', 'Packer lost'],
      [
        'device:plc/deviceLost',
        'device:plc:state',
        'urgent',
        5000,
        'system',
        '',
        'No connection to plc: its values are not known',
      ],
    ])
  })
})

describe('the philosophy', () => {
  it('without files is the usual one', async () => {
    expect((await plantOf({})).alarmPhilosophy).toEqual(defaultAlarmPhilosophy)
  })

  it('takes every figure, class and rule of the files', async () => {
    const { alarmPhilosophy } = await plantOf({
      'tags/a.yaml':
        'tags: [{ name: Level, device: plc, address: 1:float32, alarms: [{ condition: high, limit: 90, class: safety }] }]\n',
      'alarms/a.yaml': `classes:
  - { name: safety, title: Safety, commentRequired: true, longestShelving: 30 min, resetAcknowledges: true, highlyManaged: true }
  - { name: system, shelvingAllowed: false, acknowledgeOnReturn: true }
suppressions:
  - { name: all, when: Level < 1, area: "", priorities: [low] }
  - { name: one, title: One, when: Level < 1, ids: ["Level/*"] }
`,
      'alarms/sub/b.yaml': `philosophy:
  priorityMatrix: { minor: [low, low, low, low] }
  floods: { start: 20, end: 3 }
  chattering: { count: 5, window: 2 min }
  fleeting: 3 s
  stale: 8 h
  shelving: { mostPerUser: 7, mostAtOnce: 2 }
  enforceApproved: true
  journalRetention: 400 d
  deviceLost: { onDelay: 9 s }
`,
    })
    expect(alarmPhilosophy).toEqual({
      classes: [
        defaultAlarmPhilosophy.classes[0],
        { ...defaultAlarmPhilosophy.classes[1], isShelvingAllowed: false, acknowledgeOnReturn: true },
        {
          name: 'safety',
          title: 'Safety',
          commentRequired: true,
          acknowledgeOnReturn: false,
          isShelvingAllowed: true,
          longestShelvingMs: 1_800_000,
          resetAcknowledges: true,
          isHighlyManaged: true,
        },
        ...defaultAlarmPhilosophy.classes.slice(3),
      ],
      suppressions: [
        { name: 'all', title: 'all', when: 'Level < 1', ids: null, area: '', equipment: null, priorities: ['low'] },
        {
          name: 'one',
          title: 'One',
          when: 'Level < 1',
          ids: ['Level/*'],
          area: null,
          equipment: null,
          priorities: null,
        },
      ],
      priorityMatrix: { ...defaultAlarmPhilosophy.priorityMatrix, minor: ['low', 'low', 'low', 'low'] },
      floodStartCount: 20,
      floodEndCount: 3,
      chatteringCount: 5,
      chatteringWindowMs: 120_000,
      fleetingMs: 3000,
      staleMs: 8 * 3_600_000,
      mostShelvedPerUser: 7,
      mostShelvedAtOnce: 2,
      enforceApproved: true,
      journalRetentionMs: 400 * 86_400_000,
      deviceLost: { priority: 'high', onDelayMs: 9000 },
    })
  })
})
