import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Equipment } from '../../../src-main/shared/equipment.ts'
import type { Role } from '../../../src-main/shared/permission.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import FaceplateDock from '../../../src-renderer/faceplate/FaceplateDock.svelte'
import type { FaceplateTarget } from '../../../src-renderer/faceplate/faceplate-target.ts'
import { PinnedFaceplates } from '../../../src-renderer/faceplate/pinned-faceplates.svelte.ts'
import { language } from '../../../src-renderer/ui/i18n.svelte.ts'
import type { FakeStation } from '../../fakes/fake-station.ts'
import { type PumpAnswers, pump, pumpStation, runningStatus } from './typed-pump.ts'

describe('faceplates beside a display', () => {
  let fake: FakeStation
  let component: Record<string, unknown>
  let pinned: PinnedFaceplates
  const opened: FaceplateTarget[] = []

  beforeEach(() => {
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
    HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
      this.open = true
    }
    HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
      this.open = false
    }
    language.choose('en')
    sessionStorage.clear()
    opened.length = 0
    pinned = new PinnedFaceplates()
  })
  afterEach(async () => {
    await unmount(component)
    document.body.replaceChildren()
    vi.unstubAllGlobals()
    language.choose('en')
  })

  async function settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    flushSync()
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    flushSync()
  }

  async function open(
    role: Role = 'operator',
    answers: PumpAnswers = {},
    target: FaceplateTarget | null = { equipment: 'Pump1' },
  ) {
    fake = await pumpStation(role, answers)
    component = mount(FaceplateDock, {
      target: document.body,
      props: { target, pinned, proposal: null, onOpen: (to: FaceplateTarget) => opened.push(to), onClose: () => {} },
      context: fake.context,
    })
    await settle()
  }

  async function send(tag: string, value: number | boolean | null, statusCode = 0): Promise<void> {
    fake.send(tag, value, statusCode)
    await settle()
  }

  const text = () => document.body.textContent!.replace(/\s+/g, ' ')
  const buttonOf = (name: string) =>
    [...document.querySelectorAll('button')].find(
      (button) => (button.getAttribute('aria-label') ?? button.textContent!.replace(/\s+/g, ' ').trim()) === name,
    )!
  const partHead = (title: string) =>
    [...document.querySelectorAll<HTMLButtonElement>('.part h3 button')].find((one) =>
      one.textContent!.includes(title),
    )!

  it('says what it is, where it belongs, how it is and why', async () => {
    await open()
    fake.sendItem('equipment.watch', { rows: [runningStatus] })
    await settle()
    for (const words of ['Feed pump', 'Pump', '1.2.0', 'Line 7', 'Mixing', 'Tanks', 'Stopped', 'Out of specification'])
      expect(text()).toContain(words)
    expect(text()).toContain('Drive is hot')
    buttonOf('Station1').click()
    buttonOf('Pump1.Drive').click()
    expect(opened).toEqual([{ equipment: 'Station1' }, { equipment: 'Pump1.Drive' }])
  })

  it('explains on live values why it will not start, in both languages', async () => {
    await open()
    await send('Tank1.Level', 8.2)
    await send('Pump1.Drive.Ready', true)
    expect(text()).toContain('1 not fulfilled')
    expect(text()).toContain('Tank1.Level is 8.2 %, has to be above 10 %')
    language.choose('zh-CN')
    await settle()
    expect(text()).toContain('吸入罐不空')
    expect(text()).toContain('Tank1.Level 为 8.2 %，必须高于 10 %')
    language.choose('en')
    await send('Tank1.Level', 12)
    expect(text()).toContain('nothing stands in the way')
  })

  it('says that it cannot be decided, and why, when the device is unplugged', async () => {
    await open()
    await send('Tank1.Level', null, StatusCodes.BadNoCommunication)
    expect(text()).toContain('cannot be decided, counts as not fulfilled')
    expect(text()).toContain('Tank1.Level has no usable value: There is no communication with the device.')
  })

  it('tells a bypassed condition from a fulfilled one', async () => {
    await open()
    await send('Tank1.Level', 50)
    await send('Pump1.Drive.Ready', false)
    await send('Pump1.Bypass', true)
    expect(text()).toContain('bypassed, counts as fulfilled')
    expect(text()).toContain('nothing stands in the way')
  })

  it('leads from each tag of an explanation to its faceplate', async () => {
    await open()
    await send('Tank1.Level', 8.2)
    document.querySelector<HTMLElement>('a[data-tag="Tank1.Level"]')!.click()
    expect(opened).toEqual([{ tag: 'Tank1.Level' }])
  })

  it('keeps a command that is refused in its place, with the reason in words', async () => {
    await open('operator', { start: { isOffered: true, isAllowed: false } })
    await send('Tank1.Level', 8.2)
    await send('Pump1.Drive.Ready', true)
    expect(buttonOf('Start …').disabled).toBe(true)
    const reason = document.getElementById(buttonOf('Start …').getAttribute('aria-describedby')!)
    expect(reason!.textContent).toBe('Refused now: Suction tank is not empty.')
    expect(buttonOf('Stop …').disabled).toBe(false)
  })

  it('says by which values a command is not offered', async () => {
    const term = (text: string, tag: string, value: number | boolean) => ({
      text,
      isTrue: false,
      inputs: [{ tag, value, statusCode: 0 }],
    })
    const reasons = [term('Level > 10', 'Tank1.Level', 8.2), term('Drive.Ready', 'Pump1.Drive.Ready', false)]
    await open('operator', { start: { isOffered: false, isAllowed: true, reasons } })
    const reasonOf = () => document.getElementById(buttonOf('Start …').getAttribute('aria-describedby')!)?.textContent
    expect(reasonOf()?.replace(/\s/g, ' ')).toBe(
      'Not now: Tank1.Level is 8.2 %, has to be above 10 %; Pump1.Drive.Ready is Off, has to be On.',
    )
  })

  it('says of an order that was given already that it is so', async () => {
    const inputs = [{ tag: 'Pump1.Command', value: true, statusCode: 0 }]
    const reasons = [{ text: '!Command', isTrue: false, inputs }]
    await open('operator', { start: { isOffered: false, isAllowed: true, reasons } })
    expect(text()).toMatch(/Pump1\.Command is \S+ already\./)
  })

  it('says in which state a command is not offered', async () => {
    await open('operator', { start: { isOffered: false, isAllowed: true } })
    fake.sendItem('equipment.watch', { rows: [runningStatus] })
    await settle()
    expect(buttonOf('Start …').disabled).toBe(true)
    expect(text()).toContain('Not offered in the state Stopped.')
  })

  it('gives an order in two steps, with state, what is written and consequence, and follows it to the read-back', async () => {
    await open()
    fake.sendItem('equipment.watch', { rows: [runningStatus] })
    fake.answers.set('equipment.command', () => ({ statusCode: 0, confirmed: true, value: 1 }))
    await settle()
    buttonOf('Start …').click()
    await settle()
    const dialog = document.querySelector('dialog')!
    for (const words of ['Pump1', 'Stopped', 'Start', '1 to Pump1.Command', 'Water flows into the mixer.'])
      expect(dialog.textContent!.replace(/\s+/g, ' ')).toContain(words)
    expect(fake.calls.some(({ name }) => name === 'equipment.command')).toBe(false)
    buttonOf('Execute').click()
    await settle()
    expect(fake.calls.find(({ name }) => name === 'equipment.command')?.input).toEqual({
      equipment: 'Pump1',
      command: 'start',
    })
    expect(text()).toContain('Start: done, the device reports 1.')
    expect(document.querySelector('[aria-current="step"]')!.textContent).toContain('Read back')
  })

  it('shows a viewer everything, and says once that orders need another role', async () => {
    await open('viewer')
    expect(buttonOf('Start …').disabled).toBe(true)
    expect(buttonOf('Stop …').disabled).toBe(true)
    expect(text().match(/Ordering needs the operator role/g)).toHaveLength(1)
    expect(buttonOf('Change Wanted flow')).toBeUndefined()
  })

  it('offers nothing and marks what it knew when the link is lost', async () => {
    await open()
    fake.sendItem('equipment.watch', { rows: [runningStatus] })
    await settle()
    fake.loseLink(Date.now() - 1000)
    await settle()
    expect(buttonOf('Start …').disabled).toBe(true)
    expect(text()).toContain('Not live: nothing can be ordered until the connection is back.')
    expect(document.querySelector('.now.stale')).not.toBeNull()
  })

  it('tells a counter that is due in its head, and sets it back only with words', async () => {
    await open('engineer')
    expect(partHead('Maintenance counters').textContent).toContain('1 due')
    fake.answers.set('equipment.resetCounter', () => ({ row: {} }))
    buttonOf('Reset … Running hours').click()
    await settle()
    buttonOf('Set back').click()
    await settle()
    expect(text()).toContain('Say what was done.')
    const field = document.querySelector<HTMLInputElement>('dialog input')!
    field.value = 'new seals'
    field.dispatchEvent(new Event('input', { bubbles: true }))
    buttonOf('Set back').click()
    await settle()
    expect(fake.calls.find(({ name }) => name === 'equipment.resetCounter')?.input).toEqual({
      equipment: 'Pump1',
      counter: 'overhaul',
      reason: 'new seals',
    })
  })

  it('never makes a link of what is no web page', async () => {
    await open()
    partHead('Documents').click()
    await settle()
    expect(document.querySelector('a[href^="javascript"]')).toBeNull()
    expect(text()).toContain('is not one to a web page')
  })

  it('shows refused orders beside accepted ones', async () => {
    await open()
    const row = {
      timestamp: 1,
      user: 'ben',
      station: 'desktop',
      tag: 'Pump1.Command',
      oldValue: 2,
      newValue: 1,
      comment: '',
    }
    fake.answers.set('equipment.history', () => ({
      commands: [
        { ...row, statusCode: StatusCodes.BadInvalidState, comment: 'tank empty' },
        { ...row, statusCode: 0, tag: 'Pump1.FlowSetpoint', oldValue: 10, newValue: 12.5 },
      ],
    }))
    partHead('Who ordered what').click()
    await settle()
    expect(text()).toContain('Start (Command 2 → 1)')
    expect(text()).toContain('refused: Not possible in the present state.')
    expect(text()).toContain('FlowSetpoint 10 m³/h → 12.5 m³/h')
  })

  it('keeps which parts are open with the account', async () => {
    await open()
    partHead('Documents').click()
    await settle()
    expect(fake.calls.find(({ name }) => name === 'access.setPreference')?.input).toEqual({
      name: 'faceplate-parts',
      value: { documents: true },
    })
  })

  it('uses the words of the tag in the language of the screen', async () => {
    await open()
    expect(text()).toContain('Flow into the mixer')
    language.choose('zh-CN')
    await settle()
    expect(text()).toContain('进入搅拌机的流量')
  })

  it('is a plain list of members where a type has nothing else, and two hundred can be searched', async () => {
    const members = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`M${index}`, `Pump1.M${index}`]))
    const plain: Equipment = {
      ...pump,
      members,
      children: {},
      states: null,
      commands: [],
      conditions: [],
      health: [],
      counters: [],
      documents: [],
      faceplate: { overview: [], setpoints: [], trend: [], details: [] },
    }
    await open('operator', { equipment: plain })
    expect(document.querySelectorAll('li [data-tag]')).toHaveLength(200)
    expect(text()).not.toContain('Why won')
    const field = document.querySelector<HTMLInputElement>('input[type=search]')!
    field.value = 'm19'
    field.dispatchEvent(new Event('input', { bubbles: true }))
    await settle()
    expect(document.querySelectorAll('li [data-tag]')).toHaveLength(11)
  })

  it('shows the members when the rest could not be asked', async () => {
    fake = await pumpStation()
    fake.answers.delete('equipment.describe')
    component = mount(FaceplateDock, {
      target: document.body,
      props: { target: { equipment: 'Pump1' }, pinned, proposal: null, onOpen: () => {}, onClose: () => {} },
      context: fake.context,
    })
    await settle()
    expect(text()).toContain('Not everything about Pump1 could be asked')
    expect(document.querySelector('[data-tag="Pump1.Flow"]')).not.toBeNull()
  })

  it('pins up to three for this user, in this window and for the next', async () => {
    pinned.open('anna')
    pinned.pin({ tag: 'Tank1.Level' })
    await open()
    expect(document.querySelectorAll('aside')).toHaveLength(2)
    const pins = () => [...document.querySelectorAll<HTMLButtonElement>('button[aria-pressed]')]
    pins()[1]!.click()
    await settle()
    expect(pinned.targets).toEqual([{ tag: 'Tank1.Level' }, { equipment: 'Pump1' }])
    pinned.pin({ equipment: 'Station1' })
    pinned.pin({ equipment: 'Pump1.Drive' })
    expect(pinned.targets).toHaveLength(3)
    const next = new PinnedFaceplates()
    sessionStorage.clear()
    next.open('anna')
    expect(next.targets).toHaveLength(3)
    next.open('ben')
    expect(next.targets).toEqual([])
  })

  it('takes no harm from pins that something else has written', () => {
    sessionStorage.setItem('lineside-pinned:anna', '[{"tag":"A","equipment":"B"}, 3]')
    pinned.open('anna')
    expect(pinned.targets).toEqual([])
    sessionStorage.setItem('lineside-pinned:anna', '{')
    pinned.open('anna')
    expect(pinned.targets).toEqual([])
    component = mount(FaceplateDock, {
      target: document.body,
      props: { target: null, pinned, proposal: null, onOpen: () => {}, onClose: () => {} },
      context: fake.context,
    })
  })
})
