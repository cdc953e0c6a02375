// SVG text → elements. Read with an XML parser of our own choosing instead of the browser's, because a browser acts on what it
// reads (it reports handlers and styles to the Content-Security-Policy, and drops styles under ours). Only what a mimic may
// have is ever made into an element; the rest is counted by name.
import { SaxesParser, type SaxesTagNS } from 'saxes'
import { type BindingAttribute, isBindingAttribute, mimicNamespace } from '../../../src-main/shared/mimic.ts'

/** Largest SVG text, in UTF-16 units: ten times the largest plant overview seen. */
export const longestMimicText = 8_000_000
/** Most elements of one drawing; beyond, a browser no longer draws fluently. */
export const mostMimicElements = 50_000
/** Deepest nesting; the limit of common XML parsers. */
export const deepestNesting = 250
/** Most attributes of one element. */
export const mostAttributes = 1000

export const svgNamespace = 'http://www.w3.org/2000/svg'
const htmlNamespace = 'http://www.w3.org/1999/xhtml'
const xlinkNamespace = 'http://www.w3.org/1999/xlink'
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
const inkscapeNamespace = 'http://www.inkscape.org/namespaces/inkscape'
const illustratorNamespace = 'http://ns.adobe.com/AdobeIllustrator/10.0/'

/** Kinds of things that are taken out of a drawing. */
export type RemovalKind =
  | 'script'
  | 'eventHandler'
  | 'foreignContent'
  | 'animation'
  | 'externalReference'
  | 'styleRule'
  | 'filter'
  | 'copies'
  | 'other'

/** What was taken out, counted by kind; `example` is the first of them, shortened. */
export interface Removal {
  readonly kind: RemovalKind
  readonly count: number
  readonly example: string
}

/** Counts removals. */
export class RemovalCount {
  readonly #byKind = new Map<RemovalKind, { count: number; readonly example: string }>()

  add(kind: RemovalKind, example: string): void {
    const entry = this.#byKind.get(kind)
    if (entry) entry.count++
    else this.#byKind.set(kind, { count: 1, example: example.replaceAll(/\s+/g, ' ').slice(0, 80) })
  }

  list(): readonly Removal[] {
    return [...this.#byKind].map(([kind, { count, example }]) => ({ kind, count, example }))
  }
}

/** Why a file is not drawn at all. `detail` holds the figures or the parser's words. */
export type MimicRefusal =
  | 'empty'
  | 'tooLong'
  | 'entities'
  | 'notXml'
  | 'notSvg'
  | 'tooManyElements'
  | 'tooManyAttributes'
  | 'tooDeep'

export interface Refused {
  readonly ok: false
  readonly refusal: MimicRefusal
  readonly detail: string
}

/** Binding attributes of an element, as written; and local names in Lineside's namespace that mean nothing. */
export interface Bound {
  readonly attributes: ReadonlyMap<BindingAttribute, string>
  readonly unknownAttributes: readonly string[]
}

/** What was read. The elements live in a document of their own and do nothing. */
export interface ReadMimic {
  readonly ok: true
  readonly root: SVGSVGElement
  readonly bindings: ReadonlyMap<Element, Bound>
  /** Contents of style elements. */
  readonly styleTexts: readonly string[]
}

const animationNames = new Set([
  'animate',
  'animatemotion',
  'animatetransform',
  'animatecolor',
  'set',
  'mpath',
  'discard',
])
const foreignNames = new Set(['foreignobject', 'iframe', 'object', 'embed', 'video', 'audio', 'canvas', 'math'])
/** Links lead out of the page's own navigation; what they hold is kept (`ls:open` is the way to open a display). */
const transparentNames = new Set(['a'])

class Refusal extends Error {
  readonly refusal: MimicRefusal
  readonly detail: string
  constructor(refusal: MimicRefusal, detail: string) {
    super(refusal)
    this.refusal = refusal
    this.detail = detail
  }
}

/** Reads a mimic; never throws, whatever the text. What is left out is added to `removals`. */
export function readMimic(text: string, removals: RemovalCount): ReadMimic | Refused {
  if (text.trim() === '') return refuse('empty', '')
  if (text.length > longestMimicText) return refuse('tooLong', `${text.length}`)
  // Entities are expanded by parsers before anything could look at them ("billion laughs"): decided on the text.
  if (/<!ENTITY/i.test(text)) return refuse('entities', '')
  const reader = new MimicReader(removals)
  try {
    const parser = new SaxesParser({ xmlns: true })
    parser.on('error', (error) => {
      throw new Refusal('notXml', error.message.slice(0, 200))
    })
    let attributeCount = 0
    parser.on('opentagstart', () => {
      attributeCount = 0
    })
    parser.on('attribute', () => {
      if (++attributeCount > mostAttributes) throw new Refusal('tooManyAttributes', `${mostAttributes}`)
    })
    parser.on('opentag', (tag) => reader.open(tag))
    parser.on('closetag', () => reader.close())
    parser.on('text', (content) => reader.text(content))
    parser.on('cdata', (content) => reader.text(content))
    // The mark some editors put before the XML declaration is no content.
    parser.write(text.replace(/^\uFEFF/, '').trimStart()).close()
  } catch (error) {
    if (error instanceof Refusal) return refuse(error.refusal, error.detail)
    return refuse('notXml', `${error}`.slice(0, 200))
  }
  return reader.result()
}

/** Builds the tree. One entry of the stack per open element: where children go, null below something left out. */
class MimicReader {
  readonly #document = document.implementation.createDocument(null, null)
  readonly #removals: RemovalCount
  readonly #bindings = new Map<Element, Bound>()
  readonly #styleTexts: string[] = []
  readonly #stack: (Element | null)[] = []
  #root: Element | null = null
  #styleText: string | null = null
  #elementCount = 0

  constructor(removals: RemovalCount) {
    this.#removals = removals
  }

  open(tag: SaxesTagNS): void {
    if (++this.#elementCount > mostMimicElements) throw new Refusal('tooManyElements', `more than ${mostMimicElements}`)
    if (this.#stack.length >= deepestNesting) throw new Refusal('tooDeep', `${deepestNesting}`)
    const parent = this.#stack.at(-1)
    if (parent === undefined && (tag.uri !== svgNamespace || tag.local !== 'svg')) throw new Refusal('notSvg', tag.name)
    if (parent === null) {
      this.#stack.push(null)
      return
    }
    const name = tag.local.toLowerCase()
    if (parent && tag.uri === svgNamespace && transparentNames.has(name)) this.#stack.push(parent)
    else if (this.#isLeftOut(tag, name)) this.#stack.push(null)
    else this.#stack.push(this.#make(tag, parent))
  }

  close(): void {
    this.#stack.pop()
    if (this.#styleText !== null && this.#stack.at(-1) !== null) {
      this.#styleTexts.push(this.#styleText)
      this.#styleText = null
    }
  }

  text(content: string): void {
    const parent = this.#stack.at(-1)
    if (this.#styleText !== null) this.#styleText += content
    else if (parent) parent.append(content)
  }

  result(): ReadMimic | Refused {
    if (!this.#root) return refuse('empty', '')
    const root = this.#root as SVGSVGElement
    return { ok: true, root, bindings: this.#bindings, styleTexts: this.#styleTexts }
  }

  /** Notes of drawing programs (sodipodi:namedview, RDF) are left out without a word; the rest is counted. */
  #isLeftOut(tag: SaxesTagNS, name: string): boolean {
    if (name === 'script') this.#removals.add('script', tag.name)
    else if (tag.uri === htmlNamespace) this.#removals.add('foreignContent', tag.name)
    else if (tag.uri !== svgNamespace) return true
    else if (name === 'style') this.#styleText = ''
    else if (animationNames.has(name)) this.#removals.add('animation', tag.name)
    else if (foreignNames.has(name)) this.#removals.add('foreignContent', tag.name)
    else if (name === 'filter') this.#removals.add('filter', tag.name)
    else return name === 'metadata'
    return true
  }

  #make(tag: SaxesTagNS, parent: Element | undefined): Element {
    const element = this.#document.createElementNS(svgNamespace, tag.local) as SVGElement
    const attributes = new Map<BindingAttribute, string>()
    const unknownAttributes: string[] = []
    for (const { uri, local, value } of Object.values(tag.attributes)) {
      if (uri === mimicNamespace) {
        if (isBindingAttribute(local)) attributes.set(local, value)
        else unknownAttributes.push(local)
      } else if (uri === '' && /^on/i.test(local)) this.#removals.add('eventHandler', local)
      // Written through the object model, because the Content-Security-Policy forbids style attributes.
      else if (uri === '' && local === 'style') element.style.cssText = value
      else if (uri === '' && local !== 'xmlns') element.setAttribute(local, value)
      else if (uri === xlinkNamespace && local === 'href') element.setAttribute('href', value)
      else if (uri === xmlNamespace && local === 'space') element.setAttributeNS(xmlNamespace, 'xml:space', value)
    }
    const layer = attributes.has('layer') ? null : foreignLayer(tag)
    if (layer !== null) attributes.set('layer', layer)
    if (attributes.size > 0 || unknownAttributes.length > 0)
      this.#bindings.set(element, { attributes, unknownAttributes })
    if (parent) parent.append(element)
    else this.#root = element
    return element
  }
}

/** Name of the layer that Inkscape or Illustrator made of a group; null when it is none. */
function foreignLayer({ attributes }: SaxesTagNS): string | null {
  const of = (namespace: string, name: string) =>
    Object.values(attributes).find(({ uri, local }) => uri === namespace && local === name)?.value
  const id = attributes.id?.value ?? ''
  let name = ''
  if (of(inkscapeNamespace, 'groupmode') === 'layer') name = of(inkscapeNamespace, 'label') ?? id
  // Illustrator writes characters that ids cannot have as _x20_.
  else if (of(illustratorNamespace, 'layer') === 'yes')
    name = id.replaceAll(/_x([0-9A-F]{2,4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return name.trim() === '' ? null : name.trim().slice(0, 64)
}

function refuse(refusal: MimicRefusal, detail: string): Refused {
  return { ok: false, refusal, detail }
}
