// What GS1 element strings have to keep: format of each value, and what stands beside what (GS1 General Specifications sections 3 and 4.14).
import { applicationIdentifier, matchesPattern, type ValuePart } from './application-identifiers.ts'
import type { Gs1Element } from './gs1-element.ts'
import { valueChecks } from './gs1-value-checks.ts'

const characterSets = {
  n: { test: /^[0-9]*$/, name: 'a digit' },
  x: { test: /^[!-"%-?A-Z_a-z]*$/, name: 'a character of CSET 82' },
  y: { test: /^[#\-/0-9A-Z]*$/, name: 'a character of CSET 39' },
  z: { test: /^[-_0-9A-Za-z]*={0,2}$/, name: 'a character of base64url' },
} as const

/** Everything that is wrong with elements of one label, as sentences; empty = they keep every rule. */
export function elementFaults(elements: readonly Gs1Element[]): string[] {
  const faults = elements.length === 0 ? ['There is no application identifier.'] : []
  const values = new Map<string, string>()
  for (const element of elements) {
    faults.push(...valueFaults(element))
    const earlier = values.get(element.ai)
    if (earlier !== undefined && earlier !== element.value)
      faults.push(`AI (${element.ai}) is there twice, with the values ${quoted(earlier)} and ${quoted(element.value)}.`)
    values.set(element.ai, element.value)
  }
  for (const ai of values.keys()) faults.push(...companyFaults(ai, values))
  return faults
}

/** What is wrong with one element alone. */
export function valueFaults({ ai, value }: Gs1Element): string[] {
  const known = applicationIdentifier(ai)
  if (known === undefined) return [`There is no application identifier (${ai}).`]
  if (value.length < known.least || value.length > known.most)
    return [`AI (${ai}) has ${lengthsOf(known.least, known.most)}, not ${value.length}.`]
  const faults: string[] = []
  let at = 0
  for (const part of known.parts) {
    if (part.isOptional && at === value.length) continue
    const piece = value.slice(at, at + part.most)
    at += piece.length
    const fault = partFault(part, piece)
    if (fault !== null) faults.push(`AI (${ai}) ${fault}.`)
  }
  if (at < value.length) faults.push(`AI (${ai}) has characters that belong to none of its parts.`)
  return faults
}

function partFault(part: ValuePart, piece: string): string | null {
  if (piece.length < part.least) return `has ${quoted(piece)} where ${part.least} characters are needed`
  const set = characterSets[part.characters]
  if (!set.test.test(piece)) {
    const wrong = [...piece].find((character) => !set.test.test(character)) ?? piece
    return `has ${quoted(wrong)}, which is not ${set.name}`
  }
  for (const check of part.checks) {
    const fault = valueChecks[check]!(piece)
    if (fault !== null) return fault
  }
  return null
}

/** What an AI needs beside it, and what it cannot stand beside. */
function companyFaults(ai: string, values: ReadonlyMap<string, string>): string[] {
  const known = applicationIdentifier(ai)
  if (known === undefined) return []
  const faults: string[] = []
  for (const groups of known.needs)
    if (!groups.some((group) => group.every((pattern) => hasMatch(values, pattern))))
      faults.push(
        `AI (${ai}) needs ${groups.map((group) => group.map((other) => `(${other})`).join(' with ')).join(' or ')} beside it.`,
      )
  for (const pattern of known.excludes)
    for (const other of values.keys())
      if (other !== ai && matchesPattern(other, pattern)) faults.push(`AI (${ai}) cannot stand beside (${other}).`)
  return faults
}

function hasMatch(values: ReadonlyMap<string, string>, pattern: string): boolean {
  if (!pattern.includes('n')) return values.has(pattern)
  for (const ai of values.keys()) if (matchesPattern(ai, pattern)) return true
  return false
}

function lengthsOf(least: number, most: number): string {
  return least === most ? `${most} characters` : `${least} to ${most} characters`
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
