// A station is driven at random: values, commands of two people at the same time, cut cables, edits of the plant, kill -9. After each
// step its list is that of the model (alarm-model.ts), at the end its journal, its feeds, its summary, its history and its audit trail.
// Longer: LINESIDE_JUDGE_STEPS=2000 LINESIDE_JUDGE_SEED=7 npm run test:runtime -- alarm-model
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import {
  type AlarmEvent,
  type AlarmPriority,
  type AlarmSummary,
  alarmStateValues,
} from '../../src-main/shared/alarm.ts'
import { StatusCodes } from '../../src-main/shared/status-code.ts'
import { randomOf } from '../../src-main/simulation/random.ts'
import { patience as waitFor } from '../fakes/busy-machine.ts'
import { AlarmDevice } from './alarm-device.ts'
import { ModelAlarm, type ModelCommandName, type ModelRules } from './alarm-model.ts'
import { FeedReader, Person } from './alarm-people.ts'

const steps = Number(process.env.LINESIDE_JUDGE_STEPS ?? 50)
const seed = Number(process.env.LINESIDE_JUDGE_SEED ?? Date.now() % 100_000)

interface Subject {
  readonly name: string
  readonly coil: number
  priority: AlarmPriority
  readonly keys: string
  readonly rules: ModelRules
}

const half = 1_800_000
const subjects: readonly Subject[] = [
  { name: 'Plain1', coil: 1, priority: 'low', keys: '', rules: {} },
  { name: 'Plain2', coil: 2, priority: 'urgent', keys: '', rules: {} },
  { name: 'Latch1', coil: 3, priority: 'high', keys: ', latching: true', rules: { latching: true } },
  {
    name: 'Latch2',
    coil: 4,
    priority: 'medium',
    keys: ', latching: true, class: quick',
    rules: { latching: true, resetAcknowledges: true, longestShelvingMs: half },
  },
  { name: 'Self', coil: 5, priority: 'low', keys: ', class: selfish', rules: { acknowledgeOnReturn: true } },
  {
    name: 'Strict',
    coil: 6,
    priority: 'high',
    keys: ', class: strict',
    rules: { commentRequired: true, shelvingForbidden: true },
  },
  { name: 'Idle1', coil: 7, priority: 'medium', keys: ', suppressedWhen: Line.Idle', rules: {} },
  {
    name: 'Idle2',
    coil: 8,
    priority: 'medium',
    keys: ', latching: true, suppressedWhen: Line.Idle',
    rules: { latching: true },
  },
]

const idOf = ({ name }: Subject) => `${name}/discrete`
const idleCoil = 20
const deviceLost = 'device:plc/deviceLost'
const philosophy = `
classes:
  - { name: quick, title: Quick, resetAcknowledges: true, longestShelving: 30 min }
  - { name: selfish, title: Selfish, acknowledgeOnReturn: true }
  - { name: strict, title: Strict, commentRequired: true, shelvingAllowed: false }
philosophy: { deviceLost: { priority: high, onDelay: 0 s } }
`

function tagsOf(missing: ReadonlySet<string>): string {
  const lines = subjects
    .filter(({ name }) => !missing.has(name))
    .map(
      ({ name, coil, priority, keys }) =>
        `  - { name: ${name}, device: plc, address: "${String(coil).padStart(5, '0')}:bool", scan: fast, alarms: [ { condition: discrete, priority: ${priority}, message: ${name} is on${keys} } ] }\n`,
    )
  return `${lines.join('')}  - { name: Line.Idle, device: plc, address: "00020:bool", scan: fast }
  - { name: Pace, device: plc, address: "40090:int16", scan: fast }\n`
}

/** The station beside its model. */
class Trial {
  readonly #plc: AlarmDevice
  readonly #random: () => number
  readonly #people: readonly Person[]
  readonly #models = new Map<string, ModelAlarm>()
  readonly #values = new Map<string, boolean>()
  readonly #missing = new Set<string>()
  readonly #watched: AlarmEvent[] = []
  readonly #said: string[] = []
  #watch: FeedReader<{ events: AlarmEvent[] }>
  #isIdle = false
  #isCut = false
  #turn = 0
  #killCount = 0
  commandCount = 0

  private constructor(
    plc: AlarmDevice,
    random: () => number,
    people: readonly Person[],
    watch: FeedReader<{ events: AlarmEvent[] }>,
  ) {
    this.#plc = plc
    this.#random = random
    this.#people = people
    this.#watch = watch
    for (const subject of subjects) this.#models.set(idOf(subject), new ModelAlarm(idOf(subject), subject.rules))
    this.#models.set(deviceLost, new ModelAlarm(deviceLost))
  }

  static async start(random: () => number): Promise<Trial> {
    const plc = await AlarmDevice.start({
      tags: tagsOf(new Set()),
      files: { 'alarms/philosophy.yaml': philosophy },
    })
    const people = await Promise.all(['ana', 'bob'].map((user) => Person.hire(plc.station, user, 'engineer')))
    const watch = await FeedReader.open<{ events: AlarmEvent[] }>(plc.station, 'alarms.watch?since=0')
    const trial = new Trial(plc, random, people, watch)
    await trial.#settled()
    return trial
  }

  /** What was done, for whoever reads a failure. */
  get story(): string {
    return this.#said.slice(-12).join('\n')
  }

  async close(): Promise<void> {
    this.#watch.close()
    if (this.#isCut) await this.#plc.cable.restore()
    await this.#plc.close()
  }

  async step(): Promise<void> {
    const dice = this.#random()
    if (dice < 0.42) await this.#values_()
    else if (dice < 0.78) await this.#command()
    else if (dice < 0.84) this.#idle(!this.#isIdle)
    else if (dice < 0.88) await this.#cable()
    else if (dice < 0.93) await this.#kill()
    else if (dice < 0.96) await this.#leaveOrComeBack()
    else if (dice < 0.98) await this.#raisePriority()
    else await this.#shortShelving()
    await this.#settled()
    await this.#agree()
  }

  #say(words: string): void {
    this.#said.push(words)
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)]!
  }

  #modelOf(subject: Subject): ModelAlarm {
    return this.#models.get(idOf(subject))!
  }

  #isThere = ({ name }: Subject) => !this.#missing.has(name)

  /** The values that the device has reach the conditions. */
  #arrive(): void {
    if (this.#isCut) return
    for (const subject of subjects.filter(this.#isThere))
      this.#modelOf(subject).condition(this.#values.get(subject.name) ?? false)
  }

  async #values_(): Promise<void> {
    for (const subject of subjects)
      if (this.#random() < 0.3) {
        const next = !(this.#values.get(subject.name) ?? false)
        this.#values.set(subject.name, next)
        this.#plc.set(subject.coil, next)
        this.#say(`${subject.name} = ${next}`)
      }
    this.#arrive()
  }

  /** Suppression begins before, and ends after what comes with it; here nothing comes with it. */
  #idle(isIdle: boolean): void {
    if (this.#isCut) return
    this.#isIdle = isIdle
    this.#plc.set(idleCoil, isIdle)
    this.#say(`Line.Idle = ${isIdle}`)
    for (const subject of subjects.filter(({ name }) => name.startsWith('Idle') && !this.#missing.has(name)))
      this.#modelOf(subject).suppression(isIdle)
  }

  /** One command, of one person or of both at the same time. */
  async #command(): Promise<void> {
    const name = this.#pick<ModelCommandName>([
      'acknowledge',
      'acknowledge',
      'acknowledge',
      'shelve',
      'unshelve',
      'outOfService',
      'returnToService',
      'reset',
      'reset',
      'comment',
    ])
    const listed = [...this.#models.values()].filter(({ state }) => state !== 'normal')
    const present = subjects.filter(this.#isThere).map((subject) => this.#modelOf(subject))
    const ids = [
      ...new Set(
        Array.from(
          { length: 1 + Math.floor(this.#random() * 4) },
          () => this.#pick([...listed, ...listed, ...present]).id,
        ),
      ),
    ]
    const comment = this.#random() < 0.2 ? '' : this.#pick(['seen', '看到了', 'a "quoted, text"'])
    const oneShot = name === 'shelve' && this.#random() < 0.4
    const duration = this.#pick([undefined, 0, half, half + 1, eightHours, eightHours + 1, 900_000, 900_000, 900_000])
    const input = {
      ids,
      ...(comment === '' && this.#random() < 0.5 ? {} : { comment }),
      ...(name !== 'shelve' || duration === undefined ? {} : { durationMs: duration }),
      ...(oneShot ? { oneShot } : {}),
    }
    const both = this.#random() < 0.5
    const people = both ? this.#people : [this.#pick(this.#people)]
    this.#say(`${people.map(({ user }) => user)} ${name} ${JSON.stringify(input)}`)
    this.commandCount += people.length
    const answers = await Promise.all(people.map((person) => person.call(`alarms.${name}`, input)))
    for (const [at, id] of ids.entries()) {
      const codes = answers.map(({ results }) => results[at]!.statusCode)
      // Whoever was first is told so by the answers; where both were refused or both did it, the order is the journal's.
      const order = both && codes[0] !== 0 && codes[1] === 0 ? [1, 0] : people.map((_, index) => index)
      for (const index of order) {
        const { user } = people[index]!
        const expected = this.#models
          .get(id)!
          .command(name, { user, comment, oneShot, ...(duration === undefined ? {} : { durationMs: duration }) })
        expect(codes[index], `${name} of ${id} by ${user}: ${expected}\n${this.story}`).toBe(StatusCodes[expected])
      }
    }
  }

  async #cable(): Promise<void> {
    this.#isCut = !this.#isCut
    this.#say(this.#isCut ? 'cable cut' : 'cable restored')
    if (this.#isCut) await this.#plc.cable.cut()
    else await this.#plc.cable.restore()
    this.#models.get(deviceLost)!.condition(this.#isCut)
    this.#arrive()
    await vi.waitFor(
      async () => expect((await this.#plc.station.read('Pace')).statusCode !== 0).toBe(this.#isCut),
      waitFor,
    )
  }

  async #kill(): Promise<void> {
    await vi.waitFor(() => expect(this.#seen.length, this.story).toBeGreaterThanOrEqual(this.#rowCount), waitFor)
    this.#watch.close()
    this.#watched.push(...this.#watch.items.flatMap(({ events }) => events))
    this.#say('kill -9')
    this.#killCount++
    // What happened in the last moment before the kill was never shown, and is found out anew.
    await this.#plc.killAndRestart()
    for (const model of this.#models.values()) model.restarted()
    await Promise.all(this.#people.map((person) => person.logIn(this.#plc.station)))
    const last = this.#watched.at(-1)?.sequence ?? 0
    this.#watch = await FeedReader.open(this.#plc.station, `alarms.watch?since=${last}`)
  }

  async #leaveOrComeBack(): Promise<void> {
    if (this.#isCut) return
    const subject = this.#pick(subjects.slice(0, 6))
    const model = this.#modelOf(subject)
    if (this.#missing.delete(subject.name)) {
      this.#say(`${subject.name} comes back`)
      if (model.rows.length > 0) model.restored()
      this.#write()
      this.#arrive()
    } else {
      this.#say(`${subject.name} leaves`)
      if (model.rows.length > 0) model.removed()
      this.#missing.add(subject.name)
      this.#write()
    }
    await this.#plantIs(async () =>
      expect((await this.#plc.station.call('alarms.describe', { ids: [model.id] })).definitions).toHaveLength(
        this.#missing.has(subject.name) ? 0 : 1,
      ),
    )
  }

  /** Urgent goes back to low, which takes no acknowledgement away. */
  async #raisePriority(): Promise<void> {
    const subject = this.#pick(subjects.filter(this.#isThere))
    const before = subject.priority
    subject.priority = before === 'urgent' ? 'low' : 'urgent'
    this.#say(`${subject.name}: ${before} → ${subject.priority}`)
    this.#modelOf(subject).changed(subject.priority === 'urgent')
    this.#write()
    await this.#plantIs(async () =>
      expect((await this.#plc.station.call('alarms.describe', { ids: [idOf(subject)] })).definitions[0]!.priority).toBe(
        subject.priority,
      ),
    )
  }

  /** A shelving that ends by itself, sometimes while the station is down. */
  async #shortShelving(): Promise<void> {
    const model = this.#pick(subjects.filter(this.#isThere).map((subject) => this.#modelOf(subject)))
    const person = this.#pick(this.#people)
    const isDown = this.#random() < 0.4
    this.#say(`${person.user} shelves ${model.id} shortly${isDown ? ', over a kill' : ''}`)
    this.commandCount++
    const { results } = await person.call('alarms.shelve', { ids: [model.id], comment: 'shortly', durationMs: 400 })
    const expected = model.command('shelve', { user: person.user, comment: 'shortly', durationMs: 400 })
    expect(results[0]!.statusCode, this.story).toBe(StatusCodes[expected])
    if (expected !== 'Good') return
    if (isDown) await this.#kill()
    model.shelvingOver()
  }

  #write(): void {
    writeFileSync(join(this.#plc.folder, 'tags', 'plc.yaml'), `tags:\n${tagsOf(this.#missing)}`)
  }

  async #plantIs(isSo: () => Promise<void>): Promise<void> {
    await vi.waitFor(isSo, waitFor)
  }

  /** Everything that was set before has been read and judged. */
  async #settled(): Promise<void> {
    if (this.#isCut) return
    this.#turn = (this.#turn % 30_000) + 1
    this.#plc.set(40_090, this.#turn)
    await vi.waitFor(async () => expect((await this.#plc.station.read('Pace')).value).toBe(this.#turn), waitFor)
  }

  /** The list is that of the model; an alarm that is missing or too many, or has another state, is told with the story. */
  async #agree(): Promise<void> {
    const expected = [...this.#models.values()]
      .filter(({ state }) => state !== 'normal')
      .map(({ id, state, isTrue, isGone }) => `${id} ${state} ${isTrue}${isGone ? ' gone' : ''}`)
      .sort()
    await vi.waitFor(async () => {
      const rows = await this.#plc.list()
      const found = rows
        .map(({ id, state, isActive, isRemoved }) => `${id} ${state} ${isActive}${isRemoved ? ' gone' : ''}`)
        .sort()
      expect(found, this.story).toEqual(expected)
    }, waitFor)
  }

  get #rowCount(): number {
    return [...this.#models.values()].reduce((sum, { rows }) => sum + rows.length, 0)
  }

  /** Events of alarms.watch, over all restarts. */
  get #seen(): readonly AlarmEvent[] {
    return [...this.#watched, ...this.#watch.items.flatMap(({ events }) => events)]
  }

  /** Journal, watch, summary, history and audit trail say the same as the model. */
  async verdict(): Promise<void> {
    if (this.#isCut) await this.#cable()
    await this.#settled()
    await this.#agree()
    const { station } = this.#plc
    const journal = await this.#plc.journal()
    expect(journal.map(({ sequence }) => sequence)).toEqual(journal.map((_, index) => index + 1))
    for (const model of this.#models.values()) {
      const rows = journal
        .filter(({ id }) => id === model.id)
        .map(({ event, state, previousState, isActive, user }) => ({ event, state, previousState, isActive, user }))
      // Of two people who both may, the journal says who was first.
      expect(
        rows.map((row) => (row.event === 'comment' ? { ...row, user: '' } : row)),
        model.id,
      ).toEqual(model.rows.map((row) => (row.event === 'comment' ? { ...row, user: '' } : row)))
    }
    await vi.waitFor(() => expect(this.#seen).toHaveLength(journal.length), waitFor)
    expect(this.#seen).toEqual(journal)
    await this.#summaryAgrees()
    await this.#historyAgrees(journal)
    expect(await station.call('alarms.verifyJournal', {})).toEqual({ ok: true })
    expect(await this.#auditedCommandCount()).toBe(this.commandCount)
  }

  async #auditedCommandCount(): Promise<number> {
    let count = 0
    for (const { user } of this.#people) {
      let cursor: string | undefined
      do {
        const page = await this.#plc.station.call('audit.read', {
          user,
          limit: 1000,
          ...(cursor === undefined ? {} : { cursor }),
        })
        count += page.events.filter(({ action }) => action.startsWith('alarms.')).length
        cursor = page.cursor
      } while (cursor !== undefined)
    }
    return count
  }

  async #summaryAgrees(): Promise<void> {
    const summary = await FeedReader.open<AlarmSummary>(this.#plc.station, 'alarms.summary')
    await vi.waitFor(() => expect(summary.items.length).toBeGreaterThan(0), waitFor)
    const { counts } = summary.items.at(-1)!
    summary.close()
    const states = [...this.#models.values()].map(({ state }) => state)
    const count = (...wanted: string[]) => states.filter((state) => wanted.includes(state)).length
    const sum = (by: Readonly<Record<AlarmPriority, number>>) => Object.values(by).reduce((a, b) => a + b, 0)
    expect({
      unacknowledged: sum(counts.unacknowledged),
      active: sum(counts.active),
      shelved: counts.shelved,
      suppressedByDesign: counts.suppressedByDesign,
      outOfService: counts.outOfService,
    }).toEqual({
      unacknowledged: count('unacknowledged', 'returnedUnacknowledged', 'latchedUnacknowledged'),
      active: count('unacknowledged', 'acknowledged'),
      shelved: count('shelved'),
      suppressedByDesign: count('suppressedByDesign'),
      outOfService: count('outOfService'),
    })
  }

  async #historyAgrees(journal: readonly AlarmEvent[]): Promise<void> {
    const models = [...this.#models.values()]
    const tags = models.filter(({ rows }) => rows.length > 0).map(({ id }) => `alarm:${id}`)
    const gone = new Set(
      models.filter(({ isGone, state }) => isGone && state === 'normal').map(({ id }) => `alarm:${id}`),
    )
    await vi.waitFor(async () => {
      for (const tag of tags) {
        const changes = journal.filter(({ id }) => `alarm:${id}` === tag).map(({ state }) => alarmStateValues[state])
        const { status, body } = await this.#plc.station.post('history.read', {
          tags: [tag],
          from: 0,
          to: Date.now() + 60_000,
          mode: 'raw',
        })
        if (status === 404) {
          // It never left its state (comments and plant changes leave it as it is), or did so in the last moment before a kill.
          const isSteady = changes.every((state) => state === alarmStateValues.normal)
          expect(isSteady || this.#killCount > 0, `${tag} was never recorded`).toBe(true)
          expect(changes.at(-1), tag).toBe(alarmStateValues.normal)
          continue
        }
        expect(status, JSON.stringify(body)).toBe(200)
        const { series } = body as { series: readonly { values: readonly (number | null)[] }[] }
        const { values } = series[0]!
        // null: nothing was recorded while the station was down. A kill costs history its last moment (docs/history.md), the
        // journal never; what holds after the start is known again.
        const kept = withoutRepeats(values.filter((value) => value !== null))
        const said = withoutRepeats(changes)
        // What was said of it before it ever changed has no sample.
        const isUnsaid = said[0] === alarmStateValues.normal && kept[0] !== alarmStateValues.normal
        const expected = isUnsaid ? said.slice(1) : said
        if (this.#killCount === 0) expect(kept, tag).toEqual(expected)
        expect(isPartOf(kept, changes), `${tag}: ${kept} of ${expected}`).toBe(true)
        if (!gone.has(tag)) expect(values.at(-1), tag).toBe(changes.at(-1))
      }
    }, waitFor)
  }
}

const eightHours = 8 * 3_600_000

/** Every value comes in the whole, in the same order. */
function isPartOf(values: readonly number[], whole: readonly number[]): boolean {
  let at = 0
  return values.every((value) => {
    const found = whole.indexOf(value, at)
    at = found
    return found >= 0
  })
}

function withoutRepeats<T>(values: readonly T[]): readonly T[] {
  return values.filter((value, index) => value !== values[index - 1])
}

test(
  `list, journal, feeds, history and audit trail are those of the standard after ${steps} random steps (seed ${seed})`,
  async () => {
    const trial = await Trial.start(randomOf(seed, 'alarm model'))
    try {
      for (let step = 0; step < steps; step++) await trial.step()
      await trial.verdict()
    } finally {
      await trial.close()
    }
  },
  60_000 + steps * 2000,
)
