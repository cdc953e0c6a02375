// Values as the faceplate says them in sentences: with unit and the words of states, in the language of the screen.
import type { Station } from '../../station.ts'
import { formatNumber, formatValue } from '../../tags/format-value.ts'
import { t as tagText } from '../../tags/texts.ts'
import { unitText } from '../../tags/unit-text.ts'
import { language } from '../../ui/i18n.svelte.ts'
import type { ValueWords } from './condition-words.ts'

/** Reactive to the language and to what becomes known of the tags. */
export function valueWords(catalog: Station['catalog']): ValueWords {
  const words = () => ({ on: tagText('on'), off: tagText('off') })
  const withUnit = (tag: string, text: string) => {
    const unit = unitText(catalog.row(tag)?.unit ?? '')
    // A unit never stands alone on the next line.
    return unit === '' ? text : `${text}\u00a0${unit}`
  }
  return {
    value: (tag, value, statusCode) => {
      const row = catalog.row(tag)
      const text = formatValue(value, statusCode, row, language.current, words())
      return typeof value === 'number' && !row?.states ? withUnit(tag, text) : text
    },
    bound: (tag, bound) => {
      const row = catalog.row(tag)
      const isTruth = row?.dataType === 'bool' && (bound === 0 || bound === 1)
      const said = isTruth ? bound === 1 : bound
      // A limit is said as it was written, never rounded to the tag's decimals.
      if (typeof said !== 'number' || row?.states) return formatValue(said, 0, row, language.current, words())
      return withUnit(tag, formatNumber(said, decimalsOf(said), language.current))
    },
  }
}

/** As many as the number has, at most nine. */
function decimalsOf(value: number): number {
  return Math.min(9, /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0)
}
