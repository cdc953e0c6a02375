import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import TagText from '../../../src-renderer/tags/TagText.svelte'
import { language } from '../../../src-renderer/ui/i18n.svelte.ts'
import { FakeStation } from '../../fakes/fake-station.ts'

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve()
  flushSync()
}

describe('TagText', () => {
  let fake: FakeStation
  let component: Record<string, unknown>

  beforeEach(async () => {
    language.choose('en')
    fake = new FakeStation()
    fake.describe({ tag: 'Filler.Level', unit: '%', decimals: 1, device: 'plc', address: '40001:float32' })
    component = mount(TagText, { target: document.body, props: { tag: 'Filler.Level' }, context: fake.context })
    await settle()
  })
  afterEach(async () => {
    await unmount(component)
    document.body.replaceChildren()
  })

  const root = () => document.querySelector('.tag-text')!
  const mark = () => root().querySelector('[role="img"]')
  const text = () => root().querySelector('.value')!.textContent

  it('shows a good value with the decimals and unit of the tag, and no mark', async () => {
    expect(text()).toBe('– – –')
    fake.send('Filler.Level', 42)
    await settle()
    expect(text()).toBe('42.0')
    expect(root().querySelector('.unit')!.textContent).toBe('%')
    expect(mark()).toBeNull()
  })

  const states = [
    ['Bad', StatusCodes.BadNoCommunication, 'bad', 'Bad', '✕'],
    ['Uncertain', StatusCodes.UncertainLastUsableValue, 'uncertain', 'Uncertain', '?'],
    ['out of range', StatusCodes.UncertainEngineeringUnitsExceeded, 'outOfRange', 'Outside its range', '↕'],
    ['substituted', StatusCodes.UncertainSubstituteValue, 'substituted', 'Substitute value', 'S'],
    ['put in by hand', StatusCodes.GoodLocalOverride, 'manual', 'Put in by hand', 'M'],
  ] as const
  // Checklist H13 and H9: distinct mark by sign and words, not by colour alone.
  it.each(states)('marks a value that is %s by sign, words and look', async (_, code, look, words, sign) => {
    fake.send('Filler.Level', 42)
    await settle()
    expect(mark()).toBeNull()
    fake.send('Filler.Level', 42, code)
    await settle()
    expect(mark()!.getAttribute('aria-label')).toBe(words)
    expect(mark()!.textContent).toBe(sign)
    expect(root().classList.contains(look)).toBe(true)
  })

  it('never shows the number of a value that is Bad', async () => {
    fake.send('Filler.Level', 42, StatusCodes.BadNoCommunication)
    await settle()
    expect(text()).toBe('– – –')
    expect(root().querySelector('.value')!.getAttribute('title')).toContain('no communication')
  })

  // Checklist H50: no value may look alive on a dead link.
  it('makes a good value look stale, with its age, the moment the link is lost', async () => {
    fake.send('Filler.Level', 42)
    await settle()
    expect(root().classList.contains('stale')).toBe(false)
    fake.loseLink(Date.now() - 12_000)
    await settle()
    expect(root().classList.contains('stale')).toBe(true)
    expect(mark()!.getAttribute('aria-label')).toBe('Not live')
    expect(root().querySelector('.age')!.textContent).toBe('12 s')
  })

  it('follows the language at run time', async () => {
    fake.send('Filler.Level', 42, StatusCodes.BadNoCommunication)
    await settle()
    language.choose('zh-CN')
    await settle()
    expect(mark()!.getAttribute('aria-label')).toBe('无效')
    expect(document.documentElement.lang).toBe('zh-CN')
  })
})
