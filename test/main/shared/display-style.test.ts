// The table of the style guide says what the screens' own style sheets say, and text sizes what ergonomics say.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contrastOf, hexOf, hueSaturation, parseColour } from '../../../src-main/plant/displays/display-colour.ts'
import { isUnit } from '../../../src-main/plant/displays/display-units.ts'
import { capitalHeightMm, classLooks, smallestFontPx, themeColours } from '../../../src-main/shared/display-style.ts'

const renderer = new URL('../../../src-renderer/', import.meta.url)
const theme = readFileSync(new URL('ui/theme.css', renderer), 'utf8')
const mimicFolder = new URL('mimic/', renderer)
const mimicCss = readdirSync(mimicFolder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('mimic.css'))
  .map((file) => readFileSync(new URL(file, mimicFolder), 'utf8'))
  .join('\n')

describe('the table of the style guide', () => {
  it.each(Object.entries(themeColours))('has --%s as the theme has it', (name, { light, dark }) => {
    expect(theme).toContain(`--${name}: light-dark(${light}, ${dark});`)
  })

  it.each(Object.entries(classLooks))('paints .%s as mimics do', (name, look) => {
    const rules = [...mimicCss.matchAll(/([^{}]+)\{([^{}]*)\}/g)].filter(([, selectors = '']) =>
      selectors.split(',').some((selector) => selector.trim().endsWith(`.mimic-drawing .${name}`)),
    )
    const painted = rules.map(([, , body]) => body).join('\n')
    for (const property of ['fill', 'stroke'] as const) {
      const colour = look[property]
      if (colour === undefined) expect(painted).not.toMatch(new RegExp(`(^|\\s)${property}:`))
      else expect(painted).toContain(`${property}: ${colour === 'none' ? 'none' : `var(--${colour})`};`)
    }
  })
})

describe('text size by viewing distance (HMI.md H47)', () => {
  it('asks for 3.3 mm at 0.7 m and 14 mm at 3 m', () => {
    expect(capitalHeightMm(700)).toBeCloseTo(3.26, 2)
    expect(capitalHeightMm(3000)).toBeCloseTo(13.96, 2)
    expect(capitalHeightMm(700, 22)).toBeCloseTo(4.48, 2)
  })

  it('is the house rule of 16 px on a panel, and grows with the distance', () => {
    expect(smallestFontPx(700)).toBe(16)
    expect(smallestFontPx(300)).toBe(16)
    expect(smallestFontPx(3000)).toBe(70)
    expect(smallestFontPx(3000, 0.5)).toBe(39)
  })
})

describe('colours', () => {
  it.each([
    ['#F00', '#ff0000'],
    ['#d32f2f80', '#d32f2f'],
    [' RGB(211, 47, 47) ', '#d32f2f'],
    ['rgb(100% 0% 0% / 0.5)', '#ff0000'],
    ['hsl(120, 100%, 25%)', '#008000'],
    ['rebeccapurple', '#663399'],
    ['lightgoldenrodyellow', '#fafad2'],
  ])('%s is %s', (text, hex) => expect(hexOf(parseColour(text)!)).toBe(hex))

  it.each([
    '',
    'none',
    'url(#g)',
    'var(--x)',
    '#ff',
    '#ff000000',
    'rgba(1,2,3,0)',
    'rgb(a,b,c)',
    'redd',
    'currentColor',
  ])('%j is none', (text) => expect(parseColour(text)).toBeNull())

  it('have the contrast of WCAG 2.2 and the saturation of HSV', () => {
    expect(contrastOf(parseColour('#000')!, parseColour('#fff')!)).toBeCloseTo(21)
    expect(contrastOf(parseColour('#767676')!, parseColour('#fff')!)).toBeCloseTo(4.54, 2)
    expect(hueSaturation(parseColour('#00646c')!)).toMatchObject({ saturation: 1, value: 108 / 255 })
    expect(hueSaturation(parseColour('#808080')!).saturation).toBe(0)
  })
})

describe('units', () => {
  it.each(['%', '°C', 'm³/h', 'kW', 'kWh', '/min', '1/h', 'mS/cm', 'mbar', 'L/min', 'kg/m³', 'µm'])(
    '%s is one',
    (text) => expect(isUnit(text)).toBe(true),
  )
  it.each(['', 'Filler', 'on', 'Tank', 'per hour', '12'])('%j is none', (text) => expect(isUnit(text)).toBe(false))
})
