// Messages of journal rows in the language of the screen. The journal keeps them in the plant's first language; on a screen in
// another one the definitions of the alarms in view are asked for, once, and their own text is filled in anew.
import type { AlarmDefinition, AlarmEvent } from '../../../src-main/shared/alarm.ts'
import type { RuntimeClient } from '../../connection/runtime-client.ts'
import { language } from '../../ui/i18n.svelte.ts'
import { occurrenceText } from '../before/before-text.ts'
import { withoutValues } from '../kpi/alarm-messages.ts'

/** Rows that come into view together are one question; ms. */
const gatherMs = 50

export class JournalWords {
  readonly #client: Pick<RuntimeClient, 'call'>
  readonly #plantLanguage: () => string | undefined
  #definitions = $state.raw<ReadonlyMap<string, AlarmDefinition>>(new Map())
  readonly #asked = new Set<string>()
  #waiting: string[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param plantLanguage the language the journal is written in; undefined while it is not known */
  constructor(client: Pick<RuntimeClient, 'call'>, plantLanguage: () => string | undefined) {
    this.#client = client
    this.#plantLanguage = plantLanguage
  }

  /** Reactive: the message of an event; as the journal has it until the plant's own text is there, and where there is none. */
  message(event: Pick<AlarmEvent, 'id' | 'event' | 'message' | 'value' | 'limit'>): string {
    const written = this.#plantLanguage()
    if (written === undefined || written === language.current) return event.message
    const definition = this.#definitions.get(event.id)
    // The value of an activation is that of its message; what comes later has another one, and no number is better than a wrong one.
    const filled = occurrenceText(event.message, definition, event.event === 'active' ? event : null, written)
    if (filled !== event.message || !definition || typeof definition.message === 'string') return filled
    return language.current in definition.message ? withoutValues(definition.message) : filled
  }

  /** Asks for the words of an alarm, unless they were asked for already or are not needed. */
  need(id: string): void {
    const written = this.#plantLanguage()
    if (written === undefined || written === language.current || this.#asked.has(id)) return
    this.#asked.add(id)
    this.#waiting.push(id)
    this.#timer ??= setTimeout(() => void this.#ask(), gatherMs)
  }

  /** Forgets what is still to be asked. */
  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting = []
  }

  async #ask(): Promise<void> {
    const ids = this.#waiting
    this.close()
    try {
      const { definitions } = await this.#client.call('alarms.describe', { ids })
      this.#definitions = new Map([...this.#definitions, ...definitions.map((one) => [one.id, one] as const)])
    } catch {
      // The rows are read as the journal has them; what comes into view later asks again.
      for (const id of ids) this.#asked.delete(id)
    }
  }
}
