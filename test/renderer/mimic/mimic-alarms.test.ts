import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AlarmRow } from '../../../src-main/shared/alarm.ts'
import type { EquipmentRow } from '../../../src-main/shared/contract.ts'
import { openMimic } from '../../../src-renderer/mimic/mimic-opening.ts'
import { MimicScreen } from '../../../src-renderer/mimic/mimic-screen.ts'
import { alarmRow } from '../../fakes/alarm-row.ts'
import { providePageParts, svg } from './page-parts.ts'
import { StageTags } from './stage/stage-tags.svelte.ts'

const tanks: readonly EquipmentRow[] = [
  {
    name: 'TankA',
    type: 'tank',
    description: {},
    place: '',
    parent: null,
    children: {},
    members: { Level: 'TankA.Level', Lid: 'TankA.Lid' },
  },
]
const symbol = svg('<rect width="40" height="30"/><text ls:tag="self.Level" ls:text="value">0</text>')

let host: HTMLElement
let screen: MimicScreen
let asked: readonly string[]
let stopped = 0
let tell: (rows: readonly AlarmRow[]) => void

beforeAll(providePageParts)
afterEach(() => {
  screen.close()
  vi.useRealTimers()
})

async function open(elements: string): Promise<void> {
  host = document.createElement('div')
  document.body.replaceChildren(host)
  asked = []
  stopped = 0
  tell = () => {
    throw new Error('nobody asked for alarms')
  }
  const opened = await openMimic(
    {
      loadMimic: async () => svg(elements),
      loadSymbol: async () => symbol,
      loadEquipment: async () => tanks,
      describeTags: async (names) =>
        names
          .filter((name) => /^(?:TankA|Line)\./.test(name))
          .map((tag) => ({ tag, dataType: 'float32', unit: '%', description: '', writable: false })),
    },
    'test',
    { locale: 'en', on: 'On', off: 'Off' },
  )
  if (!opened.ok) throw new Error(opened.refused.refusal)
  screen = new MimicScreen({
    host,
    opened: opened.mimic,
    watcher: new StageTags(),
    alarms: {
      watch: (tags, onRows) => {
        asked = tags
        tell = onRows
        return () => stopped++
      },
    },
    outlets: {
      openMimic: () => {},
      openFaceplate: () => {},
      write: null,
      say: () => {},
      titleOf: (mimic) => mimic,
    },
    onFault: () => {},
  })
}

const marks = () => [...host.querySelectorAll('.ls-alarm')]
const names = () => marks().map((mark) => mark.getAttribute('aria-label'))

describe('alarms on a mimic', () => {
  it('are asked for in one question: of the tags that are named and of every member of a symbol', async () => {
    await open(
      '<rect ls:equipment="TankA"/><text ls:tag="Line.Speed" ls:text="value">0</text><text ls:text="Line.State"/>',
    )
    expect(asked.toSorted()).toEqual(['Line.Speed', 'TankA.Level', 'TankA.Lid'])
  })

  it('are nothing in the page while there are none, and leave nothing behind', async () => {
    await open('<rect ls:equipment="TankA"/>')
    tell([])
    expect(host.querySelector('.ls-alarms')).toBeNull()
    tell([alarmRow('TankA.Level/high')])
    expect(marks()).toHaveLength(1)
    tell([])
    expect(host.querySelector('.ls-alarms')).toBeNull()
    expect(document.documentElement.dataset.blink).toBeUndefined()
  })

  // Checklist H9: shape and number, not colour alone.
  it('carry shape and number of the priority, a ring until acknowledged, and words', async () => {
    await open('<text ls:tag="Line.Speed" ls:text="value">0</text>')
    tell([alarmRow('Line.Speed/high', { priority: 'urgent', message: 'Line too fast' })])
    expect(marks()[0]!.querySelector('.ls-alarm-number')!.textContent).toBe('1')
    expect(marks()[0]!.querySelector('.ls-alarm-ring')).not.toBeNull()
    expect(names()).toEqual(['Alarm of Line.Speed. Urgent, Unacknowledged: Line too fast'])
    expect(document.documentElement.dataset.blink).toBeDefined()
    tell([alarmRow('Line.Speed/high', { priority: 'urgent', state: 'acknowledged', message: 'Line too fast' })])
    expect(marks()[0]!.querySelector('.ls-alarm-ring')).toBeNull()
    expect(document.documentElement.dataset.blink).toBeUndefined()
  })

  it('of one symbol are one mark: unacknowledged before acknowledged, then by priority, shelved ones last', async () => {
    await open('<rect ls:equipment="TankA"/>')
    tell([
      alarmRow('TankA.Level/high', { priority: 'urgent', state: 'shelved' }),
      alarmRow('TankA.Level/low', { priority: 'urgent', state: 'acknowledged' }),
      alarmRow('TankA.Lid/discrete', { priority: 'low', message: 'Lid open' }),
    ])
    expect(names()).toEqual(['Alarm of TankA. Low, Unacknowledged: Lid open – and 2 more'])
  })

  it('that are tests say so and are dashed, and never stand in front of what the process raised', async () => {
    await open('<rect ls:equipment="TankA"/>')
    const tested = alarmRow('TankA.Level/high', { priority: 'urgent', message: 'Level high', isTest: true })
    tell([tested])
    expect(names()).toEqual(['Alarm of TankA. Test: Urgent, Unacknowledged: Level high'])
    expect(marks()[0]!.matches('.ls-alarm-test.ls-alarm-hollow')).toBe(true)
    tell([tested, alarmRow('TankA.Lid/discrete', { priority: 'low', state: 'acknowledged', message: 'Lid open' })])
    expect(names()).toEqual(['Alarm of TankA. Low, Acknowledged: Lid open – and 1 more'])
    expect(marks()[0]!.matches('.ls-alarm-test')).toBe(false)
    // The same alarm, now of the process: the mark is another one.
    tell([{ ...tested, isTest: false }])
    expect(marks()[0]!.matches('.ls-alarm-test')).toBe(false)
  })

  it('that are shelved have a sign of their own, without the number of a priority', async () => {
    await open('<rect ls:equipment="TankA"/>')
    tell([alarmRow('TankA.Level/high', { state: 'shelved' })])
    expect(marks()[0]!.querySelector('.ls-alarm-number')).toBeNull()
    expect(marks()[0]!.querySelector('.ls-alarm-sign')).not.toBeNull()
  })

  // Checklist H7: a tank that is cleaned, as planned, has nothing on the display that calls for somebody.
  it('that are suppressed by design are not on the display', async () => {
    await open('<rect ls:equipment="TankA"/>')
    tell([alarmRow('TankA.Level/high', { state: 'suppressedByDesign' })])
    expect(host.querySelector('.ls-alarms')).toBeNull()
  })

  it('are kept when only others change', async () => {
    await open('<rect ls:equipment="TankA"/><text ls:tag="Line.Speed" ls:text="value">0</text>')
    tell([alarmRow('TankA.Level/high')])
    const [first] = marks()
    tell([alarmRow('TankA.Level/high'), alarmRow('Line.Speed/high')])
    expect(marks()).toHaveLength(2)
    expect(marks()[0]).toBe(first)
  })

  it('stop with the display', async () => {
    await open('<rect ls:equipment="TankA"/>')
    tell([alarmRow('TankA.Level/high')])
    screen.close()
    expect(stopped).toBe(1)
    expect(document.documentElement.dataset.blink).toBeUndefined()
  })
})
