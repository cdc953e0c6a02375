// Reads an SVG text into a tree that keeps every character. saxes says whether it is well formed (XML 1.0, namespaces);
// where it is, finding the ends of tags needs no more than quotes and brackets.
import { SaxesParser } from 'saxes'
import type { KeySource, SourceElement, SourceNode, SourcePiece, SourceTree } from './source-tree.ts'

/** Same limits as the check of the plant folder. */
const largestDrawing = 16 * 1024 * 1024
const mostElements = 200_000
const deepestElement = 200

/** Why a text cannot be edited; `line` and `column` count from 1. */
export interface SourceFault {
  readonly ok: false
  readonly message: string
  readonly line: number
  readonly column: number
}

export type ParsedSource = { readonly ok: true; readonly tree: SourceTree } | SourceFault

/** The tree of a drawing, or what is wrong with it in a sentence. Never throws. */
export function parseSource(text: string, keys: KeySource): ParsedSource {
  const fault = findFault(text)
  if (fault !== null) return fault
  const tree = new Scanner(text, keys).run()
  return tree === null ? faultAt(text, 0, 'the drawing is written in a way that cannot be edited') : { ok: true, tree }
}

/** Ends saxes at the first fault; never leaves this file. */
class Stop extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

function findFault(text: string): SourceFault | null {
  if (text.length > largestDrawing)
    return faultAt(text, 0, `the drawing has ${text.length} characters; ${largestDrawing} are the most`)
  const parser = new SaxesParser({ xmlns: true, position: true })
  const fail = (message: string) => {
    throw new Stop(message, Math.max(0, parser.position - 1))
  }
  let depth = 0
  let count = 0
  parser.on('error', (error) => fail(`no well-formed SVG: ${error.message.replace(/^\d+:\d+: /, '')}`))
  parser.on('doctype', (doctype) => {
    if (doctype.includes('<!ENTITY'))
      fail('the drawing declares entities (<!ENTITY …>), which are not read; save it as plain SVG')
  })
  parser.on('opentag', (tag) => {
    if (depth === 0 && tag.local !== 'svg') fail(`the file begins with <${tag.name}> instead of <svg>`)
    if (++depth > deepestElement) fail(`more than ${deepestElement} elements inside each other`)
    if (++count > mostElements) fail(`more than ${mostElements} elements`)
  })
  parser.on('closetag', () => {
    depth--
  })
  try {
    parser.write(text).close()
    return null
  } catch (error) {
    if (error instanceof Stop) return faultAt(text, error.offset, error.message)
    throw error
  }
}

function faultAt(text: string, offset: number, message: string): SourceFault {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { ok: false, message, line, column: offset - (before.lastIndexOf('\n') + 1) + 1 }
}

type Draft<Node> = { -readonly [Field in keyof Node]: Node[Field] }

/** Cuts a well-formed text into nodes. */
class Scanner {
  readonly #text: string
  readonly #keys: KeySource
  readonly #before: SourcePiece[] = []
  readonly #after: SourcePiece[] = []
  #root: SourceElement | null = null
  #parent: Draft<SourceElement> | null = null
  #at = 0

  constructor(text: string, keys: KeySource) {
    this.#text = text
    this.#keys = keys
  }

  /** Null when tags do not match after all. */
  run(): SourceTree | null {
    while (this.#at < this.#text.length) if (!this.#step()) return null
    if (this.#root === null || this.#parent !== null) return null
    return { before: this.#before, root: this.#root, after: this.#after }
  }

  #step(): boolean {
    const text = this.#text
    if (text[this.#at] !== '<') return this.#piece('text', this.#indexOr('<', this.#at))
    switch (text[this.#at + 1]) {
      case '!':
        if (text.startsWith('<!--', this.#at)) return this.#piece('comment', this.#behind('-->', 4))
        if (text.startsWith('<![CDATA[', this.#at)) return this.#piece('cdata', this.#behind(']]>', 9))
        return this.#piece('doctype', this.#doctypeEnd())
      case '?':
        return this.#piece('instruction', this.#behind('?>', 2))
      case '/':
        return this.#close(this.#behind('>', 2))
      default:
        return this.#open(this.#tagEnd())
    }
  }

  #indexOr(mark: string, from: number): number {
    const found = this.#text.indexOf(mark, from)
    return found < 0 ? this.#text.length : found
  }

  #behind(mark: string, skip: number): number {
    return Math.min(this.#text.length, this.#indexOr(mark, this.#at + skip) + mark.length)
  }

  #piece(kind: SourcePiece['kind'], end: number): true {
    const piece: SourcePiece = {
      kind,
      key: this.#keys.next(),
      parent: this.#parent,
      raw: this.#text.slice(this.#at, end),
    }
    if (this.#parent !== null) (this.#parent.children as SourceNode[]).push(piece)
    else if (this.#root === null) this.#before.push(piece)
    else this.#after.push(piece)
    this.#at = end
    return true
  }

  /** Behind the `>` that is in no quotes. */
  #tagEnd(): number {
    const text = this.#text
    let quote = 0
    for (let at = this.#at + 1; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (quote !== 0) {
        if (code === quote) quote = 0
      } else if (code === 0x22 || code === 0x27) quote = code
      else if (code === 0x3e) return at + 1
    }
    return text.length
  }

  /** Behind the doctype's `>`, which may stand in its quotes and brackets too. */
  #doctypeEnd(): number {
    const parts = /"[^"]*"|'[^']*'|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|[[\]>]/g
    parts.lastIndex = this.#at
    let isInBrackets = false
    for (let match = parts.exec(this.#text); match !== null; match = parts.exec(this.#text)) {
      if (match[0] === '[') isInBrackets = true
      else if (match[0] === ']') isInBrackets = false
      else if (match[0] === '>' && !isInBrackets) return parts.lastIndex
    }
    return this.#text.length
  }

  #open(end: number): true {
    const openTag = this.#text.slice(this.#at, end)
    const element: Draft<SourceElement> = {
      kind: 'element',
      key: this.#keys.next(),
      parent: this.#parent,
      openTag,
      closeTag: '',
      children: [],
    }
    if (this.#parent !== null) (this.#parent.children as SourceNode[]).push(element)
    else this.#root = element
    if (!openTag.endsWith('/>')) this.#parent = element
    this.#at = end
    return true
  }

  #close(end: number): boolean {
    const element = this.#parent
    if (element === null) return false
    element.closeTag = this.#text.slice(this.#at, end)
    this.#parent = element.parent
    this.#at = end
    return true
  }
}
