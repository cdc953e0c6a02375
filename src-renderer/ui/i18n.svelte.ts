// The language of the screen, changeable while it runs, and the texts of each part of it. English and Simplified Chinese are
// complete by type: a text missing in one language does not compile.

/** Languages every text exists in; BCP 47. */
export const languages = ['en', 'zh-CN'] as const
export type Language = (typeof languages)[number]

/** What a language calls itself. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', 'zh-CN': '简体中文' }

const storageKey = 'lineside-language'

class LanguageChoice {
  #current = $state<Language>('en')

  /** Reactive. */
  get current(): Language {
    return this.#current
  }

  /** Takes effect at once on the whole page, is true in `<html lang>`, and is kept for the next visit. */
  choose(language: Language): void {
    this.#current = language
    document.documentElement.lang = language
    localStorage.setItem(storageKey, language)
  }

  /** At start: the kept choice, else the first of the browser's languages that Lineside has, else English. */
  start(browserLanguages: readonly string[] = navigator.languages): void {
    const kept = languages.find((language) => language === localStorage.getItem(storageKey))
    this.#current = kept ?? firstKnown(browserLanguages)
    document.documentElement.lang = this.#current
  }
}

/** The language of this page. */
export const language = new LanguageChoice()

function firstKnown(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0]
    if (primary === 'zh') return 'zh-CN'
    if (primary === 'en') return 'en'
  }
  return 'en'
}

export type TextParameters = Readonly<Record<string, string | number>>
/** The text of a key in the present language; reactive where it is read in a template or effect. */
export type Translate<Key extends string> = (key: Key, parameters?: TextParameters) => string

/** The texts of one part of the screen as written, by language; kept for the completeness test. */
export interface TextTable<Key extends string> {
  readonly texts: Readonly<Record<Language, Readonly<Record<Key, string>>>>
}

/**
 * Texts of one part of the screen. `{name}` in a text is replaced by the parameter; `{count#fault|faults}` gives the first
 * word for one, the second for other counts (Intl.PluralRules). Numbers are written the language's way.
 */
export function defineTexts<Key extends string>(
  texts: Readonly<Record<Language, Readonly<Record<Key, string>>>>,
): Translate<Key> & TextTable<Key> {
  const translate = (key: Key, parameters?: TextParameters) =>
    fillIn(texts[language.current][key], language.current, parameters ?? {})
  return Object.assign(translate, { texts })
}

function fillIn(text: string, languageTag: Language, parameters: TextParameters): string {
  return text.replace(/\{(\w+)(?:#([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, other?: string) => {
    const value = parameters[name]
    if (value === undefined) return whole
    if (one !== undefined) return pluralOf(languageTag, Number(value)) === 'one' ? one : (other ?? '')
    return typeof value === 'number' ? numberFormat(languageTag).format(value) : value
  })
}

const plurals = new Map<string, Intl.PluralRules>()
function pluralOf(languageTag: string, count: number): Intl.LDMLPluralRule {
  const rules = plurals.get(languageTag) ?? new Intl.PluralRules(languageTag)
  plurals.set(languageTag, rules)
  return rules.select(count)
}

const numbers = new Map<string, Intl.NumberFormat>()
function numberFormat(languageTag: string): Intl.NumberFormat {
  const format = numbers.get(languageTag) ?? new Intl.NumberFormat(languageTag)
  numbers.set(languageTag, format)
  return format
}

/** The text of the plant's own languages (titles of displays) that fits the screen best: same language, else any. */
export function plantText(byLanguage: Readonly<Record<string, string>>, fallback: string): string {
  return textIn(byLanguage, language.current, fallback)
}

/** The same for a language that is given. */
export function textIn(byLanguage: Readonly<Record<string, string>>, wanted: string, fallback: string): string {
  const primary = wanted.split('-')[0]!
  const fitting = byLanguage[wanted] ?? Object.entries(byLanguage).find(([tag]) => tag.split('-')[0] === primary)?.[1]
  return fitting ?? Object.values(byLanguage)[0] ?? fallback
}
