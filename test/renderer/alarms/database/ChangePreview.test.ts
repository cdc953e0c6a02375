import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import ChangePreview from '../../../../src-renderer/alarms/database/ChangePreview.svelte'
import { CallError } from '../../../../src-renderer/connection/call-error.ts'
import { language } from '../../../../src-renderer/ui/i18n.svelte.ts'
import { FakeStation } from '../../../fakes/fake-station.ts'

interface Asked {
  readonly reason: string
  readonly dryRun?: boolean
  readonly version?: string
}

const changes = [{ id: 'Tank.Level/high', attribute: 'approved.limit', old: 90, new: 92 }]

describe('the preview of changes', () => {
  let fake: FakeStation
  let component: Record<string, unknown>
  let asked: Asked[]
  let saved: string[]
  let reloads: number

  beforeEach(() => {
    language.choose('en')
    HTMLDialogElement.prototype.showModal ??= () => {}
    HTMLDialogElement.prototype.close ??= () => {}
    globalThis.ResizeObserver ??= class {
      observe(): void {}
      unobserve(): void {}
      disconnect(): void {}
    }
    fake = new FakeStation('engineer')
    asked = []
    saved = []
    reloads = 0
  })
  afterEach(async () => {
    await unmount(component)
    document.body.replaceChildren()
  })

  async function settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    flushSync()
  }

  async function open(answer: (input: Asked) => unknown): Promise<void> {
    fake.answers.set('alarms.saveDatabase', (input: never) => {
      asked.push(input)
      return answer(input)
    })
    component = mount(ChangePreview, {
      target: document.body,
      props: {
        wish: { edits: [{ id: 'Tank.Level/high', 'approved.limit': 92 }] },
        version: 'v1',
        onClose: () => {},
        onSaved: (words: string) => saved.push(words),
        onReload: () => reloads++,
      },
      context: fake.context,
    })
    await settle()
  }

  const button = (name: string) =>
    [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === name) as HTMLButtonElement
  const typeReason = async (text: string) => {
    const input = document.querySelector('input')!
    input.value = text
    input.dispatchEvent(new Event('input', { bubbles: true }))
    await settle()
  }

  it('asks for nothing but a preview before somebody says save', async () => {
    await open(() => ({ changes, faults: [], version: 'v1' }))
    expect(asked.map(({ dryRun }) => dryRun)).toEqual([true])
    expect(document.body.textContent).toContain('1 change to 1 alarm')
  })

  it('demands a reason, then saves against the version that was previewed', async () => {
    await open(() => ({ changes, faults: [], version: 'v1' }))
    button('Save').click()
    await settle()
    expect(asked).toHaveLength(1)
    expect(document.querySelector('[role="alert"]')!.textContent).toContain('A reason is needed')
    await typeReason('Overflow last week')
    button('Save').click()
    await settle()
    expect(asked[1]).toMatchObject({ reason: 'Overflow last week', dryRun: false, version: 'v1' })
    expect(saved).toEqual(['Saved: 1 change to 1 alarm.'])
  })

  it('with faults cannot be saved', async () => {
    const fault = { file: 'alarms/database.yaml', line: 3, column: 1, message: 'limit must be a number' }
    await open(() => ({ changes: [], faults: [fault], version: 'v1' }))
    expect(button('Save').disabled).toBe(true)
    expect(document.body.textContent).toContain('1 fault')
  })

  it('that somebody else was quicker with saves nothing, loads what is there and previews again', async () => {
    let isFirst = true
    await open(({ dryRun }) => {
      if (dryRun || !isFirst) return { changes, faults: [], version: isFirst ? 'v1' : 'v2' }
      isFirst = false
      throw new CallError({ code: 'BadInvalidState', message: 'changed meanwhile', httpStatus: 409 })
    })
    await typeReason('Overflow')
    button('Save').click()
    await settle()
    expect(saved).toEqual([])
    expect(document.body.textContent).toContain('Somebody changed the master alarm database meanwhile')
    button('Load and preview again').click()
    await settle()
    expect(reloads).toBe(1)
    expect(asked.at(-1)).not.toHaveProperty('version')
    button('Save').click()
    await settle()
    expect(asked.at(-1)).toMatchObject({ version: 'v2', dryRun: false })
    expect(saved).toHaveLength(1)
  })
})
