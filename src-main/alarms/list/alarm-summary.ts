// Counts of alarms by priority and area, kept with each change of a row: what navigation and banner show never walks the list.
import type { AlarmCounts, AlarmRow } from '../../shared/alarm.ts'
import type { AlarmRowChange } from './alarm-list.ts'
import { AlarmTally } from './alarm-tally.ts'

/** Ends of shelvings that are told; what ends later is told when those are over. */
const mostShelvingEnds = 100

export class AlarmCounting {
  readonly #all = new AlarmTally()
  /** Area, every level of it → its tally. */
  readonly #areas = new Map<string, AlarmTally>()
  /** Shelved alarm → when it ends. */
  readonly #shelvedUntil = new Map<string, number>()
  #shelvingEnds: readonly number[] | null = null

  change({ before, after }: AlarmRowChange): void {
    if (before !== undefined) this.#add(before, -1)
    if (after !== undefined) this.#add(after, 1)
    if (before?.state === 'shelved' || after?.state === 'shelved') this.#noteShelving(before, after)
  }

  get counts(): AlarmCounts {
    return this.#all.counts
  }

  /** Areas with an alarm. */
  areas(): Readonly<Record<string, AlarmCounts>> {
    return Object.fromEntries([...this.#areas].map(([area, tally]) => [area, tally.counts]))
  }

  /** When the next shelvings end, soonest first; the same list until one changes. */
  shelvingEnds(): readonly number[] {
    this.#shelvingEnds ??= [...this.#shelvedUntil.values()].sort((a, b) => a - b).slice(0, mostShelvingEnds)
    return this.#shelvingEnds
  }

  #noteShelving(before: AlarmRow | undefined, after: AlarmRow | undefined): void {
    const end = after?.state === 'shelved' ? after.shelvedUntil : undefined
    const id = (after ?? before)!.id
    if (this.#shelvedUntil.get(id) === end) return
    if (end === undefined) this.#shelvedUntil.delete(id)
    else this.#shelvedUntil.set(id, end)
    this.#shelvingEnds = null
  }

  #add(row: AlarmRow, step: 1 | -1): void {
    this.#all.add(row, step)
    for (const area of levelsOf(row.area)) {
      const tally = this.#areas.get(area) ?? new AlarmTally()
      this.#areas.set(area, tally)
      tally.add(row, step)
      if (tally.isEmpty) this.#areas.delete(area)
    }
  }
}

/** `Packaging/Filling` → `Packaging`, `Packaging/Filling`; the line itself has none. */
function levelsOf(area: string): readonly string[] {
  const levels: string[] = []
  for (let end = area.indexOf('/'); end >= 0; end = area.indexOf('/', end + 1)) levels.push(area.slice(0, end))
  return area === '' ? levels : [...levels, area]
}
