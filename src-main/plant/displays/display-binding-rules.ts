// Rules about what a display tells: state never by colour alone, what looks live is live, values have units, level 1 shows and
// does not operate, not more than an eye can follow (HMI.md H9, H12, H18).
import { liveClasses, displayThresholds as thresholds } from '../../shared/display-style.ts'
import { around, type Drawing, type DrawnElement, within } from './display-drawing.ts'
import { BoxGrid } from './display-geometry.ts'
import { called, type DisplayRuleCheck, isBound, isLiveText } from './display-rule.ts'
import { isUnit } from './display-units.ts'

/** Bindings that tell the same to who cannot tell colours apart. */
const companions = ['text', 'visible', 'class', 'rotate', 'level', 'move'] as const

/** No meaning by colour alone (H9; WCAG 2.2, 1.4.1). */
export const colourAlone: DisplayRuleCheck = function* (display) {
  const { elements, viewBox } = display.drawing
  const tellers = new BoxGrid(elements.filter(tells), Math.max(viewBox.width, viewBox.height))
  for (const element of elements) {
    const expression = element.bindings.get('fill') ?? element.bindings.get('stroke')
    if (expression === undefined || isConstant(expression)) continue
    if ([...within(element)].some(tells) || [...around(element)].some(tells)) continue
    const group = element.parent
    const hasNeighbour = group !== null && group.parent !== null && [...within(group)].some(tells)
    if (hasNeighbour || isSaidNear(element, tellers, viewBox.width * 0.06)) continue
    const message = `${called(element)} tells its state by colour alone; add a word, a sign or a shape that changes with it`
    yield { rule: 'colourAlone', severity: 'error', element, message }
  }
}

function tells(element: DrawnElement): boolean {
  return companions.some((binding) => element.bindings.has(binding)) || (element.name === 'text' && isLiveText(element))
}

function isConstant(expression: string): boolean {
  return /^\s*(['"]).*?\1\s*$/.test(expression)
}

/** Is another element near by bound to the same tag? */
function isSaidNear(element: DrawnElement, tellers: BoxGrid<DrawnElement>, gap: number): boolean {
  if (element.box === null) return false
  const own = namesIn(element)
  for (const other of tellers.near(element.box, gap)) for (const name of namesIn(other)) if (own.has(name)) return true
  return false
}

/** Names of tags that an element's bindings have, `value` being its own. */
function namesIn(element: DrawnElement): ReadonlySet<string> {
  const names = new Set<string>()
  if (element.tag !== null) names.add(element.tag)
  for (const [attribute, text] of element.bindings)
    if (attribute !== 'open' && attribute !== 'equipment')
      for (const [name] of text.matchAll(/[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)+/gu)) names.add(name)
  return names
}

/** Level 1 shows how the line is; it is operated where one sees what one does (H18). */
export const controlOnOverview: DisplayRuleCheck = function* ({ entry, drawing }) {
  if (entry.level !== 1) return
  for (const element of drawing.elements)
    if (element.bindings.has('write'))
      yield {
        rule: 'controlOnOverview',
        severity: 'error',
        element,
        message: `${called(element)} writes a value, and this is an overview (level 1); put it on the display of its unit`,
      }
}

const numberText = /^[-+−]?\d[\d\s.,']*$/
const numberWithUnit = /^[-+−]?\d[\d.,]*\s*(\S{1,8})$/

/** What looks live and is not lies to the operator for years. */
export const unboundElement: DisplayRuleCheck = function* ({ drawing }) {
  const units = textGrid(drawing, (text) => !isLiveText(text) && isUnit(text.text.trim()))
  for (const element of drawing.elements) {
    if (element.isHidden || isBound(element) || hasBindingAround(element)) continue
    if (element.children.some((child) => [...within(child)].some(isBound))) continue
    const words = element.text.trim()
    const isLiveClass = element.classes.some((name) => liveClasses.has(name))
    const unit = element.name === 'text' ? numberWithUnit.exec(words)?.[1] : undefined
    const isMeasured =
      element.name === 'text' &&
      ((unit !== undefined && isUnit(unit)) || (numberText.test(words) && isBesideOne(element, units)))
    if (!isLiveClass && !(isMeasured && !isOnScale(element))) continue
    const kind = isLiveClass ? 'class' : 'number'
    const message = isLiveClass
      ? `${called(element)} has a class of live values and is bound to nothing`
      : `${called(element)} looks like a live value and is bound to nothing`
    yield { rule: 'unboundElement', severity: 'warning', element, message, details: { kind } }
  }
}

/** Is a group around it live in a way that moves, fills, hides or names a tag for it? */
function hasBindingAround(element: DrawnElement): boolean {
  for (const outer of around(element))
    if (isBound(outer) || (outer.bindings.has('tag') && element.classes.includes('ls-content'))) return true
  return false
}

function isBesideOne({ box }: DrawnElement, units: BoxGrid<DrawnElement>): boolean {
  if (box !== null) for (const _ of units.near(box, box.height * 0.8)) return true
  return false
}

/** Texts of a kind by their place. */
function textGrid({ elements, viewBox }: Drawing, isWanted: (text: DrawnElement) => boolean): BoxGrid<DrawnElement> {
  const texts = elements.filter((element) => element.name === 'text' && !element.isHidden && isWanted(element))
  return new BoxGrid(texts, Math.max(viewBox.width, viewBox.height))
}

/** Numbers of scales and nominal values in labels are what they are. */
function isOnScale(element: DrawnElement): boolean {
  return (
    element.classes.includes('ls-label') || element.classes.includes('ls-scale') || element.classes.includes('ls-unit')
  )
}

/** A number without its unit is a guess (H12). */
export const valueWithoutUnit: DisplayRuleCheck = function* ({ drawing, tags }) {
  const texts = textGrid(drawing, () => true)
  for (const element of drawing.elements) {
    if (element.name !== 'text' || element.isHidden || element.tag === null || !isLiveText(element)) continue
    const expression = element.bindings.get('text') ?? 'value'
    if (!/^\s*(value|format\(\s*value\b.*\))\s*$/.test(expression)) continue
    const tag = tags.get(element.tag)
    if (tag === undefined || !tag.isNumber || tag.unit === '' || tag.unit === '1') continue
    if (hasUnitNear(element, tag.unit, texts)) continue
    const details = { tag: element.tag, unit: tag.unit }
    const message = `the value of ${element.tag} stands without its unit (${tag.unit}); put it beside, ls:text="unit"`
    yield { rule: 'valueWithoutUnit', severity: 'warning', element, message, details }
  }
}

/** On the same line beside it, or right above or below; a label such as "Speed in m/s" says it as well. */
function hasUnitNear(element: DrawnElement, unit: string, texts: BoxGrid<DrawnElement>): boolean {
  if (element.box === null) return false
  for (const other of texts.near(element.box, element.box.height * 3))
    if (other !== element && (isUnitOf(other, unit) || namesUnit(other, unit))) return true
  return false
}

function isUnitOf(element: DrawnElement, unit: string): boolean {
  return (
    element.bindings.get('text')?.trim() === 'unit' ||
    element.classes.includes('ls-unit') ||
    element.text.trim() === unit ||
    isUnit(element.text.trim())
  )
}

function namesUnit(element: DrawnElement, unit: string): boolean {
  return (
    unit.length > 0 &&
    new RegExp(`(^|[\\s([/])${unit.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}([\\s)\\]]|$)`).test(element.text.trim())
  )
}

/** More than an eye can follow at the level's task. */
export const crowded: DisplayRuleCheck = function* ({ entry, drawing }) {
  const count = drawing.elements.filter(isBound).length
  const most = thresholds.mostBound[entry.level - 1]!
  if (count <= most) return
  const message = `${count} live elements; ${most} are the most for a display of level ${entry.level}: split it, or show detail further below`
  yield { rule: 'crowded', severity: 'warning', element: null, message, details: { count, most, level: entry.level } }
}
