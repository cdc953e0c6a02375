// Faceplates that stay beside whatever display is open. Kept for each window (several monitors show different things) and, for
// the next window that opens, for each user of this station.
import * as v from 'valibot'
import { type FaceplateTarget, targetKey } from './faceplate-target.ts'

/** More would leave no room for the display (ISA-101 checklist H29). */
export const mostPinned = 3

const name = v.pipe(v.string(), v.minLength(1))
const keptSchema = v.pipe(
  v.array(v.union([v.strictObject({ tag: name }), v.strictObject({ equipment: name })])),
  v.maxLength(mostPinned),
)

export class PinnedFaceplates {
  #targets = $state.raw<readonly FaceplateTarget[]>([])
  #key: string | null = null

  /** Reactive: the oldest first. */
  get targets(): readonly FaceplateTarget[] {
    return this.#targets
  }

  /** Reactive. */
  get isFull(): boolean {
    return this.#targets.length >= mostPinned
  }

  /** What this user has pinned here; null = nobody is logged in, nothing is pinned. */
  open(user: string | null): void {
    this.#key = user === null ? null : `lineside-pinned:${user}`
    this.#targets = this.#key === null ? [] : readKept(this.#key)
  }

  /** Reactive. */
  has(target: FaceplateTarget): boolean {
    return this.#targets.some((pinned) => targetKey(pinned) === targetKey(target))
  }

  /** Does nothing when it is pinned already, or when there is no room for another. */
  pin(target: FaceplateTarget): void {
    if (!this.has(target) && !this.isFull) this.#keep([...this.#targets, target])
  }

  unpin(target: FaceplateTarget): void {
    this.#keep(this.#targets.filter((pinned) => targetKey(pinned) !== targetKey(target)))
  }

  #keep(targets: readonly FaceplateTarget[]): void {
    this.#targets = targets
    if (this.#key === null) return
    const text = JSON.stringify(targets)
    sessionStorage.setItem(this.#key, text)
    localStorage.setItem(this.#key, text)
  }
}

/** What cannot be read (another version wrote it) counts as nothing. */
function readKept(key: string): readonly FaceplateTarget[] {
  const text = sessionStorage.getItem(key) ?? localStorage.getItem(key) ?? '[]'
  try {
    const kept = v.safeParse(keptSchema, JSON.parse(text))
    return kept.success ? kept.output : []
  } catch {
    return []
  }
}
