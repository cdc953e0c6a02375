import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AlarmRow } from '../../../../src-main/shared/alarm.ts'
import FaceplateAlarms from '../../../../src-renderer/alarms/faceplate/FaceplateAlarms.svelte'
import { language } from '../../../../src-renderer/ui/i18n.svelte.ts'
import { alarmDefinition, alarmRow } from '../../../fakes/alarm-row.ts'
import { FakeStation } from '../../../fakes/fake-station.ts'

describe('alarms in a faceplate', () => {
  let fake: FakeStation
  let component: Record<string, unknown>

  beforeEach(() => {
    language.choose('en')
  })
  afterEach(async () => {
    await unmount(component)
    document.body.replaceChildren()
  })

  async function settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    flushSync()
  }

  async function open(role: 'viewer' | 'operator', rows: readonly AlarmRow[]): Promise<void> {
    fake = new FakeStation(role)
    fake.answers.set('alarms.classes', () => ({ classes: [] }))
    component = mount(FaceplateAlarms, {
      target: document.body,
      props: {
        tags: ['Tank.Level'],
        definitions: [
          alarmDefinition('Tank.Level/high'),
          alarmDefinition('Tank.Level/low', { condition: 'low', limit: 10 }),
        ],
      },
      context: fake.context,
    })
    await settle()
    const feed = fake.feeds.find(({ name }) => name === 'alarms.view')!
    expect(feed.input.tags).toEqual(['Tank.Level'])
    feed.onItem({ total: rows.length, offset: 0, alarms: rows } as never)
    await settle()
  }

  const buttons = () => [...document.querySelectorAll('button')].map((button) => button.textContent?.trim())
  const button = (name: string) =>
    [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === name)!

  it('shows what is not normal with its state, and the others behind a fold with their limits', async () => {
    await open('operator', [alarmRow('Tank.Level/high', { message: 'Tank too full' })])
    expect(document.querySelector('.rows')!.textContent).toContain('Tank too full')
    expect(document.querySelector('.rows')!.textContent).toContain('Unacknowledged')
    expect(document.querySelector('details')!.textContent).toContain('10.0 %')
    expect(document.querySelector('details')!.textContent).not.toContain('90.0 %')
  })

  it('keeps every alarm in its place when one is acknowledged', async () => {
    const low = alarmRow('Tank.Level/low', { priority: 'urgent' })
    const high = alarmRow('Tank.Level/high')
    await open('operator', [low, high])
    const order = () => [...document.querySelectorAll('.rows .message')].map((one) => one.textContent)
    const before = order()
    const feed = fake.feeds.find(({ name }) => name === 'alarms.view')!
    feed.onItem({ total: 2, offset: 0, alarms: [high, { ...low, state: 'acknowledged' }] } as never)
    await settle()
    expect(order()).toEqual(before)
    expect(before).toHaveLength(2)
  })

  it('acknowledges the occurrence that is seen', async () => {
    await open('operator', [alarmRow('Tank.Level/high', { eventId: 42 })])
    fake.answers.set('alarms.acknowledge', () => ({ results: [{ id: 'Tank.Level/high', statusCode: 0 }] }))
    button('Acknowledge').click()
    await settle()
    expect(fake.calls.at(-1)).toEqual({
      name: 'alarms.acknowledge',
      input: { ids: ['Tank.Level/high'], eventIds: [42] },
    })
  })

  it('says why an alarm was left as it was', async () => {
    await open('operator', [alarmRow('Tank.Level/high')])
    fake.answers.set('alarms.acknowledge', () => ({
      results: [{ id: 'Tank.Level/high', statusCode: 0x809a0000, message: 'it has come again since' }],
    }))
    button('Acknowledge').click()
    await settle()
    expect(document.querySelector('[role="alert"]')!.textContent).toContain('it has come again since')
  })

  it('offers what fits the state: a shelved one can be unshelved, with who, why and how long', async () => {
    const hold = { user: 'anna', timestamp: 0, reason: 'sensor is cleaned' }
    await open('operator', [
      alarmRow('Tank.Level/high', { state: 'shelved', hold, shelvedUntil: Date.now() + 600_500 }),
    ])
    expect(buttons()).toEqual(['Unshelve'])
    expect(document.body.textContent).toContain('10 min left')
    expect(document.body.textContent).toContain('anna: sensor is cleaned')
  })

  it('lets who may only look only look, and nobody act on a dead link', async () => {
    await open('viewer', [alarmRow('Tank.Level/high')])
    expect(buttons()).toEqual([])
    await unmount(component)
    await open('operator', [alarmRow('Tank.Level/high')])
    expect(buttons()).toEqual(['Acknowledge', 'Shelve …'])
    fake.loseLink(Date.now() - 5000)
    await settle()
    expect(buttons()).toEqual([])
  })
})
