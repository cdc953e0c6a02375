// The answer of maintenance.health as sections of lines: every part of the runtime adds its own, so nothing is fixed here.
import type { JsonValue } from '../../src-main/shared/data-value.ts'

export interface HealthLine {
  /** Path of words inside the section: `queue depth`, `oldest`. */
  readonly words: readonly string[]
  /** Name of the field, which tells the unit (`…Ms`, `…ByteCount`, `…Timestamp`). */
  readonly field: string
  readonly value: JsonValue
}

export interface HealthSection {
  /** '' = figures that belong to no part. */
  readonly words: string
  readonly lines: readonly HealthLine[]
}

/** Objects become sections; single figures stand together in the first one. */
export function healthSections(health: Readonly<Record<string, JsonValue>>): readonly HealthSection[] {
  const single: HealthLine[] = []
  const sections: HealthSection[] = []
  for (const [name, value] of Object.entries(health)) {
    if (isObject(value)) sections.push({ words: wordsOf(name), lines: linesOf(value, []) })
    else single.push({ words: [wordsOf(name)], field: name, value })
  }
  return single.length === 0 ? sections : [{ words: '', lines: single }, ...sections]
}

function linesOf(value: JsonValue, path: readonly string[]): HealthLine[] {
  if (Array.isArray(value)) return value.flatMap((row: JsonValue, index) => rowLines(row, index, path))
  return Object.entries(value as Readonly<Record<string, JsonValue>>).flatMap(([name, inner]) => {
    const words = [...path, wordsOf(name)]
    return isObject(inner) ? linesOf(inner, words) : [{ words, field: name, value: inner }]
  })
}

/** A row of a list that has a name and a state is one line: what else is known of it stands on a screen of its own. */
function rowLines(row: JsonValue, index: number, path: readonly string[]): HealthLine[] {
  if (!isObject(row) || Array.isArray(row)) return [{ words: [...path, String(index + 1)], field: '', value: row }]
  const fields = row as Readonly<Record<string, JsonValue>>
  const name = fields.name ?? fields.device ?? String(index + 1)
  const words = [...path, String(name)]
  if (typeof fields.state === 'string') return [{ words, field: 'state', value: fields.state }]
  return linesOf(row, words)
}

function isObject(value: JsonValue): value is readonly JsonValue[] | Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null
}

/** `eventLoopDelayMs` → `event loop delay`: the unit goes to the value. */
function wordsOf(name: string): string {
  return name
    .replace(/(Ms|ByteCount|Bytes|Timestamp)$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
}
