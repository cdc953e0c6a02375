// What an element is called in lists and by a screen reader: its equipment, its words, its tag, else its kind.

import { isLayer, layerName } from './canvas/selectable.ts'
import { attributeOf, svgNameOf } from './document/attribute-names.ts'
import type { MimicDocument } from './document/mimic-document.ts'
import { childElements, type SourceElement } from './document/source-tree.ts'
import { decodeText } from './document/start-tag.ts'
import { type ElementKind, kindTexts } from './kind-texts.ts'

/** Longest words of a text that are said. */
const longestWords = 40

/** Kind of an element in the language of the screen. */
export function kindWords(element: SourceElement): string {
  const name = svgNameOf(element)
  if (attributeOf(element, 'ls:equipment') !== null) return kindTexts('equipment')
  return name !== null && Object.hasOwn(kindTexts.texts.en, name) ? kindTexts(name as ElementKind) : `${name ?? '?'}`
}

/** Kind and what tells it from others: `Text "Level"`, `Pump1`, `Rectangle Tank1.Level`. */
export function elementWords(document: MimicDocument, element: SourceElement): string {
  const equipment = document.get(element, 'ls:equipment')
  if (equipment !== null) return equipment
  if (isLayer(document, element)) return layerName(document, element)
  const words = textOf(element).trim().replaceAll(/\s+/g, ' ').slice(0, longestWords)
  const own = words !== '' ? `“${words}”` : (document.get(element, 'ls:tag') ?? document.get(element, 'id') ?? '')
  const label = document.get(element, 'inkscape:label')
  return [kindWords(element), label ?? own].filter((part) => part !== '').join(' ')
}

/** The words in a text, of the last language of a switch (the one for all others). */
export function textOf(element: SourceElement): string {
  const name = svgNameOf(element)
  if (name === 'switch') {
    const last = childElements(element).at(-1)
    return last ? textOf(last) : ''
  }
  if (name !== 'text' && name !== 'tspan') return ''
  return element.children
    .map((child) => (child.kind === 'element' ? textOf(child) : child.kind === 'text' ? decodeText(child.raw) : ''))
    .join('')
}
