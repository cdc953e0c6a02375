// Tags as a spreadsheet sees them: one row each, one column for each key (RFC 4180). Written for Excel and LibreOffice:
// UTF-8 with byte order mark, commas; read with commas, semicolons or tabs, decimal commas where semicolons divide.
import { CsvError, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { parse as parseYaml } from 'yaml'
import { guarded, unguarded } from '../../shared/csv-cell.ts'
import { formatDuration } from '../../shared/duration.ts'
import { messageOf } from '../../shared/runtime-error.ts'
import { type TagDefinition, usualTagHistory } from '../../shared/tag.ts'
import type { FaultList, Locatable, Path, Position } from '../source/fault-list.ts'

/** Columns in the order they are written; a reader takes any order and any part of them. */
const columns = [
  'name',
  'description',
  'device',
  'address',
  'expression',
  'dataType',
  'unit',
  'writable',
  'scan',
  'scaling.rawLow',
  'scaling.rawHigh',
  'scaling.low',
  'scaling.high',
  'limits.low',
  'limits.high',
  'deadband',
  'readBackTimeout',
  'interlock',
  'decimals',
  'states',
  'history',
  'history.compression',
  'history.retention',
  'history.interpolation',
  'signal',
  'alarmLevels',
  'alarms',
] as const

/** Column of exports that names the equipment a tag belongs to; such tags are written in their type, not in tags/. */
export const equipmentColumn = 'equipment'

/** Cells that are texts whatever they look like. */
const textColumns: ReadonlySet<string> = new Set([
  ...[
    'name',
    'description',
    'device',
    'address',
    'expression',
    'dataType',
    'unit',
    'scan',
    'readBackTimeout',
    'interlock',
    'signal',
    'alarmLevels',
  ],
  equipmentColumn,
])

/** Rows beyond this are no plant. */
const mostRows = 1_000_000
const mostColumns = 200

/** A row as the keys of a tag, and its place. */
export interface CsvRow {
  readonly value: Readonly<Record<string, unknown>>
  /** For {@link CsvSource.locate}. */
  readonly path: Path
  /** Column → text of the cell, for all columns the file has. Numbers with a decimal point. */
  readonly cells: Readonly<Record<string, string>>
}

/** A CSV file that can say where its cells stand. */
export class CsvSource implements Locatable {
  readonly file: string
  rows: readonly CsvRow[] = []
  readonly #lines: readonly string[]
  /** Line of each row, from 1. */
  readonly #rowLines: readonly number[]
  readonly #header: readonly string[]
  readonly #separator: string

  constructor(
    file: string,
    lines: readonly string[],
    rowLines: readonly number[],
    header: readonly string[],
    separator: string,
  ) {
    this.file = file
    this.#lines = lines
    this.#rowLines = rowLines
    this.#header = header
    this.#separator = separator
  }

  locate(path: Path): Position {
    const line = this.#rowLines[Number(path[0])] ?? 1
    return { line, column: this.#columnOf(line, path.slice(1)) }
  }

  locateKey(path: Path): Position {
    return this.locate(path)
  }

  locateInText(path: Path): Position {
    return this.locate(path)
  }

  /** Column where the cell begins; the row's start when the cell cannot be told. */
  #columnOf(line: number, keys: Path): number {
    const exact = this.#header.indexOf(keys.join('.'))
    const index =
      exact >= 0 ? exact : this.#header.findIndex((name) => name === keys[0] || name.startsWith(`${keys[0]}.`))
    const text = this.#lines[line - 1] ?? ''
    let isQuoted = false
    let cell = 0
    for (let at = 0; at < text.length && cell < index; at++) {
      if (text[at] === '"') isQuoted = !isQuoted
      else if (!isQuoted && text[at] === this.#separator) cell++
      if (cell === index) return at + 2
    }
    return 1
  }
}

/** Reads a tag list. Faults of the form go to `faults`; those of the content are found when the tags are built. */
export function readTagCsv(file: string, text: string, faults: FaultList): CsvSource {
  const separator = separatorOf(text)
  const empty = new CsvSource(file, [], [], [], separator)
  const refuse = (line: number, message: string): CsvSource => {
    faults.add(file, { line, column: 1 }, message)
    return empty
  }
  try {
    const records = parse(text, {
      delimiter: separator,
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      to: mostRows,
      max_record_size: 1_000_000,
    }) as unknown as { record: string[]; info: { lines: number } }[]
    const [first, ...others] = records
    if (first === undefined) return empty
    const header = first.record
    const headerFault = faultOfHeader(header)
    if (headerFault !== null) return refuse(first.info.lines, headerFault)
    const source = new CsvSource(file, text.split(/\r\n|\n|\r/), rowLines(records), header, separator)
    source.rows = others.flatMap(({ record }, index) => rowOf(record, index, header, separator, source, faults))
    return source
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return refuse(Number((error as unknown as { lines?: number }).lines ?? 1), `no CSV: ${messageOf(error)}`)
  }
}

/** Line on which each row after the header begins: the one behind the row before. */
export function rowLines(records: readonly { info: { lines: number }; record: readonly string[] }[]): number[] {
  return records
    .slice(1)
    .map(({ info, record }) => info.lines - record.reduce((count, cell) => count + (cell.match(/\n/g)?.length ?? 0), 0))
}

/** The most frequent of comma, semicolon and tab in the first line. */
export function separatorOf(text: string): string {
  const header = text.slice(0, 10_000).split(/\r|\n/, 1)[0]!
  const counts = [',', ';', '\t'].map((separator) => ({ separator, count: header.split(separator).length }))
  return counts.reduce((most, candidate) => (candidate.count > most.count ? candidate : most)).separator
}

function faultOfHeader(header: readonly string[]): string | null {
  if (header.length > mostColumns) return `the first row has ${header.length} columns; ${mostColumns} are the most`
  if (!header.includes('name')) return 'the first row names the columns; there is no column "name"'
  const twice = header.find((name, index) => name !== '' && header.indexOf(name) !== index)
  return twice === undefined ? null : `there are two columns "${twice}"`
}

function rowOf(
  record: readonly string[],
  index: number,
  header: readonly string[],
  separator: string,
  source: CsvSource,
  faults: FaultList,
): CsvRow[] {
  const path: Path = [index]
  if (record.every((cell) => cell === '')) return []
  if (record.slice(header.length).some((cell) => cell !== '')) {
    faults.at(source, path, `the row has ${record.length} cells, the first row ${header.length}`)
    return []
  }
  const value: Record<string, unknown> = {}
  const cells: Record<string, string> = {}
  let isRight = true
  for (const [column, name] of header.entries()) {
    const cell = unguarded(withPoint(name, record[column] ?? '', separator))
    if (name === '' || name === equipmentColumn) continue
    cells[name] = cell
    if (cell === '') continue
    const read = readCell(name, cell)
    if (read.ok) place(value, name, read.value)
    else {
      isRight = false
      faults.at(source, [...path, name], `${name}: ${read.message}`)
    }
  }
  return isRight ? [{ value, path, cells }] : []
}

type CellValue = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string }

/** Where semicolons divide the cells, 0,5 is a number. */
function withPoint(name: string, cell: string, separator: string): string {
  return separator === ';' && !textColumns.has(name) && /^[+-]?\d+,\d+$/.test(cell) ? cell.replace(',', '.') : cell
}

function readCell(name: string, cell: string): CellValue {
  if (textColumns.has(name)) return { ok: true, value: cell }
  if (name === 'history' && /^[+]?\d/.test(cell)) return { ok: true, value: { deadband: Number(cell) } }
  if (/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(cell)) return { ok: true, value: Number(cell) }
  if (/^(true|wahr|vrai|真)$/i.test(cell)) return { ok: true, value: true }
  if (/^(false|falsch|faux|假)$/i.test(cell)) return { ok: true, value: false }
  try {
    return { ok: true, value: parseYaml(cell, { maxAliasCount: 0, prettyErrors: false }) }
  } catch (error) {
    return { ok: false, message: `"${cell.slice(0, 60)}" cannot be read: ${messageOf(error).split('\n')[0]}` }
  }
}

/** `limits.low` → `{ limits: { low } }`. A tag whose history is false is not recorded, whatever else its row says. */
function place(value: Record<string, unknown>, name: string, cell: unknown): void {
  const dot = name.indexOf('.')
  const [group, key] = [name.slice(0, dot), name.slice(dot + 1)]
  if (dot < 0 || !['scaling', 'limits', 'history'].includes(group))
    value[name] = isKeys(cell) && isKeys(value[name]) ? { ...value[name], ...cell } : cell
  else if (value[group] !== false) value[group] = { ...((value[group] as object | undefined) ?? {}), [key]: cell }
}

function isKeys(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Where exported definitions get what they do not hold themselves. */
export interface ExportContext {
  /** Name of the scan rate of a device with this interval. */
  scanName(device: string, intervalMs: number): string
  /** What a protocol fills in by itself for a tag without own keys: not worth a column. */
  defaultOptions(device: string): Readonly<Record<string, unknown>>
}

/** All tags as CSV with byte order mark and CRLF, as spreadsheets expect. */
export function writeTagCsv(tags: readonly TagDefinition[], context: ExportContext): string {
  const rows = tags.map((tag) => cellsOf(tag, context))
  const extra = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (name) => !(columns as readonly string[]).includes(name) && name !== equipmentColumn,
  )
  const header = [...columns, ...extra.sort(), equipmentColumn]
  return `\ufeff${stringify(
    rows.map((row) => header.map((name) => guarded(row[name] ?? ''))),
    { header: true, columns: header, record_delimiter: '\r\n' },
  )}`
}

/** Cells of a tag as an export has them. */
export function cellsOf(tag: TagDefinition, context: ExportContext): Record<string, string> {
  const { scaling, limits, device } = tag
  const cells: Record<string, string> = {
    name: tag.name,
    description: tag.description,
    device: device ?? '',
    address: tag.address ?? '',
    expression: tag.expression ?? '',
    dataType: tag.arrayLength === null ? tag.dataType : `${tag.dataType}[${tag.arrayLength}]`,
    unit: tag.unit,
    writable: tag.writable ? 'true' : '',
    scan: device === null ? '' : context.scanName(device, tag.scanIntervalMs),
    'scaling.rawLow': text(scaling?.rawLow),
    'scaling.rawHigh': text(scaling?.rawHigh),
    'scaling.low': text(scaling?.low),
    'scaling.high': text(scaling?.high),
    'limits.low': text(limits.low),
    'limits.high': text(limits.high),
    deadband: tag.deadband === 0 ? '' : text(tag.deadband),
    readBackTimeout: tag.writable ? formatDuration(tag.readBackTimeoutMs) : '',
    interlock: tag.interlock ?? '',
    decimals: text(tag.decimals),
    states: tag.states === null ? '' : JSON.stringify(tag.states),
    ...historyCells(tag),
    signal: tag.signal ?? '',
    alarmLevels: tag.alarmLevels ?? '',
    alarms: tag.alarms.length === 0 ? '' : JSON.stringify(tag.alarms),
    [equipmentColumn]: tag.equipment ?? '',
  }
  const defaults = device === null ? {} : context.defaultOptions(device)
  for (const [key, value] of Object.entries(tag.addressOptions))
    if (JSON.stringify(value) !== JSON.stringify(defaults[key])) cells[key] = optionText(value)
  return cells
}

function historyCells({ history, dataType, scaling }: TagDefinition): Record<string, string> {
  if (history === false) return { history: 'false' }
  const { deadband, compression, retentionMs, interpolation } = history
  return {
    history: text(deadband),
    'history.compression': compression === 0 ? '' : text(compression),
    'history.retention': retentionMs === null ? '' : formatDuration(retentionMs),
    'history.interpolation': interpolation === usualTagHistory(dataType, scaling).interpolation ? '' : interpolation,
  }
}

function text(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value)
}

/** A text that would read back as a number or truth value stands in quotes. */
function optionText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  const read = readCell('option', value)
  return read.ok && read.value === value ? value : JSON.stringify(value)
}
