// The file behind a display being edited: read, saved with the version it was made from, checked while it is drawn. When somebody
// else saved meanwhile nothing is written, and their text is there to be looked at.

import type { DisplayQuality } from '../../../src-main/shared/display-quality.ts'
import type { PlantFault } from '../../../src-main/shared/plant.ts'
import { CallError } from '../../connection/call-error.ts'
import type { RuntimeClient } from '../../connection/runtime-client.ts'
import type { DisplayEntry } from './display-entry.ts'
import type { Draft, DraftStore } from './draft-store.ts'

/** What stands on the disk now instead of what the drawing was made from. */
export interface Conflict {
  readonly svg: string
  readonly version: string
}

/** Wait after the last change before the drawing is checked and kept as a draft; ms. */
const pauseMs = 800

export class DisplayFile {
  readonly #client: Pick<RuntimeClient, 'call'>
  readonly #drafts: DraftStore
  /** File name without ending. */
  readonly name: string
  #version = $state.raw<string | null>(null)
  #entry = $state.raw<DisplayEntry | null>(null)
  #savedEntry = $state.raw<DisplayEntry | null>(null)
  #faults = $state.raw<readonly PlantFault[]>([])
  #quality = $state.raw<DisplayQuality | null>(null)
  #isBusy = $state(false)
  #timer: ReturnType<typeof setTimeout> | null = null
  /** What is kept and checked when the pause is over. */
  #pending: { readonly text: () => string; readonly isChanged: () => boolean } | null = null
  #turn = 0
  /** Set while what is on the disk is another than what the drawing was made from. */
  conflict = $state.raw<Conflict | null>(null)
  /** Why drafts cannot be kept; null = they are. */
  draftProblem = $state<string | null>(null)

  constructor(client: Pick<RuntimeClient, 'call'>, drafts: DraftStore, name: string) {
    this.#client = client
    this.#drafts = drafts
    this.name = name
  }

  /** Reactive: version of the file the drawing was made from; null = there is no file yet. */
  get version(): string | null {
    return this.#version
  }

  get entry(): DisplayEntry | null {
    return this.#entry
  }

  set entry(entry: DisplayEntry | null) {
    this.#entry = entry
  }

  /** True when title, level or parent are others than on the disk. */
  get isEntryChanged(): boolean {
    return JSON.stringify(this.#entry) !== JSON.stringify(this.#savedEntry)
  }

  get faults(): readonly PlantFault[] {
    return this.#faults
  }

  get quality(): DisplayQuality | null {
    return this.#quality
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Text of the file as it is in the folder now. Rejects when there is none. */
  async load(): Promise<string> {
    const source = await this.#client.call('plant.mimicSource', { name: this.name })
    this.#version = source.version
    this.#entry = source.entry
    this.#savedEntry = source.entry
    this.conflict = null
    return source.svg
  }

  /** A display that does not exist yet. */
  begin(entry: DisplayEntry): void {
    this.#version = null
    this.#entry = entry
    this.#savedEntry = null
  }

  /**
   * Goes on with a draft: it counts as made from the version it was made from, so that what somebody else saved since is not
   * written over unasked.
   */
  resume({ version, entry }: Draft): void {
    this.#version = version
    if (entry) this.#entry = entry
  }

  /** The drawing goes on under another name: here nothing is left to be saved. */
  handOver(): void {
    this.#entry = this.#savedEntry
  }

  /**
   * Saves. True when it is on the disk; else `faults` or `conflict` say why not. Rejects when the runtime refuses or cannot be
   * reached.
   * @param isForced over what somebody else saved meanwhile
   */
  async save(svg: string, isForced = false): Promise<boolean> {
    this.#isBusy = true
    const { name } = this
    const entry =
      this.#entry && this.isEntryChanged ? { entry: { ...this.#entry, title: { ...this.#entry.title } } } : {}
    try {
      const version = isForced ? {} : { version: this.#version }
      const saved = await this.#client.call('plant.saveMimic', { name, svg, ...version, ...entry })
      this.#faults = saved.faults
      this.#quality = saved.quality
      if (saved.faults.length > 0) return false
      this.#version = saved.version
      this.#savedEntry = this.#entry
      this.conflict = null
      await this.dropDraft()
      return true
    } catch (error) {
      if (!(error instanceof CallError) || error.httpStatus !== 409) throw error
      const theirs = await this.#client.call('plant.mimicSource', { name })
      this.conflict = { svg: theirs.svg, version: theirs.version }
      return false
    } finally {
      this.#isBusy = false
    }
  }

  /** Asks whether the file on the disk is still the one the drawing was made from; `conflict` says when not. */
  async compare(): Promise<void> {
    if (this.#version === null || this.#isBusy) return
    const now = await this.#client.call('plant.mimicSource', { name: this.name })
    if (now.version !== this.#version && !this.#isBusy) this.conflict = { svg: now.svg, version: now.version }
  }

  /** After a pause: checks the drawing without writing it, and keeps it as a draft. `text` is asked for then. */
  checkSoon(text: () => string, isChanged: () => boolean): void {
    this.#pending = { text, isChanged }
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#keepNow()
      void this.#check(text())
    }, pauseMs)
  }

  /** Nothing more is checked; what was drawn last is still kept. */
  close(): void {
    this.#keepNow()
    this.#turn++
  }

  /** Does not wait for the pause: whoever leaves at once loses nothing. */
  #keepNow(): void {
    const pending = this.#pending
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#pending = null
    if (pending === null) return
    if (pending.isChanged()) void this.#keepDraft(pending.text())
    else void this.dropDraft()
  }

  async draft(): Promise<Draft | null> {
    try {
      return await this.#drafts.read(this.name)
    } catch (error) {
      this.draftProblem = error instanceof Error ? error.message : `${error}`
      return null
    }
  }

  async dropDraft(): Promise<void> {
    await this.#guarded(this.#drafts.drop(this.name))
  }

  async #keepDraft(text: string): Promise<void> {
    const entry = this.#entry && { ...this.#entry, title: { ...this.#entry.title } }
    const draft = { text, version: this.#version, entry, keptTimestamp: Date.now() }
    await this.#guarded(this.#drafts.keep(this.name, draft))
  }

  async #guarded(kept: Promise<void>): Promise<void> {
    try {
      await kept
      this.draftProblem = null
    } catch (error) {
      this.draftProblem = error instanceof Error ? error.message : `${error}`
    }
  }

  async #check(svg: string): Promise<void> {
    const turn = ++this.#turn
    const { name } = this
    try {
      const { faults, quality } = await this.#client.call('plant.saveMimic', { name, svg, dryRun: true })
      if (turn !== this.#turn) return
      this.#faults = faults
      this.#quality = quality
    } catch (error) {
      // While the link is lost the banner of the page says so; the next change asks again.
      if (!(error instanceof CallError)) throw error
    }
  }
}
