// OPC 10000-13 Annex A: every worked example of the aggregates Lineside has, asked of the reader as a screen would.
import { describe, expect, it } from 'vitest'
import { HistoryReader } from '../../../../src-main/historian/reader/history-reader.ts'
import type { HistoryRequest } from '../../../../src-main/shared/history.ts'
import { MemoryHistory } from '../../../fakes/memory-history.ts'
import { samplesOf } from '../writer/plain-samples.ts'
import { type AnnexTable, annexTables, historians } from './annex-a-tables.ts'
import { arranged, type PlainSample, Reference } from './history-reference.ts'

const noon = Date.UTC(2018, 9, 9, 12)
const qualities: Readonly<Record<string, number>> = { Good: 0, Uncertain: 0x40000000, Bad: 0x80000000 }
const codes: Readonly<Record<string, number>> = {
  Good: 0,
  Bad: 0x80000000,
  BadNoData: 0x809b0000,
  Uncertain: 0x40000000,
  UncertainDataSubNormal: 0x40a40000,
  Calculated: 0x401,
  Interpolated: 0x402,
  Partial: 0x404,
  MultipleValues: 0x410,
}
const partial = 0x404
/** The bit itself, and that the information bits count. */
const hasPartial = (statusCode: number) => (statusCode & partial) === partial

/** Where the text of 1.05 says otherwise than the published figures, by table and interval; docs/history-aggregates.md says why. */
const textPrevails: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  // 5.4.3.11, .14: "If an Uncertain value is greater than the maximum Good value the Status is Uncertain_DataSubNormal".
  'Historian 5 maximum': { 4: '30 UncertainDataSubNormal Calculated' },
  'Historian 5 range': { 4: '0 UncertainDataSubNormal Calculated' },
}

function rawOf(historian: string): PlainSample[] {
  return historians[historian]!.map((text) => {
    const [seconds, value, quality] = text.split(' ')
    return {
      timestamp: noon + Number(seconds) * 1000,
      value: value === '-' ? Number.NaN : Number(value),
      statusCode: qualities[quality!]!,
    }
  })
}

function expectedRows(table: AnnexTable): { value: number | null; statusCode: number }[] {
  const overrides = textPrevails[`${table.historian} ${table.mode}`] ?? {}
  const rows = table.rows.map((text, index) => {
    const [value, ...words] = (overrides[index] ?? text).split(' ')
    const statusCode = words.reduce((code, word) => (code | codes[word]!) >>> 0, 0)
    return { value: value === '-' ? null : Number(value), statusCode }
  })
  // Table 53: the partial bit of an average is not set; the figures set it in the first interval.
  if (table.mode === 'average')
    return rows.map((row) => ({
      ...row,
      statusCode: hasPartial(row.statusCode) ? (row.statusCode & ~4) >>> 0 : row.statusCode,
    }))
  // 5.3.3.2: "always set for the last interval with data if the end time of the interval is beyond the last data"; the figures do not.
  const isExtrapolated = table.mode === 'interpolative' || table.mode === 'timeAverage'
  const last = isExtrapolated ? -1 : Math.floor(90_000 / table.intervalMs)
  return rows.map((row, index) => (index === last ? { ...row, statusCode: (row.statusCode | partial) >>> 0 } : row))
}

function requestOf(table: AnnexTable, tag: string): HistoryRequest {
  const {
    mode,
    intervalMs,
    interpolation,
    treatUncertainAsBad,
    percentDataBad,
    percentDataGood,
    useSlopedExtrapolation,
  } = table
  return {
    tags: [tag],
    from: noon,
    to: noon + table.rows.length * intervalMs,
    mode,
    intervalMs,
    configuration: { interpolation, treatUncertainAsBad, percentDataBad, percentDataGood, useSlopedExtrapolation },
  }
}

describe.each([
  { name: 'as published', gap: false },
  { name: 'with the entry "12:00:00 Bad_NoData, first archive entry" that the standard lists', gap: true },
])('worked examples, $name', ({ gap }) => {
  it.each(annexTables.map((table) => ({ name: `${table.historian}: ${table.mode}`, table })))(
    '$name',
    async ({ table }) => {
      const samples = rawOf(table.historian)
      if (gap) samples.unshift({ timestamp: noon, value: Number.NaN, statusCode: 0x809b0000 })
      const history = new MemoryHistory()
      const id = history.addSeries('Tag', { kind: table.historian === 'Historian 4' ? 'boolean' : 'number' })
      // Half of it sealed, half in the head.
      history.seal(id, samplesOf(samples.slice(0, 5)))
      history.setHead(id, samplesOf(samples.slice(5)))
      const { series } = await new HistoryReader(history, history).read(requestOf(table, 'Tag'))
      const { timestamps, values, statusCodes } = series[0]!
      const rows = Array.from(timestamps, (timestamp, row) => ({
        second: (timestamp - noon) / 1000,
        value: Number.isNaN(values[row]!) ? null : Number(values[row]!.toFixed(4)),
        status: statusCodes[row]!.toString(16),
      }))
      const expected = expectedRows(table).map(({ value, statusCode }, row) => ({
        second: (row * table.intervalMs) / 1000,
        value,
        status: statusCode.toString(16),
      }))
      expect(rows).toEqual(expected)
      // The plain reference the random tests rely on is held to the standard as well.
      const reference = new Reference(
        arranged([{ samples, isBackFill: false }]),
        table.interpolation === 'stepped',
        requestOf(table, 'Tag').configuration,
      )
      const plain = reference.buckets(table.mode, noon, noon + table.rows.length * table.intervalMs, table.intervalMs)
      expect(
        plain.map(({ value, statusCode }) => ({
          value: value === null ? null : Number(value.toFixed(4)),
          status: statusCode.toString(16),
        })),
      ).toEqual(expected.map(({ value, status }) => ({ value, status })))
    },
  )
})
