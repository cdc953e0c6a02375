// An SVG file of the plant folder as far as its check needs it: is it well formed, which bindings stand where.
// XML 1.0 by saxes: no external entity is ever read, none is expanded.
import { SaxesParser, type SaxesTagNS } from 'saxes'
import { mimicNamespace } from '../../shared/mimic.ts'
import { messageOf } from '../../shared/runtime-error.ts'
import type { FaultList, Position } from './fault-list.ts'

/** A drawing with more than this is a photograph in disguise; a browser would stand still. */
const largestDrawing = 16 * 1024 * 1024
const mostElements = 200_000
const deepestElement = 200
const mostAttributes = 1000

/** A binding attribute as written. */
export interface WrittenBinding {
  readonly attribute: string
  readonly value: string
  /** Position of a character of the value. */
  place(offset: number): Position
}

/** What an element is, besides its bindings. */
export interface WrittenElement {
  /** Local name: `g`, `path`. */
  readonly name: string
  /** '' = none. */
  readonly id: string
}

/** Called for each element in the order of the file. */
export interface SvgVisitor {
  open(bindings: readonly WrittenBinding[], element: WrittenElement): void
  close(): void
  /** Text of the first `<title>` directly below `<svg>`. */
  title(text: string): void
}

/** Walks a drawing; what is wrong with its form goes to `faults`, and false comes back. */
export function readSvg(file: string, text: string, faults: FaultList, visitor: SvgVisitor): boolean {
  if (text.length > largestDrawing) {
    faults.add(
      file,
      { line: 1, column: 1 },
      `the drawing has ${text.length} characters; ${largestDrawing} are the most`,
    )
    return false
  }
  try {
    new SvgReader(text, visitor).run()
    return true
  } catch (error) {
    if (!(error instanceof SvgFault)) throw error
    faults.add(file, error.position, error.message)
    return false
  }
}

/** One that begins neither a name nor a number of a character. */
const bareAmpersand = /&(?!#?\w{1,32};)/

class SvgFault extends Error {
  readonly position: Position
  constructor(message: string, position: Position) {
    super(message)
    this.position = position
  }
}

class SvgReader {
  readonly #text: string
  readonly #lines: LineStarts
  readonly #visitor: SvgVisitor
  readonly #parser = new SaxesParser({ xmlns: true, position: true })
  #elementStart = 0
  #depth = 0
  #count = 0
  #title: string | null = null
  #hasTitle = false

  constructor(text: string, visitor: SvgVisitor) {
    this.#text = text
    this.#lines = new LineStarts(text)
    this.#visitor = visitor
  }

  run(): void {
    const parser = this.#parser
    parser.on('error', (error) => this.#refuse(messageOf(error).replace(/^\d+:\d+: /, '')))
    parser.on('doctype', (doctype) => {
      if (/<!ENTITY/i.test(doctype))
        this.#fail('the drawing declares entities (<!ENTITY …>), which are not read; save it as plain SVG')
    })
    let attributeCount = 0
    parser.on('attribute', () => {
      if (++attributeCount > mostAttributes) this.#fail(`an element has more than ${mostAttributes} attributes`)
    })
    parser.on('opentagstart', () => {
      attributeCount = 0
      this.#elementStart = Math.max(0, this.#text.lastIndexOf('<', parser.position - 1))
    })
    parser.on('opentag', (tag) => this.#open(tag))
    parser.on('closetag', () => this.#close())
    parser.on('text', (text) => this.#characters(text))
    parser.on('cdata', (text) => this.#characters(text))
    parser.write(this.#text).close()
  }

  #fail(message: string, at = this.#parser.position - 1): never {
    throw new SvgFault(`no well-formed SVG: ${message}`, this.#lines.at(Math.max(0, at)))
  }

  /** What the parser says, in words of who wrote the file by hand: most have forgotten how XML writes a character, or a namespace. */
  #refuse(message: string): never {
    const end = this.#parser.position
    const bare = bareAmpersand.exec(this.#text.slice(this.#elementStart, end))
    if (bare !== null)
      this.#fail('"&" is written "&amp;", and so "&&" is "&amp;&amp;"', this.#elementStart + bare.index)
    if (message.startsWith('disallowed character') && this.#text[end - 1] === '<') this.#fail('"<" is written "&lt;"')
    if (message.startsWith('unbound namespace prefix: "ls"'))
      this.#fail(`the first element needs xmlns:ls="${mimicNamespace}"`)
    this.#fail(message)
  }

  /** With a namespace that only looks like ours everything would be drawn and nothing live. */
  #checkNamespace(uri: string): void {
    if (uri === mimicNamespace || !/lineside/i.test(uri)) return
    throw new SvgFault(
      `the namespace is "${mimicNamespace}", not "${uri}": nothing of it would be live`,
      this.#lines.at(Math.max(0, this.#text.indexOf(uri))),
    )
  }

  #open(tag: SaxesTagNS): void {
    if (this.#depth === 0 && tag.local !== 'svg') this.#fail(`the file begins with <${tag.name}> instead of <svg>`)
    if (++this.#depth > deepestElement) this.#fail(`more than ${deepestElement} elements inside each other`)
    if (++this.#count > mostElements) this.#fail(`more than ${mostElements} elements`)
    if (tag.local === 'title' && this.#depth === 2 && !this.#hasTitle) this.#title = ''
    const bindings: WrittenBinding[] = []
    for (const uri of Object.values(tag.ns)) this.#checkNamespace(uri)
    for (const attribute of Object.values(tag.attributes))
      if (attribute.uri === mimicNamespace)
        bindings.push(
          this.#binding(attribute.name, attribute.local, attribute.value, this.#elementStart, this.#parser.position),
        )
    this.#visitor.open(bindings, { name: tag.local, id: tag.attributes.id?.value ?? '' })
  }

  #close(): void {
    if (this.#title !== null && this.#depth === 2) {
      this.#hasTitle = true
      this.#visitor.title(this.#title.trim())
      this.#title = null
    }
    this.#depth--
    this.#visitor.close()
  }

  #characters(text: string): void {
    if (this.#title !== null && this.#title.length < 1000) this.#title += text
  }

  #binding(name: string, attribute: string, value: string, start: number, end: number): WrittenBinding {
    return {
      attribute,
      value,
      place: (offset) => this.#lines.at(this.#valueStart(name, start, end, offset)),
    }
  }

  /** Offset of a character of an attribute's value; an entity (`&gt;`) is one character of the value. */
  #valueStart(name: string, start: number, end: number, offset: number): number {
    const written = new RegExp(`\\s${name.replaceAll(/[.*+?^${}()|[\\]\\\\]/g, '\\$&')}\\s*=\\s*["']`).exec(
      this.#text.slice(start, end),
    )
    if (written === null) return start
    let at = start + written.index + written[0].length
    for (let left = offset; left > 0 && at < end - 1; left--) {
      const entity = this.#text[at] === '&' ? this.#text.indexOf(';', at) : -1
      at = entity > at && entity - at < 12 ? entity + 1 : at + 1
    }
    return at
  }
}

/** Line and column of an offset. */
class LineStarts {
  readonly #starts: number[] = [0]

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1)
  }

  at(offset: number): Position {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - this.#starts[low]! + 1 }
  }
}
