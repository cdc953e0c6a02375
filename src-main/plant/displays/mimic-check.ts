// Every binding of a mimic or symbol is checked when the plant is loaded: the tag exists, the expression fits what the
// attribute needs, the target of a click is there.

import { closestName } from '../../shared/closest-name.ts'
import { compileExpression, type ExpressionScope } from '../../shared/expression.ts'
import {
  type BindingAttribute,
  type BindingResult,
  bindingAttributes,
  bindingExpressions,
  bindingScope,
  fitsResult,
  isBindingAttribute,
  isDrawingName,
  levelDirections,
  memberPrefix,
  parseDetail,
  parseOpenTarget,
  parsePipeEnd,
  resolveBindingName,
  standardPorts,
} from '../../shared/mimic.ts'
import type { FaultList } from '../source/fault-list.ts'
import { oneOf } from '../source/plant-words.ts'
import { unknownKey } from '../source/schema-check.ts'
import { readSvg, type SvgVisitor, type WrittenBinding, type WrittenElement } from '../source/svg-source.ts'

/** What bindings refer to. */
export interface MimicScope {
  readonly tags: ExpressionScope
  isWritable(tag: string): boolean
  hasEquipment(name: string): boolean
  equipmentNames(): Iterable<string>
  hasMimic(name: string): boolean
  mimicNames(): Iterable<string>
  /** Member name → tag name of the instance that is drawn; null for a mimic. */
  readonly members: Readonly<Record<string, string>> | null
  /**
   * Members of the instance drawn that are instances themselves, those inside of them as `Drive.Gearbox`; left out = not known, then any
   * `self.…` may be one.
   */
  readonly nested?: ReadonlySet<string> | null
  /** Connection points that the symbol of an instance (or of `self.<member>`) has besides the standard ones; null = not known. */
  portsOf?(equipment: string): ReadonlySet<string> | null
}

/** What a drawing says of itself: the text of its `<title>` (null when it has none), and what its elements are bound to. */
export interface CheckedDrawing {
  readonly title: string | null
  readonly tags: readonly string[]
  readonly equipment: readonly string[]
  /** Names of its connection points (`ls:port`). */
  readonly ports: readonly string[]
}

/** Checks a drawing. */
export function checkDrawing(file: string, text: string, scope: MimicScope, faults: FaultList): CheckedDrawing {
  const check = new DrawingCheck(file, scope, faults)
  if (readSvg(file, text, faults, check)) check.end()
  return {
    title: check.titleText,
    tags: [...check.tags],
    equipment: [...check.equipment],
    ports: [...check.ports],
  }
}

/** Of a tag whose absence is listed already. */
const anyType = { dataType: 'structure', arrayLength: null } as const

/** What an element hands down to those inside it. */
interface Surroundings {
  readonly tag: string | null
  readonly equipment: string | null
}

class DrawingCheck implements SvgVisitor {
  titleText: string | null = null
  readonly tags = new Set<string>()
  readonly equipment = new Set<string>()
  readonly ports = new Set<string>()
  /** id → the instance the element draws, '' = none. */
  readonly #equipmentOfId = new Map<string, string>()
  /** Ends of pipes, judged when all ids are known. */
  readonly #ends: WrittenBinding[] = []
  readonly #file: string
  readonly #scope: MimicScope
  readonly #faults: FaultList
  readonly #missing = new Set<string>()
  readonly #stack: Surroundings[] = [{ tag: null, equipment: null }]

  constructor(file: string, scope: MimicScope, faults: FaultList) {
    this.#file = file
    this.#scope = scope
    this.#faults = faults
  }

  open(bindings: readonly WrittenBinding[], { id }: WrittenElement): void {
    const drawn = bindings.find(({ attribute }) => attribute === 'equipment')?.value.trim() ?? ''
    if (id !== '') this.#equipmentOfId.set(id, drawn)
    const outer = this.#stack.at(-1)!
    let surroundings = outer
    for (const binding of bindings) {
      if (binding.attribute === 'tag') surroundings = { ...surroundings, tag: this.#tag(binding) }
      if (binding.attribute === 'equipment') surroundings = { ...surroundings, equipment: this.#equipment(binding) }
    }
    this.#stack.push(surroundings)
    for (const binding of bindings) this.#binding(binding, surroundings)
  }

  close(): void {
    this.#stack.pop()
  }

  /** The whole drawing is read. */
  end(): void {
    for (const binding of this.#ends) this.#end(binding)
  }

  title(text: string): void {
    if (text !== '') this.titleText = text
  }

  #fault(binding: WrittenBinding, message: string, offset = 0): void {
    this.#faults.add(this.#file, binding.place(offset), `ls:${binding.attribute}: ${message}`)
  }

  #hint(name: string, candidates: Iterable<string>): string {
    const near = this.#faults.mayHint() ? closestName(name, candidates) : null
    return near === null ? '' : `; did you mean ${near}?`
  }

  /** The tag; one that does not exist is remembered, so that what builds on it is no further fault. */
  #tag(binding: WrittenBinding): string {
    const name = binding.value.trim()
    if (this.#typeOf(name) !== null) {
      this.tags.add(name)
      return name
    }
    this.#missing.add(name)
    const members = Object.keys(this.#scope.members ?? {}).map((member) => memberPrefix + member)
    this.#fault(
      binding,
      `no tag named ${name}${this.#hint(name, [...members, ...(this.#scope.tags.tagNames?.() ?? [])])}`,
    )
    return name
  }

  #typeOf(name: string): ReturnType<ExpressionScope['tagType']> {
    const tag = resolveBindingName(name, this.#scope.members)
    if (this.#missing.has(name) || (tag !== null && this.#missing.has(tag))) return anyType
    return tag === null ? null : this.#scope.tags.tagType(tag)
  }

  #equipment(binding: WrittenBinding): string {
    const name = binding.value.trim()
    if (name.startsWith(memberPrefix)) {
      this.#nested(binding, name)
      return name
    }
    if (this.#scope.hasEquipment(name)) {
      this.equipment.add(name)
      return name
    }
    this.#fault(binding, `no equipment named ${name}${this.#hint(name, this.#scope.equipmentNames())}`)
    return name
  }

  #nested(binding: WrittenBinding, name: string): void {
    if (this.#scope.members === null)
      return this.#fault(binding, 'self means the instance drawn, and this is no symbol: name the equipment')
    if (this.#hasNested(name)) return
    const candidates = [...(this.#scope.nested ?? [])].map((member) => memberPrefix + member)
    this.#fault(
      binding,
      `the type has no nested equipment ${name.slice(memberPrefix.length)}${this.#hint(name, candidates)}`,
    )
  }

  #hasNested(name: string): boolean {
    if (this.#scope.members === null || !name.startsWith(memberPrefix)) return false
    const { nested } = this.#scope
    return nested === undefined || nested === null || nested.has(name.slice(memberPrefix.length))
  }

  #binding(binding: WrittenBinding, surroundings: Surroundings): void {
    const { attribute } = binding
    if (!isBindingAttribute(attribute))
      return this.#fault(binding, unknownKey(attribute, Object.keys(bindingAttributes)))
    const { kind, result } = bindingAttributes[attribute]
    switch (kind) {
      case 'tagName':
      case 'equipmentName':
        return
      case 'direction':
        if (!(levelDirections as readonly string[]).includes(binding.value.trim()))
          this.#fault(binding, `${oneOf(levelDirections)} is expected, not "${binding.value}"`)
        return
      case 'openTarget':
        return this.#target(binding, surroundings)
      case 'name':
        return this.#name(binding, attribute)
      case 'number':
        if (parseDetail(binding.value) === null)
          this.#fault(
            binding,
            `a magnification above 0 is expected (1 = the whole drawing fits), not "${binding.value}"`,
          )
        return
      case 'connection':
        this.#ends.push(binding)
        return
      case 'expression':
        return this.#expression(binding, attribute, result, surroundings)
    }
  }

  #name(binding: WrittenBinding, attribute: BindingAttribute): void {
    const name = binding.value.trim()
    if (!isDrawingName(name))
      return this.#fault(binding, `a name is expected (letters, digits, _ - . and spaces), not "${binding.value}"`)
    if (attribute !== 'port') return
    if (this.#scope.members === null)
      return this.#fault(binding, 'connection points belong to symbols; pipes of a mimic end at elements')
    if ((standardPorts as readonly string[]).includes(name)) return
    if (this.ports.has(name)) return this.#fault(binding, `there is a connection point ${name} already`)
    this.ports.add(name)
  }

  #end(binding: WrittenBinding): void {
    const end = parsePipeEnd(binding.value)
    if (end === null)
      return this.#fault(binding, `<element id> or <element id>@<port> is expected, not "${binding.value}"`)
    const drawn = this.#equipmentOfId.get(end.elementId)
    if (drawn === undefined)
      return this.#fault(
        binding,
        `no element has the id ${end.elementId}${this.#hint(end.elementId, this.#equipmentOfId.keys())}`,
      )
    if (end.port === null || (standardPorts as readonly string[]).includes(end.port)) return
    const ports = drawn === '' ? new Set<string>() : (this.#scope.portsOf?.(drawn) ?? null)
    if (ports === null || ports.has(end.port)) return
    const all = [...standardPorts, ...ports]
    this.#fault(binding, `element ${end.elementId} has no port ${end.port}: ${oneOf(all)} is expected`)
  }

  #target(binding: WrittenBinding, surroundings: Surroundings): void {
    const target = parseOpenTarget(binding.value)
    if (target === null) return this.#fault(binding, 'a mimic, faceplate or faceplate:<equipment or tag> is expected')
    if (target.kind === 'mimic') {
      if (!this.#scope.hasMimic(target.name))
        this.#fault(binding, `no mimic named ${target.name}${this.#hint(target.name, this.#scope.mimicNames())}`)
      return
    }
    if (target.of === null) {
      const isInSymbol = this.#scope.members !== null
      if (surroundings.tag === null && surroundings.equipment === null && !isInSymbol)
        this.#fault(binding, 'faceplate of what? the element has neither ls:tag nor ls:equipment')
      return
    }
    if (this.#scope.hasEquipment(target.of) || this.#hasNested(target.of) || this.#typeOf(target.of) !== null) return
    const names = [...this.#scope.equipmentNames(), ...(this.#scope.tags.tagNames?.() ?? [])]
    this.#fault(binding, `no equipment or tag named ${target.of}${this.#hint(target.of, names)}`)
  }

  #expression(
    binding: WrittenBinding,
    attribute: BindingAttribute,
    result: BindingResult,
    surroundings: Surroundings,
  ): void {
    const tagType = (name: string) => (this.#missing.has(name) ? anyType : this.#scope.tags.tagType(name))
    const context = { tagType, tag: surroundings.tag, members: this.#scope.members }
    const scope: ExpressionScope = { ...bindingScope(context), tagNames: () => this.#names(surroundings) }
    const texts = bindingExpressions(attribute, binding.value)
    let start = 0
    for (const text of texts) {
      const compiled = compileExpression(text, scope)
      if (!compiled.ok) this.#fault(binding, this.#withReason(compiled.message, surroundings), start + compiled.offset)
      else if (!fitsResult(compiled.expression.type, texts.length === 2 ? 'number' : result))
        this.#fault(
          binding,
          `${resultInWords(result)} is expected; this expression gives ${compiled.expression.type === 'double' ? 'a number' : compiled.expression.type}`,
          start,
        )
      start += text.length + 1
    }
    if (attribute === 'write') this.#write(binding, surroundings)
  }

  /** `value` without a tag is the likeliest mistake; say so. */
  #withReason(message: string, surroundings: Surroundings): string {
    return message.startsWith('no tag named value') && surroundings.tag === null
      ? 'value means the tag of ls:tag, and neither this element nor one around it has one'
      : message
  }

  #write(binding: WrittenBinding, surroundings: Surroundings): void {
    if (surroundings.tag === null)
      return this.#fault(binding, 'a click writes to the tag of ls:tag; the element has none')
    const tag = resolveBindingName(surroundings.tag, this.#scope.members)
    if (tag !== null && !this.#missing.has(tag) && !this.#scope.isWritable(tag))
      this.#fault(binding, `tag ${surroundings.tag} cannot be written`)
  }

  *#names(surroundings: Surroundings): Iterable<string> {
    if (surroundings.tag !== null) yield 'value'
    for (const member of Object.keys(this.#scope.members ?? {})) yield memberPrefix + member
    yield* this.#scope.tags.tagNames?.() ?? []
  }
}

function resultInWords(result: BindingResult): string {
  switch (result) {
    case 'bool':
      return 'a condition (true or false)'
    case 'number':
      return 'a number'
    case 'pair':
      return 'x, y: two numbers'
    case 'color':
      return 'a colour as text'
    case 'words':
      return 'a text'
    case 'text':
    case 'any':
      return 'a value'
  }
}
