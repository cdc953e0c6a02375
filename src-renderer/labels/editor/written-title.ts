// A title as it stands in a file: one text for all languages, or one for each.
import type { JsonValue } from '../../../src-main/shared/data-value.ts'

/** The title in a language; a title that is one text belongs to the plant's first language. */
export function titleIn(title: JsonValue | undefined, language: string, isFirst: boolean): string {
  if (typeof title === 'string') return isFirst ? title : ''
  const text = isTexts(title) ? title[language] : undefined
  return typeof text === 'string' ? text : ''
}

/** The title with another text in one language; undefined = none is left. A title that was one text stays one while it can. */
export function withTitle(
  title: JsonValue | undefined,
  language: string,
  text: string,
  languages: readonly string[],
): JsonValue | undefined {
  const [first] = languages
  if ((title === undefined || typeof title === 'string') && language === first) return text === '' ? undefined : text
  const before: Readonly<Record<string, JsonValue>> = isTexts(title)
    ? title
    : typeof title === 'string' && first !== undefined
      ? { [first]: title }
      : {}
  const after = Object.fromEntries(Object.entries({ ...before, [language]: text }).filter(([, kept]) => kept !== ''))
  return Object.keys(after).length === 0 ? undefined : after
}

function isTexts(title: JsonValue | undefined): title is Readonly<Record<string, JsonValue>> {
  return typeof title === 'object' && title !== null && !Array.isArray(title)
}
