// Texts of plant files: one for all languages, or one for each.
import type { PlantText } from '../../shared/equipment.ts'

/** A text as files write it. */
export type WrittenText = string | Readonly<Record<string, string>>

/** The text by language; a plain one counts as of the plant's first language, an empty one is none. */
export function plantText(text: WrittenText | undefined, language: string): PlantText {
  if (text === undefined || text === '') return {}
  return typeof text === 'string' ? { [language]: text } : text
}

/** The text in a language; where it has none for it, English, else its first. */
export function textIn(text: WrittenText, language: string): string {
  if (typeof text === 'string') return text
  return text[language] ?? text.en ?? Object.values(text)[0] ?? ''
}
