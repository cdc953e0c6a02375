// How long annunciated alarms waited for their acknowledgement, by priority, and how many never got one (conformance A52).
import type { AlarmPriority } from '../../shared/alarm.ts'
import { type AlarmAcknowledgement, type AlarmKpi, acknowledgeEdgesMs } from '../../shared/alarm-report.ts'
import { byPriority } from './alarm-kpi-row.ts'
import { DurationColumn } from './duration-column.ts'

class Waiting {
  readonly durations = new DurationColumn()
  neverCount = 0
  openCount = 0

  figures(): AlarmAcknowledgement {
    return {
      ...this.durations.figures(),
      histogram: this.durations.histogram(acknowledgeEdgesMs),
      neverCount: this.neverCount,
      openCount: this.openCount,
    }
  }
}

export class AcknowledgementFigures {
  readonly #all = new Waiting()
  readonly #byPriority = byPriority(() => new Waiting())

  /** null = nobody acknowledged it; ms. */
  answered(priority: AlarmPriority, acknowledgeMs: number | null): void {
    for (const waiting of [this.#all, this.#byPriority[priority]])
      if (acknowledgeMs === null) waiting.neverCount++
      else waiting.durations.append(acknowledgeMs)
  }

  /** It still waits at the end. */
  open(priority: AlarmPriority): void {
    this.#all.openCount++
    this.#byPriority[priority].openCount++
  }

  figures(): AlarmKpi['acknowledgement'] {
    return {
      ...this.#all.figures(),
      byPriority: byPriority((priority) => this.#byPriority[priority].figures()),
    }
  }
}
