// Mimics made for measuring: thousands of bindings of all kinds, each with a tag of its own.
import type { TagRow } from '../../../../src-main/shared/contract.ts'
import type { StagePlant } from './stage.ts'

const head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic" viewBox="0 0 1600 900">'

/** One element with one binding each: what installers really use, most of it simple. */
export const bindingKinds: readonly ((tag: string, x: number, y: number) => string)[] = [
  (tag, x, y) => `<text x="${x}" y="${y}" font-size="8" ls:tag="${tag}" ls:text="value">0</text>`,
  (tag, x, y) => `<text x="${x}" y="${y}" font-size="8" ls:text="${tag}">0</text>`,
  (tag, x, y) => `<rect x="${x}" y="${y}" width="8" height="8" ls:tag="${tag}" ls:level="value"/>`,
  (tag, x, y) =>
    `<rect x="${x}" y="${y}" width="8" height="8" ls:tag="${tag}" ls:fill="value &gt; 80 ? 'high' : 'normal'"/>`,
  (tag, x, y) =>
    `<rect x="${x}" y="${y}" width="8" height="8" ls:tag="${tag}" ls:class="value &gt; 50 ? 'ls-on' : ''"/>`,
  (tag, x, y) => `<rect x="${x}" y="${y}" width="8" height="8" ls:tag="${tag}" ls:move="value * 0.1, 0"/>`,
  (tag, x, y) => `<rect x="${x}" y="${y}" width="8" height="8" ls:tag="${tag}" ls:rotate="value * 3.6"/>`,
  (tag, x, y) => `<text x="${x}" y="${y}" font-size="8" ls:tag="${tag}" ls:text="format(value * 1.8 + 32, 1)">0</text>`,
]

function tagRow(tag: string): TagRow {
  return { tag, dataType: 'float32', unit: '%', description: '', writable: false, decimals: 1 }
}

/** A mimic `large` with so many bindings on tags T.V0 … */
export function largeMimic(count: number): StagePlant {
  const elements = Array.from({ length: count }, (_, index) =>
    bindingKinds[index % bindingKinds.length]!(`T.V${index}`, (index % 100) * 16, Math.floor(index / 100) * 18 + 10),
  )
  return {
    mimics: { large: `${head}\n${elements.join('\n')}\n</svg>` },
    symbols: {},
    equipment: [],
    tags: Array.from({ length: count }, (_, index) => tagRow(`T.V${index}`)),
  }
}

/** Two mimics, `first` and `second`, of so many bindings each on tags S.V0 …; the last text of each has the id probe-<name>. */
export function switchMimics(count: number): StagePlant {
  const mimic = (name: string, from: number) => {
    const elements = Array.from({ length: count - 1 }, (_, index) =>
      bindingKinds[index % bindingKinds.length]!(
        `S.V${from + index}`,
        (index % 40) * 40,
        Math.floor(index / 40) * 60 + 20,
      ),
    )
    const probe = `<text id="probe-${name}" x="20" y="880" ls:tag="S.V${from + count - 1}" ls:text="value">0</text>`
    return `${head}\n${elements.join('\n')}\n${probe}\n</svg>`
  }
  return {
    mimics: { first: mimic('first', 0), second: mimic('second', count) },
    symbols: {},
    equipment: [],
    tags: Array.from({ length: 2 * count }, (_, index) => tagRow(`S.V${index}`)),
  }
}
