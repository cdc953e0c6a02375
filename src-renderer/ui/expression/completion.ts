// What may be written at the caret of an expression. Tags come from the server's search, so a plant of 100,000 tags costs a
// page of twenty.
import { type ExpressionWord, elementWords, expressionWords } from './expression-words.ts'

/** The name being typed: `Filler.Lev` in `2 * Filler.Lev|`. */
export interface TypedName {
  readonly text: string
  readonly from: number
  readonly to: number
}

export interface Completion {
  readonly kind: 'tag' | 'member' | 'function' | 'word'
  /** Shown, and read by screen readers. */
  readonly label: string
  /** Signature, unit or description behind it. */
  readonly detail: string
  readonly insert: string
  /** Where the caret stands in `insert` afterwards. */
  readonly caret: number
}

/** The name around the caret; null inside quotes or numbers, and where nothing is begun. */
export function typedNameAt(text: string, caret: number): TypedName | null {
  if (isInQuotes(text, caret)) return null
  const before = /[\p{L}_][\p{L}\p{N}_.]*$/u.exec(text.slice(0, caret))?.[0] ?? ''
  if (before === '' || /\d[\p{L}_]*$/u.test(text.slice(0, caret - before.length))) return null
  const behind = /^[\p{L}\p{N}_.]*/u.exec(text.slice(caret))?.[0] ?? ''
  return { text: before, from: caret - before.length, to: caret + behind.length }
}

function isInQuotes(text: string, caret: number): boolean {
  let quote = ''
  for (let at = 0; at < caret; at++) {
    const character = text[at]!
    if (quote !== '') {
      if (character === '\\') at++
      else if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
  }
  return quote !== ''
}

/** Words and functions that begin with what is typed; all of them for nothing typed. */
export function wordCompletions(typed: string, hasTag: boolean, locale: 'en' | 'zh-CN'): Completion[] {
  const begins = ({ name }: ExpressionWord) => name.toLowerCase().startsWith(typed.toLowerCase())
  const words = elementWords.filter(({ name }) => hasTag || name === 'name').filter(begins)
  const complete = (kind: Completion['kind']) => (item: ExpressionWord) => ({
    kind,
    label: item.signature,
    detail: item.help[locale],
    insert: item.insert.replace('|', ''),
    caret: item.insert.indexOf('|'),
  })
  return [...words.map(complete('word')), ...expressionWords.filter(begins).map(complete('function'))]
}

/** A tag as an expression calls it. */
export function spellTag(name: string): string {
  const isPlain = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(name)
  return isPlain ? name : `tag(${JSON.stringify(name)})`
}

/** Tags or members as completions; those that begin with what is typed first. */
export function nameCompletions(
  kind: 'tag' | 'member',
  typed: string,
  names: readonly { readonly name: string; readonly detail: string }[],
): Completion[] {
  const begins = (name: string) => name.toLowerCase().startsWith(typed.toLowerCase())
  const ordered = [...names.filter(({ name }) => begins(name)), ...names.filter(({ name }) => !begins(name))]
  return ordered.map(({ name, detail }) => {
    const insert = kind === 'member' ? name : spellTag(name)
    return { kind, label: name, detail, insert, caret: insert.length }
  })
}

/** The text with a completion in place of what was typed, and where the caret goes. */
export function complete(
  text: string,
  typed: TypedName | null,
  caret: number,
  completion: Completion,
): { readonly text: string; readonly caret: number } {
  const from = typed?.from ?? caret
  const to = typed?.to ?? caret
  const isCall = completion.kind === 'function' && text[to] === '('
  const insert = isCall ? completion.insert.replace(/\(.*$/, '') : completion.insert
  return {
    text: text.slice(0, from) + insert + text.slice(to),
    caret: from + Math.min(completion.caret, insert.length + 1),
  }
}
