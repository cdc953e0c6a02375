// Alarms on a mimic: beside each element whose tag or equipment has one stands its mark, priority by colour, shape and number.
// While there are no alarms nothing of this is in the page and nothing of it runs (docs/mimics.md, "Alarms").
import { type AlarmRow, alarmPriorities } from '../../../src-main/shared/alarm.ts'
import { alarmShapes, holdFrame, holdOf, holdSigns, isUnacknowledged, latchBar } from '../../ui/alarm-shapes.ts'
import { keepBlinking } from '../../ui/blink.ts'
import { type Box, boxInDrawing } from '../drawing/mimic-box.ts'
import type { AlarmWatcher } from '../mimic-source.ts'
import { type PlaceAround, placeBeside } from './alarm-place.ts'
import type { AlarmSite } from './alarm-sites.ts'
import { growsLeft, make, markScale, signRadius } from './mimic-marks.ts'

/** Half the size of a mark, in units of a drawing 1600 wide, and the least on screen; CSS px. */
const markHalf = 14
const leastHalfPx = 11
/** Paths of marks are drawn in a square of this size. */
const shapeSize = 24
/** Marks of things that move follow them so often; ms. */
const followMs = 500

/** What stands at a site. */
interface Shown {
  readonly group: SVGGElement
  /** All that its look depends on. */
  readonly key: string
  box: Box
}

export interface AlarmMarkParts {
  readonly root: SVGSVGElement
  readonly drawing: Box
  readonly sites: readonly AlarmSite[]
  /** What a screen reader says: of the most important alarm at a site, and how many more there are. */
  readonly sentence: (row: AlarmRow, equipment: string, more: number) => string
}

/** The layer of alarm marks on top of a mimic; `close` stops it. */
export class AlarmMarks {
  readonly #parts: AlarmMarkParts
  readonly #sitesOf = new Map<string, number[]>()
  readonly #layer: SVGGElement
  readonly #shown = new Map<number, Shown>()
  #alarms = new Map<number, { readonly row: AlarmRow; readonly count: number }>()
  /** Texts and bound elements, measured at the first alarm. */
  #obstacles: readonly Box[] | null = null
  /** CSS px of one unit of the drawing. */
  #scale = 1
  #stopWatching: (() => void) | null = null
  #followTimer: ReturnType<typeof setInterval> | null = null
  #stopBlinking: (() => void) | null = null

  constructor(parts: AlarmMarkParts) {
    this.#parts = parts
    for (const [index, { tags }] of parts.sites.entries()) {
      for (const tag of tags) {
        const known = this.#sitesOf.get(tag)
        if (known) known.push(index)
        else this.#sitesOf.set(tag, [index])
      }
    }
    this.#layer = make('g', { class: 'ls-alarms', 'pointer-events': 'none' })
  }

  /** Asks for the alarms of everything that is drawn. */
  start(watcher: AlarmWatcher): void {
    const tags = [...this.#sitesOf.keys()]
    if (tags.length > 0) this.#stopWatching = watcher.watch(tags, (rows) => this.show(rows))
  }

  close(): void {
    this.#stopWatching?.()
    this.#stopWatching = null
    this.#stopFollowing()
    this.#blink(false)
    this.#layer.remove()
  }

  /** The size of the drawing on screen changed; CSS px of one unit. */
  setScale(scale: number): void {
    if (scale === this.#scale) return
    this.#scale = scale
    if (this.#shown.size === 0) return
    this.#clear()
    this.#draw()
  }

  /** Layers or details were shown or hidden: marks go and come with them. */
  placeAnew(): void {
    if (this.#alarms.size === 0) return
    this.#obstacles = null
    this.#clear()
    this.#draw()
  }

  /** All alarms of the tags of this mimic. */
  show(rows: readonly AlarmRow[]): void {
    this.#alarms = this.#bySite(rows)
    if (this.#alarms.size > 0 || this.#shown.size > 0) this.#draw()
  }

  #bySite(rows: readonly AlarmRow[]): Map<number, { row: AlarmRow; count: number }> {
    const alarms = new Map<number, { row: AlarmRow; count: number }>()
    for (const row of rows) {
      // What the plant's own rules suppress belongs to normal operation: a normal display is quiet.
      if (row.state === 'suppressedByDesign') continue
      for (const site of this.#sitesOf.get(row.tag) ?? []) {
        const known = alarms.get(site)
        if (!known) alarms.set(site, { row, count: 1 })
        else {
          known.count++
          if (weightOf(row) > weightOf(known.row)) known.row = row
        }
      }
    }
    return alarms
  }

  #draw(): void {
    for (const [site, { group }] of this.#shown) {
      if (this.#alarms.has(site)) continue
      group.remove()
      this.#shown.delete(site)
    }
    const changed = [...this.#alarms].filter(([site, alarm]) => this.#shown.get(site)?.key !== keyOf(alarm))
    // First all reading of the layout, then all writing.
    const around = changed.some(([site]) => !this.#shown.has(site)) ? this.#around() : null
    const boxes = changed.map(([site]) => this.#shown.get(site)?.box ?? this.#place(site, around!))
    for (const [index, [site, alarm]] of changed.entries()) {
      this.#shown.get(site)?.group.remove()
      const box = boxes[index]
      // What is hidden has no place; its alarm is in the banner and the list, and here again when it is shown.
      if (!box) continue
      const group = this.#mark(this.#parts.sites[site]!, alarm, box)
      this.#layer.append(group)
      this.#shown.set(site, { group, key: keyOf(alarm), box })
    }
    this.#blink([...this.#alarms.values()].some(({ row }) => isUnacknowledged(row.state)))
    if (this.#shown.size > 0) {
      if (!this.#layer.isConnected) this.#parts.root.append(this.#layer)
    } else this.#layer.remove()
    this.#follow()
  }

  /** What marks keep off: every text and bound element, and the marks that stand. New ones are added as they are placed. */
  #around(): PlaceAround & { readonly obstacles: Box[] } {
    const { root, sites, drawing } = this.#parts
    this.#obstacles ??= [
      ...[...root.querySelectorAll('text')].map((text) => boxInDrawing(root, text)),
      ...sites.map(({ element }) => boxInDrawing(root, element)),
    ].filter(({ width, height }) => width > 0 && height > 0)
    return { drawing, obstacles: [...this.#obstacles, ...[...this.#shown.values()].map(({ box }) => box)] }
  }

  /** Null while the element is not displayed. */
  #place(site: number, around: PlaceAround & { readonly obstacles: Box[] }): Box | null {
    const { element } = this.#parts.sites[site]!
    const own = boxInDrawing(this.#parts.root, element)
    if (own.width === 0 && own.height === 0) return null
    const half = this.#half
    const isText = element.localName === 'text'
    const { x, y } = placeBeside(
      {
        box: own,
        isText,
        growsLeft: growsLeft(element),
        signRoom: signRadius * markScale(this.#parts.drawing.width) * (isText ? 2.6 : 1.8),
      },
      half,
      around,
    )
    const box = { x: x - half, y: y - half, width: 2 * half, height: 2 * half }
    around.obstacles.push(box)
    return box
  }

  get #half(): number {
    return Math.max(markHalf * markScale(this.#parts.drawing.width), leastHalfPx / this.#scale)
  }

  #mark(site: AlarmSite, { row, count }: { row: AlarmRow; count: number }, box: Box): SVGGElement {
    const group = make('g', {
      class: classOf(row),
      role: 'img',
      'aria-label': this.#parts.sentence(row, site.equipment, count - 1),
      transform: placed(box),
    })
    group.append(...shapesOf(row))
    return group
  }

  #blink(isWanted: boolean): void {
    if (isWanted) this.#stopBlinking ??= keepBlinking()
    else {
      this.#stopBlinking?.()
      this.#stopBlinking = null
    }
  }

  #follow(): void {
    const moves = [...this.#shown.keys()].some((site) => this.#parts.sites[site]!.isMoving)
    const isWaiting = this.#alarms.size > this.#shown.size
    if (!moves && !isWaiting) return this.#stopFollowing()
    this.#followTimer ??= setInterval(() => this.#move(), followMs)
  }

  #stopFollowing(): void {
    if (this.#followTimer !== null) clearInterval(this.#followTimer)
    this.#followTimer = null
  }

  #move(): void {
    // Elements that are shown by now get their marks.
    if (this.#alarms.size > this.#shown.size) this.#draw()
    const around = this.#around()
    for (const [site, shown] of this.#shown) {
      if (!this.#parts.sites[site]!.isMoving) continue
      const others = { ...around, obstacles: around.obstacles.filter((box) => box !== shown.box) }
      const box = this.#place(site, others)
      if (box === null) {
        shown.group.remove()
        this.#shown.delete(site)
        continue
      }
      if (box.x === shown.box.x && box.y === shown.box.y) continue
      shown.box = box
      shown.group.setAttribute('transform', placed(box))
    }
  }

  #clear(): void {
    for (const { group } of this.#shown.values()) group.remove()
    this.#shown.clear()
  }
}

/**
 * Which of several alarms stands at a site: what nobody has to look at last, a test in front of that only, unacknowledged first,
 * then by priority.
 */
function weightOf({ state, priority, isTest }: AlarmRow): number {
  const turn = holdOf(state) !== null ? 0 : isTest ? 1 : isUnacknowledged(state) ? 3 : 2
  return turn * alarmPriorities.length + alarmPriorities.indexOf(priority)
}

function placed(box: Box): string {
  return `translate(${box.x} ${box.y}) scale(${box.width / shapeSize})`
}

/** Classes that say priority and state; their look is that of AlarmMark.svelte (mimic.css). */
function classOf({ priority, state, isTest }: AlarmRow): string {
  const words = ['ls-alarm', `ls-alarm-${priority}`]
  if (isUnacknowledged(state)) words.push('ls-alarm-ringed')
  if (isOver(state) || isTest) words.push('ls-alarm-hollow')
  if (isTest) words.push('ls-alarm-test')
  if (holdOf(state) !== null) words.push('ls-alarm-held')
  return words.join(' ')
}

/** Returned to normal, or kept only by its latch. */
function isOver(state: AlarmRow['state']): boolean {
  return state === 'returnedUnacknowledged' || isLatched(state)
}

function isLatched(state: AlarmRow['state']): boolean {
  return state === 'latchedUnacknowledged' || state === 'latchedAcknowledged'
}

function shapesOf({ priority, state }: AlarmRow): readonly SVGElement[] {
  const path = (name: string, d: string) => make('path', { class: `ls-alarm-${name}`, d })
  const hold = holdOf(state)
  if (hold !== null) return [path('frame', holdFrame), path('sign', holdSigns[hold])]
  const shape = alarmShapes[priority]
  const number = make('text', { class: 'ls-alarm-number', x: 12, y: shape.numberY, 'text-anchor': 'middle' })
  number.textContent = `${shape.number}`
  return [
    ...(isUnacknowledged(state) ? [path('ring', shape.ring)] : []),
    path('shape', shape.fill),
    ...(isLatched(state) ? [path('latch', latchBar)] : []),
    number,
  ]
}

function keyOf({ row, count }: { readonly row: AlarmRow; readonly count: number }): string {
  return `${row.id} ${row.priority} ${row.state} ${row.isTest === true} ${row.message} ${count}`
}
