// Where in a JSON payload a tag's value stands: the singular queries of RFC 9535 (section 2.3.5.1): names and indexes
// only, so that one path always means one value. Wildcards, slices, filters and `..` are refused with a sentence.
//
//   $   $.level   $.motor.speed   $['speed set point']   $.drives[0].speed   $.samples[-1]

/** Names and indexes from the root on; an empty path is the whole document. Negative indexes count from the end. */
export type JsonPath = readonly (string | number)[]

export type ParsedJsonPath =
  | { readonly ok: true; readonly path: JsonPath }
  | { readonly ok: false; readonly message: string }

/** A payload nested deeper than this is no process value. */
const maximumSegments = 32
const maximumIndex = 1_000_000

const nameSegment = /\.([A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)/y
const indexSegment = /\[\s*(0|-?[1-9]\d{0,6})\s*\]/y
const quotedSegment = /\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]/y

/** The path a text describes, or a sentence why it describes none. */
export function parseJsonPath(text: string): ParsedJsonPath {
  if (!text.startsWith('$')) return refuse(text, 'a JSON path starts with $, as in $.motor.speed')
  const path: (string | number)[] = []
  let position = 1
  while (position < text.length) {
    if (path.length === maximumSegments) return refuse(text, `more than ${maximumSegments} steps`)
    const match = matchAt(nameSegment, text, position) ?? matchAt(indexSegment, text, position)
    if (match) {
      path.push(match[0].startsWith('.') ? match[1]! : Number(match[1]))
      position += match[0].length
      continue
    }
    const quoted = matchAt(quotedSegment, text, position)
    const name = quoted ? unquote(quoted[1] ?? quoted[2]!) : null
    if (!quoted || name === null) return refuse(text, whatIsWrong(text, position))
    path.push(name)
    position += quoted[0].length
  }
  if (path.some((segment) => typeof segment === 'number' && Math.abs(segment) > maximumIndex))
    return refuse(text, `an index beyond ${maximumIndex}`)
  return { ok: true, path }
}

/** The shortest text of a path; `parseJsonPath` gives the same path back. */
export function formatJsonPath(path: JsonPath): string {
  return `$${path.map(formatSegment).join('')}`
}

/**
 * The value at the path; undefined where there is none. Only what the payload itself holds is found, never what objects
 * inherit (`__proto__`, `length`, `constructor`).
 */
export function valueAt(document: unknown, path: JsonPath): unknown {
  let value = document
  for (const segment of path) {
    if (typeof value !== 'object' || value === null) return undefined
    if (typeof segment === 'number') {
      if (!Array.isArray(value)) return undefined
      value = value[segment < 0 ? value.length + segment : segment]
    } else {
      if (Array.isArray(value) || !Object.hasOwn(value, segment)) return undefined
      value = (value as Record<string, unknown>)[segment]
    }
  }
  return value
}

/**
 * A document that holds the value at the path and nothing else, for writing; null where the path has an index, because
 * the rest of the array is not known.
 */
export function documentWith(path: JsonPath, value: unknown): unknown {
  return path.some((segment) => typeof segment === 'number') ? null : putAt(undefined, path, value)
}

/** `document` with the value put at the path; objects and arrays on the way are made as needed and changed in place. */
export function putAt(document: unknown, path: JsonPath, value: unknown): unknown {
  const [segment, ...rest] = path
  if (segment === undefined) return value
  if (typeof segment === 'number') {
    const array: unknown[] = Array.isArray(document) ? document : []
    const index = segment < 0 ? Math.max(0, array.length + segment) : segment
    while (array.length < index) array.push(null)
    array[index] = putAt(array[index], rest, value)
    return array
  }
  const object = typeof document === 'object' && document !== null && !Array.isArray(document) ? document : {}
  const inner = Object.hasOwn(object, segment) ? (object as Record<string, unknown>)[segment] : undefined
  // An own property in every case: assigning to `__proto__` would change the object's ancestry instead.
  Object.defineProperty(object, segment, {
    value: putAt(inner, rest, value),
    enumerable: true,
    configurable: true,
    writable: true,
  })
  return object
}

function formatSegment(segment: string | number): string {
  if (typeof segment === 'number') return `[${segment}]`
  nameSegment.lastIndex = 0
  const dotted = `.${segment}`
  if (nameSegment.exec(dotted)?.[0] === dotted) return dotted
  return `['${JSON.stringify(segment).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}']`
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position
  return pattern.exec(text)
}

/** The escapes of RFC 9535 section 2.3.1.1, which are those of JSON plus \'; null when one is none of them. */
function unquote(text: string): string | null {
  const json = text.replace(/\\[\s\S]|"/g, (found) => (found === "\\'" ? "'" : found === '"' ? '\\"' : found))
  try {
    return JSON.parse(`"${json}"`) as string
  } catch {
    return null
  }
}

function whatIsWrong(text: string, position: number): string {
  const rest = text.slice(position)
  if (rest.startsWith('..')) return '".." would mean many values; name the way to one'
  if (/^(\.|\[\s*)\*/.test(rest)) return '"*" would mean many values; name one'
  if (/^\[\s*\?/.test(rest)) return 'a filter would mean many values; name one'
  if (/^\[[^\]]*[:,]/.test(rest)) return 'a slice or list would mean many values; name one'
  if (rest.startsWith('.')) return `"${rest}" is not a plain name; write ['…'] around names with other characters`
  return `"${rest}" is neither .name nor [index] nor ['name']`
}

function refuse(text: string, why: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message: `JSON path "${text}": ${why}` }
}
