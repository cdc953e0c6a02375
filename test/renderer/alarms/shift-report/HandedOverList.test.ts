import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import HandedOverList from '../../../../src-renderer/alarms/shift-report/HandedOverList.svelte'
import { outOfServiceReviewMs } from '../../../../src-renderer/alarms/shift-report/shift-lists.ts'
import { language } from '../../../../src-renderer/ui/i18n.svelte.ts'
import { alarmRow } from '../../../fakes/alarm-row.ts'
import { FakeStation } from '../../../fakes/fake-station.ts'

describe('what is out of service, handed over', () => {
  const now = Date.UTC(2026, 10, 22, 6)
  const outOfService = (id: string, since: number) =>
    alarmRow(id, { state: 'outOfService', hold: { user: 'mei', timestamp: since, reason: 'valve away [MoC-77]' } })
  let component: Record<string, unknown>

  beforeEach(() => language.choose('en'))
  afterEach(async () => {
    await unmount(component)
    document.body.replaceChildren()
  })

  function open(rows: ReturnType<typeof outOfService>[]): HTMLElement {
    component = mount(HandedOverList, {
      target: document.body,
      props: { list: 'outOfService', rows, timeZone: 'UTC', now, onComment: () => undefined },
      context: new FakeStation('operator').context,
    })
    flushSync()
    return document.body
  }

  it('reminds of each that has been so for more than a week, and says how many (A36)', () => {
    const body = open([
      outOfService('A/high', now - outOfServiceReviewMs - 2 * 86_400_000),
      outOfService('B/high', now - 3_600_000),
    ])
    expect(body.querySelector('[role=status]')!.textContent).toContain('1 alarm out of service for more than 7 d')
    const marks = [...body.querySelectorAll('tbody tr')].map((row) => row.textContent!.includes('9 d: look again'))
    expect(marks).toEqual([true, false])
    expect(body.textContent).toContain('valve away [MoC-77]')
  })

  it('reminds of nothing while there is nothing to look at again', () => {
    expect(open([outOfService('B/high', now - 3_600_000)]).querySelector('[role=status]')).toBeNull()
  })
})
