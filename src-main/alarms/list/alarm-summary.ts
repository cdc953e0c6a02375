// Counts of alarms by priority and area, kept with each change of a row: what navigation and banner show never walks the list.
import type { AlarmCounts, AlarmRow } from '../../shared/alarm.ts'
import type { AlarmRowChange } from './alarm-list.ts'
import { AlarmTally } from './alarm-tally.ts'

export class AlarmCounting {
  readonly #all = new AlarmTally()
  /** Area, every level of it → its tally. */
  readonly #areas = new Map<string, AlarmTally>()

  change({ before, after }: AlarmRowChange): void {
    if (before !== undefined) this.#add(before, -1)
    if (after !== undefined) this.#add(after, 1)
  }

  get counts(): AlarmCounts {
    return this.#all.counts
  }

  /** Areas with an alarm. */
  areas(): Readonly<Record<string, AlarmCounts>> {
    return Object.fromEntries([...this.#areas].map(([area, tally]) => [area, tally.counts]))
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
