// What an expression gives with the values of this moment, as a text for "now: …".

import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import type { CompiledExpression } from '../../../../src-main/shared/expression.ts'
import { messageOf } from '../../../../src-main/shared/runtime-error.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { formatValue } from '../../../tags/format-value.ts'
import { unitText } from '../../../tags/unit-text.ts'
import type { BindingSources } from './binding-sources.ts'

export type PresentResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string }

/** Reactive where the sources are: reads each input's present value. `tag` is the element's own. */
export function presentResult(
  expressions: readonly CompiledExpression[],
  tag: string | null,
  sources: Pick<BindingSources, 'liveTags' | 'catalog'>,
  locale: string,
  words: { readonly on: string; readonly off: string },
): PresentResult {
  const unit = tag === null ? '' : unitText(sources.catalog.row(tag)?.unit ?? '')
  try {
    const texts = expressions.map((expression) => {
      const value = expression.evaluate((index) => readLive(expression.inputs[index]!, sources), { unit, name: '' })
      const { inputs, text } = expression
      const only = inputs.length === 1 && ['value', inputs[0]].includes(text.trim()) ? inputs[0]! : null
      const row = only === null ? null : sources.catalog.row(only)
      const shown = formatValue(asJson(value), StatusCodes.Good, row, locale, words)
      return row?.unit ? `${shown} ${unitText(row.unit)}` : shown
    })
    return { ok: true, text: texts.join(', ') }
  } catch (error) {
    return { ok: false, reason: messageOf(error) }
  }
}

function readLive(name: string, { liveTags, catalog }: Pick<BindingSources, 'liveTags' | 'catalog'>) {
  const live = liveTags.tag(name)
  const { value } = live
  const dataType = catalog.row(name)?.dataType
  const isLong =
    (dataType === 'int64' || dataType === 'uint64') && (typeof value === 'number' || typeof value === 'string')
  return {
    value: (isLong ? BigInt(value) : value) as TagValue,
    statusCode: live.statusCode,
    sourceTimestamp: live.sourceTimestamp,
  }
}

function asJson(value: TagValue): Parameters<typeof formatValue>[0] {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'object' && value !== null)
    return JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)))
  return value as Parameters<typeof formatValue>[0]
}
