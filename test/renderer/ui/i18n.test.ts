/// <reference types="vite/client" />
import { afterEach, describe, expect, it } from 'vitest'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import { bannerTexts } from '../../../src-renderer/alarms/banner/banner-texts.ts'
import { healthText } from '../../../src-renderer/faceplate/equipment/health-words.ts'
import { healthTexts } from '../../../src-renderer/maintenance/health-words.ts'
import { statusTexts } from '../../../src-renderer/tags/status-texts.ts'
import { alarmWords } from '../../../src-renderer/ui/alarm-words.ts'
import { findingTexts } from '../../../src-renderer/ui/finding-texts.ts'
import { defineTexts, language, type TextTable } from '../../../src-renderer/ui/i18n.svelte.ts'
import { roleTexts } from '../../../src-renderer/ui/role-text.ts'
import { timeTexts } from '../../../src-renderer/ui/time-text.ts'

/** Every texts.ts of the renderer exports its table as `t`. */
const files = import.meta.glob<{ t: TextTable<string> }>('../../../src-renderer/**/texts.ts', { eager: true })
const tables: [string, TextTable<string>][] = [
  ...Object.entries(files).map(([path, { t }]): [string, TextTable<string>] => [
    path.replace(/.*src-renderer\//, ''),
    t,
  ]),
  ['tags/status-texts.ts', statusTexts],
  ['ui/finding-texts.ts', findingTexts],
  ['maintenance/health-words.ts', healthTexts],
  ['faceplate/equipment/health-words.ts', healthText],
  ['ui/time-text.ts', timeTexts],
  ['ui/role-text.ts', roleTexts],
  ['ui/alarm-words.ts', alarmWords],
  ['alarms/banner/banner-texts.ts', bannerTexts],
]

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)[}#]/g)].map(([, name]) => name!)

describe('texts', () => {
  it('are found in every part of the screen', () => {
    expect(tables.length).toBeGreaterThanOrEqual(9)
  })

  it.each(tables)('%s has the same keys in both languages, none of them empty', (_, { texts }) => {
    expect(Object.keys(texts['zh-CN']).sort()).toEqual(Object.keys(texts.en).sort())
    for (const byKey of Object.values(texts)) for (const text of Object.values(byKey)) expect(text.trim()).not.toBe('')
  })

  // A parameter that one language drops is a figure its reader never sees.
  it.each(tables)('%s uses the same parameters in both languages', (_, { texts }) => {
    for (const [key, text] of Object.entries(texts.en))
      expect([key, [...new Set(placeholders(texts['zh-CN'][key]!))].sort()]).toEqual([
        key,
        [...new Set(placeholders(text))].sort(),
      ])
  })

  it('explain every status code that Lineside names', () => {
    expect(Object.keys(StatusCodes).filter((name) => !(name in statusTexts.texts.en))).toEqual([])
  })
})

describe('defineTexts', () => {
  afterEach(() => language.choose('en'))
  const t = defineTexts({
    en: { faults: '{count} {count#fault|faults} in {file}' },
    'zh-CN': { faults: '{file} 中有 {count} 个故障' },
  })

  it('fills in parameters and the word for one or many', () => {
    expect(t('faults', { count: 1, file: 'a' })).toBe('1 fault in a')
    expect(t('faults', { count: 12_000, file: 'a' })).toBe('12,000 faults in a')
    language.choose('zh-CN')
    expect(t('faults', { count: 2, file: 'a' })).toBe('a 中有 2 个故障')
  })

  it('honours the browser at the first visit and the choice afterwards', () => {
    localStorage.clear()
    language.start(['fr-FR', 'zh-Hans-CN', 'en'])
    expect([language.current, document.documentElement.lang]).toEqual(['zh-CN', 'zh-CN'])
    language.start(['fr-FR'])
    expect(language.current).toBe('en')
    language.choose('zh-CN')
    language.start(['en'])
    expect(language.current).toBe('zh-CN')
  })
})
