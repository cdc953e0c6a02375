// Alarms that were chosen for a command, as they were seen: an acknowledgement means the occurrence that was on the screen.
import { SvelteMap } from 'svelte/reactivity'
import type { AlarmRow } from '../../../src-main/shared/alarm.ts'

/** The runtime takes no more in one command (mostAlarmsOfCommand). */
export const mostSelected = 10_000

export class AlarmSelection {
  readonly #rows = new SvelteMap<string, AlarmRow>()

  /** Reactive. */
  get count(): number {
    return this.#rows.size
  }

  get rows(): readonly AlarmRow[] {
    return [...this.#rows.values()]
  }

  has(id: string): boolean {
    return this.#rows.has(id)
  }

  toggle(row: AlarmRow): void {
    if (!this.#rows.delete(row.id)) this.add([row])
  }

  add(rows: readonly AlarmRow[]): void {
    for (const row of rows) if (this.#rows.size < mostSelected || this.#rows.has(row.id)) this.#rows.set(row.id, row)
  }

  /** A row that is in view was seen as it is now. */
  see(rows: readonly AlarmRow[]): void {
    for (const row of rows) {
      const known = this.#rows.get(row.id)
      if (known && known !== row) this.#rows.set(row.id, row)
    }
  }

  clear(): void {
    this.#rows.clear()
  }
}
