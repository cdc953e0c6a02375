// The master alarm database as a spreadsheet sees it: one row for each alarm, one column for each attribute, texts in a column for
// each language (RFC 4180, in the forms of tag-csv.ts). What comes back is compared cell by cell with what would go out.
import { CsvError, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import * as v from 'valibot'
import type { PlantWords } from '../../shared/alarm.ts'
import {
  type AlarmDatabaseAttribute,
  type AlarmDatabaseEdit,
  type AlarmDatabaseRow,
  alarmDatabaseRow,
} from '../../shared/alarm-database.ts'
import { didYouMean } from '../../shared/closest-name.ts'
import { guarded, unguarded } from '../../shared/csv-cell.ts'
import { formatDuration } from '../../shared/duration.ts'
import type { Plant, PlantFault } from '../../shared/plant.ts'
import { messageOf } from '../../shared/runtime-error.ts'
import type { FaultList, Path } from '../source/fault-list.ts'
import { CsvSource, rowLines, separatorOf } from '../tags/tag-csv.ts'
import { approvedSchema, databaseEntrySchema } from './alarm-file.ts'

/** What tags and devices say of an alarm: for reading; they are changed where they are written. */
const shownColumns = [
  'tag',
  'condition',
  'area',
  'equipment',
  'message',
  'priority',
  'limit',
  'deadband',
  'onDelay',
  'offDelay',
] as const

/** Follows from severity and response time; whatever stands there when it comes back. */
const matrixColumn = 'matrixPriority'

/** Attributes with texts: a column for one text, and one for each language. */
const textAttributes = ['consequence', 'cause', 'action'] as const
type TextAttribute = (typeof textAttributes)[number]

/** Columns of all other attributes, in the order they are written. */
const plainColumns: Readonly<Record<string, Exclude<AlarmDatabaseAttribute, TextAttribute>>> = {
  status: 'status',
  severity: 'severity',
  responseTime: 'responseTimeMs',
  class: 'alarmClass',
  reviewer: 'reviewer',
  date: 'date',
  revision: 'revision',
  'approved.priority': 'approved.priority',
  'approved.limit': 'approved.limit',
  'approved.deadband': 'approved.deadband',
  'approved.onDelay': 'approved.onDelayMs',
  'approved.offDelay': 'approved.offDelayMs',
}

/** Cells that are numbers; where semicolons divide the cells, theirs may have a comma. */
const numberColumns: ReadonlySet<string> = new Set([
  'limit',
  'deadband',
  'revision',
  'approved.limit',
  'approved.deadband',
])
const numberText = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i

/** Name of the column that says which alarm a row is about. */
const idColumn = 'alarm'
const mostColumns = 200

function columnsOf(languages: readonly string[]): readonly string[] {
  const texts = textAttributes.flatMap((attribute) => [
    attribute,
    ...languages.map((language) => `${attribute}.${language}`),
  ])
  const [status, severity, ...others] = Object.keys(plainColumns)
  return [idColumn, ...shownColumns, matrixColumn, status!, severity!, ...texts, ...others]
}

/** All alarms as CSV with byte order mark and CRLF, as spreadsheets expect. */
export function writeAlarmCsv(plant: Plant): string {
  const columns = columnsOf(plant.languages)
  const rows = databaseRows(plant).map((row) => {
    const cells = cellsOf(row, plant.languages)
    return columns.map((column) => guarded(cells[column] ?? ''))
  })
  return `\ufeff${stringify(rows, { header: true, columns: [...columns], record_delimiter: '\r\n', quoted_match: /[\r\n]/ })}`
}

/** Rows of the plant's database, in the order of its alarms. */
export function databaseRows({ alarms, alarmDatabase, alarmPhilosophy }: Plant): readonly AlarmDatabaseRow[] {
  return alarms.map((definition, index) => alarmDatabaseRow(definition, alarmDatabase.sources[index]!, alarmPhilosophy))
}

/** Cells of a row as an export has them; empty ones are left out. */
function cellsOf(
  { definition, source, matrixPriority }: AlarmDatabaseRow,
  languages: readonly string[],
): Record<string, string> {
  const { rationalisation } = definition
  const approved = rationalisation?.approved ?? {}
  const own = source.own ?? definition
  const values: Record<string, string | number | null | undefined> = {
    [idColumn]: definition.id,
    tag: definition.tag,
    condition: definition.condition,
    area: definition.area,
    equipment: definition.equipment,
    message: inLanguage(definition.message, languages[0] ?? 'en'),
    priority: own.priority,
    limit: own.limit,
    deadband: own.deadband,
    onDelay: durationText(own.onDelayMs),
    offDelay: durationText(own.offDelayMs),
    [matrixColumn]: matrixPriority,
    class: definition.alarmClass,
    status: rationalisation?.status,
    severity: rationalisation?.severity,
    responseTime: durationText(rationalisation?.responseTimeMs),
    reviewer: rationalisation?.reviewer,
    date: rationalisation?.date,
    revision: rationalisation?.revision,
    'approved.priority': approved.priority,
    'approved.limit': approved.limit,
    'approved.deadband': approved.deadband,
    'approved.onDelay': durationText(approved.onDelayMs),
    'approved.offDelay': durationText(approved.offDelayMs),
  }
  for (const attribute of textAttributes) {
    const words = rationalisation?.[attribute] ?? null
    if (typeof words === 'string') values[attribute] = words
    else for (const [language, text] of Object.entries(words ?? {})) values[`${attribute}.${language}`] = text
  }
  return Object.fromEntries(
    Object.entries(values).flatMap(([column, value]) =>
      value === null || value === undefined || value === '' ? [] : [[column, String(value)]],
    ),
  )
}

function durationText(durationMs: number | null | undefined): string | null {
  return durationMs === null || durationMs === undefined ? null : formatDuration(durationMs)
}

function inLanguage(words: PlantWords, language: string): string {
  return typeof words === 'string' ? words : (words[language] ?? Object.values(words)[0] ?? '')
}

/** Edits of a spreadsheet, each with its row. */
export interface AlarmCsv {
  readonly edits: readonly AlarmDatabaseEdit[]
  /** Row of each edit, for faults. */
  placeOf(index: number): Omit<PlantFault, 'message'>
}

/** What a spreadsheet changes of the plant's database. Rows and columns may be left out; empty cells take away. */
export function readAlarmCsv(file: string, text: string, plant: Plant, faults: FaultList): AlarmCsv {
  const table = readTable(file, text.replace(/^\ufeff/, ''), columnsOf(plant.languages), faults)
  const rows = new Map(databaseRows(plant).map((row) => [row.definition.id, row]))
  const edits: AlarmDatabaseEdit[] = []
  const places: Path[] = []
  const seen = new Set<string>()
  for (const [index, cells] of table.rows) {
    const refuse = (column: string, message: string) => faults.at(table.source, [index, column], message)
    const id = cells[idColumn] ?? ''
    const row = rows.get(id)
    if (row === undefined) {
      refuse(
        idColumn,
        id === ''
          ? 'the row names no alarm'
          : `there is no alarm "${id}"${faults.mayHint() ? didYouMean(id, rows.keys()) : ''}`,
      )
      continue
    }
    if (seen.has(id)) refuse(idColumn, `${id} stands in an earlier row already`)
    seen.add(id)
    const edit = editOf(id, cells, cellsOf(row, plant.languages), plant.languages, refuse)
    if (Object.keys(edit).length === 1) continue
    edits.push(edit)
    places.push([index, idColumn])
  }
  return { edits, placeOf: (index) => ({ file, ...table.source.locate(places[index]!) }) }
}

type Cells = Readonly<Record<string, string>>
type Refuse = (column: string, message: string) => void

/** Only what differs from what an export says. */
function editOf(
  id: string,
  cells: Cells,
  present: Cells,
  languages: readonly string[],
  refuse: Refuse,
): AlarmDatabaseEdit {
  const edit: Record<string, unknown> = { id }
  const isChanged = (column: string) => cells[column] !== undefined && cells[column] !== (present[column] ?? '')
  for (const column of shownColumns)
    if (isChanged(column))
      refuse(
        column,
        `${column} of ${id} is "${present[column] ?? ''}" where the alarm is written; it is changed there, or approved in approved.${column}`,
      )
  for (const [column, attribute] of Object.entries(plainColumns)) {
    if (!isChanged(column)) continue
    const read = readCell(column, cells[column]!)
    if (read.ok) edit[attribute] = read.value
    else refuse(column, read.message)
  }
  for (const attribute of textAttributes) {
    const columns = [attribute, ...languages.map((language) => `${attribute}.${language}`)]
    if (!columns.some(isChanged)) continue
    const texts = columns.map(
      (column) => [column.slice(attribute.length + 1), cells[column] ?? present[column] ?? ''] as const,
    )
    const [[, plain], ...byLanguage] = texts as [readonly [string, string], ...(readonly [string, string])[]]
    const given = byLanguage.filter(([, text]) => text !== '')
    if (plain !== '' && given.length > 0)
      refuse(attribute, `${attribute} is one text for all languages, or one for each: not both`)
    else edit[attribute] = given.length > 0 ? Object.fromEntries(given) : plain === '' ? null : plain
  }
  return edit as unknown as AlarmDatabaseEdit
}

type CellValue = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string }

/** A cell as the attribute's schema wants it; an empty one takes the attribute away. */
function readCell(column: string, cell: string): CellValue {
  if (cell === '') return { ok: true, value: null }
  const key = column.replace(/^approved\./, '')
  const entries = (column === key ? databaseEntrySchema.entries : approvedSchema.entries) as Record<
    string,
    v.GenericSchema
  >
  const value = numberColumns.has(column) && numberText.test(cell) ? Number(cell) : cell
  const result = v.safeParse(entries[key]!, value)
  return result.success
    ? { ok: true, value: result.output }
    : { ok: false, message: `${column}: ${result.issues[0].message}, not "${cell.slice(0, 60)}"` }
}

interface Table {
  readonly source: CsvSource
  /** Index of the row for the source, and its cells by column; columns that are not there are left out. */
  readonly rows: readonly (readonly [number, Cells])[]
}

function readTable(file: string, text: string, known: readonly string[], faults: FaultList): Table {
  const separator = separatorOf(text)
  const refuse = (line: number, message: string): Table => {
    faults.add(file, { line, column: 1 }, message)
    return { source: new CsvSource(file, [], [], [], separator), rows: [] }
  }
  try {
    const records = parse(text, {
      delimiter: separator,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 1_000_000,
    }) as unknown as { record: string[]; info: { lines: number } }[]
    const [first, ...others] = records
    const header = first?.record ?? []
    const headerFault = faultOfHeader(header, known)
    if (headerFault !== null) return refuse(first?.info.lines ?? 1, headerFault)
    const source = new CsvSource(file, text.split(/\r\n|\n|\r/), rowLines(records), header, separator)
    const rows = others.flatMap(({ record }, index): [number, Cells][] => {
      if (record.every((cell) => cell === '')) return []
      if (record.length > header.length)
        faults.at(source, [index], `the row has ${record.length} cells, the first row ${header.length}`)
      return [
        [
          index,
          Object.fromEntries(header.map((column, at) => [column, cellText(column, record[at] ?? '', separator)])),
        ],
      ]
    })
    return { source, rows }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return refuse(Number((error as unknown as { lines?: number }).lines ?? 1), `no CSV: ${messageOf(error)}`)
  }
}

/** Where semicolons divide the cells, 0,5 is a number. */
function cellText(column: string, cell: string, separator: string): string {
  const text = unguarded(cell)
  return separator === ';' && numberColumns.has(column) && /^[+-]?\d+,\d+$/.test(text) ? text.replace(',', '.') : text
}

function faultOfHeader(header: readonly string[], known: readonly string[]): string | null {
  if (header.length > mostColumns) return `the first row has ${header.length} columns; ${mostColumns} are the most`
  if (!header.includes(idColumn)) return `the first row names the columns; there is no column "${idColumn}"`
  const twice = header.find((name, index) => header.indexOf(name) !== index)
  if (twice !== undefined) return `there are two columns "${twice}"`
  const unknown = header.find((name) => !known.includes(name))
  return unknown === undefined ? null : `there is no column "${unknown}"${didYouMean(unknown, known)}`
}
