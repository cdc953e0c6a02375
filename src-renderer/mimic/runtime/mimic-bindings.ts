// Binding attributes compiled once: a flat list of what to compute, from which tags, and where the result goes.
import type { EquipmentRow, TagRow } from '../../../src-main/shared/contract.ts'
import type { TagValue } from '../../../src-main/shared/data-value.ts'
import { type CompileResult, compileExpression, type ExpressionInput } from '../../../src-main/shared/expression.ts'
import {
  type BindingAttribute,
  type BindingResult,
  bindingAttributes,
  bindingExpressions,
  bindingScope,
  fitsResult,
  parseOpenTarget,
  resolveBindingName,
} from '../../../src-main/shared/mimic.ts'
import { RuntimeError } from '../../../src-main/shared/runtime-error.ts'
import { unitText } from '../../tags/unit-text.ts'
import {
  type BindingSite,
  isAbsentMember,
  type MarkOwner,
  type MimicFault,
  namedEquipment,
} from '../drawing/mimic-drawing.ts'
import type { FaceplateTarget } from '../mimic-source.ts'
import type { MimicWords } from './mimic-format.ts'
import { createWriter, type ResultWriter } from './mimic-writers.ts'

/** What a name in an expression reads as now; the runtime's columns. Index = position in {@link BindingPlan.tags}. */
export type ReadTag = (tagIndex: number) => ExpressionInput

/** One expression, bound to tags. */
export interface BoundExpression {
  /** Tags it needs, by index. */
  readonly inputs: readonly number[]
  /** True when a Bad input need not make the result Bad. */
  readonly asksQuality: boolean
  /** True when its value changes with time alone. */
  readonly asksTime: boolean
  /** The tag itself is the result: no CEL is run. -1 when it is computed. */
  readonly direct: number
  /** Throws RuntimeError when there is no result. */
  evaluate(read: ReadTag): TagValue
}

/** One attribute of one element at work. */
export interface Binding {
  readonly place: string
  readonly element: SVGGraphicsElement
  readonly attribute: BindingAttribute
  readonly expressions: readonly BoundExpression[]
  /** All tags it depends on, each once. */
  readonly inputs: readonly number[]
  readonly writer: ResultWriter | null
  /** Position in {@link BindingPlan.owners}. */
  readonly ownerIndex: number
}

/** What a click, Enter or Space on an element does. */
export type ActionSite =
  | {
      readonly kind: 'open'
      readonly element: SVGGraphicsElement
      readonly target: { readonly mimic: string } | { readonly faceplate: FaceplateTarget }
    }
  | {
      readonly kind: 'write'
      readonly element: SVGGraphicsElement
      readonly tag: string
      readonly expression: BoundExpression
    }

/** A mimic compiled. */
export interface BindingPlan {
  /** Tags to watch, each once. */
  readonly tags: readonly string[]
  /** Row of each tag, null for names that are no tags. */
  readonly rows: readonly (TagRow | null)[]
  readonly bindings: readonly Binding[]
  readonly owners: readonly MarkOwner[]
  /** Owners that cannot work at all, with the reason in a word: the mark is drawn at once and stays. */
  readonly brokenOwners: ReadonlyMap<number, 'unknown' | 'fault'>
  readonly actions: readonly ActionSite[]
  readonly faults: readonly MimicFault[]
}

/** Every name in the bindings that could be a tag, in full; ask for their rows before compiling. */
export function candidateTags(sites: readonly BindingSite[]): readonly string[] {
  const names = new Set<string>()
  const seen = new Map<string, readonly string[]>()
  for (const site of sites) {
    const members = site.equipment?.members ?? null
    const add = (name: string) => {
      const tag = resolveBindingName(name, members)
      if (tag !== null && tag !== 'value') names.add(tag)
    }
    if (site.tag !== null) add(site.tag)
    for (const [attribute, text] of site.attributes) {
      if (attribute === 'open') {
        const target = parseOpenTarget(text)
        if (target?.kind === 'faceplate' && target.of !== null) add(target.of)
      }
      if (bindingAttributes[attribute].kind !== 'expression') continue
      const found = seen.get(text) ?? namesIn(text)
      seen.set(text, found)
      for (const name of found) add(name)
    }
  }
  return [...names]
}

/** Names joined by dots in an expression, with all their beginnings, and the texts of `tag("…")`. */
function namesIn(text: string): readonly string[] {
  return fullNamesIn(text).flatMap((name) => {
    const parts = name.split('.')
    return parts.map((_, at) => parts.slice(0, parts.length - at).join('.'))
  })
}

/** Names joined by dots in an expression as they stand, and the texts of `tag("…")`. */
function fullNamesIn(text: string): readonly string[] {
  const names: string[] = []
  for (const match of text.matchAll(/\btag\s*\(\s*(["'])((?:\\.|[^\\])*?)\1\s*\)/g))
    names.push(match[2]!.replaceAll(/\\(["'\\])/g, '$1'))
  const bare = text.replaceAll(/(["'])(?:\\.|[^\\])*?\1/g, "''")
  for (const match of bare.matchAll(/[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*/gu)) names.push(match[0])
  return names
}

/** Compiles the sites of a drawing. A fault takes out one attribute of one element and is listed; never throws. */
export function compileBindings(
  sites: readonly BindingSite[],
  rows: readonly TagRow[],
  words: MimicWords,
  equipment: ReadonlyMap<string, EquipmentRow> = new Map(),
): BindingPlan {
  return new Compiler(rows, words, equipment).compile(sites)
}

class Compiler {
  readonly #rowOf: ReadonlyMap<string, TagRow>
  readonly #words: MimicWords
  readonly #equipment: ReadonlyMap<string, EquipmentRow>
  readonly #tags: string[] = []
  readonly #indexOf = new Map<string, number>()
  readonly #owners: MarkOwner[] = []
  readonly #ownerIndexOf = new Map<Element, number>()
  readonly #broken = new Map<number, 'unknown' | 'fault'>()
  readonly #bindings: Binding[] = []
  readonly #actions: ActionSite[] = []
  readonly #faults: MimicFault[] = []
  /** Expressions are compiled once per text and meaning of its names: forty pumps share those of their symbol. */
  readonly #compiled = new Map<string, CompileResult>()

  constructor(rows: readonly TagRow[], words: MimicWords, equipment: ReadonlyMap<string, EquipmentRow>) {
    this.#rowOf = new Map(rows.map((row) => [row.tag, row]))
    this.#words = words
    this.#equipment = equipment
  }

  compile(sites: readonly BindingSite[]): BindingPlan {
    const absent = new Map(sites.map((site) => [site, this.#absentOf(site)]))
    hideAbsent(sites, absent)
    for (const site of sites) this.#site(site, absent.get(site)!)
    return {
      tags: this.#tags,
      rows: this.#tags.map((tag) => this.#rowOf.get(tag) ?? null),
      bindings: this.#bindings,
      owners: this.#owners,
      brokenOwners: this.#broken,
      actions: this.#actions,
      faults: this.#faults,
    }
  }

  #site(site: BindingSite, absent: ReadonlySet<BindingAttribute>): void {
    for (const name of site.unknownAttributes)
      this.#fault(site, name, `there is no binding attribute ls:${name}`, 'fault')
    const tag = site.tag === null ? null : resolveBindingName(site.tag, site.equipment?.members ?? null)
    const hasOwnTag = site.attributes.has('tag') && !absent.has('tag')
    if (hasOwnTag && (tag === null || !this.#rowOf.has(tag)))
      this.#fault(site, 'tag', `there is no tag "${site.tag}"`, 'unknown')
    for (const [attribute, text] of impliedText(site)) {
      const meaning = bindingAttributes[attribute]
      if (absent.has(attribute)) continue
      if (meaning.kind === 'openTarget') this.#open(site, text, tag)
      else if (attribute === 'write') this.#write(site, text, tag)
      else if (meaning.kind === 'expression') this.#expression(site, attribute, text, meaning.result)
    }
    const opensItself = site.attributes.has('equipment') && site.drawn !== null
    if (opensItself && !site.attributes.has('open') && !site.attributes.has('write')) this.#open(site, 'faceplate', tag)
  }

  /** Attributes that are about nothing but members the instance does not have by its own choice. */
  #absentOf(site: BindingSite): ReadonlySet<BindingAttribute> {
    const absent = new Set<BindingAttribute>()
    if (site.equipment === null) return absent
    const isAbsent = (name: string) => isAbsentMember(name, site.equipment, this.#equipment)
    const members = site.equipment.members
    for (const [attribute, text] of impliedText(site)) {
      const { kind } = bindingAttributes[attribute]
      if (kind === 'tagName' || kind === 'equipmentName') {
        if (isAbsent(text.trim())) absent.add(attribute)
      } else if (attribute === 'write') {
        if (site.tag !== null && isAbsent(site.tag)) absent.add(attribute)
      } else if (kind === 'openTarget') {
        const target = parseOpenTarget(text)
        if (target?.kind === 'faceplate' && target.of !== null && isAbsent(target.of)) absent.add(attribute)
      } else if (kind === 'expression') {
        const names = fullNamesIn(text).map((name) => (name === 'value' && site.tag !== null ? site.tag : name))
        const isKnown = (name: string) => this.#rowOf.has(resolveBindingName(name, members) ?? '')
        if (names.some(isAbsent) && !names.some(isKnown)) absent.add(attribute)
      }
    }
    return absent
  }

  #expression(site: BindingSite, attribute: BindingAttribute, text: string, result: BindingResult): void {
    const expressions: BoundExpression[] = []
    for (const part of bindingExpressions(attribute, text)) {
      const expression = this.#bind(site, attribute, part.trim(), result)
      if (!expression) return
      expressions.push(expression)
    }
    const direct =
      expressions.length === 1 && expressions[0]!.direct >= 0
        ? this.#rowOf.get(this.#tags[expressions[0]!.direct]!)
        : undefined
    const writer = createWriter(attribute, site, direct ?? null, this.#words)
    if (typeof writer === 'string') return this.#fault(site, attribute, writer, 'fault')
    this.#bindings.push({
      place: site.place,
      element: site.element,
      attribute,
      expressions,
      inputs: [...new Set(expressions.flatMap((expression) => expression.inputs))],
      writer,
      ownerIndex: this.#ownerIndex(site.owner),
    })
  }

  /** The expression with its names bound to tags; null when it has a fault, which is listed. */
  #bind(site: BindingSite, attribute: BindingAttribute, text: string, result: BindingResult): BoundExpression | null {
    const members = site.equipment?.members ?? null
    const tag = site.tag === null ? null : resolveBindingName(site.tag, members)
    const simple = text === 'value' ? tag : isPlainName(text) ? resolveBindingName(text, members) : null
    const row = simple === null ? undefined : this.#rowOf.get(simple)
    if (row && fitsDirectly(row, result)) return this.#direct(row.tag)
    const compiled = this.#compileText(site, text)
    if (!compiled.ok) {
      const at = compiled.offset > 0 ? ` (at character ${compiled.offset + 1})` : ''
      const isUnknown = /^no tag named|^there is no/.test(compiled.message)
      this.#fault(site, attribute, `${compiled.message}${at}`, isUnknown ? 'unknown' : 'fault')
      return null
    }
    const { expression } = compiled
    if (!fitsResult(expression.type, result)) {
      this.#fault(site, attribute, `the result is ${expression.type}, but ${resultWords[result]} is needed`, 'fault')
      return null
    }
    const inputs = expression.inputs.map((name) => this.#tagIndex(resolveBindingName(name, members) ?? name))
    const unit = tag === null ? '' : unitText(this.#rowOf.get(tag)?.unit ?? '')
    const variables = { unit, name: site.equipment?.name ?? '' }
    let reader: ReadTag
    const readInput = (inputIndex: number) => reader(inputs[inputIndex]!)
    return {
      inputs,
      asksQuality: expression.asksQuality,
      asksTime: expression.asksTime,
      direct: -1,
      evaluate: (read) => {
        reader = read
        return expression.evaluate(readInput, variables)
      },
    }
  }

  #direct(tag: string): BoundExpression {
    const tagIndex = this.#tagIndex(tag)
    return {
      inputs: [tagIndex],
      asksQuality: false,
      asksTime: false,
      direct: tagIndex,
      evaluate: (read) => read(tagIndex).value,
    }
  }

  #compileText(site: BindingSite, text: string): CompileResult {
    // Members of one type have the same types in all its instances; outside symbols names mean the same everywhere.
    const key = `${site.equipment?.type ?? ''}\n${site.tag ?? ''}\n${text}`
    let result = this.#compiled.get(key)
    if (!result) {
      const scope = bindingScope({
        tag: site.tag,
        members: site.equipment?.members ?? null,
        tagType: (name) => {
          const row = this.#rowOf.get(name)
          return row ? { dataType: row.dataType, arrayLength: row.arrayLength ?? null } : null
        },
      })
      result = compileExpression(text, scope)
      this.#compiled.set(key, result)
    }
    return result
  }

  #open(site: BindingSite, text: string, tag: string | null): void {
    const target = parseOpenTarget(text)
    if (!target) return
    const { element } = site
    if (target.kind === 'mimic') {
      this.#actions.push({ kind: 'open', element, target: { mimic: target.name } })
      return
    }
    const faceplate = target.of === null ? ownFaceplate(site, tag) : this.#faceplateOf(site, target.of)
    if (faceplate) this.#actions.push({ kind: 'open', element, target: { faceplate } })
    else if (target.of === null)
      this.#fault(site, 'open', 'a faceplate needs an equipment or a tag here, or written behind it', 'fault')
    else this.#fault(site, 'open', `there is no equipment or tag "${target.of}"`, 'unknown')
  }

  /** Names of equipment and tags have dots alike: what the plant has decides, equipment first. */
  #faceplateOf(site: BindingSite, name: string): FaceplateTarget | null {
    const equipment = namedEquipment(name, site.equipment, this.#equipment)
    if (equipment) return { equipment: equipment.name }
    const tag = resolveBindingName(name, site.equipment?.members ?? null)
    return tag !== null && this.#rowOf.has(tag) ? { tag } : null
  }

  #write(site: BindingSite, text: string, tag: string | null): void {
    const row = tag === null ? undefined : this.#rowOf.get(tag)
    if (tag === null) return this.#fault(site, 'write', 'ls:write needs the tag to write in ls:tag', 'fault')
    if (!row) return
    if (!row.writable) return this.#fault(site, 'write', `tag "${tag}" is not writable`, 'fault')
    const expression = this.#bind(site, 'write', text, 'any')
    if (expression) this.#actions.push({ kind: 'write', element: site.element, tag, expression })
  }

  #fault(site: BindingSite, attribute: string, message: string, kind: 'unknown' | 'fault'): void {
    this.#faults.push({ place: `${site.place} ls:${attribute}`, message })
    const index = this.#ownerIndex(site.owner)
    if (this.#broken.get(index) !== 'fault') this.#broken.set(index, kind)
  }

  #ownerIndex(owner: MarkOwner): number {
    const known = this.#ownerIndexOf.get(owner.element)
    if (known !== undefined) return known
    this.#owners.push(owner)
    this.#ownerIndexOf.set(owner.element, this.#owners.length - 1)
    return this.#owners.length - 1
  }

  #tagIndex(tag: string): number {
    const known = this.#indexOf.get(tag)
    if (known !== undefined) return known
    this.#tags.push(tag)
    this.#indexOf.set(tag, this.#tags.length - 1)
    return this.#tags.length - 1
  }
}

function ownFaceplate(site: BindingSite, tag: string | null): FaceplateTarget | null {
  const equipment = site.drawn ?? site.equipment
  if (equipment) return { equipment: equipment.name }
  return tag === null ? null : { tag }
}

/**
 * Takes away what an instance has no member for: elements all of whose bindings are about absent members, and groups in which
 * nothing else is bound. A condition (`ls:visible`) about an absent member is not fulfilled.
 */
function hideAbsent(
  sites: readonly BindingSite[],
  absent: ReadonlyMap<BindingSite, ReadonlySet<BindingAttribute>>,
): void {
  const isAtWork = (site: BindingSite) => {
    const without = absent.get(site)!
    const kinds = [...impliedText(site)].filter(([attribute]) => isBound(attribute) && !without.has(attribute))
    return kinds.length > 0 && !without.has('visible')
  }
  const candidates = sites.filter((site) => absent.get(site)!.size > 0)
  if (candidates.length === 0) return
  const kept = new Set<Element>()
  for (const site of sites) {
    if (!isAtWork(site)) continue
    for (let element: Element | null = site.element; element && !kept.has(element); element = element.parentElement)
      kept.add(element)
  }
  for (const site of candidates) {
    if (!kept.has(site.element) || absent.get(site)!.has('visible')) site.element.style.setProperty('display', 'none')
  }
}

/** Does the attribute bind its element to a value or an instance? Clicks and layers do not. */
function isBound(attribute: BindingAttribute): boolean {
  const { kind } = bindingAttributes[attribute]
  return kind === 'tagName' || kind === 'equipmentName' || (kind === 'expression' && attribute !== 'write')
}

const resultWords: Readonly<Record<BindingResult, string>> = {
  text: 'a text',
  color: 'a colour as text',
  bool: 'true or false',
  number: 'a number',
  pair: 'two numbers',
  words: 'a text of class names',
  any: 'a value',
}

function isPlainName(text: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(text) && text !== 'true' && text !== 'false'
}

/** May the tag's value be handed to the writer without CEL having judged its type? */
function fitsDirectly(row: TagRow, result: BindingResult): boolean {
  if (row.arrayLength !== undefined) return result === 'text' || result === 'any'
  switch (result) {
    case 'text':
    case 'any':
      return true
    case 'bool':
      return row.dataType === 'bool'
    case 'number':
    case 'pair':
      return /^(?:float|u?int(?:8|16|32)$)/.test(row.dataType)
    case 'color':
    case 'words':
      return row.dataType === 'string'
  }
}

/** A text element that only names its tag shows the tag's value. */
function impliedText(site: BindingSite): Iterable<[BindingAttribute, string]> {
  const isText = site.element.localName === 'text' || site.element.localName === 'tspan'
  const isOnlyTag =
    site.attributes.has('tag') && [...site.attributes.keys()].every((name) => name === 'tag' || name === 'open')
  return isText && isOnlyTag ? [...site.attributes, ['text', 'value']] : site.attributes
}

/** Refusal of an expression whose needed input has no usable value. */
export function noValue(tag: string): RuntimeError {
  return new RuntimeError('Bad', `${tag} has no usable value`)
}
