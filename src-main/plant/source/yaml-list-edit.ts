// Rows of a list in a YAML file changed where they are written: a row is added, gets other values or goes. All other
// characters of the file (comments, blank lines, quotes, order) stay; new rows look like their neighbours.
import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'

/** What is to be done with the row whose `key` has the value `of`. */
export interface ListEdit {
  readonly key: string
  readonly of: string
  /** Key → value; null takes the key away, other keys stay. `set` null takes the row out. */
  readonly set: Readonly<Record<string, unknown>> | null
}

/** Rows of the list `list` at the top of a file; [] when the file cannot be read or has no such list. */
export function readList(text: string, list: string): readonly Readonly<Record<string, unknown>>[] {
  const document = parseDocument(text, { prettyErrors: false })
  if (document.errors.length > 0) return []
  const rows: unknown = (document.toJS() as Record<string, unknown> | null)?.[list]
  return Array.isArray(rows)
    ? rows.filter((row): row is Record<string, unknown> => typeof row === 'object' && row !== null)
    : []
}

/** The file after the edit. A row that is not there yet is added at the end; one that is to go and is not there changes nothing. */
export function editList(text: string, list: string, edit: ListEdit): string {
  const spliced = splice(text, list, edit)
  // A way of writing that this does not know: then the file is written by the library, which keeps comments too.
  return spliced !== null && isSame(valuesIn(spliced), valueAfter(text, list, edit))
    ? spliced
    : rewritten(text, list, edit)
}

/** The same value, whatever the order of keys. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b))
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (!isPlainMap(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, inOrder(value[key])]),
  )
}

function valuesIn(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false })
  return document.errors.length > 0 ? undefined : document.toJS()
}

function valueAfter(text: string, list: string, edit: ListEdit): unknown {
  const root = (valuesIn(text) ?? {}) as Record<string, unknown>
  const rows = Array.isArray(root[list]) ? [...(root[list] as Record<string, unknown>[])] : []
  const at = rows.findIndex((row) => row?.[edit.key] === edit.of)
  if (edit.set === null) {
    if (at >= 0) rows.splice(at, 1)
  } else if (at < 0) rows.push(withKeys({}, edit.set))
  else rows[at] = withKeys(rows[at]!, edit.set)
  return { ...root, [list]: rows }
}

function withKeys(
  row: Readonly<Record<string, unknown>>,
  set: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const result = { ...row }
  for (const [key, value] of Object.entries(set)) {
    if (value === null) delete result[key]
    else result[key] = value
  }
  return result
}

/** The edit on the text itself; null where the list is written in a way that is left to the library. */
function splice(text: string, list: string, edit: ListEdit): string | null {
  const document = parseDocument(text, { prettyErrors: false })
  if (document.errors.length > 0) return null
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  if (
    document.contents === null ||
    (isMap(document.contents) && document.contents.items.length === 0 && text.trim() === '')
  )
    return edit.set === null ? text : newFile(text, list, edit.set, newline)
  const seq = isMap(document.contents) ? document.contents.get(list, true) : undefined
  if (!isSeq(seq) || seq.flow || !seq.range) return null
  const rows = seq.items
  const index = rows.findIndex((row) => isMap(row) && row.get(edit.key) === edit.of)
  if (edit.set === null) return index < 0 ? text : rows.length === 1 ? null : withoutRow(text, seq, index)
  if (index < 0) return withNewRow(text, seq, edit.set, newline)
  const row = rows[index]
  return isMap(row) ? withChangedRow(text, document, row, edit.set, newline) : null
}

function newFile(text: string, list: string, set: Readonly<Record<string, unknown>>, newline: string): string {
  const row = stringify([withKeys({}, set)], { lineWidth: 0, indentSeq: true }).trimEnd()
  const head = text === '' || text.endsWith('\n') ? text : text + newline
  return `${head}${list}:\n${indented(row, '  ')}\n`.replaceAll(/\r?\n/g, newline)
}

/** Offset of the `-` of a row of a block list, and of the line it stands on; null when the row begins otherwise. */
function dashOf(text: string, row: unknown): { readonly dash: number; readonly line: number } | null {
  if (!isNode(row) || !row.range) return null
  const dash = text.lastIndexOf('-', row.range[0] - 1)
  if (dash < 0 || !/^-[ \t\r\n]*(#[^\n]*\n[ \t]*)?$/.test(text.slice(dash, row.range[0]))) return null
  const line = text.lastIndexOf('\n', dash - 1) + 1
  return text.slice(line, dash).trim() === '' ? { dash, line } : null
}

/** End of the last line that belongs to a node, behind its line end and the comment on it. */
function endOfLine(text: string, node: Node): number {
  const from = contentEnd(text, node)
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end + 1
}

/** Offset behind a node's last own character: ranges of block nodes go on over blank lines. */
function contentEnd(text: string, node: Node): number {
  if (isMap(node) && !node.flow) {
    const last = node.items.at(-1) as Pair | undefined
    const part = isNode(last?.value) ? last.value : isNode(last?.key) ? last.key : null
    if (part !== null) return contentEnd(text, part)
  }
  if (isSeq(node) && !node.flow) {
    const last = node.items.at(-1)
    if (isNode(last)) return contentEnd(text, last)
  }
  const [start, end] = node.range!
  return start + text.slice(start, end).trimEnd().length
}

/** A row goes with its line and the comment lines right above it that no blank line divides from it. */
function withoutRow(text: string, seq: YAMLSeq, index: number): string | null {
  const row = seq.items[index]
  const place = dashOf(text, row)
  if (place === null || !isNode(row)) return null
  let start = place.line
  // A comment above the first row speaks of the list as likely as of the row.
  while (index > 0) {
    const previous = text.lastIndexOf('\n', start - 2) + 1
    if (previous >= start || !/^[ \t]*#/.test(text.slice(previous, start))) break
    start = previous
  }
  return text.slice(0, start) + text.slice(endOfLine(text, row))
}

function withNewRow(
  text: string,
  seq: YAMLSeq,
  set: Readonly<Record<string, unknown>>,
  newline: string,
): string | null {
  const last = seq.items.at(-1)
  const place = dashOf(text, last)
  if (place === null || !isNode(last)) return null
  const indent = text.slice(place.line, place.dash)
  const value = withKeys({}, set)
  const row = isMap(last) && last.flow ? flowText(value) : blockText(value, nestedMapsAreFlow(seq))
  const at = endOfLine(text, last)
  const head = text.slice(0, at)
  const line = `${indent}- ${row.replaceAll('\n', `\n${indent}  `)}\n`
  return (head.endsWith('\n') ? head : head + newline) + line.replaceAll(/\r?\n/g, newline) + text.slice(at)
}

/** Do the rows write maps inside them as `{ … }`? Where none has one, yes. */
function nestedMapsAreFlow(seq: YAMLSeq): boolean {
  for (const row of [...seq.items].reverse())
    if (isMap(row)) for (const { value } of row.items) if (isMap(value)) return value.flow === true
  return true
}

interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

function withChangedRow(
  text: string,
  document: Document,
  row: YAMLMap,
  set: Readonly<Record<string, unknown>>,
  newline: string,
): string | null {
  const edits = changesOf(text, document, row, set, newline)
  if (edits === null) return null
  let result = text
  for (const { start, end, text: part } of edits.toSorted((a, b) => b.start - a.start || b.end - a.end))
    result = result.slice(0, start) + part + result.slice(end)
  return result
}

function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What makes one map of the other: values as they are to be, null for keys that go. */
function mapChange(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return { ...Object.fromEntries(Object.keys(before).map((key) => [key, null])), ...after }
}

/** Changes of a map's text; null where it is written in a way that is left to the library. */
function changesOf(
  text: string,
  document: Document,
  row: YAMLMap,
  set: Readonly<Record<string, unknown>>,
  newline: string,
): readonly TextEdit[] | null {
  const edits: TextEdit[] = []
  const added: [string, unknown][] = []
  for (const [key, value] of Object.entries(set)) {
    const pair = row.items.find(
      (item): item is Pair<Node, Node> => isPair(item) && isScalar(item.key) && item.key.value === key,
    )
    if (pair === undefined) {
      if (value !== null) added.push([key, value])
      continue
    }
    const present: unknown = isNode(pair.value) ? pair.value.toJS(document) : null
    if (isSame(present, value)) continue
    if (!isNode(pair.value) || !pair.value.range || !pair.key.range) return null
    const end = contentEnd(text, pair.value)
    if (value !== null) {
      if (isMap(pair.value) && isPlainMap(value)) {
        const inner = changesOf(text, document, pair.value, mapChange(pair.value.toJS(document), value), newline)
        if (inner === null) return null
        edits.push(...inner)
        continue
      }
      if (isSeq(pair.value) && !pair.value.flow && Array.isArray(value)) {
        const inner = rowChanges(text, document, pair.value, value, newline)
        if (inner === null) return null
        edits.push(...inner)
        continue
      }
      const isBlock = (isMap(pair.value) || isSeq(pair.value)) && !pair.value.flow
      if (isBlock) return null
      edits.push({ start: pair.value.range[0], end, text: flowText(value) })
    } else if (row.flow) edits.push(flowGap(text, pair.key.range[0], end))
    else {
      const line = text.lastIndexOf('\n', pair.key.range[0] - 1) + 1
      if (text.slice(line, pair.key.range[0]).trim() !== '') return null
      edits.push({ start: line, end: endOfLine(text, pair.value), text: '' })
    }
  }
  if (added.length > 0) {
    const last = row.items.at(-1)
    if (!isPair(last) || !isNode(last.value) || !isNode(last.key)) return null
    const at = row.flow ? contentEnd(text, last.value) : endOfLine(text, last.value)
    const column = last.key.range![0] - (text.lastIndexOf('\n', last.key.range![0] - 1) + 1)
    const written = added.map(([key, value]) => `${flowText(key)}: ${flowText(value)}`)
    const head = !row.flow && !text.slice(0, at).endsWith('\n') ? newline : ''
    edits.push({
      start: at,
      end: at,
      text: row.flow
        ? written.map((pair) => `, ${pair}`).join('')
        : head + written.map((pair) => `${' '.repeat(column)}${pair}${newline}`).join(''),
    })
  }
  return edits
}

/** Changes of a list below a row: what stays the same keeps its lines, what changes is changed in its place. */
function rowChanges(
  text: string,
  document: Document,
  seq: YAMLSeq,
  wanted: readonly unknown[],
  newline: string,
): readonly TextEdit[] | null {
  const places = seq.items.map((item) => (isNode(item) ? dashOf(text, item) : null))
  if (wanted.length === 0 || places.length === 0 || places.includes(null)) return null
  const present = seq.items.map((item) => (item as Node).toJS(document) as unknown)
  const indent = text.slice(places[0]!.line, places[0]!.dash)
  const edits: TextEdit[] = []
  const added = (at: number, value: unknown) => {
    const isOpen = at > 0 && text[at - 1] !== '\n'
    edits.push({ start: at, end: at, text: `${isOpen ? newline : ''}${indent}- ${flowText(value)}${newline}` })
  }
  let end = places[0]!.line
  for (const { from, to } of matched(present, wanted)) {
    if (from === null) {
      added(end, wanted[to!])
      continue
    }
    const item = seq.items[from] as Node
    const before = end
    end = endOfLine(text, item)
    if (to === null) edits.push({ start: Math.max(before, places[from]!.line), end, text: '' })
    else if (!isSame(present[from], wanted[to])) {
      const value = wanted[to]
      const inner =
        isMap(item) && isPlainMap(value)
          ? changesOf(text, document, item, mapChange(item.toJS(document), value), newline)
          : [{ start: item.range![0], end: contentEnd(text, item), text: flowText(value) }]
      if (inner === null) return null
      edits.push(...inner)
    }
  }
  return edits
}

/** Which row becomes which: the longest row of equal ones stays, others become each other in their order, the rest comes or goes. */
function matched(
  present: readonly unknown[],
  wanted: readonly unknown[],
): readonly { readonly from: number | null; readonly to: number | null }[] {
  const length = Array.from({ length: present.length + 1 }, () => new Uint16Array(wanted.length + 1))
  const before = present.map((value) => JSON.stringify(inOrder(value)))
  const after = wanted.map((value) => JSON.stringify(inOrder(value)))
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      length[i]![j] =
        before[i] === after[j] ? length[i + 1]![j + 1]! + 1 : Math.max(length[i + 1]![j]!, length[i]![j + 1]!)
  const pairs: { from: number | null; to: number | null }[] = []
  let i = 0
  let j = 0
  while (i < before.length || j < after.length) {
    const left: number[] = []
    const right: number[] = []
    while ((i < before.length || j < after.length) && !(i < before.length && before[i] === after[j]))
      if (j >= after.length || (i < before.length && length[i + 1]![j]! >= length[i]![j + 1]!)) left.push(i++)
      else right.push(j++)
    for (let at = 0; at < Math.max(left.length, right.length); at++)
      pairs.push({ from: left[at] ?? null, to: right[at] ?? null })
    if (i < before.length && j < after.length) pairs.push({ from: i++, to: j++ })
  }
  return pairs
}

/** A pair of a flow map with the comma that divides it from the next, or from the one before. */
function flowGap(text: string, start: number, end: number): { start: number; end: number; text: string } {
  const behind = /^\s*,\s*/.exec(text.slice(end))
  if (behind !== null) return { start, end: end + behind[0].length, text: '' }
  const before = /,\s*$/.exec(text.slice(0, start))
  return { start: start - (before?.[0].length ?? 0), end, text: '' }
}

/** A value on one line, as people write it: `{ en: Filler, zh-CN: 灌装机 }`. */
function flowText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return scalarText(value)
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`
  const pairs = Object.entries(value).map(([key, inner]) => `${scalarText(key)}: ${flowText(inner)}`)
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
}

/** A text as it may stand inside a flow collection; in quotes where it has to. */
function scalarText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  // Addresses and expressions stand in quotes, as people write them.
  if (/[:;=#$%{}[\]]/.test(value)) return JSON.stringify(value)
  const written = stringify([value], { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim()
  const inner = written.slice(1, -1).trim()
  return inner.includes('\n') ? JSON.stringify(value) : inner
}

/** Keys of a row, each on its line, as people write them; lists of maps have a line for each. */
export function blockText(value: Readonly<Record<string, unknown>>, flowMaps: boolean): string {
  return Object.entries(value)
    .map(([key, inner]) => {
      if (typeof inner === 'object' && inner !== null && !flowMaps)
        return `${scalarText(key)}:\n${indented(stringify(inner, { lineWidth: 0 }).trimEnd(), '  ')}`
      if (Array.isArray(inner) && inner.length > 0 && inner.every(isPlainMap))
        return `${scalarText(key)}:\n${inner.map((row) => `  - ${flowText(row)}`).join('\n')}`
      return `${scalarText(key)}: ${flowText(inner)}`
    })
    .join('\n')
}

function indented(text: string, indent: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : indent + line))
    .join('\n')
}

/** The edit by the library: comments and order stay, blanks may not. */
function rewritten(text: string, list: string, edit: ListEdit): string {
  const parsed = parseDocument(text, { prettyErrors: false })
  const document = parsed.errors.length === 0 ? parsed : parseDocument('{}')
  if (!isMap(document.contents)) document.contents = document.createNode({}) as never
  const root = document.contents as unknown as YAMLMap
  const present = root.get(list, true)
  const seq = isSeq(present) ? present : (document.createNode([]) as YAMLSeq)
  if (!isSeq(present)) root.set(list, seq)
  root.flow = false
  const row = seq.items.find((item): item is YAMLMap => isMap(item) && item.get(edit.key) === edit.of)
  if (edit.set === null) seq.items = seq.items.filter((item) => item !== row)
  else if (row === undefined) seq.items.push(document.createNode(withKeys({}, edit.set)))
  else
    for (const [key, value] of Object.entries(edit.set)) {
      if (value === null) row.delete(key)
      else if (JSON.stringify((row.get(key, true) as Node | undefined)?.toJS?.(document)) !== JSON.stringify(value))
        row.set(key, document.createNode(value, { flow: true }))
    }
  seq.flow = seq.items.length === 0
  return document.toString({ lineWidth: 0 })
}
