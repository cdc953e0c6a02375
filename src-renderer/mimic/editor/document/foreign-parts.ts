// What of a drawing from elsewhere is never taken over: what runs, what moves by itself, what loads from outside.
import { svgNameOf } from './attribute-names.ts'
import { type MimicDocument, openDocument } from './mimic-document.ts'
import { elementsIn, isInside, type SourceElement, serialiseNode, startTagOf } from './source-tree.ts'

const unwanted = /^(script|foreignObject|iframe|animate|animateMotion|animateTransform|set|handler|listener)$/i
const safeReference = /^(#|data:image\/(png|jpeg);base64,)/i

/** True for an element that runs, moves by itself, or loads something. */
export function isUnwanted(element: SourceElement): boolean {
  const name = svgNameOf(element)
  if (name === null) return false
  return unwanted.test(name) || (name === 'style' && /@import|url\(/i.test(serialiseNode(element)))
}

/** How to call an attribute that runs or loads something; null for all others. */
export function unwantedAttribute(attribute: { name: string; localName: string; value: string }): string | null {
  const { name, localName, value } = attribute
  if (/^on/i.test(localName)) return name
  const isOutside = refersOutside(value) || (localName === 'href' && !safeReference.test(value.trim()))
  return isOutside ? `${name}="${value.slice(0, 40)}"` : null
}

/** True for paint or a style that would be fetched from somewhere else. */
function refersOutside(value: string): boolean {
  return /url\(\s*["']?\s*[^#"'\s]/i.test(value)
}

/** A file that a display begins with, and what was taken out of it: `script`, `onclick`, `href="https://…"`. */
export type Cleaned =
  | { readonly ok: true; readonly document: MimicDocument; readonly leftOut: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly line: number; readonly column: number }

/** Takes out of a whole file what is never taken over; everything else stays as it is written. */
export function cleanedDrawing(text: string): Cleaned {
  const opened = openDocument(text)
  if (!opened.ok) return opened
  const { document } = opened
  const leftOut = new Set<string>()
  document.change('clean', (edit) => {
    for (const element of [...elementsIn(edit.root)]) {
      if (!isInside(element, edit.root)) continue
      if (isUnwanted(element)) {
        leftOut.add(startTagOf(element).name)
        edit.remove(element)
        continue
      }
      for (const attribute of startTagOf(element).attributes) {
        if (attribute.prefix === 'xmlns' || attribute.name === 'xmlns') continue
        const what = unwantedAttribute(attribute)
        if (what === null) continue
        leftOut.add(what)
        edit.removeWritten(element, attribute.name)
      }
    }
  })
  return { ok: true, document, leftOut: [...leftOut] }
}
