// What is seen on a trend, to take away: as a table, as a picture.
import type { TagValue } from '../../src-main/shared/data-value.ts'
import { unitText } from '../tags/unit-text.ts'
import { t } from './texts.ts'
import { trendCsv } from './trend-csv.ts'
import type { TrendEngine } from './trend-engine.svelte.ts'
import { type TrendImageTexts, trendImage } from './trend-image.ts'
import { readPalette } from './trend-palette.ts'

/** Size of a picture to send; CSS px. */
const imageWidth = 1400
const imageHeight = 640

/** The pens that are shown as CSV, in the language of the screen and the plant's time. */
export function viewCsv(engine: TrendEngine, timeZone: string): string {
  const { view } = engine
  const pens = view.pens
    .filter(({ tag, isHidden }) => !isHidden && engine.trace(tag))
    .map(({ tag }) => ({
      tag,
      unit: unitText(engine.unit(tag)),
      trace: engine.trace(tag)!,
      words:
        engine.look(tag) === 'states'
          ? (value: number, other: TagValue | undefined) => engine.valueText(tag, value, other)
          : null,
    }))
  return trendCsv(pens, {
    from: view.from,
    to: view.to,
    timeZone,
    titles: {
      time: t('column_time'),
      average: t('column_average'),
      minimum: t('column_minimum'),
      maximum: t('column_maximum'),
      state: t('column_state'),
      quality: t('column_quality'),
    },
  })
}

/** A PNG of the view with its legend; `host` must be on the page. Rejects when the browser cannot make one. */
export function viewImage(
  host: HTMLElement,
  engine: TrendEngine,
  texts: Omit<TrendImageTexts, 'legend'>,
): Promise<Blob> {
  const picture = engine.picture(imageWidth)
  const legend = picture.pens.map(({ pen }) => {
    const unit = unitText(engine.unit(pen.tag))
    const description = engine.series(pen.tag)?.description ?? ''
    return [unit === '' ? pen.tag : `${pen.tag} [${unit}]`, description].filter((part) => part !== '').join(' – ')
  })
  return trendImage(host, readPalette(host, 'light'), picture, { ...texts, legend }, imageWidth, imageHeight)
}
