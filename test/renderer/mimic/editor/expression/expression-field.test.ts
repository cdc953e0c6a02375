// The field for an expression: completion, faults while typing, the present result; and what may be bound where.
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { TagRow } from '../../../../../src-main/shared/contract.ts'
import { compileExpression } from '../../../../../src-main/shared/expression.ts'
import { openDocument } from '../../../../../src-renderer/mimic/editor/document/mimic-document.ts'
import type { SourceElement } from '../../../../../src-renderer/mimic/editor/document/source-tree.ts'
import BindingPicker from '../../../../../src-renderer/mimic/editor/expression/BindingPicker.svelte'
import {
  type BindingSurroundings,
  checkBinding,
} from '../../../../../src-renderer/mimic/editor/expression/binding-check.ts'
import { boundTag, fittingBindings } from '../../../../../src-renderer/mimic/editor/expression/binding-places.ts'
import type { BindingSources } from '../../../../../src-renderer/mimic/editor/expression/binding-sources.ts'
import ExpressionField from '../../../../../src-renderer/mimic/editor/expression/ExpressionField.svelte'
import {
  complete,
  nameCompletions,
  typedNameAt,
  wordCompletions,
} from '../../../../../src-renderer/ui/expression/completion.ts'
import { expressionWords } from '../../../../../src-renderer/ui/expression/expression-words.ts'
import { language } from '../../../../../src-renderer/ui/i18n.svelte.ts'

function row(tag: string, dataType: TagRow['dataType'], unit = ''): TagRow {
  return { tag, dataType, unit, description: `about ${tag}`, writable: false } as TagRow
}
const rows = [row('Filler.Level', 'float32', '%'), row('Filler.Running', 'bool'), row('Tank-1/Level', 'float32')]
const values: Record<string, unknown> = { 'Filler.Level': 61.2, 'Filler.Running': true, 'Tank-1/Level': 7 }

const sources: BindingSources = {
  browseTags: (search) => Promise.resolve(rows.filter(({ tag }) => tag.toLowerCase().includes(search.toLowerCase()))),
  catalog: { row: (name) => rows.find(({ tag }) => tag === name) ?? null },
  liveTags: { tag: (name) => ({ value: values[name] ?? null, statusCode: 0, sourceTimestamp: 1 }) as never },
  equipment: () => [{ name: 'Pump1', detail: 'pump' }],
  mimics: () => [{ name: 'overview', detail: 'Overview' }],
}
const around: BindingSurroundings = {
  tag: 'Filler.Level',
  members: null,
  tagType: (name) => {
    const found = rows.find(({ tag }) => tag === name)
    return found ? { dataType: found.dataType, arrayLength: null } : null
  },
  hasEquipment: (name) => name === 'Pump1',
  hasMimic: (name) => name === 'overview',
}

describe('what is written into a binding', () => {
  test.each([
    ['text', 'value', 'right'],
    ['text', 'isBad(value) ? "?" : format(value, 1)', 'right'],
    ['visible', 'Filler.Running', 'right'],
    ['visible', 'Filler.Level', 'wrong'],
    ['fill', '5', 'wrong'],
    ['move', 'value, 0', 'right'],
    ['move', 'value, Filler.Levl', 'wrong'],
    ['tag', 'Filler.Level', 'right'],
    ['tag', 'Filler.Nothing', 'wrong'],
    ['equipment', 'Pump1', 'right'],
    ['equipment', 'Pump9', 'wrong'],
    ['open', 'faceplate:Pump1', 'right'],
    ['open', 'faceplate:Nobody', 'wrong'],
    ['open', 'overview', 'right'],
    ['open', 'nowhere', 'wrong'],
    ['direction', 'sideways', 'wrong'],
    ['detail', '2.5', 'right'],
  ] as const)('ls:%s="%s" is %s', (attribute, text, state) => {
    expect(checkBinding(attribute, text, around).state).toBe(state)
  })

  test('a fault has its place in the text, also behind a comma', () => {
    expect(checkBinding('move', 'value, Filler.Levl', around)).toMatchObject({
      offset: 7,
      length: 11,
      name: 'Filler.Levl',
    })
    expect(checkBinding('fill', 'value', around)).toMatchObject({
      message: 'ls:fill needs a text with a colour; the result here is of type number',
    })
    expect(checkBinding('text', 'value +', around)).toMatchObject({ state: 'wrong' })
    expect(checkBinding('text', 'Soon.There', { ...around, tagType: () => undefined }).state).toBe('unknown')
  })

  test('only what means something is offered, with the tag of the group around', () => {
    const opened = openDocument(
      '<svg xmlns="http://www.w3.org/2000/svg" xmlns:b="https://lineside.dev/ns/mimic"><g b:tag="A.B"><text/></g></svg>',
    )
    if (!opened.ok) throw new Error(opened.message)
    const group = opened.document.root.children[0] as SourceElement
    expect(boundTag(group.children[0] as SourceElement)).toBe('A.B')
    expect(fittingBindings(group)).not.toContain('text')
    expect(fittingBindings(group.children[0] as SourceElement)).toContain('text')
  })
})

describe('completion', () => {
  test('knows the name at the caret, and none inside quotes', () => {
    expect(typedNameAt('2 * Filler.Lev + 1', 14)).toEqual({ text: 'Filler.Lev', from: 4, to: 14 })
    expect(typedNameAt('"Filler.Lev"', 8)).toBe(null)
    expect(typedNameAt('罐区.液', 4)?.text).toBe('罐区.液')
    expect(typedNameAt('12', 2)).toBe(null)
  })

  test('writes a tag as the language spells it, and a function with the caret between its brackets', () => {
    const [tag] = nameCompletions('tag', 'Tank', [{ name: 'Tank-1/Level', detail: '' }])
    expect(complete('1 + Tank', typedNameAt('1 + Tank', 8), 8, tag!).text).toBe('1 + tag("Tank-1/Level")')
    const format = wordCompletions('form', true, 'en').find(({ kind }) => kind === 'function')!
    expect(complete('form', typedNameAt('form', 4), 4, format)).toEqual({ text: 'format()', caret: 7 })
    expect(complete('form(x)', typedNameAt('form(x)', 4), 4, format).text).toBe('format(x)')
  })

  test.each(expressionWords.map((word) => [word.signature, word] as const))(
    '%s exists in the language',
    (_signature, { name, signature }) => {
      const scope = {
        tagType: (tag: string) => (tag === 'T' ? { dataType: 'float64' as const, arrayLength: null } : null),
      }
      const count = signature.split(',').length
      const samples = ['T', '[1.0, 2.0]', '"a"', 'T, T', 'T, T, T', '"T"', 'true']
      const results = samples.map((sample) => compileExpression(`${name}(${sample})`, scope))
      expect(count).toBeGreaterThan(0)
      expect(results.some((result) => result.ok)).toBe(true)
    },
  )
})

let shown: Record<string, unknown> | null = null
afterEach(async () => {
  if (shown) await unmount(shown)
  shown = null
  document.body.replaceChildren()
  language.choose('en')
})

function showField(value: string, onCommit = vi.fn()) {
  shown = mount(ExpressionField, {
    target: document.body,
    props: { label: 'ls:text', attribute: 'text', value, tag: 'Filler.Level', sources, onCommit },
  })
  flushSync()
  const input = document.querySelector('input')!
  const type = async (text: string) => {
    input.value = text
    input.setSelectionRange(text.length, text.length)
    input.dispatchEvent(new Event('input', { bubbles: true }))
    await new Promise((resolve) => setTimeout(resolve, 160))
    flushSync()
  }
  const press = (key: string, ctrlKey = false) => {
    input.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true }))
    flushSync()
  }
  return { input, type, press, onCommit, note: () => document.querySelector('p')!.textContent!.trim() }
}

describe('the field', () => {
  test('shows what the expression gives now', () => {
    expect(showField('value').note()).toBe('now: 61.2 %')
  })

  test('completes with the keyboard, tells a screen reader which, and commits on Enter', async () => {
    const { input, type, press, onCommit } = showField('value')
    await type('Filler.L')
    expect(input.getAttribute('aria-expanded')).toBe('true')
    press('ArrowDown')
    const active = document.getElementById(input.getAttribute('aria-activedescendant')!)!
    expect(active.textContent).toContain('Filler.Level')
    expect(active.textContent).toContain('61.2')
    press('Enter')
    await Promise.resolve()
    expect(input.value).toBe('Filler.Level')
    expect(onCommit).not.toHaveBeenCalled()
    press('Enter')
    expect(onCommit).toHaveBeenCalledExactlyOnceWith('Filler.Level')
  })

  test('underlines what is wrong, says it, and offers the name that was meant', async () => {
    const { type, note, input, onCommit } = showField('value')
    await type('Filler.Levl > 5')
    expect(document.querySelector('mark')!.textContent).toBe('Filler.Levl')
    expect(note()).toContain('no tag named Filler.Levl')
    expect(input.getAttribute('aria-invalid')).toBe('true')
    const fix = document.querySelector<HTMLButtonElement>('button.fix')!
    expect(fix.textContent).toContain('Filler.Level')
    fix.click()
    flushSync()
    expect(onCommit).toHaveBeenCalledExactlyOnceWith('Filler.Level > 5')
    expect(document.querySelector('mark')).toBe(null)
  })

  test('speaks Chinese', () => {
    language.choose('zh-CN')
    expect(showField('value').note()).toBe('当前：61.2 %')
  })
})

describe('the picker', () => {
  test('lists what is bound with a sentence, adds what fits, and removes', async () => {
    const opened = openDocument(
      '<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic"><text ls:tag="Filler.Level" ls:text="value">0</text></svg>',
    )
    if (!opened.ok) throw new Error(opened.message)
    const element = opened.document.root.children[0] as SourceElement
    const onSet = vi.fn()
    shown = mount(BindingPicker, { target: document.body, props: { element, step: 0, sources, onSet } })
    flushSync()
    expect([...document.querySelectorAll('li > div > div > label')].map((label) => label.textContent)).toEqual([
      'ls:tag',
      'ls:text',
    ])
    const select = document.querySelector('select')!
    expect([...select.options].map(({ value }) => value)).not.toContain('tag')
    select.value = 'direction'
    select.dispatchEvent(new Event('change', { bubbles: true }))
    flushSync()
    expect(document.querySelectorAll('li')).toHaveLength(3)
    document.querySelector<HTMLButtonElement>('[aria-label="Remove ls:text"]')!.click()
    expect(onSet).toHaveBeenCalledExactlyOnceWith('ls:text', null)
  })
})
