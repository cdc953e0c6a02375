// What repeats from row to row is written once: attributes of alarms, texts, definitions. The writer's side; numbers are found in
// memory, then in the database, else made.
import { hash } from 'node:crypto'
import type { AlarmDefinition, AlarmEvent } from '../../shared/alarm.ts'
import type { Database, Statement } from '../../storage/database.ts'
import { figuresOf } from './journal-message.ts'

/** Texts kept in memory; comments come once and would fill it. */
const mostWords = 20_000
const mostAlarms = 200_000

interface KnownAlarm {
  readonly number: number
  readonly tag: string
  readonly condition: string
  readonly priority: string
  readonly alarmClass: string
  readonly area: string
  readonly equipment: string | null
  /** Numbers of the texts this alarm's messages have with them. */
  readonly messages: Set<number>
}

export class JournalDictionary {
  readonly #words = new Map<string, number>()
  readonly #alarms = new Map<string, KnownAlarm>()
  #definitions = new WeakMap<AlarmDefinition, number>()
  #constants = new WeakMap<AlarmDefinition, ReadonlySet<string>>()
  readonly #findWord: Statement<[string], { number: number }>
  readonly #addWord: Statement<[string]>
  readonly #findAlarm: Statement<[string, string, string, string, string, string, string | null], { number: number }>
  readonly #addAlarm: Statement<[string, string, string, string, string, string, string | null]>
  readonly #addMessage: Statement<[number, number]>
  readonly #findDefinition: Statement<[Buffer], { number: number }>
  readonly #addDefinition: Statement<[Buffer, string]>

  constructor(database: Database) {
    this.#findWord = database.prepare('SELECT number FROM word WHERE text = ?')
    this.#addWord = database.prepare('INSERT INTO word (text) VALUES (?)')
    this.#findAlarm = database.prepare(
      `SELECT number FROM alarm
       WHERE id = ? AND tag = ? AND condition = ? AND priority = ? AND class = ? AND area = ? AND equipment IS ?`,
    )
    this.#addAlarm = database.prepare(
      'INSERT INTO alarm (id, tag, condition, priority, class, area, equipment) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    this.#addMessage = database.prepare('INSERT OR IGNORE INTO alarm_message VALUES (?, ?)')
    this.#findDefinition = database.prepare('SELECT number FROM definition WHERE key = ?')
    this.#addDefinition = database.prepare('INSERT INTO definition (key, definition) VALUES (?, ?)')
  }

  /** A transaction was rolled back: numbers made in it mean nothing. */
  forget(): void {
    this.#words.clear()
    this.#alarms.clear()
    this.#definitions = new WeakMap()
  }

  word(text: string): number {
    if (text === '') return 0
    let number = this.#words.get(text)
    if (number === undefined) {
      number = this.#findWord.get(text)?.number ?? Number(this.#addWord.run(text).lastInsertRowid)
      if (this.#words.size >= mostWords) this.#words.clear()
      this.#words.set(text, number)
    }
    return number
  }

  /** Number of the event's alarm with the attributes it has now; `message` is noted as one of its texts. */
  alarm(event: AlarmEvent, message: number): number {
    let known = this.#alarms.get(event.id)
    if (known === undefined || !isSame(known, event)) {
      const { id, tag, condition, priority, alarmClass, area, equipment } = event
      const attributes = [id, tag, condition, priority, alarmClass, area, equipment] as const
      const number =
        this.#findAlarm.get(...attributes)?.number ?? Number(this.#addAlarm.run(...attributes).lastInsertRowid)
      if (this.#alarms.size >= mostAlarms) this.#alarms.clear()
      known = { number, tag, condition, priority, alarmClass, area, equipment, messages: new Set() }
      this.#alarms.set(id, known)
    }
    if (!known.messages.has(message)) {
      this.#addMessage.run(known.number, message)
      known.messages.add(message)
    }
    return known.number
  }

  definition(definition: AlarmDefinition): number {
    let number = this.#definitions.get(definition)
    if (number === undefined) {
      const text = JSON.stringify(definition)
      const key = hash('sha256', text, 'buffer')
      number = this.#findDefinition.get(key)?.number ?? Number(this.#addDefinition.run(key, text).lastInsertRowid)
      this.#definitions.set(definition, number)
    }
    return number
  }

  /** Numbers that belong to an alarm's message and do not vary. */
  constants(definition: AlarmDefinition): ReadonlySet<string> {
    let constants = this.#constants.get(definition)
    if (constants === undefined) {
      const { message, id, tag, unit } = definition
      constants = figuresOf([...(typeof message === 'string' ? [message] : Object.values(message)), id, tag, unit])
      this.#constants.set(definition, constants)
    }
    return constants
  }
}

function isSame(known: KnownAlarm, event: AlarmEvent): boolean {
  return (
    known.priority === event.priority &&
    known.tag === event.tag &&
    known.condition === event.condition &&
    known.alarmClass === event.alarmClass &&
    known.area === event.area &&
    known.equipment === event.equipment
  )
}
