// The style guide of displays as one table (HMI.md H2): what colours are kept for alarms, what each class of a mimic looks like in
// both themes, how small, crowded and coloured a display may be. docs/hmi-style-guide.md says it to people; the display check
// (docs/display-quality.md) and tests against the screens' own style sheets hold it together.

/** A colour of the theme: `#rrggbb` in the light and in the dark theme. */
export interface ThemeColour {
  readonly light: string
  readonly dark: string
}

/** Colours of ui/theme.css that drawings get by their classes. */
export const themeColours = {
  ground: { light: '#dadada', dark: '#262626' },
  surface: { light: '#e6e6e6', dark: '#303030' },
  'surface-raised': { light: '#f2f2f2', dark: '#3a3a3a' },
  'surface-sunken': { light: '#cdcdcd', dark: '#1d1d1d' },
  text: { light: '#1a1a1a', dark: '#e4e4e4' },
  'text-quiet': { light: '#474747', dark: '#b8b8b8' },
  line: { light: '#6f6f6f', dark: '#8f8f8f' },
  'line-quiet': { light: '#b0b0b0', dark: '#4c4c4c' },
  value: { light: '#1b3a6b', dark: '#bfd3f2' },
  setpoint: { light: '#1d5e20', dark: '#8fce93' },
  'equipment-off': { light: '#a6a6a6', dark: '#505050' },
  'equipment-line': { light: '#4a4a4a', dark: '#a8a8a8' },
  medium: { light: '#8a8a8a', dark: '#757575' },
  'alarm-urgent': { light: '#b71c1c', dark: '#ff8080' },
  'alarm-high': { light: '#7d5200', dark: '#f9b52b' },
  'alarm-medium': { light: '#a63f00', dark: '#ff9355' },
  'alarm-low': { light: '#00646c', dark: '#4dc3ce' },
  'on-alarm': { light: '#ffffff', dark: '#141414' },
} as const satisfies Readonly<Record<string, ThemeColour>>
export type ThemeColourName = keyof typeof themeColours

/** Kept for alarms, whatever else a plant allows. */
export const alarmColours: readonly ThemeColourName[] = ['alarm-urgent', 'alarm-high', 'alarm-medium', 'alarm-low']

/** What a class of mimic.css paints: a colour of the theme, or nothing (`none`). */
export interface ClassLook {
  readonly fill?: ThemeColourName | 'none'
  readonly stroke?: ThemeColourName | 'none'
}

/** Classes of docs/mimics.md with what they paint; a later one wins over an earlier one. */
export const classLooks: Readonly<Record<string, ClassLook>> = {
  'ls-ground': { fill: 'ground' },
  'ls-panel': { fill: 'surface', stroke: 'line-quiet' },
  'ls-divider': { fill: 'none', stroke: 'line-quiet' },
  'ls-title': { fill: 'text' },
  'ls-text': { fill: 'text' },
  'ls-label': { fill: 'text-quiet' },
  'ls-unit': { fill: 'text-quiet' },
  'ls-value': { fill: 'value' },
  'ls-pipe': { fill: 'none', stroke: 'medium' },
  'ls-arrow': { fill: 'medium' },
  'ls-body': { fill: 'equipment-off', stroke: 'equipment-line' },
  'ls-outline': { fill: 'none', stroke: 'equipment-line' },
  'ls-detail': { fill: 'equipment-line' },
  'ls-state': { fill: 'text' },
  'ls-vessel': { fill: 'surface-sunken', stroke: 'equipment-line' },
  'ls-content': { fill: 'medium' },
  'ls-scale': { fill: 'surface-sunken', stroke: 'line-quiet' },
  'ls-range': { fill: 'line-quiet' },
  'ls-limit': { stroke: 'line' },
  'ls-pointer': { fill: 'value' },
  'ls-setpoint': { fill: 'none', stroke: 'setpoint' },
  'ls-urgent': { fill: 'alarm-urgent' },
  'ls-high': { fill: 'alarm-high' },
  'ls-medium': { fill: 'alarm-medium' },
  'ls-low': { fill: 'alarm-low' },
  'ls-on-alarm': { fill: 'on-alarm' },
  'ls-alarm-box': { fill: 'none', stroke: 'alarm-high' },
  'ls-key': { fill: 'surface-raised', stroke: 'line' },
}

/** Classes that say "this is an alarm mark": alarm colours belong to them. */
export const alarmClasses: ReadonlySet<string> = new Set([
  'ls-urgent',
  'ls-high',
  'ls-medium',
  'ls-low',
  'ls-on-alarm',
  'ls-alarm-box',
])

/** Classes of what lives: without a binding on the element, around it or in it they lie. */
export const liveClasses: ReadonlySet<string> = new Set(['ls-value', 'ls-pointer', 'ls-content'])

/** What a plant may decide for itself (`displays:` of plant.yaml). */
export interface DisplayLimits {
  /** How far away the screens are read; mm. */
  readonly viewingDistanceMm: number
  /** Colours that the plant uses on purpose, `#rrggbb`: they count neither as too many nor as misused. */
  readonly allowedColours: readonly string[]
}

export const defaultDisplayLimits: DisplayLimits = { viewingDistanceMm: 700, allowedColours: [] }

/** Thresholds of the check. Colours are HSV: hue in degrees, saturation and value 0 … 1. */
export const displayThresholds = {
  /** Distinct colours with more than `colourSaturation`, besides those that classes paint. */
  mostColours: 4,
  colourSaturation: 0.3,
  /** A ground or panel is at most so saturated (H6). */
  groundSaturation: 0.1,
  /** Part of the display from which a shape is a ground. */
  groundPart: 0.15,
  /** A colour is taken for one of an alarm when it is as close and at least as bright and saturated. */
  alarmHue: 10,
  alarmSaturation: 0.5,
  alarmValue: 0.45,
  /** The screen that displays are drawn for; px. */
  screenWidth: 1920,
  screenHeight: 1080,
  /** A pixel of it: 24 inch, 1920 px; mm. */
  pixelMm: 0.2767,
  /** Text height on it at 0.7 m: what has to be read, and below it what cannot be; px. */
  smallestTextPx: 16,
  unreadableTextPx: 11,
  /** WCAG 2.2, 1.4.3 and 1.4.11. */
  textContrast: 4.5,
  largeTextContrast: 3,
  graphicsContrast: 3,
  /** Bound elements of levels 1 to 4: more is no overview, no unit … */
  mostBound: [250, 400, 600, 1000],
  /** Actions from the start display (H22). */
  mostActions: 3,
} as const

/**
 * Height of a capital that an eye can read at a distance, in mm: 16 arc minutes are the least (20 to 22 are good; HMI.md H47,
 * ISO 9241-303). Distance in mm.
 */
export function capitalHeightMm(distanceMm: number, arcMinutes = 16): number {
  return 2 * distanceMm * Math.tan((arcMinutes / 60 / 2) * (Math.PI / 180))
}

/** Capitals of the fonts of the screens are so much of the font size. */
const capitalPart = 0.714

/** Smallest font size in px on a screen whose pixels are `pixelMm` high; at 0.7 m on a 24 inch panel it is the house rule of 16 px. */
export function smallestFontPx(distanceMm: number, pixelMm: number = displayThresholds.pixelMm): number {
  return Math.max(displayThresholds.smallestTextPx, Math.floor(capitalHeightMm(distanceMm) / pixelMm / capitalPart))
}
