// How values become texts and colours on a mimic. Numbers are written as everywhere on the screen (tags/format-value.ts);
// paints may be named by meaning, so that a drawing follows the theme.
import type { TagRow } from '../../../src-main/shared/contract.ts'
import type { TagValue } from '../../../src-main/shared/data-value.ts'
import { toJsonValue } from '../../../src-main/shared/data-value.ts'
import { type BooleanWords, formatValue } from '../../tags/format-value.ts'

/** How a view writes its values. */
export interface MimicWords extends BooleanWords {
  /** BCP 47. */
  readonly locale: string
}

/** Up to here no digit groups are written, so toFixed gives what the language's number format gives. */
const ungroupedBelow = 9999.5
const longestText = 500

/** Text of a usable value. `row` is the tag's when the expression is just the tag, else null. */
export function textOf(value: TagValue, row: TagRow | null, words: MimicWords): string {
  if (typeof value === 'string' && !row?.states) return value.slice(0, longestText)
  if (
    typeof value === 'number' &&
    row !== null &&
    !row.states &&
    row.decimals !== undefined &&
    Math.abs(value) < ungroupedBelow
  ) {
    const text = value.toFixed(row.decimals)
    return text.startsWith('-') && Number(text) === 0 ? text.slice(1) : text
  }
  return formatValue(toJsonValue(value), 0, row, words.locale, words).slice(0, longestText)
}

/** Paints by meaning; they follow the theme. Anything else is a CSS colour. */
const themePaints: Readonly<Record<string, string>> = {
  normal: 'var(--equipment-off)',
  stopped: 'var(--equipment-off)',
  running: 'var(--equipment-on)',
  content: 'var(--medium)',
  line: 'var(--equipment-line)',
  ground: 'var(--ground)',
  abnormal: 'var(--alarm-high)',
  urgent: 'var(--alarm-urgent)',
  high: 'var(--alarm-high)',
  medium: 'var(--alarm-medium)',
  low: 'var(--alarm-low)',
}

/** CSS paint for the result of `ls:fill` or `ls:stroke`; null when it is no colour. Never an address. */
export function paintOf(value: string): string | null {
  const text = value.trim().toLowerCase()
  const themed = Object.hasOwn(themePaints, text) ? themePaints[text] : undefined
  if (themed !== undefined) return themed
  if (/^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/.test(text) || /^[a-z]{3,24}$/.test(text)) return text
  return /^(?:rgba?|hsla?|oklch|oklab|lab|lch)\([-\d\s.,%/a-z]{1,60}\)$/.test(text) ? text : null
}
