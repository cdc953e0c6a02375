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

/**
 * A drawing as Inkscape and Illustrator write them, of so many elements: layers, groups in groups with transforms, styles, gradients,
 * clones, curved paths, texts with tspans; a live value in each hundredth. Named `foreign`, on tags F.V0 …
 */
export function foreignMimic(count: number): StagePlant {
  const gradients = Array.from(
    { length: 40 },
    (_, at) =>
      `<linearGradient id="g${at}" gradientTransform="rotate(${at * 9})"><stop offset="0" style="stop-color:#${(0x606060 + at * 0x010203).toString(16)};stop-opacity:1"/><stop offset="1" style="stop-color:#d0d0d0"/></linearGradient>`,
  )
  const parts: string[] = []
  let made = 0
  let tagCount = 0
  while (made < count) {
    const at = parts.length
    const x = (at % 50) * 80
    const y = Math.floor(at / 50) * 90
    const live =
      at % 10 === 0
        ? `<text x="4" y="70" style="font-size:12px" ls:tag="F.V${tagCount++}" ls:text="value">0</text>`
        : ''
    parts.push(
      `<g id="part${at}" transform="translate(${x},${y})" inkscape:label="Part ${at}"><g transform="matrix(0.9,0.05,-0.05,0.9,2,3)" style="display:inline"><path style="fill:url(#g${at % 40});fill-opacity:1;stroke:#404040;stroke-width:1.2;stroke-linejoin:round" sodipodi:nodetypes="ccccc" d="m 4,4 c 12,-6 40,-4 52,2 8,10 6,30 -2,44 -14,6 -38,4 -50,-2 -6,-14 -6,-32 0,-44 z"/><path style="fill:none;stroke:#303030;stroke-width:0.8" d="M 8,12 C 20,4 44,6 52,12 M 8,24 c 14,6 30,6 44,0 M 8,36 c 14,8 30,8 44,0"/><rect style="fill:#b0b0b0;stroke:#505050" width="18" height="9" x="20" y="22" rx="2"/><use href="#bolt" x="6" y="8"/><use xlink:href="#bolt" x="48" y="40"/><text xml:space="preserve" style="font-size:9px;font-family:sans-serif;fill:#202020" x="8" y="60"><tspan x="8" y="60">P-${at}</tspan></text></g>${live}</g>`,
    )
    made += 9 + (live === '' ? 0 : 1)
  }
  const layers = ['Pipes', 'Vessels', 'Electrical', 'Labels'].map((name, index, all) => {
    const size = Math.ceil(parts.length / all.length)
    return `<g inkscape:groupmode="layer" id="layer${index}" inkscape:label="${name}" style="display:inline">${parts.slice(index * size, (index + 1) * size).join('\n')}</g>`
  })
  const height = Math.ceil(parts.length / 50) * 90
  return {
    mimics: {
      foreign: `<?xml version="1.0" encoding="UTF-8" standalone="no"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ls="https://lineside.dev/ns/mimic" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" width="4000" height="${height}" viewBox="0 0 4000 ${height}" version="1.1"><sodipodi:namedview pagecolor="#ffffff"/><defs>${gradients.join('')}<g id="bolt"><circle r="3" style="fill:#707070"/><path d="M -2,0 H 2" style="stroke:#303030"/></g></defs>${layers.join('\n')}</svg>`,
    },
    symbols: {},
    equipment: [],
    tags: Array.from({ length: tagCount }, (_, index) => tagRow(`F.V${index}`)),
  }
}
