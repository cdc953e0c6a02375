// A mimic put on the page: drawing, values, marks, buttons, pan and zoom, as one thing that is taken away as a whole.
import type { AlarmRow } from '../../src-main/shared/alarm.ts'
import { statusCodeName } from '../../src-main/shared/status-code.ts'
import { statusTexts } from '../tags/status-texts.ts'
import { t as tagText } from '../tags/texts.ts'
import { markText } from '../ui/alarm-words.ts'
import { language, textIn } from '../ui/i18n.svelte.ts'
import { type MimicFault, viewBoxOf } from './drawing/mimic-drawing.ts'
import { adoptStyleRules } from './drawing/mimic-styles.ts'
import { AlarmMarks } from './marks/mimic-alarms.ts'
import { QualityMarks } from './marks/mimic-marks.ts'
import type { OpenedMimic } from './mimic-opening.ts'
import type { AlarmWatcher, TagWatcher } from './mimic-source.ts'
import { type MarkChange, type MarkState, MimicRuntime } from './runtime/mimic-runtime.ts'
import { t } from './texts.ts'
import { MimicActions, type MimicOutlets } from './view/mimic-actions.ts'
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
    this.#removeStyles = adoptStyleRules(opened.styleRules, scopeClass)
    host.replaceChildren(root)
    const marks = new QualityMarks(root, whole.width, opened.plan.owners, sentenceOf)
    this.#runtime = new MimicRuntime(opened.plan, marks, onFault)
    this.viewport = new MimicViewport(host, root, whole, () => this.#fitTargetsLater())
    this.#actions = new MimicActions(root, opened.plan.actions, this.#runtime, outlets)
    const { openTrend } = outlets
    this.#stopTrends = openTrend ? listenForTrends(root, opened.plan, openTrend) : () => {}
    this.#resize = new ResizeObserver(() => this.#fitTargetsLater())
    this.#resize.observe(host)
    this.#alarms = new AlarmMarks({
      root,
      drawing: whole,
      sites: opened.alarmSites,
      sentence: alarmSentence,
    })
    this.#fit()
    this.#runtime.start(watcher)
    if (alarms) this.#alarms.start(alarms)
  }

  /** Not live: everything bound is dimmed and hatched until values come again. */
  setLive(isLive: boolean): void {
    this.#root.classList.toggle('ls-not-live', !isLive)
  }

  close(): void {
    this.#runtime.close()
    this.viewport.close()
    this.#actions.close()
    this.#alarms.close()
    this.#stopTrends()
    this.#resize.disconnect()
    if (this.#fitTimer !== null) clearTimeout(this.#fitTimer)
    this.#removeStyles()
    this.#root.remove()
  }

  #fitTargetsLater(): void {
    if (this.#fitTimer !== null) clearTimeout(this.#fitTimer)
    this.#fitTimer = setTimeout(() => this.#fit(), fitTargetsAfterMs)
  }

  #fit(): void {
    this.#actions.fitTargets(this.viewport.scale)
    this.#alarms.setScale(this.viewport.scale)
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
