// GS1 element strings: application identifiers with their values, in brackets or as a scanner sends them, with separators (GS1 General
// Specifications section 7.8).
import { type ApplicationIdentifier, applicationIdentifierAt, predefinedLength } from './application-identifiers.ts'
import type { Gs1Element } from './gs1-element.ts'
import { elementFaults, valueFaults } from './gs1-validity.ts'

/** What an element string says, as far as it can be taken apart. */
export interface ElementReading {
  readonly elements: readonly Gs1Element[]
  /** What could not be taken apart, as sentences. What the values have to keep is said by elementFaults. */
  readonly faults: readonly string[]
  /** Not wrong, but worth knowing: a value that may hold another element, because no separator arrived. */
  readonly notes: readonly string[]
}

/** FNC1 behind a value of variable length, as scanners send it. */
export const separator = '\u001d'

/** Longer texts without separators are not searched for another way to take them apart. */
const longestSearched = 160
/** Values looked at in that search. */
const mostAttempts = 120

/** Takes an element string apart: with brackets when its first AI has one, else as scanned. Never throws. */
export function readElements(text: string): ElementReading {
  return /^(?:\(|\d{2,4}\))/.test(text) ? readBracketed(text) : readScanned(text)
}

/** As a printer's symbol holds it: separators behind values whose length is not known beforehand, unless they are the last. */
export function formatElements(elements: readonly Gs1Element[]): string {
  let text = ''
  for (const [at, { ai, value }] of elements.entries()) {
    const isOpen = predefinedLength(ai, 0) === undefined && at < elements.length - 1
    text += `${ai}${value}${isOpen ? separator : ''}`
  }
  return text
}

/** As people read it: `(01)09521234543213(21)A1`. A bracket that belongs to a value has a backslash before it. */
export function bracketed(elements: readonly Gs1Element[]): string {
  let text = ''
  for (const { ai, value } of elements) text += `(${ai})${value.includes('(') ? value.replaceAll('(', '\\(') : value}`
  return text
}

function readBracketed(text: string): ElementReading {
  const elements: Gs1Element[] = []
  const faults: string[] = []
  const opening = /\((\d{2,4})\)/y
  let at = 0
  while (at < text.length) {
    opening.lastIndex = at
    const ai = opening.exec(text)?.[1]
    if (ai === undefined) {
      faults.push(`At character ${at + 1} an application identifier in brackets is expected, as (01).`)
      break
    }
    const from = opening.lastIndex
    const to = endOfBracketedValue(text, from, faults)
    const value = unescaped(text.slice(from, to))
    if (value !== value.trim() && faults.length === 0) faults.push(`There are spaces around the value of AI (${ai}).`)
    elements.push({ ai, value: value.trim() })
    at = to
  }
  return { elements, faults, notes: [] }
}

/** The next bracket without a backslash before it, if an application identifier is in it; one that is part of the value is a fault. */
function endOfBracketedValue(text: string, from: number, faults: string[]): number {
  for (let at = text.indexOf('(', from); at >= 0; at = text.indexOf('(', at + 1)) {
    if (text[at - 1] === '\\') continue
    if (/^\(\d{2,4}\)/.test(text.slice(at, at + 6))) return at
    if (faults.length === 0)
      faults.push(`The bracket at character ${at + 1} opens no application identifier; in a value it is written \\(.`)
  }
  return text.length
}

function unescaped(value: string): string {
  return value.includes('\\(') ? value.replaceAll('\\(', '(') : value
}

function readScanned(text: string): ElementReading {
  const elements: Gs1Element[] = []
  const faults: string[] = []
  let at = text.startsWith(separator) ? 1 : 0
  while (at < text.length) {
    const known = applicationIdentifierAt(text, at)
    if (known === undefined) {
      faults.push(
        `No application identifier begins with ${JSON.stringify(text.slice(at, at + 4))} (character ${at + 1}).`,
      )
      break
    }
    const from = at + known.ai.length
    const end = endOfRun(text, from)
    const length = predefinedLength(text, at)
    const to = length === undefined ? end : Math.min(at + length, end)
    if (length === undefined && to - from > known.most) {
      const found = faults.length > 0 ? [] : readingsWithoutSeparators(elements, text.slice(at, end))
      faults.push(lostSeparator(known, found.length))
      elements.push(...(found.length === 1 ? found[0]! : [{ ai: known.ai, value: text.slice(from, to) }]))
    } else elements.push({ ai: known.ai, value: text.slice(from, to) })
    at = text[to] === separator ? to + 1 : to
  }
  if (elements.length === 0 && faults.length === 0) faults.push('There is no application identifier.')
  return { elements, faults, notes: faults.length > 0 ? [] : notesOf(text, elements) }
}

function endOfRun(text: string, from: number): number {
  const end = text.indexOf(separator, from)
  return end < 0 ? text.length : end
}

function lostSeparator(known: ApplicationIdentifier, readings: number): string {
  const found =
    readings === 1
      ? 'the text has been read in the only way that fits'
      : readings === 0
        ? 'and no way to read it without fits'
        : 'and there is more than one way to read it without'
  return `AI (${known.ai}) has ${known.most} characters at most: the separator behind it is missing, ${found}.`
}

/** A value that was taken up to the end may hold another element where the scanner keeps separators to itself. */
function notesOf(text: string, elements: readonly Gs1Element[]): string[] {
  const last = elements.at(-1)
  if (last === undefined || text.includes(separator) || predefinedLength(last.ai, 0) !== undefined) return []
  const others = readingsWithoutSeparators(elements.slice(0, -1), last.ai + last.value).filter(
    (found) => found.length > 1,
  )
  if (others.length === 0) return []
  return [`AI (${last.ai}) might end earlier, as ${bracketed(others[0]!)}, if the scanner keeps separators to itself.`]
}

/** Every way to take text apart into elements that keep all rules behind those before: at most two, for more than one is one too many. */
function readingsWithoutSeparators(before: readonly Gs1Element[], text: string): Gs1Element[][] {
  if (text.length > longestSearched) return []
  const found: Gs1Element[][] = []
  let attempts = 0
  const search = (at: number, read: readonly Gs1Element[]): void => {
    if (at === text.length) {
      if (elementFaults([...before, ...read]).length === 0) found.push([...read])
      return
    }
    const known = applicationIdentifierAt(text, at)
    if (known === undefined) return
    const from = at + known.ai.length
    const length = predefinedLength(text, at)
    const least = length === undefined ? from + known.least : at + length
    const most = Math.min(length === undefined ? from + known.most : at + length, text.length)
    for (let to = least; to <= most && found.length < 2 && attempts < mostAttempts; to++) {
      const element = { ai: known.ai, value: text.slice(from, to) }
      if (to < text.length && applicationIdentifierAt(text, to) === undefined) continue
      if (read.some((other) => other.ai === known.ai)) continue
      attempts++
      if (valueFaults(element).length === 0) search(to, [...read, element])
    }
  }
  search(0, [])
  return found
}
