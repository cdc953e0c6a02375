// Rules about how a display looks: colours, grounds, decoration, size and contrast of texts (HMI.md H6 to H8, H15, H47).
import {
  alarmColours,
  smallestFontPx,
  themeColours,
  displayThresholds as thresholds,
} from '../../shared/display-style.ts'
import { type Colour, contrastOf, hexOf, hueDistance, hueSaturation, parseColour } from './display-colour.ts'
import { around, type DrawnElement, drawnFontSize } from './display-drawing.ts'
import { Grounds, isAlarmMark, largeShapes, type Paint, paintOf, screenGround } from './display-paint.ts'
import { type CheckedDisplay, called, type DisplayRuleCheck, type Finding } from './display-rule.ts'

const shapes = new Set(['rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon', 'path', 'text', 'tspan'])

/** Colours that an element is drawn with, not by its class, with those that its bindings name. */
function* drawnColours(element: DrawnElement): Iterable<Colour> {
  if (element.isHidden || !shapes.has(element.name)) return
  for (const property of ['fill', 'stroke'] as const) {
    const paint = paintOf(element, property)
    if (typeof paint === 'object' && !paint.isThemed) yield paint.light
    for (const [, , text = ''] of (element.bindings.get(property) ?? '').matchAll(/(['"])(.*?)\1/g)) {
      const colour = parseColour(text)
      if (colour !== null) yield colour
    }
  }
}

function isAllowed(colour: Colour, { limits }: CheckedDisplay): boolean {
  return limits.allowedColours.some((allowed) => allowed.toLowerCase() === hexOf(colour))
}

/** Four colours tell four things; more tell nothing. Shades of one colour are one. */
export const tooManyColours: DisplayRuleCheck = function* (display) {
  const families = new Map<string, DrawnElement>()
  for (const element of display.drawing.elements)
    for (const colour of drawnColours(element)) {
      const { hue, saturation, value } = hueSaturation(colour)
      if (saturation <= thresholds.colourSaturation || value < 0.2 || isAllowed(colour, display)) continue
      const family = `${Math.round(hue / 15) % 24}:${value > 0.6 ? 'bright' : 'dark'}`
      if (!families.has(family)) families.set(family, element)
    }
  const [, element] = [...families][thresholds.mostColours] ?? []
  if (element === undefined) return
  const details = { count: families.size, most: thresholds.mostColours }
  const message = `${families.size} colours besides greys; ${thresholds.mostColours} are the most that an operator can tell apart`
  yield { rule: 'tooManyColours', severity: 'warning', element, message, details }
}

/** The alarm colour that a colour is taken for. */
function alarmLikeness(colour: Colour): string | null {
  const { hue, saturation, value } = hueSaturation(colour)
  if (saturation < thresholds.alarmSaturation || value < thresholds.alarmValue) return null
  for (const name of alarmColours)
    for (const shade of Object.values(themeColours[name]))
      if (hueDistance(hue, hueSaturation(parseColour(shade)!).hue) <= thresholds.alarmHue)
        return name.slice('alarm-'.length)
  return null
}

/** Red, amber, orange and cyan are kept for alarms: used for a medium or a state, nobody sees the alarm. */
export const alarmColourMisused: DisplayRuleCheck = function* (display) {
  const seen = new Set<DrawnElement>()
  for (const element of display.drawing.elements) {
    const mark = isAlarmMark(element)
    if (
      mark &&
      element.classes.some((name) => /^ls-(urgent|high|medium|low|alarm-box)$/.test(name)) &&
      !isConditional(element)
    ) {
      const message = 'an alarm mark that is always shown: it needs ls:visible, or a binding around it that hides it'
      yield { rule: 'alarmColourMisused', severity: 'error', element, message, details: { kind: 'always' } }
    }
    if (mark || seen.has(element)) continue
    for (const colour of drawnColours(element)) {
      const priority = isAllowed(colour, display) ? null : alarmLikeness(colour)
      if (priority === null) continue
      const details = { kind: 'colour', colour: hexOf(colour), priority }
      const message = `${called(element)} has ${hexOf(colour)}, which looks like the colour of ${priority} alarms and is kept for them`
      yield { rule: 'alarmColourMisused', severity: 'error', element, message, details }
      seen.add(element)
      break
    }
  }
}

function isConditional(element: DrawnElement): boolean {
  const hides = ({ bindings }: DrawnElement) => bindings.has('visible') || bindings.has('class')
  if (hides(element)) return true
  for (const outer of around(element)) if (hides(outer)) return true
  return false
}

/** Grounds and panels are grey (H6). */
export const saturatedGround: DisplayRuleCheck = function* (display) {
  const { elements, viewBox } = display.drawing
  for (const element of largeShapes(elements, viewBox, thresholds.groundPart)) {
    const paint = paintOf(element, 'fill')
    if (typeof paint === 'string' || paint.isThemed || isAllowed(paint.light, display)) continue
    const { saturation } = hueSaturation(paint.light)
    if (saturation < thresholds.groundSaturation) continue
    const details = { colour: hexOf(paint.light), saturation: Math.round(saturation * 100) }
    const message = `the ground ${called(element)} is coloured (${hexOf(paint.light)}, saturation ${details.saturation} %); grounds are grey, below ${thresholds.groundSaturation * 100} %`
    yield { rule: 'saturatedGround', severity: 'warning', element, message, details }
  }
}

const animations = new Set(['animate', 'animateTransform', 'animateMotion', 'animateColor', 'set'])

/** Gradients, shadows and movement draw the eye to where nothing is. */
export const decoration: DisplayRuleCheck = function* ({ drawing }) {
  for (const element of drawing.elements) {
    const kind =
      element.name === 'linearGradient' || element.name === 'radialGradient' || element.name === 'meshgradient'
        ? 'gradient'
        : element.name === 'filter'
          ? 'filter'
          : animations.has(element.name) ||
              element.ownLook('animation') !== undefined ||
              element.ownLook('animation-name') !== undefined
            ? 'animation'
            : null
    // A gradient that only refers to another one is the same gradient once more.
    if (kind === null || (kind === 'gradient' && !element.children.some(({ name }) => name === 'stop'))) continue
    yield decorationFinding(element, kind)
  }
  if (drawing.movingStyle !== null) {
    const element = drawing.elements.find(({ name }) => name === 'style')
    if (element !== undefined) yield decorationFinding(element, 'animation')
  }
}

const decorationWords = {
  gradient: 'a gradient',
  filter: 'a filter (shadow, blur)',
  animation: 'an animation',
} as const

function decorationFinding(element: DrawnElement, kind: keyof typeof decorationWords): Finding {
  const message = `${called(element)} is ${decorationWords[kind]}: decoration; flat greys leave the eye to the values`
  return { rule: 'decoration', severity: 'warning', element, message, details: { kind } }
}

/** Pixels of the screen that a display is drawn for, per unit of the drawing. */
export function nominalScale({ drawing: { viewBox } }: CheckedDisplay): number {
  if (viewBox.width <= 0 || viewBox.height <= 0) return 1
  return Math.min(thresholds.screenWidth / viewBox.width, thresholds.screenHeight / viewBox.height)
}

/** Everything that has to be read can be read from where the operator sits (H47). */
export const smallText: DisplayRuleCheck = function* (display) {
  const scale = nominalScale(display)
  const least = smallestFontPx(display.limits.viewingDistanceMm)
  const unreadable = (thresholds.unreadableTextPx / thresholds.smallestTextPx) * least
  for (const element of display.drawing.elements) {
    if (element.name !== 'text' || element.isHidden || element.text.trim() === '') continue
    // Numbers in alarm marks are shapes: the same number stands in the list.
    if (isAlarmMark(element)) continue
    const size = drawnFontSize(element) * scale
    if (size >= least - 0.05) continue
    const details = { size: Math.round(size * 10) / 10, least }
    const message = `${called(element)} is ${details.size} px high on a screen of ${thresholds.screenWidth} px; ${least} px are the least to be read`
    yield { rule: 'smallText', severity: size < unreadable ? 'error' : 'warning', element, message, details }
  }
}

/** Texts and lines stand out from what they lie on, in both themes (H15). */
export const contrast: DisplayRuleCheck = function* (display) {
  const { elements, viewBox } = display.drawing
  const grounds = new Grounds(elements, Math.max(viewBox.width, viewBox.height))
  const scale = nominalScale(display)
  for (const element of elements) {
    const isLine = element.name === 'line' || element.name === 'polyline' || element.name === 'path'
    if (element.isHidden || element.box === null || !(isLine || element.name === 'text')) continue
    const paint = paintOf(element, element.name === 'text' ? 'fill' : 'stroke')
    if (typeof paint === 'string') continue
    // Lines that the theme paints have the contrast that the theme has; filled shapes show by their fill.
    if (isLine && (paint.isThemed || (element.name !== 'line' && paintOf(element, 'fill') !== 'none'))) continue
    const { box } = element
    const ground = groundOf(grounds.below(element, box.x + box.width / 2, box.y + box.height / 2))
    if (ground === null) continue
    const found = least(paint, ground)
    const wanted = isLine ? thresholds.graphicsContrast : textContrast(element, scale)
    if (found.ratio >= wanted - 0.005) continue
    const details = {
      ratio: Math.floor(found.ratio * 10) / 10,
      wanted,
      theme: found.theme,
      kind: isLine ? 'line' : 'text',
    }
    const message = `${called(element)} has a contrast of ${details.ratio}:1 to what it lies on (${found.theme} theme); ${wanted}:1 is the least`
    yield {
      rule: 'contrast',
      severity: isLine ? 'hint' : found.ratio < 2 ? 'error' : 'warning',
      element,
      message,
      details,
    }
  }
}

/** Paint of a ground; null where it is not known. */
function groundOf(ground: DrawnElement | null | 'unknown'): Paint | null {
  if (ground === 'unknown') return null
  if (ground === null) return screenGround
  // What a binding repaints or empties is not what is drawn.
  for (let at: DrawnElement | null = ground; at !== null; at = at.parent)
    if (at.bindings.has('class') || at.bindings.has('level') || at.bindings.has('visible')) return null
  const paint = paintOf(ground, 'fill')
  const opacity = Number(ground.ownLook('fill-opacity') ?? ground.ownLook('opacity') ?? 1)
  return typeof paint === 'string' || opacity < 0.9 ? null : paint
}

function least(paint: Paint, ground: Paint): { readonly ratio: number; readonly theme: 'light' | 'dark' } {
  const [light, dark] = [contrastOf(paint.light, ground.light), contrastOf(paint.dark, ground.dark)]
  return dark < light ? { ratio: dark, theme: 'dark' } : { ratio: light, theme: 'light' }
}

/** WCAG 2.2, 1.4.3: large is 24 px, or 18.66 px when bold. */
function textContrast(element: DrawnElement, scale: number): number {
  const size = drawnFontSize(element) * scale
  const weight = element.look('font-weight') ?? ''
  const isBold = weight === 'bold' || Number(weight) >= 700
  return size >= 24 || (isBold && size >= 18.66) ? thresholds.largeTextContrast : thresholds.textContrast
}
