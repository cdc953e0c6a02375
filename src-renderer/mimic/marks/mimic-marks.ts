// Quality on a mimic: whatever is not simply good has a hatch over it, a sign beside it and words for those who cannot see
// either. Nothing is told by colour alone (HMI.md H9, H13); the signs are those of QualityMark.svelte.
import { type Box, boxInDrawing } from '../drawing/mimic-box.ts'
import type { MarkOwner } from '../drawing/mimic-drawing.ts'
import type { MarkChange, MarkLayer, MarkState } from '../runtime/mimic-runtime.ts'

const svgNamespace = 'http://www.w3.org/2000/svg'

/** Sign of each state, in a shape of its own: square for "do not use", circle for "doubtful", diamond for "broken". */
const signs: Readonly<
  Record<Exclude<MarkState, 'good'>, { readonly sign: string; readonly shape: 'square' | 'circle' | 'diamond' }>
> = {
  bad: { sign: '✕', shape: 'square' },
  waiting: { sign: '…', shape: 'square' },
  stale: { sign: '⧗', shape: 'square' },
  outOfRange: { sign: '↕', shape: 'circle' },
  uncertain: { sign: '?', shape: 'circle' },
  substituted: { sign: 'S', shape: 'circle' },
  manual: { sign: 'M', shape: 'circle' },
  unknown: { sign: '∅', shape: 'diamond' },
  fault: { sign: '!', shape: 'diamond' },
}

/** Half the size of a sign, in units of a drawing 1600 wide; scaled with smaller and larger drawings. */
export const signRadius = 9

/** The layer of marks on top of a mimic's root element. */
export class QualityMarks implements MarkLayer {
  readonly #root: SVGSVGElement
  readonly #owners: readonly MarkOwner[]
  readonly #sentence: (change: MarkChange, name: string) => string
  readonly #layer: SVGGElement
  readonly #marks = new Map<number, { readonly group: SVGGElement; readonly change: MarkChange }>()
  readonly #hatchId: string
  readonly #scale: number
  static #count = 0

  /** @param sentence what a screen reader says of a mark, in the language of the screen */
  constructor(
    root: SVGSVGElement,
    drawingWidth: number,
    owners: readonly MarkOwner[],
    sentence: (change: MarkChange, name: string) => string,
  ) {
    this.#root = root
    this.#owners = owners
    this.#sentence = sentence
    this.#scale = markScale(drawingWidth)
    this.#hatchId = `ls-hatch-${++QualityMarks.#count}`
    this.#layer = make('g', { class: 'ls-marks', 'pointer-events': 'none' })
    this.#layer.append(hatches(this.#hatchId, this.#scale))
    root.append(this.#layer)
    for (const owner of owners) owner.element.dataset.bound = ''
  }

  show(changes: readonly MarkChange[]): void {
    // First all reading of the layout, then all writing: one layout pass however many change.
    const boxes = changes.map((change) =>
      change.state === 'good' ? null : boxInDrawing(this.#root, this.#owners[change.ownerIndex]!.element),
    )
    for (const [index, change] of changes.entries()) {
      this.#marks.get(change.ownerIndex)?.group.remove()
      this.#marks.delete(change.ownerIndex)
      const box = boxes[index]
      if (change.state === 'good' || !box) continue
      const group = this.#draw(change, change.state, box)
      this.#layer.append(group)
      this.#marks.set(change.ownerIndex, { group, change })
    }
  }

  moved(ownerIndexes: ReadonlySet<number>): void {
    const changes: MarkChange[] = []
    for (const ownerIndex of ownerIndexes) {
      const mark = this.#marks.get(ownerIndex)
      if (mark) changes.push(mark.change)
    }
    if (changes.length > 0) this.show(changes)
  }

  #draw(change: MarkChange, state: Exclude<MarkState, 'good'>, box: Box): SVGGElement {
    const owner = this.#owners[change.ownerIndex]!
    const group = make('g', {
      class: `ls-mark ls-mark-${state}`,
      role: 'img',
      'aria-label': this.#sentence(change, owner.name),
    })
    if (box.width === 0 && box.height === 0) return group
    const isDense = signs[state].shape !== 'circle'
    const pad = 2 * this.#scale
    group.append(
      make('rect', {
        class: 'ls-mark-hatch',
        x: box.x - pad,
        y: box.y - pad,
        width: box.width + 2 * pad,
        height: box.height + 2 * pad,
        fill: `url(#${this.#hatchId}${isDense ? '' : '-thin'})`,
      }),
      this.#sign(state, signPlace(owner.element, box, signRadius * this.#scale)),
    )
    return group
  }

  #sign(state: Exclude<MarkState, 'good'>, at: { readonly x: number; readonly y: number }): SVGGElement {
    const { sign, shape } = signs[state]
    const radius = signRadius * this.#scale
    const group = make('g', { class: 'ls-mark-sign', transform: `translate(${at.x} ${at.y})` })
    const outline = { 'stroke-width': 1.5 * this.#scale, class: 'ls-mark-shape' }
    if (shape === 'circle') group.append(make('circle', { ...outline, r: radius }))
    else
      group.append(
        make('rect', {
          ...outline,
          x: -radius,
          y: -radius,
          width: 2 * radius,
          height: 2 * radius,
          ...(shape === 'diamond' ? { transform: 'rotate(45) scale(0.88)' } : {}),
        }),
      )
    const text = make('text', {
      class: 'ls-mark-text',
      'text-anchor': 'middle',
      'dominant-baseline': 'central',
      'font-size': 14 * this.#scale,
    })
    text.textContent = sign
    group.append(text)
    return group
  }
}

/** How much larger signs are in a drawing of this width than in one of 1600. */
export function markScale(drawingWidth: number): number {
  return Math.min(Math.max(drawingWidth / 1600, 0.05), 20)
}

/** Beside a text on the side where its number grows to, else at the upper right corner. */
function signPlace(element: SVGGraphicsElement, box: Box, radius: number): { x: number; y: number } {
  if (element.localName !== 'text') return { x: box.x + box.width - radius * 0.4, y: box.y + radius * 0.4 }
  const y = box.y + box.height / 2
  return growsLeft(element) ? { x: box.x - radius * 1.4, y } : { x: box.x + box.width + radius * 1.4, y }
}

/** True for a text whose end stands fast: longer values reach further to the left. */
export function growsLeft(element: SVGGraphicsElement): boolean {
  if (element.localName !== 'text') return false
  return (element.getAttribute('text-anchor') ?? element.style.getPropertyValue('text-anchor')) === 'end'
}

function hatches(id: string, scale: number): SVGDefsElement {
  const defs = make('defs', {})
  for (const [suffix, step] of [
    ['', 6],
    ['-thin', 12],
  ] as const) {
    const pattern = make('pattern', {
      id: `${id}${suffix}`,
      patternUnits: 'userSpaceOnUse',
      width: step * scale,
      height: step * scale,
      patternTransform: 'rotate(45)',
    })
    pattern.append(
      make('line', { class: 'ls-mark-line', x1: 0, y1: 0, x2: 0, y2: step * scale, 'stroke-width': 1.5 * scale }),
    )
    defs.append(pattern)
  }
  return defs
}

/** An SVG element with these attributes. */
export function make<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | number>>,
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(svgNamespace, name) as SVGElementTagNameMap[Name]
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, `${value}`)
  return element
}
