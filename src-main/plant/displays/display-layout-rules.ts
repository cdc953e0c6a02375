// Rules about words and places: a title, every word in every language of the plant, no text over another, nothing off the ground
// (HMI.md H48).
import { around, type DrawnElement, drawnFontSize } from './display-drawing.ts'
import { area, type Box, BoxGrid, sharedArea } from './display-geometry.ts'
import { isAlarmMark } from './display-paint.ts'
import { called, type DisplayRuleCheck, isLiveText } from './display-rule.ts'
import { isUnit } from './display-units.ts'

/** A display says what it is, in navigation.yaml or in its own `<title>`. */
export const missingTitle: DisplayRuleCheck = function* ({ entry, drawing }) {
  if (drawing.title !== null || Object.values(entry.title).some((title) => title !== entry.name)) return
  const message = 'the display has no title: give it one in navigation.yaml, or a <title> in the drawing'
  yield { rule: 'missingTitle', severity: 'warning', element: null, message }
}

/** Capitals, codes of plants as P-101, and numbers are the same in every language. */
const languageless = /^[^\p{L}]*$|^[\p{Lu}\d\W_]{1,6}$|^\p{Lu}{1,5}[-_ .]?\d[\w.-]*$/u

/** Units, codes and names of the plant need no translation. */
function isLanguageless(element: DrawnElement, names: ReadonlySet<string>): boolean {
  const words = element.text.trim()
  if (names.has(words)) return true
  if (element.classes.includes('ls-unit') || languageless.test(words)) return true
  const parts = words.split(/\s+/).filter((part) => !/^[^\p{L}]*$/u.test(part))
  return parts.every((part) => isUnit(part) || languageless.test(part))
}

/** Every word in every language of the plant: a `<switch>`, one child per language. */
export const missingLanguage: DisplayRuleCheck = function* ({ entry, drawing, plant }) {
  if (plant.languages.length < 2) return
  for (const language of plant.languages)
    if (entry.title[language] === undefined)
      yield {
        rule: 'missingLanguage',
        severity: 'warning',
        element: null,
        message: `the display has no title in ${language}; give it one in navigation.yaml`,
        details: { kind: 'title', language },
      }
  const names = new Set([...plant.equipment, ...plant.tags, ...plant.devices].map(({ name }) => name))
  for (const element of drawing.elements) {
    if (element.name === 'text' && !element.isHidden && element.language === null && !isLiveText(element)) {
      if (isLanguageless(element, names)) continue
      const message = `${called(element)} is there in one language only; a <switch> has one text for each language`
      yield { rule: 'missingLanguage', severity: 'hint', element, message, details: { kind: 'text' } }
    }
    if (element.name !== 'switch' || element.isHidden) continue
    const spoken = element.children.flatMap((child) =>
      (child.attribute('systemLanguage') ?? '').split(',').map((language) => language.trim().toLowerCase()),
    )
    // The child without a language stands for the plant's first one.
    const missing = plant.languages
      .slice(spoken.includes('') ? 1 : 0)
      .filter(
        (language) =>
          !spoken.some(
            (word) => word !== '' && (language.toLowerCase() === word || language.toLowerCase().startsWith(`${word}-`)),
          ),
      )
    if (missing.length === 0) continue
    const message = `a <switch> without a text in ${missing.join(', ')}`
    yield {
      rule: 'missingLanguage',
      severity: 'hint',
      element,
      message,
      details: { kind: 'switch', language: missing.join(', ') },
    }
  }
}

/** Two texts over each other: neither can be read. */
export const overlap: DisplayRuleCheck = function* ({ drawing: { elements, viewBox } }) {
  // Boxes are estimates: only their cores count.
  const texts = elements
    .filter((element) => element.name === 'text' && canBeSeenAlways(element))
    .map((element) => ({ element, box: coreOf(element.box!) }))
  const grid = new BoxGrid(texts, Math.max(viewBox.width, viewBox.height))
  for (const { element, box } of texts) {
    const other = below(element, box, grid)
    if (other === null) continue
    const message = `${called(element)} lies over ${called(other)}`
    yield { rule: 'overlap', severity: 'warning', element, message, details: { other: called(other) } }
  }
}

/** A text painted before that lies below an element; null = none. */
function below(
  element: DrawnElement,
  box: Box,
  grid: BoxGrid<{ readonly element: DrawnElement; readonly box: Box }>,
): DrawnElement | null {
  for (const other of grid.near(box, 0))
    if (other.element.index < element.index && isOverlap(box, other.box) && meet(element, other.element))
      return other.element
  return null
}

function canBeSeenAlways(element: DrawnElement): boolean {
  if (element.isHidden || element.box === null || isAlarmMark(element)) return false
  for (let at: DrawnElement | null = element; at !== null; at = at.parent)
    if (at.bindings.has('visible') || at.bindings.has('move') || at.bindings.has('detail')) return false
  return true
}

function coreOf({ x, y, width, height }: Box): Box {
  return { x: x + width * 0.08, y: y + height * 0.15, width: width * 0.84, height: height * 0.7 }
}

function isOverlap(a: Box, b: Box): boolean {
  return sharedArea(a, b) > 0.15 * Math.min(area(a), area(b))
}

/** Texts of two languages are never seen together. */
function meet(a: DrawnElement, b: DrawnElement): boolean {
  return a.language === null || b.language === null || a.language === b.language
}

const drawnShapes = new Set(['rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon', 'path', 'text', 'image'])

/** What lies outside of the drawing is seen by nobody. */
export const offGround: DisplayRuleCheck = function* ({ drawing }) {
  const { viewBox } = drawing
  if (viewBox.width <= 0 || viewBox.height <= 0) return
  for (const element of drawing.elements) {
    if (element.isHidden || element.box === null || !drawnShapes.has(element.name)) continue
    if (element.bindings.has('move') || [...around(element)].some(({ bindings }) => bindings.has('move'))) continue
    const { box } = element
    const room = element.name === 'text' ? drawnFontSize(element) * 0.5 : 0
    const isTextCut =
      element.name === 'text' &&
      (box.x + box.width * 0.1 < viewBox.x - room ||
        box.x + box.width * 0.9 > viewBox.x + viewBox.width + room ||
        box.y + box.height * 0.2 < viewBox.y ||
        box.y + box.height * 0.8 > viewBox.y + viewBox.height)
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    const isOutside = x < viewBox.x || x > viewBox.x + viewBox.width || y < viewBox.y || y > viewBox.y + viewBox.height
    if (!isTextCut && !isOutside) continue
    const message = `${called(element)} lies outside of the drawing (viewBox)`
    yield { rule: 'offGround', severity: 'warning', element, message }
  }
}
