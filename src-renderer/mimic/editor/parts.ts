// What the palette puts on a display: shapes, texts and ready-made parts, written as a careful person would write them. Classes
// say what a thing is; the colours beside them are for other viewers.
import type { PartName } from './part-texts.ts'
import { partTexts } from './part-texts.ts'

/** A part of the palette. */
export interface Part {
  readonly name: PartName
  /** Size it comes in; units of the drawing. */
  readonly width: number
  readonly height: number
  /** SVG at a place: upper left corner. */
  readonly xml: (x: number, y: number, languages: readonly string[]) => string
}

export const shapes: readonly Part[] = [
  {
    name: 'panel',
    width: 320,
    height: 200,
    xml: (x, y) =>
      `<rect class="ls-panel" fill="#e6e6e6" stroke="#b0b0b0" x="${x}" y="${y}" width="320" height="200" rx="4" stroke-width="1"/>`,
  },
  {
    name: 'rectangle',
    width: 120,
    height: 80,
    xml: (x, y) =>
      `<rect class="ls-body" fill="#a6a6a6" stroke="#4a4a4a" x="${x}" y="${y}" width="120" height="80" stroke-width="2"/>`,
  },
  {
    name: 'circle',
    width: 80,
    height: 80,
    xml: (x, y) =>
      `<circle class="ls-body" fill="#a6a6a6" stroke="#4a4a4a" cx="${x + 40}" cy="${y + 40}" r="40" stroke-width="2"/>`,
  },
  {
    name: 'vessel',
    width: 120,
    height: 200,
    xml: (x, y) =>
      `<path class="ls-vessel" fill="#cdcdcd" stroke="#4a4a4a" d="M${x} ${y + 24} Q${x} ${y} ${x + 60} ${y} Q${x + 120} ${y} ${x + 120} ${y + 24} V${y + 176} Q${x + 120} ${y + 200} ${x + 60} ${y + 200} Q${x} ${y + 200} ${x} ${y + 176} Z" stroke-width="2.5"/>`,
  },
  {
    name: 'line',
    width: 160,
    height: 1,
    xml: (x, y) =>
      `<line class="ls-divider" stroke="#b0b0b0" x1="${x}" y1="${y}" x2="${x + 160}" y2="${y}" stroke-width="2"/>`,
  },
  {
    name: 'arrow',
    width: 16,
    height: 16,
    xml: (x, y) => `<path class="ls-arrow" fill="#8a8a8a" d="M${x} ${y} L${x + 16} ${y + 8} L${x} ${y + 16} Z"/>`,
  },
]

export const texts: readonly Part[] = [
  {
    name: 'title',
    width: 200,
    height: 30,
    xml: (x, y, languages) => bilingual('title', 'ls-title', '#1a1a1a', x, y + 24, 26, languages, ' font-weight="600"'),
  },
  {
    name: 'text',
    width: 100,
    height: 20,
    xml: (x, y, languages) => bilingual('text', 'ls-label', '#474747', x, y + 16, 16, languages),
  },
]

export const liveParts: readonly Part[] = [
  {
    name: 'value',
    width: 140,
    height: 24,
    xml: (x, y) => `<g>
  <text class="ls-value" fill="#1b3a6b" x="${x + 90}" y="${y + 18}" font-size="20" text-anchor="end" font-weight="600" ls:text="value">0.0</text>
  <text class="ls-unit" fill="#474747" x="${x + 96}" y="${y + 18}" font-size="16" ls:text="unit"> </text>
</g>`,
  },
  {
    name: 'valueBox',
    width: 180,
    height: 64,
    xml: (x, y, languages) => `<g ls:open="faceplate">
  <rect class="ls-panel" fill="#e6e6e6" stroke="#b0b0b0" x="${x}" y="${y}" width="180" height="64" rx="4" stroke-width="1"/>
  ${bilingual('valueBox', 'ls-label', '#474747', x + 10, y + 22, 16, languages)}
  <text class="ls-value" fill="#1b3a6b" x="${x + 120}" y="${y + 52}" font-size="24" text-anchor="end" font-weight="600" ls:text="value">0.0</text>
  <text class="ls-unit" fill="#474747" x="${x + 126}" y="${y + 52}" font-size="16" ls:text="unit"> </text>
</g>`,
  },
  {
    name: 'kpi',
    width: 240,
    height: 110,
    xml: (x, y, languages) => `<g>
  <rect class="ls-panel" fill="#e6e6e6" stroke="#b0b0b0" x="${x}" y="${y}" width="240" height="110" rx="4" stroke-width="1"/>
  ${bilingual('kpi', 'ls-label', '#474747', x + 16, y + 28, 18, languages)}
  <text class="ls-value" fill="#1b3a6b" x="${x + 150}" y="${y + 86}" font-size="48" text-anchor="end" font-weight="600" ls:text="value">0</text>
  <text class="ls-unit" fill="#474747" x="${x + 160}" y="${y + 86}" font-size="20" ls:text="unit"> </text>
</g>`,
  },
  {
    name: 'bar',
    width: 20,
    height: 200,
    xml: (x, y) => `<g>
  <rect class="ls-scale" fill="#cdcdcd" stroke="#b0b0b0" x="${x}" y="${y}" width="20" height="200" stroke-width="1"/>
  <rect class="ls-range" fill="#b0b0b0" x="${x}" y="${y + 40}" width="20" height="120"/>
  <rect class="ls-content" fill="#8a8a8a" x="${x + 5}" y="${y}" width="10" height="200" ls:level="value"/>
  <line class="ls-limit" stroke="#6f6f6f" x1="${x - 3}" y1="${y + 40}" x2="${x + 23}" y2="${y + 40}" stroke-width="2"/>
  <line class="ls-limit" stroke="#6f6f6f" x1="${x - 3}" y1="${y + 160}" x2="${x + 23}" y2="${y + 160}" stroke-width="2"/>
</g>`,
  },
  {
    name: 'openButton',
    width: 180,
    height: 48,
    xml: (x, y, languages) => button('openButton', ' ls:open="faceplate"', x, y, languages),
  },
  {
    name: 'writeButton',
    width: 180,
    height: 48,
    xml: (x, y, languages) => button('writeButton', ' ls:write="1"', x, y, languages),
  },
]

export const allParts: readonly Part[] = [...shapes, ...texts, ...liveParts]

function button(name: PartName, binding: string, x: number, y: number, languages: readonly string[]): string {
  return `<g${binding}>
  <rect class="ls-key" fill="#f2f2f2" stroke="#6f6f6f" x="${x}" y="${y}" width="180" height="48" rx="4"/>
  ${bilingual(name, 'ls-text', '#1a1a1a', x + 90, y + 30, 18, languages, ' text-anchor="middle"')}
</g>`
}

/** A text in every language of the plant: a switch, the last child for all others. */
function bilingual(
  name: PartName,
  className: string,
  fill: string,
  x: number,
  y: number,
  size: number,
  languages: readonly string[],
  more = '',
): string {
  const line = (text: string, language: string) =>
    `<text${language} class="${className}" fill="${fill}" x="${x}" y="${y}" font-size="${size}"${more}>${text}</text>`
  const words = (language: string) => partTexts.texts[language.startsWith('zh') ? 'zh-CN' : 'en'][name]
  const last = languages.find((language) => language.startsWith('en')) ?? languages[0] ?? 'en'
  const others = languages.filter((language) => language !== last)
  if (others.length === 0) return line(words(last), '')
  const lines = others.map((language) => line(words(language), ` systemLanguage="${language.split('-')[0]}"`))
  return `<switch>${lines.join('')}${line(words(last), '')}</switch>`
}
