// The alarm engine: configuration, values, devices, commands and time go in, durable transitions come out (alarms.ts says what of
// each). Everything runs on the main thread; one call is one piece for the journal.
import type { Timer } from '../../base/clock.ts'
import type { AlarmDefinition, AlarmOperator, AlarmRow } from '../../shared/alarm.ts'
import type { JsonValue } from '../../shared/data-value.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import type { ValueBatch } from '../../shared/value-batch.ts'
import { isHeld, stateOf } from '../alarm-regions.ts'
import type { AlarmTransition } from '../alarm-transition.ts'
import type {
  AcknowledgeOptions,
  AlarmConfiguration,
  AlarmDevice,
  AlarmLedger,
  Alarms,
  AlarmsParts,
  AnnunciationLoad,
  ShelveOptions,
  SystemCondition,
} from '../alarms.ts'
import { AlarmCommands } from './alarm-commands.ts'
import { AlarmCommits } from './alarm-commits.ts'
import { AlarmConditions } from './alarm-conditions.ts'
import { AlarmCore } from './alarm-core.ts'
import { dueKey, purposeOfDue, slotOfDue } from './alarm-dues.ts'
import { AlarmFormulas } from './alarm-formulas.ts'
import { AlarmRegister } from './alarm-register.ts'
import { alarmRow } from './alarm-row.ts'
import { AlarmSuppression } from './alarm-suppression.ts'
import { definitionChange, isMoreSevere } from './definition-change.ts'
import { DueTimes } from './due-times.ts'
import { EngineTurns } from './engine-turns.ts'

/** Alarms as they were when the station ended; `configure` brings the plant. */
export function openAlarms(parts: AlarmsParts): Alarms {
  return new AlarmEngine(parts)
}

/** Expressions with `age()` change so often; the wall clock is looked at as often while anything is shelved. ms. */
const timeStepMs = 1000
/** Alarms of one batch that are worked on at a stretch: some milliseconds, also at the first flood after a start. */
const alarmsAtOnce = 1000

class AlarmEngine implements Alarms {
  readonly #parts: AlarmsParts
  readonly #register = new AlarmRegister()
  readonly #dues = new DueTimes()
  readonly #shelvings = new DueTimes()
  readonly #formulas: AlarmFormulas
  readonly #conditions: AlarmConditions
  readonly #suppression: AlarmSuppression
  readonly #commits: AlarmCommits
  readonly #core: AlarmCore
  readonly #commands: AlarmCommands
  /** Tests that a restart cut off. */
  #brokenTests: number[] = []
  #systemConditions = new Map<string, { isTrue: boolean; timestamp: number; value: JsonValue }>()
  #timer: Timer | null = null
  #timerAt = Number.POSITIVE_INFINITY
  #nextTimeStep = 0
  readonly #turns: EngineTurns
  #isClosed = false

  constructor(parts: AlarmsParts) {
    this.#parts = parts
    const { clock, table, recorder, logger } = parts
    this.#formulas = new AlarmFormulas(table, () => clock.now())
    this.#commits = new AlarmCommits({
      recorder,
      logger,
      onCommitted: (transitions, touched) => this.#committed(transitions, touched),
    })
    this.#conditions = new AlarmConditions({
      table,
      clock,
      formulas: this.#formulas,
      dues: this.#dues,
      isHeld: (slot) => isHeld(this.#register.storedOrNew(slot).regions),
    })
    const { columns } = this.#conditions
    this.#suppression = new AlarmSuppression({ table, clock, formulas: this.#formulas, columns })
    this.#core = new AlarmCore({
      clock,
      register: this.#register,
      conditions: this.#conditions,
      suppression: this.#suppression,
      commits: this.#commits,
      dues: this.#dues,
      shelvings: this.#shelvings,
      statusCode: (slot) => this.#statusCode(slot),
    })
    this.#commands = new AlarmCommands({
      clock,
      register: this.#register,
      core: this.#core,
      commits: this.#commits,
      dues: this.#dues,
      end: () => this.#end(),
    })
    this.#turns = new EngineTurns({
      begin: (batch) => this.#conditions.changes(batch),
      goOn: () => this.#core.settleSome(alarmsAtOnce),
      end: () => this.#end(),
    })
    this.#restore()
  }

  get isJournalled(): boolean {
    return this.#parts.recorder.isWriting
  }

  configure({ definitions, philosophy, languages, removesMissing }: AlarmConfiguration): void {
    this.#turns.finish()
    const befores = definitions.map(({ id }) => this.#definitionBefore(id))
    const missing = this.#register.configure(definitions, philosophy)
    const { members } = this.#register
    this.#commands.philosophy = philosophy
    this.#formulas.begin()
    for (const { slot, definition } of members) this.#conditions.define(slot, definition)
    this.#suppression.configure(members, philosophy, languages)
    this.#formulas.finish()
    this.#core.configure(philosophy, languages)
    for (const slot of missing) this.#forget(slot, removesMissing)
    for (const [at, { slot, definition }] of members.entries()) this.#takeOver(slot, befores[at], definition)
    this.#conditions.finish(members)
    for (const slot of this.#brokenTests.splice(0)) this.#core.apply(slot, { kind: 'testEnd' })
    for (const { slot } of members) if (this.#suppression.hasSources(slot)) this.#core.suppressIfDue(slot)
    this.#core.settle()
    for (const { slot } of members) this.#core.unsuppressIfOver(slot)
    for (const { slot, definition } of members) this.#tellFromOutside(slot, definition)
    for (const [text, message] of this.#formulas.faults)
      this.#parts.logger.error(`an expression of an alarm does not compile: ${message}`, { expression: text })
    this.#end()
  }

  changes(batch: ValueBatch): void {
    if (batch.count > 0 && !this.#isClosed) this.#turns.take(batch)
  }

  devices(rows: readonly AlarmDevice[]): void {
    this.#turns.tell(() => {
      for (const device of this.#suppression.devices(rows)) this.#deviceChanged(device)
    })
  }

  systemCondition(id: string, isTrue: boolean, { timestamp, value }: SystemCondition = {}): void {
    const condition = { isTrue, timestamp: timestamp ?? this.#parts.clock.now(), value: value ?? null }
    this.#turns.tell(() => {
      this.#systemConditions.set(id, condition)
      const slot = this.#register.slotOf(id)
      if (slot !== undefined) this.#conditions.external(slot, isTrue, condition.timestamp, condition.value)
    })
  }

  acknowledge(ids: readonly string[], operator: AlarmOperator, options?: AcknowledgeOptions) {
    return this.#turns.after(() => this.#commands.acknowledge(ids, operator, options))
  }

  shelve(ids: readonly string[], operator: AlarmOperator, options: ShelveOptions) {
    return this.#turns.after(() => this.#commands.shelve(ids, operator, options))
  }

  unshelve(ids: readonly string[], operator: AlarmOperator, comment = '') {
    return this.#turns.after(() => this.#commands.each('unshelve', ids, operator, comment))
  }

  outOfService(ids: readonly string[], operator: AlarmOperator, comment: string) {
    return this.#turns.after(() => this.#commands.each('outOfService', ids, operator, comment))
  }

  returnToService(ids: readonly string[], operator: AlarmOperator, comment = '') {
    return this.#turns.after(() => this.#commands.each('returnToService', ids, operator, comment))
  }

  reset(ids: readonly string[], operator: AlarmOperator, comment = '') {
    return this.#turns.after(() => this.#commands.each('reset', ids, operator, comment))
  }

  comment(ids: readonly string[], operator: AlarmOperator, comment: string) {
    return this.#turns.after(() => this.#commands.each('comment', ids, operator, comment))
  }

  test(ids: readonly string[], operator: AlarmOperator, durationMs: number) {
    return this.#turns.after(() => this.#commands.test(ids, operator, durationMs))
  }

  *rows(): Iterable<AlarmRow> {
    for (let slot = 0; slot < this.#register.slotCount; slot++) {
      const row = this.#rowOf(slot)
      if (row !== null) yield row
    }
  }

  row(id: string): AlarmRow | null {
    const slot = this.#register.slotOf(id)
    return slot === undefined ? null : this.#rowOf(slot)
  }

  definition(id: string): AlarmDefinition | undefined {
    const slot = this.#register.slotOf(id)
    return slot === undefined || !this.#register.isPresent(slot) ? undefined : this.#register.definition(slot)
  }

  definitions(): readonly AlarmDefinition[] {
    return this.#register.members.map(({ definition }) => definition)
  }

  flushed(): Promise<void> {
    return this.#turns.after(() => this.#commits.flushed())
  }

  load(): AnnunciationLoad {
    const { flood, annunciationCount, annunciatedPriority } = this.#core
    if (flood.pass(this.#parts.clock.monotonic())) this.#commits.announce()
    this.#commits.commit()
    return { annunciationCount, annunciatedPriority, floodTimestamp: flood.since, rate: flood.rate }
  }

  ledger(): AlarmLedger {
    const { transitionCount, committedCount } = this.#commits
    return {
      transitionCount,
      committedCount,
      pendingCount: transitionCount - committedCount,
      commandCount: this.#commands.commandCount,
      refusedCount: this.#commands.refusedCount,
      definitionCount: this.#register.members.length,
      timerCount: this.#dues.size + this.#shelvings.size,
      faultyExpressionCount: this.#formulas.faults.size,
    }
  }

  close(): void {
    this.#turns.finish()
    this.#isClosed = true
    this.#timer?.cancel()
    this.#timer = null
    this.#commits.commit()
    this.#commits.close()
  }

  /** S20: every region as it was. Conditions are held until a value says otherwise. */
  #restore(): void {
    for (const stored of this.#parts.recorder.load()) {
      const slot = this.#register.restore(stored)
      if (stored.isTest) this.#brokenTests.push(slot)
      this.#conditions.restore(slot, stored.regions.isActive && !stored.isTest, stored.activeTimestamp ?? 0)
      if (stored.regions.shelved !== null) this.#shelvings.set(slot, stored.regions.shelved.until)
    }
  }

  #definitionBefore(id: string): AlarmDefinition | undefined {
    const slot = this.#register.slotOf(id)
    return slot === undefined ? undefined : this.#register.definition(slot)
  }

  /** An alarm of the present plant that was there before, in this plant or before the start. */
  #takeOver(slot: number, before: AlarmDefinition | undefined, definition: AlarmDefinition): void {
    const stored = this.#register.stored(slot)
    if (stored === undefined || before === undefined) return
    const { regions, isTest, activeTimestamp } = stored
    // It was out of the plant and nobody evaluated it: what it was is held until a value says otherwise.
    if (regions.isActive && !isTest && this.#conditions.columns.effective[slot] === 0)
      this.#conditions.restore(slot, true, activeTimestamp ?? 0)
    this.#core.apply(slot, { kind: 'restore' })
    if (before !== definition) {
      const comment = definitionChange(before, definition)
      if (comment !== '') this.#core.apply(slot, { kind: 'change', comment, limit: null })
      if (isMoreSevere(before, definition))
        this.#core.apply(slot, {
          kind: 'reAlarm',
          isStep: true,
          comment: `priority ${before.priority} → ${definition.priority}`,
        })
    }
    this.#core.awaitReAlarm(slot, this.#register.storedOrNew(slot))
  }

  #forget(slot: number, isRemoved: boolean): void {
    this.#conditions.forget(slot)
    for (const purpose of ['reAlarm', 'test', 'device'] as const) this.#dues.delete(dueKey(slot, purpose))
    if (isRemoved && this.#register.stored(slot) !== undefined) this.#core.apply(slot, { kind: 'remove' })
  }

  /** What was told before the plant knew of the alarm. */
  #tellFromOutside(slot: number, definition: AlarmDefinition): void {
    if (definition.condition === 'deviceLost' && definition.device !== null) {
      const device = this.#suppression.device(definition.device)
      if (device !== undefined) this.#tellDevice(slot, device)
    }
    const condition = definition.condition === 'system' ? this.#systemConditions.get(definition.id) : undefined
    if (condition !== undefined) this.#conditions.external(slot, condition.isTrue, condition.timestamp, condition.value)
  }

  #deviceChanged(device: AlarmDevice): void {
    const slot = this.#register.slotOf(`device:${device.device}/deviceLost`)
    if (slot !== undefined) this.#tellDevice(slot, device)
    for (const about of this.#suppression.slotsOfDevice(device.device)) {
      if (device.state === 'connected' && this.#register.definition(about).condition === 'stale')
        this.#conditions.watchAgain(about)
      this.#core.suppressIfDue(about)
      this.#core.settle()
      this.#core.unsuppressIfOver(about)
    }
  }

  /** Lost while waiting or failed; a connect under way says nothing yet. */
  #tellDevice(slot: number, { state, stateTimestamp }: AlarmDevice): void {
    if (state === 'connecting') return
    this.#conditions.external(slot, state === 'waiting' || state === 'failed', stateTimestamp, state)
  }

  /** Ends every call: steps, journal, next time to wake up. */
  #end(): void {
    if (this.#isClosed) return
    // A batch in slices: what is made goes to the journal, times are looked at when it is done.
    if (!this.#turns.isBehind) this.#core.settle()
    this.#commits.commit()
    if (!this.#turns.isBehind) this.#wakeUp()
  }

  #wakeUp(): void {
    const { clock } = this.#parts
    const monotonic = clock.monotonic()
    const { earliest } = this.#shelvings
    const shelving = Number.isFinite(earliest)
      ? monotonic + Math.min(timeStepMs, Math.max(0, earliest - clock.now()))
      : Number.POSITIVE_INFINITY
    const timed = this.#formulas.hasTimed ? Math.max(monotonic, this.#nextTimeStep) : Number.POSITIVE_INFINITY
    const floodEnd = this.#core.flood.nextTime
    const at = Math.min(this.#dues.earliest, shelving, timed, floodEnd)
    if (at >= this.#timerAt && this.#timer !== null) return
    this.#timer?.cancel()
    this.#timer = null
    this.#timerAt = at
    if (Number.isFinite(at))
      this.#timer = clock.after(Math.min(Math.max(0, Math.ceil(at - monotonic)), longestWaitMs), () =>
        this.#timePassed(),
      )
  }

  #timePassed(): void {
    this.#timer = null
    this.#timerAt = Number.POSITIVE_INFINITY
    if (this.#turns.isBehind) return
    const { clock } = this.#parts
    const monotonic = clock.monotonic()
    for (let key = this.#dues.take(monotonic); key !== undefined; key = this.#dues.take(monotonic)) this.#due(key)
    for (let slot = this.#shelvings.take(clock.now()); slot !== undefined; slot = this.#shelvings.take(clock.now()))
      this.#core.apply(slot, { kind: 'unshelve', operator: null, comment: 'the time of shelving is over' })
    if (this.#formulas.hasTimed && monotonic >= this.#nextTimeStep) {
      this.#nextTimeStep = monotonic + timeStepMs
      this.#conditions.timePassed()
    }
    if (this.#core.flood.pass(monotonic)) this.#commits.announce()
    this.#commits.recover()
    this.#end()
  }

  #due(key: number): void {
    const slot = slotOfDue(key)
    const purpose = purposeOfDue(key)
    switch (purpose) {
      case 'reAlarm':
        this.#core.apply(slot, { kind: 'reAlarm', isStep: false, comment: 'acknowledged and still active' })
        return
      case 'test':
        this.#core.endTest(slot)
        return
      case 'chattering':
        this.#core.chattering.end(slot)
        this.#commits.touch(this.#register.definition(slot).id)
        return
      case 'device':
        this.#core.unsuppressIfOver(slot)
        return
      default:
        this.#conditions.due(slot, purpose)
    }
  }

  #statusCode(slot: number): number {
    const { columns } = this.#conditions
    const handle = slot < columns.capacity ? columns.handle[slot]! : -1
    if (handle >= 0) return this.#parts.table.statusCode(handle)
    return slot < columns.capacity ? columns.statusCode[slot]! : StatusCodes.BadWaitingForInitialData
  }

  #rowOf(slot: number): AlarmRow | null {
    const stored = this.#register.shown(slot)
    if (stored === undefined || stateOf(stored.regions) === 'normal') return null
    return alarmRow(stored, {
      definition: this.#register.definition(slot),
      statusCode: this.#statusCode(slot),
      isChattering: this.#core.chattering.isChattering(slot),
    })
  }

  #committed(transitions: readonly AlarmTransition[], touched: ReadonlySet<string>): void {
    const ids = new Set(touched)
    for (const { event, stored } of transitions) {
      ids.add(event.id)
      this.#register.show(this.#register.slotOf(event.id)!, stored)
    }
    this.#parts.onCommitted({ events: transitions.map(({ event }) => event), ids: [...ids] })
  }
}

/** A timer of Node takes no longer time than 2^31 - 1 ms. */
const longestWaitMs = 2_000_000_000
