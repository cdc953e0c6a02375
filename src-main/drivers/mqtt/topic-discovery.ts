// Which topics a broker has, for the installer who looks for a tag's address: what was seen for a short while, as a tree
// of topic levels and, below a topic, of the fields of its JSON payload.
import type { BrowseRow } from '../../shared/contract.ts'
import type { DataType } from '../../shared/tag.ts'
import { formatJsonPath, type JsonPath, parseJsonPath, valueAt } from './json-path.ts'
import { parseJson } from './mqtt-payload.ts'

/** More topics than this are not listed. */
export const maximumTopics = 5000
/** Payloads beyond this are listed without their fields; bytes. */
const maximumPayloadBytes = 65_536
/** Fields of one object or array that are listed. */
const maximumFields = 500

export class TopicDiscovery {
  readonly #payloads = new Map<string, Buffer>()

  /** Remembers a message; the payload is copied. False when there is no room for another topic. */
  add(topic: string, payload: Buffer): boolean {
    if (this.#payloads.size >= maximumTopics && !this.#payloads.has(topic)) return false
    this.#payloads.set(topic, payload.length > maximumPayloadBytes ? Buffer.alloc(0) : Buffer.from(payload))
    return true
  }

  get topicCount(): number {
    return this.#payloads.size
  }

  /** Children of `''` (all), `a/b/` (levels below and fields of topic `a/b`) or `a/b#$.field`; sorted by name. */
  rows(path: string): readonly BrowseRow[] {
    const divide = path.search(/#(?=\$)/)
    if (divide >= 0) {
      const parsed = parseJsonPath(path.slice(divide + 1))
      return parsed.ok ? this.#fields(path.slice(0, divide), parsed.path) : []
    }
    const fields = path.endsWith('/') ? this.#fields(path.slice(0, -1), []) : []
    return [...fields, ...this.#levels(path)]
  }

  #levels(prefix: string): readonly BrowseRow[] {
    const names = new Set<string>()
    for (const topic of this.#payloads.keys())
      if (topic.startsWith(prefix) && topic !== prefix.slice(0, -1))
        names.add(topic.slice(prefix.length).split('/')[0]!)
    return [...names].sort().map((name) => this.#levelRow(prefix + name, name))
  }

  #levelRow(topic: string, name: string): BrowseRow {
    const payload = this.#payloads.get(topic)
    const document = payload ? documentOf(payload) : undefined
    const isNested = typeof document === 'object' && document !== null
    return {
      path: `${topic}/`,
      name: name === '' ? '(empty level)' : name,
      address: payload && !isNested ? topic : null,
      dataType: payload && !isNested ? (document === undefined ? 'string' : typeOf(document)) : null,
      writable: payload !== undefined && !isNested,
      hasChildren: isNested || [...this.#payloads.keys()].some((other) => other.startsWith(`${topic}/`)),
      isMethod: false,
      description: payload ? excerpt(payload) : '',
    }
  }

  #fields(topic: string, path: JsonPath): readonly BrowseRow[] {
    const payload = this.#payloads.get(topic)
    const found = payload ? valueAt(documentOf(payload), path) : undefined
    if (typeof found !== 'object' || found === null) return []
    const entries = Array.isArray(found) ? [...found.entries()] : Object.entries(found)
    return entries.slice(0, maximumFields).map(([key, value]) => {
      const inner = [...path, key]
      const isNested = typeof value === 'object' && value !== null
      return {
        path: `${topic}#${formatJsonPath(inner)}`,
        name: String(key),
        address: isNested ? null : `${topic}#${formatJsonPath(inner)}`,
        dataType: isNested ? null : typeOf(value),
        writable: false,
        hasChildren: isNested,
        isMethod: false,
        description: isNested ? '' : String(value).slice(0, 80),
      }
    })
  }
}

function documentOf(payload: Buffer): unknown {
  try {
    return parseJson(payload, false)
  } catch {
    return undefined
  }
}

function typeOf(value: unknown): DataType {
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'number' ? 'float64' : 'string'
}

function excerpt(payload: Buffer): string {
  return payload
    .subarray(0, 80)
    .toString('utf8')
    .replace(/[^\x20-\x7e\u00a0-\uffff]/g, '.')
}
