// The sound of alarms at this console. Silence is this console's own and acknowledges nothing; the next annunciation sounds again
// (ISA-18.2 clause 11, OPC 10000-9 SilenceState). Off until somebody switches it on here: browsers give sound only after a touch.
import type { AlarmPriority } from '../../../src-main/shared/alarm.ts'
import { type AlarmSummaryState, worstOf } from '../alarm-summary.svelte.ts'
import { playBurst, tonePatterns } from './alarm-tones.ts'

/** off: switched off here · blocked: on, but the browser waits for a touch · quiet: on, nothing to say · sounding · silenced. */
export type SoundState = 'off' | 'blocked' | 'quiet' | 'sounding' | 'silenced'

/** Plays a pattern until it is ended. */
export interface SoundOutput {
  /** The browser lets it be heard. */
  readonly isAllowed: boolean
  /** Called while a person touches the page; resolves when it is known whether sound is allowed. */
  allow(): Promise<void>
  play(priority: AlarmPriority): () => void
}

const choiceKey = 'lineside-alarm-sound'
const silencedKey = 'lineside-alarm-silenced'

export class AlarmSound {
  readonly #summary: AlarmSummaryState
  readonly #output: SoundOutput
  #isOn = $state(false)
  #isAllowed = $state(false)
  /** Up to which annunciation this console is silenced. */
  #silencedCount = $state(0)

  constructor(summary: AlarmSummaryState, output: SoundOutput) {
    this.#summary = summary
    this.#output = output
    this.#isOn = localStorage.getItem(choiceKey) === 'on'
    this.#isAllowed = output.isAllowed
    // Of this window: a reload does not make it cry again, a new shift's new window does.
    this.#silencedCount = Number(sessionStorage.getItem(silencedKey) ?? 0)
  }

  /** Reactive. */
  readonly state: SoundState = $derived.by(() => {
    if (!this.#isOn) return 'off'
    if (!this.#isAllowed) return 'blocked'
    const row = this.#summary.row
    if (!row || worstOf(row.counts) === null) return 'quiet'
    // Counts begin anew with the station: what was silenced before says nothing any more.
    return row.annunciationCount <= this.#silencedCount && !this.#hasBegunAnew ? 'silenced' : 'sounding'
  })

  /** Priority whose pattern is heard; null = none. */
  readonly sounding: AlarmPriority | null = $derived.by(() => {
    const row = this.#summary.row
    return this.state === 'sounding' && row ? (worstOf(row.counts)?.priority ?? null) : null
  })

  get isOn(): boolean {
    return this.#isOn
  }

  get #hasBegunAnew(): boolean {
    return (this.#summary.row?.annunciationCount ?? 0) < this.#silencedCount
  }

  /** Switches it on or off at this console, for the next visits too; called while a person touches the page. */
  async switch(isOn: boolean): Promise<void> {
    this.#isOn = isOn
    localStorage.setItem(choiceKey, isOn ? 'on' : 'off')
    if (isOn) await this.touched()
  }

  /** A person touched the page: the browser may allow sound now. */
  async touched(): Promise<void> {
    if (!this.#isOn || this.#isAllowed) return
    await this.#output.allow()
    this.#isAllowed = this.#output.isAllowed
  }

  /** What is heard now is silenced here; the alarms stay as they are. */
  silence(): void {
    this.#silencedCount = this.#summary.row?.annunciationCount ?? 0
    sessionStorage.setItem(silencedKey, String(this.#silencedCount))
  }

  /** Lets the pattern be heard while there is reason to. Call it in an effect; returns the way to stop. */
  play(): (() => void) | undefined {
    return this.sounding === null ? undefined : this.#output.play(this.sounding)
  }
}

/** The loudspeaker of this screen. */
export class AudioOutput implements SoundOutput {
  #context: AudioContext | null = null

  get isAllowed(): boolean {
    return this.#context?.state === 'running'
  }

  async allow(): Promise<void> {
    this.#context ??= new AudioContext()
    try {
      await this.#context.resume()
    } catch {
      // No loudspeaker, or the browser still says no: isAllowed stays false and the banner says so.
    }
  }

  play(priority: AlarmPriority): () => void {
    const context = this.#context
    if (!context) return () => {}
    const pattern = tonePatterns[priority]
    let end = playBurst(context, pattern)
    const timer = setInterval(() => {
      end = playBurst(context, pattern)
    }, pattern.repeatMs)
    return () => {
      clearInterval(timer)
      end()
    }
  }
}
