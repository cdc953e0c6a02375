// The answer of history.read on its two ways out: a history frame for screens, rows of JSON for scripts (docs/api.md).
import { toJsonValue } from '../shared/data-value.ts'
import type { HistoryResult, HistorySeries } from '../shared/history.ts'
import { encodeHistoryFrame } from '../shared/history-frame.ts'
import { ColumnAnswer } from './column-answer.ts'

/** Numbers written at a time: some 20 kB of text. */
const rowsOfPiece = 2048

export class HistoryAnswer extends ColumnAnswer {
  readonly result: HistoryResult
  readonly #booleanTags: ReadonlySet<string>

  /** `booleanTags`: their samples are true and false in JSON. */
  constructor(result: HistoryResult, booleanTags: ReadonlySet<string>) {
    super()
    this.result = result
    this.#booleanTags = booleanTags
  }

  frame(callId: number): Uint8Array {
    return encodeHistoryFrame(callId, this.result)
  }

  *jsonPieces(): Generator<string> {
    yield '{"series":['
    for (const [index, series] of this.result.series.entries()) {
      const { tag, mode } = series
      yield `${index === 0 ? '' : ','}{"tag":${JSON.stringify(tag)},"mode":"${mode}"`
      yield* column('timestamps', series.timestamps.length, (row) => String(series.timestamps[row]!))
      yield* column('values', series.values.length, valueTexts(series, this.#booleanTags.has(tag)))
      yield* column('statusCodes', series.statusCodes.length, (row) => String(series.statusCodes[row]!))
      if (series.plot !== null)
        for (const [name, figures] of Object.entries(series.plot))
          yield* column(name, figures.length, (row) => numberText(figures[row]!))
      yield '}'
    }
    const { cursor } = this.result
    yield cursor === undefined ? ']}' : `],"cursor":${JSON.stringify(cursor)}}`
  }
}

/** Aggregates of a boolean are numbers; its samples and its value at an instant are true or false. */
function valueTexts(series: HistorySeries, isBoolean: boolean): (row: number) => string {
  const { values, others, mode } = series
  const asBoolean = isBoolean && (mode === 'raw' || mode === 'atTime')
  const plain = (value: number) =>
    asBoolean && (value === 0 || value === 1) ? (value === 1 ? 'true' : 'false') : numberText(value)
  if (others === null) return (row) => plain(values[row]!)
  return (row) => {
    const other = others[row]
    return other === undefined ? plain(values[row]!) : JSON.stringify(toJsonValue(other))
  }
}

function* column(name: string, count: number, textOf: (row: number) => string): Generator<string> {
  yield `,"${name}":[`
  for (let begin = 0; begin < count; begin += rowsOfPiece) {
    const end = Math.min(begin + rowsOfPiece, count)
    let text = begin === 0 ? '' : ','
    for (let row = begin; row < end; row++) text += row === begin ? textOf(row) : `,${textOf(row)}`
    yield text
  }
  yield ']'
}

/** JSON knows neither NaN nor the infinities; -0 stays -0. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  return Object.is(value, -0) ? '-0' : String(value)
}
