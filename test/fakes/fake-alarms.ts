// Alarms as the API sees them, in memory: rows that tests put there, commands that are noted and answered, a journal that is an array.
// What an engine decides is the engine's test.
import { AlarmBoard } from '../../src-main/alarms/list/alarm-board.ts'
import type { AlarmParts } from '../../src-main/api/api-parts.ts'
import type { AlarmDefinition, AlarmEvent, AlarmOperator, AlarmResult, AlarmRow } from '../../src-main/shared/alarm.ts'
import { RuntimeError } from '../../src-main/shared/runtime-error.ts'
import { StatusCodes } from '../../src-main/shared/status-code.ts'

export interface NotedCommand {
  readonly name: string
  readonly ids: readonly string[]
  readonly operator: AlarmOperator
  readonly options: unknown
}

export class FakeAlarms {
  readonly board = new AlarmBoard(0)
  /** Commands given so far, newest last. */
  readonly commands: NotedCommand[] = []
  readonly events: AlarmEvent[] = []
  readonly definitions = new Map<string, AlarmDefinition>()
  /** What `alarms.exportJournal` gives, piece by piece. */
  csv: readonly string[] = ['sequence\r\n']
  isJournalled = true
  isTold = true
  told: () => Promise<void> = async () => undefined
  /** How often the journal was asked for events. */
  readCount = 0
  /** The journal cannot be read. */
  isBroken = false
  readonly #rows = new Map<string, AlarmRow>()

  /** Rows and events as if they had just become durable. */
  commit(rows: readonly AlarmRow[], events: readonly AlarmEvent[] = []): void {
    for (const row of rows) this.#rows.set(row.id, row)
    this.events.push(...events)
    this.board.committed({ ids: rows.map(({ id }) => id), events }, (id) => this.#rows.get(id) ?? null)
  }

  get parts(): AlarmParts {
    const fake = this
    const note = (name: string) => async (ids: readonly string[], operator: AlarmOperator, options?: unknown) => {
      this.commands.push({ name, ids, operator, options })
      return ids.map((id) => this.#resultOf(id))
    }
    return {
      board: this.board,
      isTold: () => this.isTold,
      told: () => this.told(),
      engine: {
        acknowledge: note('acknowledge'),
        shelve: note('shelve'),
        unshelve: note('unshelve'),
        outOfService: note('outOfService'),
        returnToService: note('returnToService'),
        reset: note('reset'),
        comment: note('comment'),
        test: note('test'),
        definition: (id) => this.definitions.get(id),
        definitions: () => [...this.definitions.values()],
        load: () => ({ annunciationCount: 0, annunciatedPriority: null, floodTimestamp: null, rate: 0 }),
        get isJournalled() {
          return fake.isJournalled
        },
      },
      journal: {
        eventsSince: async (sequence, limit) => {
          this.readCount++
          if (this.isBroken) throw new RuntimeError('BadResourceUnavailable', 'the disk is away')
          return this.events.filter((event) => event.sequence > sequence).slice(0, limit)
        },
        query: async ({ limit = 1000, order }) => {
          const events = order === 'newest' ? this.events.toReversed() : this.events
          return { events: events.slice(0, limit) }
        },
        async *exportCsv() {
          yield* fake.csv
        },
        verify: async () => ({ ok: true }),
      },
      reports: {
        before: async (id) => {
          throw new RuntimeError('BadNodeIdUnknown', `there is no alarm "${id}"`)
        },
        kpi: async () => {
          throw new RuntimeError('BadResourceUnavailable', 'the journal cannot be read')
        },
        proposals: async () => [],
      },
    }
  }

  #resultOf(id: string): AlarmResult {
    return this.#rows.has(id)
      ? { id, statusCode: StatusCodes.Good }
      : { id, statusCode: StatusCodes.BadNodeIdUnknown, message: `there is no alarm "${id}"` }
  }
}

/** A row as the list shows it. */
export function alarmRow(id: string, over: Partial<AlarmRow> = {}): AlarmRow {
  return {
    id,
    tag: id.split('/')[0]!,
    condition: 'high',
    state: 'unacknowledged',
    priority: 'medium',
    message: `${id} came`,
    activeTimestamp: 1_800_000_000_000,
    value: 91,
    unit: '%',
    statusCode: StatusCodes.Good,
    isActive: true,
    isAcknowledged: false,
    occurrenceCount: 1,
    eventId: 1,
    alarmClass: 'process',
    area: 'Packaging/Filling',
    equipment: null,
    ...over,
  }
}

/** A row of the journal. */
export function alarmEvent(sequence: number, id: string, over: Partial<AlarmEvent> = {}): AlarmEvent {
  return {
    sequence,
    id,
    tag: id.split('/')[0]!,
    condition: 'high',
    event: 'active',
    state: 'unacknowledged',
    previousState: 'normal',
    priority: 'medium',
    timestamp: 1_800_000_000_000 + sequence,
    receivedTimestamp: 1_800_000_000_000 + sequence,
    value: 91,
    limit: 90,
    statusCode: StatusCodes.Good,
    message: `${id} came`,
    user: '',
    station: '',
    comment: '',
    isActive: true,
    eventId: sequence,
    isFirstOut: false,
    isTest: false,
    alarmClass: 'process',
    area: 'Packaging/Filling',
    equipment: null,
    ...over,
  }
}
