// Colours of drawings as numbers: what a CSS colour text means, how saturated it is, how it stands out (CSS Color 4, WCAG 2.2).

/** Parts 0 … 255. */
export interface Colour {
  readonly red: number
  readonly green: number
  readonly blue: number
}

/** Hue in degrees, saturation and value 0 … 1. */
export interface HueSaturation {
  readonly hue: number
  readonly saturation: number
  readonly value: number
}

/** Longer is no colour. */
const longestColour = 80

/** A colour as SVG has it; null for `none`, gradients, variables, the fully transparent and what is no colour. */
export function parseColour(text: string): Colour | null {
  const plain = text.trim().toLowerCase()
  if (plain === '' || plain.length > longestColour) return null
  if (plain.startsWith('#')) return fromHex(plain.slice(1))
  const named = colourNames.get(plain)
  if (named !== undefined) return fromHex(named)
  const call = /^(rgb|hsl)a?\(([^)]*)\)$/.exec(plain)
  if (call === null) return null
  const [parts = '', alpha] = call[2]!.split('/')
  const numbers = parts.split(/[\s,]+/).filter((part) => part !== '')
  if ((alpha ?? numbers[3]) !== undefined && parseFloat((alpha ?? numbers[3])!) === 0) return null
  return call[1] === 'rgb' ? fromRgb(numbers) : fromHsl(numbers)
}

function fromHex(hex: string): Colour | null {
  if (!/^[\da-f]+$/.test(hex) || ![3, 4, 6, 8].includes(hex.length)) return null
  const long = hex.length < 6 ? [...hex].map((digit) => digit + digit).join('') : hex
  if (long.slice(6) === '00') return null
  const part = (at: number) => Number.parseInt(long.slice(at, at + 2), 16)
  return { red: part(0), green: part(2), blue: part(4) }
}

function fromRgb(parts: readonly string[]): Colour | null {
  const [red, green, blue] = parts.map((part) =>
    clamp(part.endsWith('%') ? Number.parseFloat(part) * 2.55 : Number.parseFloat(part), 255),
  )
  return isFinite3(red, green, blue) ? { red: red!, green: green!, blue: blue! } : null
}

function fromHsl(parts: readonly string[]): Colour | null {
  const [hue, saturation, lightness] = parts.map((part) => Number.parseFloat(part))
  if (!isFinite3(hue, saturation, lightness)) return null
  const strength = clamp(saturation!, 100) / 100
  const light = clamp(lightness!, 100) / 100
  const part = (offset: number) => {
    const at = (offset + (((hue! % 360) + 360) % 360) / 30) % 12
    return 255 * (light - strength * Math.min(light, 1 - light) * Math.max(-1, Math.min(at - 3, 9 - at, 1)))
  }
  return { red: part(0), green: part(8), blue: part(4) }
}

function isFinite3(...numbers: readonly (number | undefined)[]): boolean {
  return numbers.every((number) => number !== undefined && Number.isFinite(number))
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value))
}

export function hueSaturation({ red, green, blue }: Colour): HueSaturation {
  const most = Math.max(red, green, blue)
  const span = most - Math.min(red, green, blue)
  const sector =
    span === 0
      ? 0
      : most === red
        ? (green - blue) / span
        : most === green
          ? (blue - red) / span + 2
          : (red - green) / span + 4
  return { hue: (sector * 60 + 360) % 360, saturation: most === 0 ? 0 : span / most, value: most / 255 }
}

/** Degrees between two hues, 0 … 180. */
export function hueDistance(a: number, b: number): number {
  const distance = Math.abs(a - b) % 360
  return Math.min(distance, 360 - distance)
}

/** Contrast ratio, 1 … 21 (WCAG 2.2, relative luminance). */
export function contrastOf(a: Colour, b: Colour): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((first, second) => second - first)
  return (lighter! + 0.05) / (darker! + 0.05)
}

function luminance({ red, green, blue }: Colour): number {
  const part = (value: number) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
}

/** `#rrggbb`. */
export function hexOf({ red, green, blue }: Colour): string {
  return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

/** The named colours of CSS Color 4, name and hexadecimal digits. */
const namedColours = `
  aliceblue f0f8ff, antiquewhite faebd7, aqua 00ffff, aquamarine 7fffd4, azure f0ffff, beige f5f5dc, bisque ffe4c4,
  black 000000, blanchedalmond ffebcd, blue 0000ff, blueviolet 8a2be2, brown a52a2a, burlywood deb887,
  cadetblue 5f9ea0, chartreuse 7fff00, chocolate d2691e, coral ff7f50, cornflowerblue 6495ed, cornsilk fff8dc,
  crimson dc143c, cyan 00ffff, darkblue 00008b, darkcyan 008b8b, darkgoldenrod b8860b, darkgray a9a9a9,
  darkgreen 006400, darkgrey a9a9a9, darkkhaki bdb76b, darkmagenta 8b008b, darkolivegreen 556b2f,
  darkorange ff8c00, darkorchid 9932cc, darkred 8b0000, darksalmon e9967a, darkseagreen 8fbc8f,
  darkslateblue 483d8b, darkslategray 2f4f4f, darkslategrey 2f4f4f, darkturquoise 00ced1, darkviolet 9400d3,
  deeppink ff1493, deepskyblue 00bfff, dimgray 696969, dimgrey 696969, dodgerblue 1e90ff, firebrick b22222,
  floralwhite fffaf0, forestgreen 228b22, fuchsia ff00ff, gainsboro dcdcdc, ghostwhite f8f8ff, gold ffd700,
  goldenrod daa520, gray 808080, green 008000, greenyellow adff2f, grey 808080, honeydew f0fff0, hotpink ff69b4,
  indianred cd5c5c, indigo 4b0082, ivory fffff0, khaki f0e68c, lavender e6e6fa, lavenderblush fff0f5,
  lawngreen 7cfc00, lemonchiffon fffacd, lightblue add8e6, lightcoral f08080, lightcyan e0ffff,
  lightgoldenrodyellow fafad2, lightgray d3d3d3, lightgreen 90ee90, lightgrey d3d3d3, lightpink ffb6c1,
  lightsalmon ffa07a, lightseagreen 20b2aa, lightskyblue 87cefa, lightslategray 778899, lightslategrey 778899,
  lightsteelblue b0c4de, lightyellow ffffe0, lime 00ff00, limegreen 32cd32, linen faf0e6, magenta ff00ff,
  maroon 800000, mediumaquamarine 66cdaa, mediumblue 0000cd, mediumorchid ba55d3, mediumpurple 9370db,
  mediumseagreen 3cb371, mediumslateblue 7b68ee, mediumspringgreen 00fa9a, mediumturquoise 48d1cc,
  mediumvioletred c71585, midnightblue 191970, mintcream f5fffa, mistyrose ffe4e1, moccasin ffe4b5,
  navajowhite ffdead, navy 000080, oldlace fdf5e6, olive 808000, olivedrab 6b8e23, orange ffa500, orangered ff4500,
  orchid da70d6, palegoldenrod eee8aa, palegreen 98fb98, paleturquoise afeeee, palevioletred db7093,
  papayawhip ffefd5, peachpuff ffdab9, peru cd853f, pink ffc0cb, plum dda0dd, powderblue b0e0e6, purple 800080,
  rebeccapurple 663399, red ff0000, rosybrown bc8f8f, royalblue 4169e1, saddlebrown 8b4513, salmon fa8072,
  sandybrown f4a460, seagreen 2e8b57, seashell fff5ee, sienna a0522d, silver c0c0c0, skyblue 87ceeb,
  slateblue 6a5acd, slategray 708090, slategrey 708090, snow fffafa, springgreen 00ff7f, steelblue 4682b4,
  tan d2b48c, teal 008080, thistle d8bfd8, tomato ff6347, turquoise 40e0d0, violet ee82ee, wheat f5deb3,
  white ffffff, whitesmoke f5f5f5, yellow ffff00, yellowgreen 9acd32`

const colourNames: ReadonlyMap<string, string> = new Map(
  namedColours.split(',').map((entry): [string, string] => {
    const [name = '', hex = ''] = entry.trim().split(' ')
    return [name, hex]
  }),
)
