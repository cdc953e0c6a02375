// What can be touched on a mimic: elements that open something or ask for a write. Each becomes a button for mouse, finger
// (44 px also when the drawing is small) and keyboard, with a name for screen readers.
import { toJsonValue } from '../../../src-main/shared/data-value.ts'
import { messageOf } from '../../../src-main/shared/runtime-error.ts'
import type { FaceplateTarget, MimicWrite } from '../mimic-source.ts'
import type { ActionSite } from '../runtime/mimic-bindings.ts'
import type { MimicRuntime } from '../runtime/mimic-runtime.ts'
import { t } from '../texts.ts'

const svgNamespace = 'http://www.w3.org/2000/svg'
/** Smallest target, CSS px (WCAG 2.5.5; a finger in a thin glove). */
const targetSize = 44

/** What the surroundings do for a mimic. */
export interface MimicOutlets {
  readonly openMimic: (name: string) => void
  readonly openFaceplate: (target: FaceplateTarget) => void
  /** Asks the operator, then writes; null where nothing may be written. */
  readonly write: ((write: MimicWrite) => void) | null
  /** Shows how these went; null where history may not be seen. */
  readonly openTrend?: ((tags: readonly string[]) => void) | null
  /** Says something to the operator. */
  readonly say: (message: string) => void
  /** What was said holds no longer; nothing happens when something else was said since. */
  readonly unsay?: (message: string) => void
  /** Title of a display in the language of the screen. */
  readonly titleOf: (mimic: string) => string
}

/** Owned by the view of one mimic; `close` takes its listeners off. */
export class MimicActions {
  readonly #runtime: MimicRuntime
  readonly #outlets: MimicOutlets
  readonly #listening = new AbortController()
  readonly #actions = new Map<Element, ActionSite>()
  readonly #hits: { readonly button: SVGGElement; readonly hit: SVGRectElement }[] = []

  constructor(root: SVGSVGElement, actions: readonly ActionSite[], runtime: MimicRuntime, outlets: MimicOutlets) {
    this.#runtime = runtime
    this.#outlets = outlets
    const openers = new Set(actions.filter((action) => action.kind === 'open').map((action) => action.element))
    for (const action of actions) {
      if (isInsideOther(action, openers)) continue
      this.#addButton(action)
    }
    const { signal } = this.#listening
    root.addEventListener('click', (event) => this.#activate(event), { signal })
    root.addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        if (this.#activate(event)) event.preventDefault()
      },
      { signal },
    )
  }

  close(): void {
    this.#listening.abort()
  }

  /** Makes every target at least {@link targetSize}; `scale` = CSS px of one unit of the drawing. Reads, then writes. */
  fitTargets(scale: number): void {
    for (const { hit } of this.#hits) hit.remove()
    const boxes = this.#hits.map(({ button }) => ({ box: button.getBBox(), own: ownScale(button) }))
    for (const [index, { button, hit }] of this.#hits.entries()) {
      const { box, own } = boxes[index]!
      const least = targetSize / (scale * own)
      const width = Math.max(box.width, least)
      const height = Math.max(box.height, least)
      hit.setAttribute('x', `${box.x + (box.width - width) / 2}`)
      hit.setAttribute('y', `${box.y + (box.height - height) / 2}`)
      hit.setAttribute('width', `${width}`)
      hit.setAttribute('height', `${height}`)
      button.prepend(hit)
    }
  }

  #addButton(action: ActionSite): void {
    const button = asGroup(action.element)
    const known = this.#actions.has(button)
    this.#actions.set(button, action)
    button.setAttribute('role', 'button')
    button.setAttribute('tabindex', '0')
    button.classList.add('ls-button')
    if (action.kind === 'write' && this.#outlets.write === null) button.setAttribute('aria-disabled', 'true')
    const words = button.querySelector(':scope > title')?.textContent || this.#nameOf(action)
    // What is written on a button is its name (WCAG 2.5.3), what it does then its description.
    if (!button.hasAttribute('aria-label'))
      button.setAttribute(hasWords(button) ? 'aria-description' : 'aria-label', words)
    if (known) return
    const hit = document.createElementNS(svgNamespace, 'rect')
    hit.setAttribute('class', 'ls-hit')
    hit.setAttribute('fill', 'transparent')
    hit.setAttribute('pointer-events', 'all')
    this.#hits.push({ button, hit })
  }

  #nameOf(action: ActionSite): string {
    if (action.kind === 'write') return t(this.#outlets.write ? 'write' : 'writeDisabled', { tag: action.tag })
    const { target } = action
    if ('mimic' in target) return t('openMimic', { name: this.#outlets.titleOf(target.mimic) })
    return t('openFaceplate', { name: 'tag' in target.faceplate ? target.faceplate.tag : target.faceplate.equipment })
  }

  /** True when the event was on a button. */
  #activate(event: Event): boolean {
    const button = event.target instanceof Element ? event.target.closest('[role="button"]') : null
    const action = button && this.#actions.get(button)
    if (!action) return false
    if (action.kind === 'write') this.#write(action)
    else if ('mimic' in action.target) this.#outlets.openMimic(action.target.mimic)
    else this.#outlets.openFaceplate(action.target.faceplate)
    return true
  }

  #write(action: Extract<ActionSite, { kind: 'write' }>): void {
    const { write } = this.#outlets
    if (!write) return this.#outlets.say(t('writeDisabled', { tag: action.tag }))
    try {
      write({ tag: action.tag, value: toJsonValue(this.#runtime.evaluate(action.expression)) })
    } catch (error) {
      this.#outlets.say(t('writeFailed', { tag: action.tag, message: messageOf(error) }))
    }
  }
}

/** A symbol inside a part that opens a display is no button of its own: buttons are not nested. */
function isInsideOther(action: ActionSite, openers: ReadonlySet<Element>): boolean {
  for (let element = action.element.parentElement; element; element = element.parentElement) {
    if (openers.has(element as Element as SVGGraphicsElement)) return true
  }
  return false
}

/** Is something written on it that is always there? One letter in a symbol is no name. */
function hasWords(button: Element): boolean {
  return [...button.querySelectorAll('text')].some(
    (text) => (text.textContent ?? '').trim().length > 1 && text.closest('[data-conditional]') === null,
  )
}

function asGroup(element: SVGGraphicsElement): SVGGElement {
  if (element instanceof SVGGElement) return element
  const parent = element.parentElement
  if (parent instanceof SVGGElement && parent.classList.contains('ls-button')) return parent
  const group = document.createElementNS(svgNamespace, 'g')
  element.replaceWith(group)
  group.append(element)
  return group
}

/** How much the transforms between the button and the drawing enlarge it. */
function ownScale(button: SVGGElement): number {
  const own = button.getScreenCTM()
  const root = button.ownerSVGElement?.getScreenCTM()
  if (!own || !root) return 1
  return Math.hypot(own.a, own.b) / Math.hypot(root.a, root.b) || 1
}
