// A YAML file of the plant folder: its content as plain values, and where each of them stands (yaml.org 1.2).
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
} from 'yaml'
import { messageOf } from '../../shared/runtime-error.ts'
import { readFast } from './fast-yaml.ts'
import type { FaultList, Locatable, Path, Position } from './fault-list.ts'

/** One value may be used again by at most so many aliases; more are a bomb, not a plant. */
const mostAliases = 100
/** A document with its line starts. */
interface ParsedText {
  readonly document: Document
  readonly lines: LineCounter
}

function parseText(text: string): ParsedText {
  const lines = new LineCounter()
  return { document: parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true }), lines }
}

/** Deeper nesting than any plant file has; deeper ones would exhaust the parser's stack. */
const deepestNesting = 64

/** A parsed file. `value` is null for a file that is empty. */
export class YamlSource implements Locatable {
  readonly file: string
  readonly value: unknown
  readonly #text: string
  /** Parsed at the first fault when the values were read without positions. */
  #parsed: ParsedText | null

  private constructor(file: string, text: string, value: unknown, parsed: ParsedText | null) {
    this.file = file
    this.value = value
    this.#text = text
    this.#parsed = parsed
  }

  /** Reads a text; null when its form is wrong, which goes to `faults`. */
  static parse(file: string, text: string, faults: FaultList): YamlSource | null {
    const refuse = (position: Position, message: string): null => {
      faults.add(file, position, message)
      return null
    }
    const tooDeep = placeOfDeepNesting(text)
    if (tooDeep !== null) return refuse(tooDeep, `more than ${deepestNesting} brackets inside each other`)
    const fast = readFast(text)
    if (fast !== undefined) return new YamlSource(file, text, fast, null)
    try {
      const parsed = parseText(text)
      const { document, lines } = parsed
      if (document.errors.length > 0) {
        const error = document.errors[0]!
        return refuse(positionOf(lines, error.pos[0]), yamlFaultInWords(error, text))
      }
      for (const warning of document.warnings)
        return refuse(positionOf(lines, warning.pos[0]), `${warning.message} (tags with ! are not used in plant files)`)
      return new YamlSource(file, text, document.toJS({ maxAliasCount: mostAliases }), parsed)
    } catch (error) {
      const message = error instanceof RangeError ? 'the file is nested too deeply' : `no YAML: ${messageOf(error)}`
      return refuse({ line: 1, column: 1 }, message)
    }
  }

  get #places(): ParsedText {
    this.#parsed ??= parseText(this.#text)
    return this.#parsed
  }

  locate(path: Path): Position {
    return this.#positionOf(this.#nearest(path).value)
  }

  locateKey(path: Path): Position {
    const { pair, value, isExact } = this.#nearest(path)
    return this.#positionOf(isExact && pair !== null ? (pair.key as Node) : value)
  }

  locateInText(path: Path, offset: number): Position {
    const { value, isExact } = this.#nearest(path)
    const range = isScalar(value) ? value.range : null
    if (!isExact || !range || !isScalar(value) || value.type?.startsWith('BLOCK') === true)
      return this.#positionOf(value)
    const quote = value.type === 'PLAIN' ? 0 : 1
    return positionOf(this.#places.lines, Math.min(range[0] + quote + offset, Math.max(range[0], range[1] - 1)))
  }

  /** The node at a path, or the last one on the way that exists. */
  #nearest(path: Path): { value: Node | null; pair: Pair | null; isExact: boolean } {
    let value: Node | null = this.#resolve(this.#places.document.contents)
    let pair: Pair | null = null
    for (const step of path) {
      const next: { value: Node | null; pair: Pair | null } | null = this.#child(value, step)
      if (next === null)
        return { value: pair !== null && isMap(value) ? (pair.key as Node) : value, pair, isExact: false }
      pair = next.pair
      value = next.value ?? (pair?.key as Node | undefined) ?? value
    }
    return { value, pair, isExact: true }
  }

  #child(node: Node | null, step: string | number): { value: Node | null; pair: Pair | null } | null {
    if (isSeq(node)) {
      const item = node.items[Number(step)]
      return item === undefined ? null : { value: this.#resolve(item as Node), pair: null }
    }
    if (!isMap(node)) return null
    const pair = node.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
    )
    return pair === undefined ? null : { value: this.#resolve(pair.value as Node | null), pair }
  }

  #resolve(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.#places.document) ?? node) : node
  }

  #positionOf(node: Node | null): Position {
    return positionOf(this.#places.lines, node?.range?.[0] ?? 0)
  }
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

/** Brackets of the flow style are counted before parsing: the parser itself nests calls for each of them. */
function placeOfDeepNesting(text: string): Position | null {
  if (!text.includes('[') && !text.includes('{')) return null
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === 0x5b || character === 0x7b) depth++
    else if (character === 0x5d || character === 0x7d) depth = Math.max(0, depth - 1)
    // A line without open bracket before it starts afresh: brackets in texts may be unbalanced.
    else if (character === 0x0a && depth < deepestNesting && /^[\w-]/.test(text.slice(at + 1, at + 2))) depth = 0
    if (depth > deepestNesting) {
      const before = text.slice(0, at).split('\n')
      return { line: before.length, column: before.at(-1)!.length + 1 }
    }
  }
  return null
}

/** What the parser found, as a person who edits the file understands it. */
function yamlFaultInWords(error: YAMLError, text: string): string {
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return `the key "${wordAt(text, error.pos[0])}" stands here a second time`
    case 'TAB_AS_INDENT':
      return 'the line is indented with a tab; YAML takes blanks only'
    case 'MULTIPLE_DOCS':
      return 'a second document begins here (---); one file is one document'
    case 'BLOCK_IN_FLOW':
      return 'a colon and a blank make a key; put a text that holds them into quotes'
    case 'BAD_INDENT':
      if (error.message.includes('end with')) return 'a bracket [ or { above is not closed'
      return `the indentation does not fit: ${error.message}`
    case 'BAD_SCALAR_START':
      return `${error.message}; put the text into quotes`
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'two colons in one line; put a text that holds a colon and a blank into quotes'
    default:
      return `no YAML: ${error.message}`
  }
}

function wordAt(text: string, offset: number): string {
  return /^["']?([^"':\n]*)/.exec(text.slice(offset, offset + 200))?.[1]?.trim() ?? ''
}
