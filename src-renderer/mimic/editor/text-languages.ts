// Words of a text in the languages of the plant: one text, or a switch with one for each (docs/mimics.md, "Two languages").
import type { DocumentEdit } from './document/document-edit.ts'
import type { MimicDocument } from './document/mimic-document.ts'
import { childElements, type SourceElement, serialiseNode } from './document/source-tree.ts'
import { textOf } from './element-words.ts'

export interface TextLine {
  readonly element: SourceElement
  /** systemLanguage as written; '' = for all others. */
  readonly language: string
  readonly text: string
  /** False where the text is made of several parts that a single line would lose. */
  readonly isPlain: boolean
}

/** The texts in a text or switch. */
export function textLines(document: MimicDocument, element: SourceElement): readonly TextLine[] {
  const texts =
    document.tagName(element) === 'switch'
      ? childElements(element).filter((child) => document.tagName(child) === 'text')
      : [element]
  return texts.map((text) => ({
    element: text,
    language: document.get(text, 'systemLanguage') ?? '',
    text: textOf(text),
    isPlain: childElements(text).length === 0,
  }))
}

export function setWords(edit: DocumentEdit, element: SourceElement, words: string): void {
  edit.setText(element, words)
}

/**
 * A text in one language as a switch with one text for each of the plant's: the same words until somebody translates them, the last
 * one for all others. Returns the switch.
 */
export function withLanguages(edit: DocumentEdit, element: SourceElement, languages: readonly string[]): SourceElement {
  const last = languages.find((language) => language.startsWith('en')) ?? languages[0] ?? 'en'
  const { parent } = element
  if (parent === null) throw new Error('the drawing itself is no text')
  const [choice] = edit.insertXml({ parent, before: element }, '<switch/>') as [SourceElement]
  const original = serialiseNode(element)
  for (const language of languages.filter((one) => one !== last)) {
    const [copy] = edit.insertXml({ parent: choice, before: null }, original) as [SourceElement]
    edit.set(copy, 'id', null)
    edit.set(copy, 'systemLanguage', language.split('-')[0]!)
  }
  edit.move(element, { parent: choice, before: null })
  return choice
}
