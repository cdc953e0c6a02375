// Checks a value from a plant file against a schema and says what is wrong in sentences, each at its place.
import * as v from 'valibot'
import { closestName, didYouMean } from '../../shared/closest-name.ts'
import type { Path } from './fault-list.ts'
import type { Origin } from './origin.ts'

/** The checked value with defaults filled in, or null after its faults were listed. */
export function checkSchema<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  origin: Origin,
): v.InferOutput<Schema> | null {
  if (Array.isArray(value) && keysAt(schema, []).length > 0) {
    origin.at([], `keys are expected here (${keysAt(schema, []).slice(0, 3).join(', ')} …), not a list`)
    return null
  }
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  for (const issue of result.issues) reportIssue(schema, issue, origin)
  return null
}

type Issue = v.BaseIssue<unknown>

function reportIssue(schema: v.GenericSchema, issue: Issue, origin: Origin): void {
  const inner = innermost(issue)
  const path = [...pathOf(issue), ...(inner === issue ? [] : pathOf(inner))]
  const last = inner.path?.at(-1)
  if (inner.type === 'strict_object' && last !== undefined && inner.expected === 'never')
    return origin.atKey(path, unknownKey(String(last.key), keysAt(schema, path.slice(0, -1))))
  if (last?.origin === 'key' && inner.received === 'undefined')
    return origin.at(path.slice(0, -1), `the key "${String(last.key)}" is missing`)
  if (last?.origin === 'key') return origin.atKey(path, `"${String(last.key)}": ${inner.message}`)
  origin.at(path, sentence(inner, path))
}

/** `unit: 5` → what was expected and what is there. */
function sentence(issue: Issue, steps: Path): string {
  const name = steps.filter((step) => typeof step === 'string').at(-1)
  const prefix = name === undefined ? '' : `${name}: `
  const isOwn = !issue.message.startsWith('Invalid ')
  const rule = isOwn ? issue.message : `${issue.expected ?? 'something else'} is expected`
  const near = typeof issue.input === 'string' ? didYouMean(issue.input, wordsOf(issue)) : ''
  // A rule about the keys of a group: the group itself is what was expected.
  if (issue.kind === 'validation' && typeof issue.input === 'object') return `${prefix}${rule}`
  return `${prefix}${rule}, not ${inWords(issue.input)}${near}`
}

/** The words a picklist would have taken. */
function wordsOf(issue: Issue): readonly string[] {
  return issue.type === 'picklist' ? [...(issue.expected ?? '').matchAll(/"([^"]*)"/g)].map((match) => match[1]!) : []
}

/** Sentence for a key that does not exist. */
export function unknownKey(name: string, allowed: readonly string[]): string {
  const near = closestName(name, allowed)
  if (near !== null) return `there is no key "${name}"; did you mean "${near}"?`
  const list = allowed.length === 0 || allowed.length > 30 ? '' : `; possible are ${[...allowed].sort().join(', ')}`
  return `there is no key "${name}"${list}`
}

/** A value as it may stand in a sentence. */
export function inWords(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a group of keys'
  if (typeof value === 'string') return value.length > 60 ? `"${value.slice(0, 57)}…"` : `"${value}"`
  return String(value)
}

/** Of a union the branch that fits the value's kind; else the issue itself. */
function innermost(issue: Issue): Issue {
  const deeper = issue.issues?.find((branch) => (branch.path?.length ?? 0) > 0)
  return issue.type === 'union' && deeper !== undefined && typeof issue.input === 'object' ? innermost(deeper) : issue
}

function pathOf(issue: Issue): (string | number)[] {
  return (issue.path ?? []).map((item) => (typeof item.key === 'number' ? item.key : String(item.key)))
}

interface Walkable {
  readonly type?: string
  readonly entries?: Readonly<Record<string, Walkable>>
  readonly wrapped?: Walkable
  readonly item?: Walkable
  readonly value?: Walkable
  readonly options?: readonly Walkable[]
  readonly pipe?: readonly Walkable[]
}

/** Keys the object at a path of a schema may have. */
export function keysAt(schema: v.GenericSchema, path: Path): readonly string[] {
  let nodes: readonly Walkable[] = unwrap(schema as unknown as Walkable)
  for (const step of path)
    nodes = nodes.flatMap((node) =>
      unwrap(node.entries?.[step] ?? node.item ?? (node.type === 'record' ? node.value : undefined)),
    )
  return nodes.flatMap((node) => Object.keys(node.entries ?? {}))
}

function unwrap(node: Walkable | undefined): readonly Walkable[] {
  if (node === undefined) return []
  if (node.pipe !== undefined && node.entries === undefined && node.pipe[0] !== node) return unwrap(node.pipe[0])
  if (node.wrapped !== undefined) return unwrap(node.wrapped)
  if (node.options !== undefined && typeof node.options[0] === 'object') return node.options.flatMap(unwrap)
  return [node]
}
