// A mimic put on the page: drawing, values, marks, buttons, pan and zoom, as one thing that is taken away as a whole.
import type { AlarmRow } from '../../src-main/shared/alarm.ts'
import { statusCodeName } from '../../src-main/shared/status-code.ts'
import { statusTexts } from '../tags/status-texts.ts'
import { t as tagText } from '../tags/texts.ts'
import { markText } from '../ui/alarm-words.ts'
import { language, textIn } from '../ui/i18n.svelte.ts'
import { boxesInDrawing } from './drawing/mimic-box.ts'
import { type MimicFault, viewBoxOf } from './drawing/mimic-drawing.ts'
import { adoptStyleRules } from './drawing/mimic-styles.ts'
import { AlarmMarks } from './marks/mimic-alarms.ts'
import { QualityMarks } from './marks/mimic-marks.ts'
import type { OpenedMimic } from './mimic-opening.ts'
import type { AlarmWatcher, TagWatcher } from './mimic-source.ts'
import { type MarkChange, type MarkState, MimicRuntime } from './runtime/mimic-runtime.ts'
import { type LayerState, MimicSight } from './runtime/mimic-sight.ts'
import { t } from './texts.ts'
import { FoundMark } from './view/found-mark.ts'
import { MimicActions, type MimicOutlets } from './view/mimic-actions.ts'
import { type MimicIndex, mimicIndexOf } from './view/mimic-index.ts'
import { listenForTrends } from './view/mimic-trends.ts'
import { MimicViewport } from './view/mimic-viewport.ts'

/** Wait after the last change of size or zoom before targets are fitted anew; ms. */
const fitTargetsAfterMs = 150
let screenCount = 0

export interface MimicScreenParts {
  /** Element that holds the drawing; its content is replaced. */
  readonly host: HTMLElement
  readonly opened: OpenedMimic
  readonly watcher: TagWatcher
  /** null where alarms may not be seen. */
  readonly alarms?: AlarmWatcher | null
  readonly outlets: MimicOutlets
  /** Faults found while running. */
  readonly onFault: (fault: MimicFault) => void
}

/** Owned by MimicView; `close` leaves no listener, timer, feed or style behind. */
export class MimicScreen {
  readonly viewport: MimicViewport
  readonly #root: SVGSVGElement
  readonly #opened: OpenedMimic
  readonly #outlets: MimicOutlets
  readonly #sight: MimicSight
  readonly #found: FoundMark
  /** Of the sight, when alarm marks were placed last. */
  #coverCount = 0
  #index: MimicIndex | null = null
  readonly #runtime: MimicRuntime
  readonly #actions: MimicActions
  readonly #alarms: AlarmMarks
  readonly #removeStyles: () => void
  readonly #stopTrends: () => void
  readonly #resize: ResizeObserver
  #fitTimer: ReturnType<typeof setTimeout> | null = null

  constructor({ host, opened, watcher, alarms = null, outlets, onFault }: MimicScreenParts) {
    const root = opened.root
    this.#root = root
    const scopeClass = `mimic-drawing-${++screenCount}`
    const whole = viewBoxOf(root)
    for (const name of ['width', 'height', 'x', 'y', 'class']) root.removeAttribute(name)
    root.setAttribute('class', `mimic-drawing ${scopeClass}`)
    root.setAttribute('preserveAspectRatio', 'xMidYMid meet')
    // What it is, says the section around it; a picture without a name would be read out as such.
    root.setAttribute('role', 'none')
    this.#removeStyles = adoptStyleRules(opened.styleRules, scopeClass)
    host.replaceChildren(root)
    const marks = new QualityMarks(root, whole.width, opened.plan.owners, sentenceOf)
    this.#opened = opened
    this.#outlets = outlets
    this.#found = new FoundMark(root)
    this.#sight = new MimicSight(opened.plan, opened.sites, root)
    this.#runtime = new MimicRuntime(opened.plan, marks, onFault, this.#sight)
    this.viewport = new MimicViewport(host, root, whole, () => this.#viewChanged())
    this.#actions = new MimicActions(root, opened.plan.actions, this.#runtime, outlets)
    const { openTrend } = outlets
    this.#stopTrends = openTrend ? listenForTrends(root, opened.plan, openTrend) : () => {}
    this.#resize = new ResizeObserver(() => this.#viewChanged())
    this.#resize.observe(host)
    this.#alarms = new AlarmMarks({
      root,
      drawing: whole,
      sites: opened.alarmSites,
      sentence: alarmSentence,
    })
    this.#fit()
    this.#runtime.start(watcher)
    this.#sight.prepare()
    if (alarms) this.#alarms.start(alarms)
  }

  /** Not live: everything bound is dimmed and hatched until values come again. */
  setLive(isLive: boolean): void {
    this.#root.classList.toggle('ls-not-live', !isLive)
  }

  /** Layers of the display, as they are shown now. */
  get layers(): readonly LayerState[] {
    return this.#sight.layers()
  }

  setLayer(name: string, isShown: boolean): void {
    this.#sight.setLayer(name, isShown)
    this.#fitTargetsLater()
  }

  /**
   * Brings the element that shows a tag or an equipment, or has this id, into view, marks it for some seconds and says so; layers it is in are
   * shown. False when nothing of this display shows it.
   */
  reveal(target: string): boolean {
    this.#index ??= mimicIndexOf(this.#opened, (id) =>
      this.#root.querySelector<SVGGraphicsElement>(`#${CSS.escape(id)}`),
    )
    const element = this.#index.elementOf(target)
    if (!element) {
      this.#outlets.say(t('notOnDisplay', { name: target }))
      return false
    }
    const least = this.#sight.uncover(element)
    if (least > this.viewport.magnification) this.viewport.zoomBy(least / this.viewport.magnification)
    const [box] = boxesInDrawing(this.#root, [element])
    this.viewport.reveal(box!, least)
    const sentence = t('shownHere', { name: target })
    this.#found.show(box!, this.viewport.scale, () => this.#outlets.unsay?.(sentence))
    this.#outlets.say(sentence)
    return true
  }

  close(): void {
    this.#runtime.close()
    this.#sight.close()
    this.#found.close()
    this.viewport.close()
    this.#actions.close()
    this.#alarms.close()
    this.#stopTrends()
    this.#resize.disconnect()
    if (this.#fitTimer !== null) clearTimeout(this.#fitTimer)
    this.#removeStyles()
    this.#root.remove()
  }

  #viewChanged(): void {
    const { viewport } = this
    // The viewport says so before it is here: while it is made.
    if (viewport) this.#sight.setView(viewport.showsAll ? null : viewport.visible, viewport.magnification)
    this.#fitTargetsLater()
  }

  #fitTargetsLater(): void {
    if (this.#fitTimer !== null) clearTimeout(this.#fitTimer)
    this.#fitTimer = setTimeout(() => this.#fit(), fitTargetsAfterMs)
  }

  #fit(): void {
    this.#actions.fitTargets(this.viewport.scale)
    this.#alarms.setScale(this.viewport.scale)
    if (this.#coverCount !== this.#sight.coverCount) this.#alarms.placeAnew()
    this.#coverCount = this.#sight.coverCount
  }
}

function alarmSentence(row: AlarmRow, equipment: string, more: number): string {
  const message = row.messages ? textIn(row.messages, language.current, row.message) : row.message
  const said = { name: equipment || row.tag, mark: markText(row.priority, row.state, row.isTest), message }
  return more === 0 ? t('alarmAt', said) : t('alarmsAt', { ...said, more })
}

function stateText(state: MarkState): string {
  return state === 'unknown' || state === 'fault' ? t(state) : tagText(state)
}

function sentenceOf(change: MarkChange, equipment: string): string {
  const name = [equipment, change.tag].filter((part) => part !== '').join(', ')
  const state = stateText(change.state)
  const code = statusCodeName(change.statusCode)
  if (change.statusCode === 0 || !Object.hasOwn(statusTexts.texts.en, code)) return t('markOf', { name, state })
  return t('markWithStatus', { name, state, status: statusTexts(code as keyof typeof statusTexts.texts.en) })
}
