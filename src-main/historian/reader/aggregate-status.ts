// Status codes of aggregates: severity by the share of Good and Bad (OPC 10000-13 section 5.4.3.2), and the information bits
// of section 5.3.3 (OPC 10000-4 section 7.39.1: InfoType DataValue with the historian bits).
import type { AggregateConfiguration } from '../../shared/history.ts'

/** InfoType DataValue: says that the bits below mean what they say. */
const dataValueInfo = 0x0400

/** Information bits of a value of history. A raw value has none of the first two. */
export const infoBits = {
  calculated: dataValueInfo | 0x01,
  interpolated: dataValueInfo | 0x02,
  partial: dataValueInfo | 0x04,
  multipleValues: dataValueInfo | 0x10,
} as const

export const codeGood = 0
export const codeBad = 0x80000000
export const codeBadNoData = 0x809b0000
/** "The value is derived from raw values and has less than the required number of Good values." */
export const codeUncertainDataSubNormal = 0x40a40000

/** Quality of a sample as aggregates see it. One without a value counts as Bad whatever its code. */
export const sampleGood = 0
export const sampleUncertain = 1
export const sampleBad = 2

export type SampleQuality = 0 | 1 | 2

/** Quality of a sample with this code; `hasValue`: a number, or another value that is not null. */
export function sampleQuality(statusCode: number, hasValue: boolean): SampleQuality {
  if (statusCode >>> 31 === 1 || !hasValue) return sampleBad
  return statusCode >>> 30 === 0 ? sampleGood : sampleUncertain
}

/**
 * Severity of a figure made by counting values. The worked examples of Annex A compare the share of values with Bad severity to
 * PercentDataBad and that of values with Good severity to PercentDataGood, in this order.
 */
export function statusByCount(good: number, bad: number, all: number, configuration: AggregateConfiguration): number {
  if (bad > 0 && (bad / all) * 100 >= configuration.percentDataBad) return codeBad
  if ((good / all) * 100 >= configuration.percentDataGood) return codeGood
  return codeUncertainDataSubNormal
}

/** Bad_NoData says that there is no sample: where a tag's history begins with it, its data begin later. */
export function isNoData(statusCode: number): boolean {
  return (statusCode & 0xffff0000) >>> 0 === codeBadNoData
}
