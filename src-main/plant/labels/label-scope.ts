// What rows of labels/*.yaml refer to beyond themselves.

import type { StateModel } from '../../shared/equipment.ts'
import type { ExpressionScope } from '../../shared/expression.ts'
import type { LabelRules } from '../../shared/label-rules.ts'
import type { DataType } from '../../shared/tag.ts'
import type { Path } from '../source/fault-list.ts'
import type { FileOrigin, Origin } from '../source/origin.ts'

/** A row with its place. */
export interface Row<Entry> {
  readonly entry: Entry
  readonly origin: FileOrigin
}

/** What is known of a tag that labels name. */
export interface NamedTag {
  readonly dataType: DataType
  readonly isArray: boolean
  readonly writable: boolean
}

/** The rest of the plant. Names that are missing only because of a fault already listed exist, and nothing is known of them. */
export interface LabelScope {
  readonly rules: LabelRules
  /** Languages of the plant; null = plant.yaml is faulty, then nobody knows. */
  readonly languages: readonly string[] | null
  readonly requireApproval: boolean
  readonly tags: ExpressionScope
  /** Compiles an expression, faults go to the origin; its CEL type, null after a fault. */
  check(
    text: string,
    origin: Origin,
    path: Path,
    types: readonly string[] | null,
    scope?: ExpressionScope,
  ): string | null
  /** null = there is none; `lost`: it is missing because of a fault already listed. */
  tag(name: string): NamedTag | 'lost' | null
  tagNames(): Iterable<string>
  /** State model of equipment; null = there is none. */
  equipment(name: string): { readonly states: StateModel | null } | 'lost' | null
  equipmentNames(): Iterable<string>
  hasAlarm(id: string): boolean
  alarmIds(): Iterable<string>
  /** Of a file below labels/; null = there is none. */
  image(file: string): Uint8Array | null
  imageFiles(): Iterable<string>
  /** What is odd but stops nothing. */
  hint(origin: Origin, path: Path, message: string): void
}

/** CEL types that can stand on a label as a text. */
const printableTypes = ['string', 'double', 'int', 'bool', 'dyn']

/** An expression whose value can stand on a label. */
export function checkPrintable(
  scope: LabelScope,
  text: string,
  origin: Origin,
  path: Path,
  names: ExpressionScope = scope.tags,
): void {
  const type = scope.check(text, origin, path, null, names)
  if (type !== null && !printableTypes.includes(type))
    origin.at(path, `a text or a number is expected; this expression gives ${type}`)
}
