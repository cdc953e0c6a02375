// maintenance.health as Prometheus text (exposition format 0.0.4): every number becomes `lineside_<part>_<figure>`, devices
// carry their name as a label.
import type { JsonValue } from '../shared/data-value.ts'

/** The text of GET /metrics. */
export function metricsText(health: Readonly<Record<string, JsonValue>>): string {
  const families = new Map<string, string[]>()
  for (const [part, value] of Object.entries(health)) collect(families, ['lineside', part], value, '')
  let text = ''
  for (const [name, lines] of families) text += `# TYPE ${name} gauge\n${lines.join('')}`
  return text
}

function collect(families: Map<string, string[]>, path: readonly string[], value: JsonValue, labels: string): void {
  if (typeof value === 'number' || typeof value === 'boolean') {
    const name = metricName(path)
    const lines = families.get(name) ?? []
    lines.push(`${name}${labels === '' ? '' : `{${labels}}`} ${Number(value)}\n`)
    families.set(name, lines)
  } else if (Array.isArray(value)) {
    for (const element of value as readonly JsonValue[]) {
      if (!isObject(element)) continue
      const { label, rest } = labelled(element)
      if (label !== null) collect(families, path, rest, label)
    }
  } else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) collect(families, [...path, key], inner, labels)
  }
}

/** A row of a list is told apart by its name; `up` is 1 while its state is `connected`. */
function labelled(row: Readonly<Record<string, JsonValue>>): { label: string | null; rest: JsonValue } {
  const key = ['device', 'name', 'id'].find((candidate) => typeof row[candidate] === 'string')
  if (key === undefined) return { label: null, rest: null }
  const up = typeof row.state === 'string' ? { up: row.state === 'connected' } : {}
  return { label: `${key}="${escapeLabel(String(row[key]))}"`, rest: { ...row, ...up } }
}

/** `tags`, `badCount` → `lineside_tags_bad_count`. */
function metricName(path: readonly string[]): string {
  return path
    .map((part) =>
      part
        .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
        .toLowerCase()
        .replace(/[^a-z0-9_]/g, '_'),
    )
    .join('_')
}

function escapeLabel(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
}

function isObject(value: JsonValue): value is { readonly [field: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
