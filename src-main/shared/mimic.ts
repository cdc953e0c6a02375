// Words of a mimic: an SVG file whose elements carry binding attributes in Lineside's namespace. The check of the plant
// folder and the screens read the same table, so what passes the check works on screen (docs/mimics.md).
import type { ExpressionScope, ExpressionVariables } from './expression.ts'

/** `xmlns:ls="https://lineside.dev/ns/mimic"`; the prefix is free, the namespace counts. */
export const mimicNamespace = 'https://lineside.dev/ns/mimic'

/**
 * What an attribute's value is: the name of a tag, the name of an equipment instance, CEL, a place to open, or one of
 * a few words.
 */
export type BindingValueKind =
  | 'tagName'
  | 'equipmentName'
  | 'expression'
  | 'openTarget'
  | 'direction'
  /** Name of a layer or of a connection point: letters, digits, `_ - .` and spaces. */
  | 'name'
  /** End of a pipe: `<element id>` or `<element id>@<port>`. */
  | 'connection'
  /** A plain number, no CEL. */
  | 'number'

/** What an expression's result is used as. CEL types that fit: see {@link fitsResult}. */
export type BindingResult = 'text' | 'color' | 'bool' | 'number' | 'pair' | 'words' | 'any'

/** Every binding attribute, local name → meaning. An attribute of the namespace that is not here is a fault. */
export const bindingAttributes = {
  /** The tag that `value` means here and in all elements inside. */
  tag: { kind: 'tagName', result: null },
  /** Draws the symbol of the instance's type into the element's x, y, width, height; `self.<member>` in a symbol: a nested instance. */
  equipment: { kind: 'equipmentName', result: null },
  /** Content of a text element. */
  text: { kind: 'expression', result: 'text' },
  fill: { kind: 'expression', result: 'color' },
  stroke: { kind: 'expression', result: 'color' },
  visible: { kind: 'expression', result: 'bool' },
  /** 0 … 100: how much of the element is shown, from the bottom unless `direction` says other. */
  level: { kind: 'expression', result: 'number' },
  /** Where `level` grows to: up (default), down, left, right. */
  direction: { kind: 'direction', result: null },
  /** Degrees, clockwise, about the middle of the element. */
  rotate: { kind: 'expression', result: 'number' },
  /** Displacement in units of the drawing: `x, y`. */
  move: { kind: 'expression', result: 'pair' },
  /** CSS classes added to the element's own, separated by spaces. */
  class: { kind: 'expression', result: 'words' },
  /** What a click opens: a mimic, `faceplate`, or `faceplate:<equipment or tag>`. */
  open: { kind: 'openTarget', result: null },
  /** Value that a click writes to the element's tag, after confirmation. */
  write: { kind: 'expression', result: 'any' },
  /** On a group: a layer that screens can show and hide; groups that Inkscape marks as layers are layers too. */
  layer: { kind: 'name', result: null },
  /** Shown only from this magnification on, 1 = the whole drawing fits: details for who looks closer. */
  detail: { kind: 'number', result: null },
  /** Where a pipe begins and ends; the editor draws it anew when the element moves. Screens ignore both. */
  from: { kind: 'connection', result: null },
  to: { kind: 'connection', result: null },
  /** In a symbol: an element that is a connection point; its middle counts, it is never drawn. */
  port: { kind: 'name', result: null },
} as const satisfies Readonly<
  Record<string, { readonly kind: BindingValueKind; readonly result: BindingResult | null }>
>

export type BindingAttribute = keyof typeof bindingAttributes

/** True for the local name of a binding attribute. */
export function isBindingAttribute(localName: string): localName is BindingAttribute {
  return Object.hasOwn(bindingAttributes, localName)
}

/** Words of `ls:direction`. */
export const levelDirections = ['up', 'down', 'left', 'right'] as const
export type LevelDirection = (typeof levelDirections)[number]

/** Ends that everything drawn has without saying so: the middles of its box's sides, and its middle. */
export const standardPorts = ['left', 'right', 'top', 'bottom', 'centre'] as const
export type StandardPort = (typeof standardPorts)[number]

/** Most levels of symbols in symbols. */
export const deepestSymbols = 8

/** A name of a layer or a port: letters, digits, `_ - .` and spaces inside, at most 64. */
export function isDrawingName(text: string): boolean {
  return /^[\p{L}\p{N}_.-](?:[\p{L}\p{N}_. -]{0,62}[\p{L}\p{N}_.-])?$/u.test(text)
}

/** `ls:detail` as a number above 0; null when it is none. */
export function parseDetail(text: string): number | null {
  const value = /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : Number.NaN
  return value > 0 && value < Number.POSITIVE_INFINITY ? value : null
}

/** End of a pipe; `port` null = wherever the line meets the element. */
export interface PipeEnd {
  readonly elementId: string
  readonly port: string | null
}

/** Meaning of `ls:from` and `ls:to`: `pump1` or `pump1@right`; null when it is neither. The port begins after the last `@`. */
export function parsePipeEnd(text: string): PipeEnd | null {
  const plain = text.trim()
  const at = plain.lastIndexOf('@')
  const elementId = at < 0 ? plain : plain.slice(0, at)
  const port = at < 0 ? null : plain.slice(at + 1)
  return elementId === '' || /\s/.test(elementId) || port === '' ? null : { elementId, port }
}

/** Inside a symbol, `self.Running` is the member `Running` of the instance that is drawn. */
export const memberPrefix = 'self.'

/** Names besides tags that every binding may use: unit of the element's tag as shown, name of the instance drawn. */
export const bindingVariables: ExpressionVariables = { unit: 'string', name: 'string' }

/** What a binding's names refer to. */
export interface BindingContext {
  /** Type of a tag of the plant, null when there is none. */
  readonly tagType: ExpressionScope['tagType']
  /** Tag that `value` means; null outside every `ls:tag`. May begin with `self.` in a symbol. */
  readonly tag: string | null
  /** Member name → tag name of the instance drawn; null outside a symbol. */
  readonly members: Readonly<Record<string, string>> | null
}

/** The tag of the plant that a name in a binding stands for; null when `self.…` means nothing here. */
export function resolveBindingName(name: string, members: BindingContext['members']): string | null {
  if (name.startsWith(memberPrefix) && members) return members[name.slice(memberPrefix.length)] ?? null
  return name
}

/**
 * Scope in which a binding's CEL is compiled: `value`, `self.<member>`, tags, and {@link bindingVariables}. The inputs of
 * the result are names for {@link resolveBindingName}.
 */
export function bindingScope(context: BindingContext): ExpressionScope {
  return {
    tagType: (name) => {
      const tag = resolveBindingName(name, context.members)
      return tag === null ? null : context.tagType(tag)
    },
    variables: bindingVariables,
    ...(context.tag === null ? {} : { aliases: { value: context.tag } }),
  }
}

/**
 * The CEL expressions in an attribute's text. All have one but `move`, which may be `x, y`: two expressions divided by a
 * comma that stands outside of brackets and quotes.
 */
export function bindingExpressions(attribute: BindingAttribute, text: string): readonly string[] {
  if (attribute !== 'move') return [text]
  let depth = 0
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (quote !== '') {
      if (character === '\\') at++
      else if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if ('([{'.includes(character)) depth++
    else if (')]}'.includes(character)) depth--
    else if (character === ',' && depth === 0) return [text.slice(0, at), text.slice(at + 1)]
  }
  return [text]
}

/** Does a CEL type fit what the attribute needs? `dyn` always does; the screen then judges the value. */
export function fitsResult(celType: string, result: BindingResult): boolean {
  if (celType === 'dyn' || result === 'any') return true
  switch (result) {
    case 'bool':
      return celType === 'bool'
    case 'number':
      return celType === 'double' || celType === 'int' || celType === 'uint'
    case 'pair':
      return celType === 'double' || celType === 'int' || celType === 'uint' || celType.startsWith('list')
    case 'color':
    case 'words':
      return celType === 'string'
    case 'text':
      return true
  }
}

/** What `ls:open` asks for. */
export type OpenTarget =
  | { readonly kind: 'mimic'; readonly name: string }
  /** `of` null = the element's own equipment or tag. */
  | { readonly kind: 'faceplate'; readonly of: string | null }

/**
 * Meaning of an `ls:open` text: `faceplate`, `faceplate:Filler`, `mimic:overview` or just `overview`; quotes around it
 * (a CEL text) are allowed. Null when it is empty.
 */
export function parseOpenTarget(text: string): OpenTarget | null {
  const plain = text
    .trim()
    .replace(/^(['"])(.*)\1$/, '$2')
    .trim()
  if (plain === '') return null
  if (plain === 'faceplate') return { kind: 'faceplate', of: null }
  if (plain.startsWith('faceplate:')) return { kind: 'faceplate', of: plain.slice('faceplate:'.length).trim() }
  return { kind: 'mimic', name: plain.startsWith('mimic:') ? plain.slice('mimic:'.length).trim() : plain }
}
