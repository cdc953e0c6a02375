import { flushSync, mount, unmount } from 'svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { defaultAlarmPhilosophy, type Rationalisation } from '../../../../src-main/shared/alarm.ts'
import {
  type AlarmDatabaseEdit,
  type AlarmDatabaseRow,
  alarmDatabaseRow,
} from '../../../../src-main/shared/alarm-database.ts'
import EntryEditor from '../../../../src-renderer/alarms/database/EntryEditor.svelte'
import { language } from '../../../../src-renderer/ui/i18n.svelte.ts'
import { alarmDefinition } from '../../../fakes/alarm-row.ts'
import { FakeStation } from '../../../fakes/fake-station.ts'
import { ShownRow } from './shown-row.svelte.ts'

const entry: Rationalisation = {
  status: 'draft',
  consequence: { en: 'Overflow' },
  severity: 'major',
  cause: null,
  action: null,
  responseTimeMs: 600_000,
  reviewer: null,
  date: null,
  revision: 1,
  approved: null,
}
const source = { file: 'tags/a.yaml', entryFile: 'alarms/a.yaml', inheritedFrom: null, own: null }
const rowOf = (rationalisation: Rationalisation): AlarmDatabaseRow =>
  alarmDatabaseRow(alarmDefinition('Tank.Level/high', { rationalisation }), source, defaultAlarmPhilosophy)

describe('the entry of an alarm', () => {
  let component: Record<string, unknown>
  let edits: AlarmDatabaseEdit[]
  let shown: ShownRow

  afterEach(async () => {
    await unmount(component)
    document.body.replaceChildren()
  })

  function open(mayChange = true): void {
    language.choose('en')
    edits = []
    shown = new ShownRow(rowOf(entry))
    component = mount(EntryEditor, {
      target: document.body,
      props: {
        get row() {
          return shown.row
        },
        philosophy: defaultAlarmPhilosophy,
        mayChange,
        onChange: (edit: AlarmDatabaseEdit) => edits.push(edit),
        onOpenFaceplate: () => {},
      },
      context: new FakeStation('engineer').context,
    })
    flushSync()
  }

  const field = (label: string) => {
    const found = [...document.querySelectorAll('label')].find((one) => one.textContent === label)!
    return document.getElementById(found.htmlFor) as HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement
  }
  function type(label: string, text: string): void {
    const input = field(label)
    input.value = text
    input.dispatchEvent(new Event(input instanceof HTMLSelectElement ? 'change' : 'input', { bubbles: true }))
    flushSync()
  }
  const button = (name: string) =>
    [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === name) as HTMLButtonElement

  it('proposes the priority of the matrix and says why, while it is typed', () => {
    open()
    expect(document.querySelector('.matrix')!.textContent).toContain('Major and 10 min to respond give Medium.')
    type('Response time', '2 min')
    type('Severity', 'severe')
    expect(document.querySelector('.matrix')!.textContent).toContain('Severe and 2 min to respond give Urgent.')
    button('Approve Urgent').click()
    flushSync()
    button('Preview the changes …').click()
    expect(edits).toEqual([
      { id: 'Tank.Level/high', severity: 'severe', responseTimeMs: 120_000, 'approved.priority': 'urgent' },
    ])
  })

  it('cannot be sent with a field that is no value', () => {
    open()
    type('Response time', 'soon')
    expect(document.querySelector('[role="alert"]')!.textContent).toContain('no duration')
    expect(button('Preview the changes …').disabled).toBe(true)
  })

  it('enters who is logged in as the reviewer when the status goes on', () => {
    open()
    type('Status', 'approved')
    button('Preview the changes …').click()
    expect(edits).toEqual([{ id: 'Tank.Level/high', status: 'approved', reviewer: 'anna' }])
  })

  it('follows what others save while nothing is typed, and keeps what is typed', () => {
    open()
    shown.row = rowOf({ ...entry, consequence: { en: 'Flood' } })
    flushSync()
    expect(field('Consequence if nobody acts').value).toBe('Flood')
    type('Possible causes', 'Valve stuck')
    shown.row = rowOf({ ...entry, consequence: { en: 'Deluge' } })
    flushSync()
    expect(field('Possible causes').value).toBe('Valve stuck')
    expect(document.body.textContent).toContain('Somebody changed this entry meanwhile')
    button('Preview the changes …').click()
    // Only what was typed: what the other one saved stays.
    expect(edits).toEqual([{ id: 'Tank.Level/high', cause: { en: 'Valve stuck' } }])
  })

  it('is only read by who may not change the plant', () => {
    open(false)
    expect([...document.querySelectorAll('fieldset')].every(({ disabled }) => disabled)).toBe(true)
    expect(button('Preview the changes …')).toBeUndefined()
  })
})
