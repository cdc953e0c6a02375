// The answer of maintenance.health as sections of lines: every part of the runtime adds its own, so nothing is fixed here.
import type { JsonValue } from '../../src-main/shared/data-value.ts'

export interface HealthLine {
  /** Path inside the section: `queue › depth`. */
  readonly label: string
  /** Name of the field, which tells the unit (`…Ms`, `…ByteCount`, `…Timestamp`). */
  readonly field: string
  readonly value: JsonValue
}

export interface HealthSection {
  readonly title: string
  readonly lines: readonly HealthLine[]
}

/** Objects become sections; single figures stand together in the first one, titled ''. */
export function healthSections(health: Readonly<Record<string, JsonValue>>): readonly HealthSection[] {
  const single: HealthLine[] = []
  const sections: HealthSection[] = []
  for (const [name, value] of Object.entries(health)) {
    if (typeof value === 'object' && value !== null) sections.push({ title: wordsOf(name), lines: linesOf(value, '') })
    else single.push({ label: wordsOf(name), field: name, value })
  }
  return single.length === 0 ? sections : [{ title: '', lines: single }, ...sections]
}

function linesOf(value: JsonValue, path: string): HealthLine[] {
  if (typeof value !== 'object' || value === null) return [{ label: path, field: path, value }]
  return Object.entries(value).flatMap(([name, inner]) => {
    const label = [path, wordsOf(nameOf(name, inner))].filter((part) => part !== '').join(' › ')
    return typeof inner === 'object' && inner !== null ? linesOf(inner, label) : [{ label, field: name, value: inner }]
  })
}

/** Rows of a list are called by what they carry as a name. */
function nameOf(name: string, value: JsonValue): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return name
  const fields = value as Readonly<Record<string, JsonValue>>
  const given = fields.name ?? fields.device ?? fields.protocol
  return typeof given === 'string' && /^\d+$/.test(name) ? given : name
}

/** `eventLoopDelayMs` → `event loop delay`: the unit goes to the value. */
function wordsOf(name: string): string {
  return name
    .replace(/(Ms|ByteCount|Bytes|Timestamp)$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
}
