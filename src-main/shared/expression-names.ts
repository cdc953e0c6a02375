// Finds the names in an expression before CEL sees it. CEL knows neither names with dots nor 罐区.液位, and takes 7 / 2 for 3;
// installers do not care: so every reference to a tag becomes a short CEL name, every whole number a double, and an offset
// map leads faults back to the text as it was written.
import { didYouMean } from './closest-name.ts'

/** A fault in an expression. `offset` counts UTF-16 units from 0 in the text as written. */
export class ExpressionFault extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** Asks about a tag instead of its value; the argument has to be a tag. */
export const tagQuestions = ['isGood', 'isUncertain', 'isBad', 'quality', 'age', 'timestamp'] as const
export type TagQuestion = (typeof tagQuestions)[number]

/** What a chain of names (`Filler.Level.max`) means. */
export type NameMeaning =
  /** A tag; `segments` of the chain are its name, the rest are fields of a structure. */
  | { readonly kind: 'tag'; readonly tag: string; readonly segments: number }
  /** Something CEL itself is told about. */
  | { readonly kind: 'variable' }
  | { readonly kind: 'unknown' }

export interface NameLookup {
  /** Meaning of a chain of at least one segment; the longest tag name wins. */
  resolve(segments: readonly string[]): NameMeaning
  /** The tag of this very name (from `tag("…")`), null when there is none. */
  resolveQuoted(name: string): string | null
  /** What a tag's value (or a question about it) is called in the CEL text. */
  replaceTag(tag: string, question: TagQuestion | null): string
  /** Candidates for "did you mean". */
  names(): Iterable<string>
}

export interface RewrittenExpression {
  /** What CEL compiles. */
  readonly text: string
  /** Offset in the original text of an offset in `text`. */
  originalOffset(offset: number): number
}

/** A word of an expression as written; `at` counts UTF-16 units from 0. */
export interface ExpressionToken {
  readonly kind: 'name' | 'number' | 'string' | 'mark'
  readonly text: string
  readonly at: number
}

const segmentPattern = /[\p{L}_][\p{L}\p{N}_]*/uy
const numberPattern = /0[xX][0-9a-fA-F]+[uU]?|(?:\d+(?:\.\d+)?)(?:[eE][+-]?\d+)?[uU]?/y
const stringPattern = /[bB]?[rR]?(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')/y
const blankPattern = /(?:[ \t\r\n]+|\/\/[^\n]*)*/y

/** Macros that run their argument for each element. */
const loops: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])
/** Words of CEL that no tag can take over. */
const celWords: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in'])
/** CEL's names of types; a tag of that name wins. */
const celTypes: ReadonlySet<string> = new Set([
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
  'dyn',
])

/** Longest expression, in characters: a page of text. Longer ones are no condition but a program. */
export const longestExpression = 4000

/** Rewrites an expression for CEL. Throws {@link ExpressionFault}. */
export function rewriteExpression(text: string, lookup: NameLookup): RewrittenExpression {
  if (text.length > longestExpression)
    throw new ExpressionFault(`the expression has ${text.length} characters; ${longestExpression} are the most`, 0)
  return new Rewriter(text, lookup).run()
}

class Rewriter {
  readonly #text: string
  readonly #lookup: NameLookup
  readonly #tokens: readonly ExpressionToken[]
  #index = 0
  #output = ''
  /** Pairs (offset in output, offset in text) at which the distance between the two changes. */
  readonly #map: [number, number][] = [[0, 0]]
  /** Open brackets: what closes them, whether they hold a plain index, and the loop variables that end with them. */
  readonly #open: { close: string; isIndex: boolean; loopVariable: string | null }[] = []

  constructor(text: string, lookup: NameLookup) {
    this.#text = text
    this.#lookup = lookup
    this.#tokens = expressionTokens(text)
  }

  run(): RewrittenExpression {
    if (this.#tokens.length === 0) throw new ExpressionFault('the expression is empty', 0)
    while (this.#index < this.#tokens.length) this.#step(this.#tokens[this.#index]!)
    const map = this.#map
    return {
      text: this.#output,
      originalOffset(offset) {
        let entry = map[0]!
        for (const candidate of map) {
          if (candidate[0] > offset) break
          entry = candidate
        }
        return entry[1] + (offset - entry[0])
      },
    }
  }

  #step(token: ExpressionToken): void {
    switch (token.kind) {
      case 'name':
        return this.#name(token)
      case 'number':
        return this.#number(token)
      case 'string':
        return this.#emit(token, token.text)
      case 'mark':
        return this.#mark(token)
    }
  }

  #emit(token: ExpressionToken, output: string, tokenCount = 1): void {
    if (this.#output !== '') this.#output += ' '
    this.#map.push([this.#output.length, token.at])
    this.#output += output
    this.#index += tokenCount
  }

  #peek(ahead: number): ExpressionToken | undefined {
    return this.#tokens[this.#index + ahead]
  }

  #isMark(ahead: number, mark: string): boolean {
    const token = this.#peek(ahead)
    return token?.kind === 'mark' && token.text === mark
  }

  /** Whole numbers become doubles, but for a plain index and numbers a double cannot hold. */
  #number(token: ExpressionToken): void {
    const isWhole = /^\d+$/.test(token.text)
    const isIndex = this.#open.at(-1)?.isIndex === true
    const isExact = Number.isSafeInteger(Number(token.text))
    this.#emit(token, isWhole && !isIndex && isExact ? `${token.text}.0` : token.text)
  }

  #mark(token: ExpressionToken): void {
    const { text } = token
    if (text === '(' || text === '{')
      this.#open.push({ close: text === '(' ? ')' : '}', isIndex: false, loopVariable: null })
    else if (text === '[') return this.#openBracket(token)
    else if (text === ')' || text === ']' || text === '}') {
      const opened = this.#open.pop()
      if (opened?.close.endsWith(text) !== true) throw new ExpressionFault(`'${text}' closes nothing here`, token.at)
      return this.#emit(token, opened.close)
    }
    this.#emit(token, text)
  }

  /** `list[Step - 1]`: a computed index is a double for the installer and an int for CEL. */
  #openBracket(token: ExpressionToken): void {
    const before = this.#peek(-1)
    const isAccess =
      before !== undefined && (before.kind === 'name' ? !celWords.has(before.text) : /[)\]]$/.test(before.text))
    const isPlain =
      this.#isMark(2, ']') && (this.#peek(1)?.kind === 'string' || /^\d+$/.test(this.#peek(1)?.text ?? ''))
    const isComputed = isAccess && !isPlain && before.kind !== 'number' && before.kind !== 'string'
    this.#open.push({ close: isComputed ? ') ]' : ']', isIndex: isAccess && isPlain, loopVariable: null })
    this.#emit(token, isComputed ? '[ atIndex (' : '[')
  }

  #name(token: ExpressionToken): void {
    if (this.#isMark(-1, '.') && this.#index > 0) return this.#member(token)
    if (token.text === 'tag' && this.#isMark(1, '(')) return this.#quotedTag(token)
    if (this.#isMark(1, '(')) {
      if ((tagQuestions as readonly string[]).includes(token.text) && this.#question(token)) return
      return this.#emit(token, token.text)
    }
    this.#chain(token)
  }

  /** A field or method behind a value. */
  #member(token: ExpressionToken): void {
    if (this.#isMark(1, '(') && loops.has(token.text)) return this.#loop(token)
    if (token.text === 'matches' && this.#isMark(1, '(')) return this.#emit(token, 'matchesText')
    this.#emit(token, token.text)
  }

  /** `.exists(x, …)`: x is a name of its own until the bracket closes. */
  #loop(token: ExpressionToken): void {
    const variable = this.#peek(2)
    if (this.#open.some((open) => open.loopVariable !== null))
      throw new ExpressionFault(
        `${token.text}() inside another loop is not allowed: the time it takes has no bound`,
        token.at,
      )
    if (variable?.kind !== 'name' || !this.#isMark(3, ','))
      throw new ExpressionFault(`${token.text}() is written as list.${token.text}(x, …)`, token.at)
    this.#emit(token, token.text)
    this.#open.push({ close: ')', isIndex: false, loopVariable: variable.text })
    this.#emit(this.#peek(0)!, '(')
    this.#emit(variable, loopName(variable.text))
  }

  /** `isBad(Filler.Level)`; false when it is not one of Lineside's questions after all (CEL's own `timestamp("…")`). */
  #question(token: ExpressionToken): boolean {
    const question = token.text as TagQuestion
    const target = this.#tagAt(this.#index + 2)
    if (target === null) {
      if (question === 'timestamp') return false
      throw new ExpressionFault(
        `${question}() asks about a tag: write the name of a tag between the brackets`,
        token.at,
      )
    }
    const close = this.#tokens[target.end]
    if (close?.kind !== 'mark' || close.text !== ')') {
      if (question === 'timestamp') return false
      throw new ExpressionFault(`${question}() asks about one tag, not about an expression`, token.at)
    }
    this.#emit(token, this.#lookup.replaceTag(target.tag, question), target.end + 1 - this.#index)
    return true
  }

  /** The tag named by the tokens from `index` on, and the index behind it. */
  #tagAt(index: number): { tag: string; end: number } | null {
    const first = this.#tokens[index]
    if (first?.kind !== 'name') return null
    if (first.text === 'tag' && this.#tokens[index + 1]?.text === '(') {
      const quoted = this.#tokens[index + 2]
      const tag = quoted?.kind === 'string' ? this.#lookup.resolveQuoted(unquote(quoted.text)) : null
      return tag !== null && this.#tokens[index + 3]?.text === ')' ? { tag, end: index + 4 } : null
    }
    const segments = this.#segmentsAt(index)
    const meaning = this.#lookup.resolve(segments)
    if (meaning.kind === 'unknown') throw unknownName(segments, first.at, this.#lookup)
    if (meaning.kind !== 'tag' || meaning.segments !== segments.length) return null
    return { tag: meaning.tag, end: index + segments.length * 2 - 1 }
  }

  /** Names joined by dots from a token on, without a method's name at the end. */
  #segmentsAt(index: number): string[] {
    const segments = [this.#tokens[index]!.text]
    for (let at = index + 1; ; at += 2) {
      const dot = this.#tokens[at]
      const next = this.#tokens[at + 1]
      const behind = this.#tokens[at + 2]
      if (dot?.kind !== 'mark' || dot.text !== '.' || next?.kind !== 'name') break
      if (behind?.kind === 'mark' && behind.text === '(') break
      segments.push(next.text)
    }
    return segments
  }

  #quotedTag(token: ExpressionToken): void {
    const quoted = this.#peek(2)
    if (quoted?.kind !== 'string' || !this.#isMark(3, ')'))
      throw new ExpressionFault('tag() takes the name of a tag in quotes: tag("Tank-1/Level")', token.at)
    const name = unquote(quoted.text)
    const tag = this.#lookup.resolveQuoted(name)
    if (tag === null) throw unknownTag(name, quoted.at, this.#lookup)
    this.#emit(token, this.#lookup.replaceTag(tag, null), 4)
  }

  /** A chain of names that begins an operand. */
  #chain(token: ExpressionToken): void {
    if (celWords.has(token.text)) return this.#emit(token, token.text)
    if (this.#open.some((open) => open.loopVariable === token.text)) return this.#emit(token, loopName(token.text))
    const segments = this.#segmentsAt(this.#index)
    const meaning = this.#lookup.resolve(segments)
    if (meaning.kind === 'tag')
      return this.#emit(token, this.#lookup.replaceTag(meaning.tag, null), meaning.segments * 2 - 1)
    if (meaning.kind === 'variable' || (segments.length === 1 && celTypes.has(token.text)))
      return this.#emit(token, token.text)
    if (this.#isMapKey(token))
      throw new ExpressionFault(`keys of a map are written in quotes: "${token.text}"`, token.at)
    throw unknownName(segments, token.at, this.#lookup)
  }

  #isMapKey(token: ExpressionToken): boolean {
    return this.#open.at(-1)?.close === '}' && this.#isMark(1, ':') && token.kind === 'name'
  }
}

/** Loop variables get a name of their own, so that they can never hide an input. */
function loopName(variable: string): string {
  return `each_${[...variable].map((letter) => (/[A-Za-z0-9]/.test(letter) ? letter : `_${letter.codePointAt(0)}_`)).join('')}`
}

/** What other languages write for marks of CEL. */
const wordsForMarks: Readonly<Record<string, string | undefined>> = Object.assign(Object.create(null), {
  and: '&&',
  or: '||',
  not: '!',
})

function unknownName(segments: readonly string[], offset: number, lookup: NameLookup): ExpressionFault {
  const name = segments.join('.')
  const mark = wordsForMarks[name.toLowerCase()]
  if (mark !== undefined) return new ExpressionFault(`'${name}' is written '${mark}'`, offset)
  const hint = didYouMean(name, lookup.names())
  for (let count = segments.length - 1; count > 0 && hint === ''; count--) {
    const meaning = lookup.resolve(segments.slice(0, count))
    if (meaning.kind !== 'tag' || meaning.segments !== count) continue
    return new ExpressionFault(`no tag named ${name}; ${meaning.tag} is a tag, but its value has no fields`, offset)
  }
  return new ExpressionFault(`no tag named ${name}${hint}`, offset)
}

function unknownTag(name: string, offset: number, lookup: NameLookup): ExpressionFault {
  return new ExpressionFault(`no tag named ${name}${didYouMean(name, lookup.names())}`, offset)
}

/** The words of an expression, without blanks and comments. Throws {@link ExpressionFault} at what is no word of CEL. */
export function expressionTokens(text: string): ExpressionToken[] {
  const tokens: ExpressionToken[] = []
  let at = matchAt(blankPattern, text, 0).length
  while (at < text.length) {
    const token = tokenAt(text, at)
    tokens.push(token)
    at += token.text.length
    at += matchAt(blankPattern, text, at).length
  }
  return tokens
}

function tokenAt(text: string, at: number): ExpressionToken {
  const string = matchAt(stringPattern, text, at)
  if (string !== '') return { kind: 'string', text: string, at }
  const name = matchAt(segmentPattern, text, at)
  if (name !== '') return { kind: 'name', text: name, at }
  const number = matchAt(numberPattern, text, at)
  if (number !== '') return { kind: 'number', text: number, at }
  const character = text[at]!
  if (character === '"' || character === "'") throw new ExpressionFault('the text in quotes has no end', at)
  const two = text.slice(at, at + 2)
  if (['==', '!=', '<=', '>=', '&&', '||'].includes(two)) return { kind: 'mark', text: two, at }
  if ('+-*/%<>!?:.,()[]{}'.includes(character)) return { kind: 'mark', text: character, at }
  if (character === '=') throw new ExpressionFault("'=' is written '==' when two things are compared", at)
  if (character === '&' || character === '|')
    throw new ExpressionFault(`'${character}' is written '${character}${character}'`, at)
  throw new ExpressionFault(`'${String.fromCodePoint(text.codePointAt(at)!)}' means nothing here`, at)
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

/** The text between quotes; only the escapes that tag names may need. */
function unquote(literal: string): string {
  const body = /^[rR]?("""|'''|"|')([\s\S]*)\1$/.exec(literal)?.[2] ?? ''
  return /^[rR]/.test(literal) ? body : body.replaceAll(/\\(["'\\])/g, '$1')
}

/**
 * The text with every reference to a tag written in full, as {@link NameLookup.resolve} says; for equipment types, whose
 * expressions name their own members. Names CEL cannot spell become `tag("…")`. Throws {@link ExpressionFault}.
 */
export function qualifyNames(text: string, resolve: (segments: readonly string[]) => NameMeaning): string {
  const tokens = expressionTokens(text)
  let output = ''
  let copied = 0
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!
    const isRoot = token.kind === 'name' && !(index > 0 && tokens[index - 1]!.text === '.')
    if (!isRoot || tokens[index + 1]?.text === '(') continue
    const segments = [token.text]
    while (
      tokens[index + segments.length * 2 - 1]?.text === '.' &&
      tokens[index + segments.length * 2]?.kind === 'name' &&
      tokens[index + segments.length * 2 + 1]?.text !== '('
    )
      segments.push(tokens[index + segments.length * 2]!.text)
    const meaning = resolve(segments)
    if (meaning.kind !== 'tag') continue
    const last = tokens[index + meaning.segments * 2 - 2]!
    output += text.slice(copied, token.at) + spell(meaning.tag)
    copied = last.at + last.text.length
    index += meaning.segments * 2 - 2
  }
  return output + text.slice(copied)
}

/**
 * The text with tags called by other names: `rename` gets each name a chain may stand for, the longest first, and those in
 * `tag("…")`, and returns the new name or null. Everything else keeps its spelling. Throws {@link ExpressionFault}.
 */
export function renameTags(text: string, rename: (name: string) => string | null): string {
  const tokens = expressionTokens(text)
  let output = ''
  let copied = 0
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!
    const quoted = tokens[index + 2]
    const isCall = tokens[index + 1]?.text === '('
    if (token.kind !== 'name' || (index > 0 && tokens[index - 1]!.text === '.')) continue
    if (isCall && token.text === 'tag' && quoted?.kind === 'string' && tokens[index + 3]?.text === ')') {
      const renamed = rename(unquote(quoted.text))
      if (renamed === null) continue
      output += text.slice(copied, token.at) + spell(renamed)
      copied = tokens[index + 3]!.at + 1
      index += 3
    }
    if (isCall) continue
    const last = renamedEnd(tokens, index, rename)
    if (last === null) continue
    output += text.slice(copied, token.at) + spell(last.name)
    copied = last.token.at + last.token.text.length
  }
  return output + text.slice(copied)
}

/** New name of the chain of names that begins at a token, and the token it ends with. */
function renamedEnd(
  tokens: readonly ExpressionToken[],
  index: number,
  rename: (name: string) => string | null,
): { readonly name: string; readonly token: ExpressionToken } | null {
  const chain = [tokens[index]!]
  while (tokens[index + chain.length * 2 - 1]?.text === '.' && tokens[index + chain.length * 2]?.kind === 'name') {
    if (tokens[index + chain.length * 2 + 1]?.text === '(') break
    chain.push(tokens[index + chain.length * 2]!)
  }
  for (let count = chain.length; count > 0; count--) {
    const name = chain
      .slice(0, count)
      .map((part) => part.text)
      .join('.')
    const renamed = rename(name)
    if (renamed !== null) return { name: renamed, token: chain[count - 1]! }
  }
  return null
}

/** A tag name as an expression writes it. */
function spell(tag: string): string {
  const isSpellable = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(tag)
  return isSpellable ? tag : `tag(${JSON.stringify(tag)})`
}
