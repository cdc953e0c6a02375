// What a row of the contract is made of: kind, permission, audited or not, and the input schemas that many rows share.
import * as v from 'valibot'
import type { JsonValue } from './data-value.ts'
import type { Permission } from './permission.ts'

export const name = v.pipe(v.string(), v.minLength(1), v.maxLength(256))
export const names = (most: number) => v.pipe(v.array(name), v.maxLength(most))
export const text = (longest: number) => v.pipe(v.string(), v.maxLength(longest))
export const nothing = v.object({})
export const cursor = v.optional(text(512))
export const limit = (most: number) => v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most)))
/** Nothing a device takes is nested deeper; recursion over values is safe below it. */
export const deepestJson = 32
export const jsonValue = v.custom<JsonValue>(
  (input) => input !== undefined && isShallow(input),
  `a JSON value nested at most ${deepestJson} levels deep is expected`,
)

export const timeRule = 'a time is expected: ms since 1970-01-01 UTC, or RFC 3339 text as 2026-03-29T01:30:00Z'
/** ms since 1970-01-01 UTC as a number, or RFC 3339 text; gives whole ms. */
export const time = v.union(
  [
    v.pipe(v.number(), v.minValue(-8.64e15, timeRule), v.maxValue(8.64e15, timeRule)),
    v.pipe(
      v.string(),
      v.regex(/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})$/, timeRule),
      v.transform((input) => Date.parse(input)),
      v.number(timeRule),
    ),
  ],
  timeRule,
)

export const wholeNumber = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))

/** JSON nested at most `deepestJson` levels deep. */
export function isShallow(input: unknown): boolean {
  // Nearly every value is one, and back-fill has a hundred thousand of them.
  if (typeof input !== 'object' || input === null) return true
  let level: unknown[] = [input]
  for (let depth = 0; depth <= deepestJson; depth++) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
    if (level.length === 0) return true
  }
  return false
}

/** Marks the result type of a row; nothing is stored. */
export function result<T>(): T {
  return undefined as T
}

export interface Row<Kind extends 'call' | 'feed', Schema extends v.GenericSchema, Result> {
  readonly kind: Kind
  readonly input: Schema
  /** null = open to everybody (only `access.login`). */
  readonly permission: Permission | null
  readonly audited: boolean
  readonly summary: string
  readonly result: Result
}

export function call<Schema extends v.GenericSchema, Result>(
  permission: Permission | null,
  summary: string,
  input: Schema,
  marker: Result,
  audited = false,
): Row<'call', Schema, Result> {
  return { kind: 'call', input, permission, audited, summary, result: marker }
}

export function feed<Schema extends v.GenericSchema, Result>(
  permission: Permission,
  summary: string,
  input: Schema,
  marker: Result,
): Row<'feed', Schema, Result> {
  return { kind: 'feed', input, permission, audited: false, summary, result: marker }
}
