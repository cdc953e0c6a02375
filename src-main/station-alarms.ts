// The alarms of a running station put together: engine, journal, board and reports. Values and devices go in, what is durable comes out
// to screens and history. A journal that cannot be opened stops neither alarms nor station.

import type { AuditTrail } from './access/audit-trail.ts'
import { stateOf } from './alarms/alarm-regions.ts'
import { type AlarmReporting, openAlarmReporting } from './alarms/alarm-reporting.ts'
import type { Alarms, CommittedAlarms } from './alarms/alarms.ts'
import { openAlarms } from './alarms/engine/alarm-engine.ts'
import { type AlarmJournal, openAlarmJournal } from './alarms/journal/alarm-journal.ts'
import { unopenedJournal } from './alarms/journal/unopened-journal.ts'
import { AlarmBoard } from './alarms/list/alarm-board.ts'
import { CommitSlices } from './alarms/list/commit-slices.ts'
import { type StationState, systemAlarms } from './alarms/system-alarms.ts'
import type { AlarmParts } from './api/api-parts.ts'
import type { Clock } from './base/clock.ts'
import type { Logger } from './base/logger.ts'
import type { Historian } from './historian/historian.ts'
import { deviceStateWords } from './recording.ts'
import type { AlarmCounts, AlarmEvent, AlarmState } from './shared/alarm.ts'
import type { DeviceRow } from './shared/contract.ts'
import type { JsonValue } from './shared/data-value.ts'
import type { Plant } from './shared/plant.ts'
import { messageOf } from './shared/runtime-error.ts'
import type { ValueBatch } from './shared/value-batch.ts'
import type { TagTable } from './tags/tag-table.ts'

export interface StationAlarmsParts {
  readonly dataFolder: string
  readonly clock: Clock
  readonly logger: Logger
  readonly table: TagTable
  readonly historian: Pick<Historian, 'read'>
  readonly audit: Pick<AuditTrail, 'search'>
  readonly plant: () => Plant
  /** Events that are durable, for their series in history. */
  readonly onEvents: (events: readonly AlarmEvent[]) => void
}

export class StationAlarms {
  readonly #parts: StationAlarmsParts
  readonly journal: AlarmJournal
  readonly #board: AlarmBoard
  readonly #engine: Alarms
  readonly #reporting: AlarmReporting
  readonly #slices = new CommitSlices((slice) => this.#tellCommitted(slice))
  /** Id of a system alarm → its condition as the engine was told. */
  readonly #told = new Map<string, boolean>()
  #rate = 0

  constructor(parts: StationAlarmsParts) {
    this.#parts = parts
    const { clock, logger, table } = parts
    this.journal = this.#openJournal()
    this.#board = new AlarmBoard(this.journal.lastSequence)
    this.#engine = openAlarms({
      clock,
      logger,
      table,
      recorder: this.journal,
      onCommitted: (committed) => this.#slices.add(committed),
    })
    const ids = [...this.#engine.rows()].map(({ id }) => id)
    this.#board.committed({ ids, events: [] }, (id) => this.#engine.row(id))
    this.#reporting = openAlarmReporting({
      clock,
      logger,
      journal: this.journal,
      readHistory: (request, signal) => parts.historian.read(request, signal),
      searchAudit: (search) => parts.audit.search(search),
      plant: parts.plant,
      definitions: () => this.#engine.definitions(),
      deviceStates: deviceStateWords,
    })
  }

  /** The alarms of this plant and those of the station itself; the tag table knows its tags already. */
  configure(plant: Plant, isGood: boolean): void {
    const { alarms, alarmPhilosophy: philosophy, languages } = plant
    const definitions = [...alarms, ...systemAlarms.map(({ definition }) => definition)]
    this.#engine.configure({ definitions, philosophy, languages, removesMissing: isGood })
    this.#board.configure(definitions)
  }

  /** A batch of changes, before anybody takes its columns away. */
  changes(batch: ValueBatch): void {
    this.#engine.changes(batch)
  }

  devices(rows: readonly DeviceRow[]): void {
    this.#engine.devices(rows)
  }

  /** To be called every second: what the station knows of itself, and figures that change with time alone. */
  secondPassed(state: Omit<StationState, 'isJournalled'>): void {
    const { isJournalled } = this.#engine
    for (const { id, trouble } of systemAlarms) this.#tell(id, trouble({ ...state, isJournalled }))
    const { rate } = this.#engine.load()
    if (rate === this.#rate) return
    this.#rate = rate
    this.#board.loadChanged()
  }

  /** What the API asks. */
  get api(): AlarmParts {
    return {
      engine: this.#engine,
      told: () => this.#allTold(),
      isTold: () => this.#engine.ledger().pendingCount === 0 && this.#slices.waitingCount === 0,
      board: this.#board,
      journal: this.journal,
      reports: {
        before: (id, eventId, signal) => this.#reporting.before(id, eventId, signal),
        kpi: (from, to, area, signal) => this.#reporting.kpi(from, to, area, signal),
        proposals: (ids, signal) => this.#reporting.proposals(ids, signal),
      },
    }
  }

  /** Present states of all alarms that ever occurred, for their series in history. */
  *states(): Iterable<{ readonly id: string; readonly state: AlarmState }> {
    for (const { id, regions, isRemoved } of this.journal.load()) {
      const state = stateOf(regions)
      if (state !== 'normal' || !isRemoved) yield { id, state }
    }
  }

  /** Figures for maintenance.health and /metrics. */
  health(): JsonValue {
    const { floodTimestamp, rate, annunciationCount } = this.#engine.load()
    const { counts } = this.#board.summary(this.#engine.load(), this.#engine.isJournalled)
    const { shelved, suppressedByDesign, outOfService } = counts
    return {
      listedCount: this.#board.list.size,
      active: sumOf(counts.active),
      unacknowledged: sumOf(counts.unacknowledged),
      shelved,
      suppressedByDesign,
      outOfService,
      isFlood: floodTimestamp !== null,
      annunciationsInTenMinutes: rate,
      annunciationCount,
      ...this.#engine.ledger(),
      journal: { ...this.journal.health() },
    }
  }

  /** What was taken is written; nothing is evaluated any more. */
  async close(): Promise<void> {
    this.#engine.close()
    this.#slices.finish()
    await this.journal.close()
  }

  #openJournal(): AlarmJournal {
    const { dataFolder, clock, logger, plant } = this.#parts
    try {
      return openAlarmJournal({
        dataFolder,
        clock,
        logger,
        onWritingChanged: () => this.#board.loadChanged(),
        retentionMs: () => plant().alarmPhilosophy.journalRetentionMs,
      })
    } catch (error) {
      logger.error(`the alarm journal could not be opened, alarms are not kept: ${messageOf(error)}`)
      return unopenedJournal(messageOf(error))
    }
  }

  async #allTold(): Promise<void> {
    await this.#engine.flushed()
    await this.#slices.told()
  }

  #tellCommitted(committed: CommittedAlarms): void {
    this.#board.committed(committed, (id) => this.#engine.row(id))
    if (committed.events.length > 0) this.#parts.onEvents(committed.events)
  }

  #tell(id: string, trouble: string | null): void {
    const isTrue = trouble !== null
    if (this.#told.get(id) === isTrue) return
    this.#told.set(id, isTrue)
    this.#engine.systemCondition(id, isTrue, isTrue ? { value: trouble } : {})
  }
}

function sumOf(counts: AlarmCounts['active']): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
