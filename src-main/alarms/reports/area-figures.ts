// Figures of each area of the line, every level with everything below it.
import { type AlarmPeak, type AreaFigures, alarmPeriodsMs, areaPartCount } from '../../shared/alarm-report.ts'
import { type ConfiguredAlarm, isInArea, levelsOf } from './alarm-kpi-row.ts'

/** What one alarm adds at the end. */
export interface AreaShare {
  readonly area: string
  readonly isStanding: boolean
  readonly isStale: boolean
  readonly isChattering: boolean
}

class Area {
  annunciatedCount = 0
  standingCount = 0
  staleCount = 0
  chatteringCount = 0
  configuredCount = 0
  readonly partCounts = new Array<number>(areaPartCount).fill(0)
  #period = Number.NaN
  #periodCount = 0
  #peak: { count: number; period: number } | null = null

  annunciated(period: number, part: number): void {
    this.annunciatedCount++
    this.partCounts[part]!++
    this.#periodCount = period === this.#period ? this.#periodCount + 1 : 1
    this.#period = period
    if (this.#periodCount > (this.#peak?.count ?? 0)) this.#peak = { count: this.#periodCount, period }
  }

  peak(from: number): AlarmPeak | null {
    if (this.#peak === null) return null
    return { count: this.#peak.count, timestamp: from + this.#peak.period * alarmPeriodsMs.tenMinutes }
  }
}

export class AreaAccounts {
  readonly #from: number
  readonly #to: number
  /** Levels above it are left out; null = none is. */
  readonly #top: string | null
  readonly #areas = new Map<string, Area>()
  /** Area → the accounts of itself and of the levels above. */
  readonly #levels = new Map<string, readonly Area[]>()

  /** Of [from, to); ms since 1970-01-01 UTC. */
  constructor(from: number, to: number, top: string | null) {
    this.#from = from
    this.#to = to
    this.#top = top
  }

  /** An annunciation of the span; in order of time. */
  annunciated(area: string, timestamp: number): void {
    const period = Math.floor((timestamp - this.#from) / alarmPeriodsMs.tenMinutes)
    const part = Math.floor(((timestamp - this.#from) / (this.#to - this.#from)) * areaPartCount)
    for (const account of this.#levelsOf(area)) account.annunciated(period, Math.min(part, areaPartCount - 1))
  }

  configured({ area }: ConfiguredAlarm): void {
    for (const account of this.#levelsOf(area)) account.configuredCount++
  }

  add({ area, isStanding, isStale, isChattering }: AreaShare): void {
    for (const account of this.#levelsOf(area)) {
      if (isStanding) account.standingCount++
      if (isStale) account.staleCount++
      if (isChattering) account.chatteringCount++
    }
  }

  /** By name; every area with an alarm, configured or in the journal. */
  figures(annunciatedCount: number): readonly AreaFigures[] {
    const periodCount = (this.#to - this.#from) / alarmPeriodsMs.tenMinutes
    return [...this.#areas]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([area, account]) => ({
        area,
        annunciatedCount: account.annunciatedCount,
        share: annunciatedCount === 0 ? 0 : account.annunciatedCount / annunciatedCount,
        averagePerTenMinutes: account.annunciatedCount / periodCount,
        peak: account.peak(this.#from),
        standingCount: account.standingCount,
        staleCount: account.staleCount,
        chatteringCount: account.chatteringCount,
        configuredCount: account.configuredCount,
        partCounts: account.partCounts,
      }))
  }

  #levelsOf(area: string): readonly Area[] {
    let levels = this.#levels.get(area)
    if (levels === undefined) {
      levels = levelsOf(area)
        .filter((level) => isInArea(level, this.#top))
        .map((level) => this.#account(level))
      this.#levels.set(area, levels)
    }
    return levels
  }

  #account(area: string): Area {
    let account = this.#areas.get(area)
    if (account === undefined) {
      account = new Area()
      this.#areas.set(area, account)
    }
    return account
  }
}
