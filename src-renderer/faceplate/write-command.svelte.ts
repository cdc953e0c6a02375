// One write or order from the finger to the read-back: entering → confirming → sent → confirmed, not confirmed, failed or refused.
// Nothing here ever pretends that the plant has the new value: what the device reports is what is shown.
import type { JsonValue } from '../../src-main/shared/data-value.ts'
import { isBad } from '../../src-main/shared/status-code.ts'
import type { RuntimeClient } from '../connection/runtime-client.ts'

/** A confirmation nobody gives is no command: cancelled after this time; ms. */
export const confirmTimeoutMs = 30_000

/**
 * - entering: nothing asked yet
 * - confirming: the value waits for a person to say yes, until `deadline`
 * - sent: on its way, or written and waiting for the device to report it
 * - confirmed: the device reports `reported`
 * - notConfirmed: the device took it but did not report it in time; `reported` is what it reports
 * - failed: the device did not take it; `statusCode` says why
 * - refused: the runtime did not pass it on, or could not be asked
 */
export type WriteStep =
  | { readonly name: 'entering' }
  | { readonly name: 'confirming'; readonly value: JsonValue; readonly deadline: number }
  | { readonly name: 'sent'; readonly value: JsonValue }
  | { readonly name: 'confirmed'; readonly value: JsonValue; readonly reported: JsonValue }
  | {
      readonly name: 'notConfirmed'
      readonly value: JsonValue
      readonly reported: JsonValue
      readonly statusCode: number
    }
  | { readonly name: 'failed'; readonly value: JsonValue; readonly statusCode: number }
  | { readonly name: 'refused'; readonly value: JsonValue; readonly error: unknown }

/** What of the client is needed here. */
export type WriteTags = Pick<RuntimeClient, 'call'>

/** Answer of the runtime to a write, and to a command of an equipment. */
export interface WriteOutcome {
  readonly statusCode: number
  readonly confirmed: boolean
  readonly value: JsonValue
}

/** Sends what was confirmed. */
type Send = (value: JsonValue, reason: { readonly reason?: string }) => Promise<WriteOutcome>

export class WriteCommand {
  readonly #send: Send
  #step = $state.raw<WriteStep>({ name: 'entering' })
  #timer: ReturnType<typeof setTimeout> | undefined

  /** A value is written to the tag, unless `send` orders it in another way. */
  constructor(client: WriteTags, tag: string, send?: Send) {
    this.#send = send ?? ((value, reason) => client.call('tags.write', { tag, value, ...reason }))
  }

  /** Reactive. */
  get step(): WriteStep {
    return this.#step
  }

  /** Asks for confirmation of a value; only while nothing is on its way. */
  propose(value: JsonValue): void {
    if (this.#step.name === 'sent') return
    this.#clearTimer()
    this.#step = { name: 'confirming', value, deadline: Date.now() + confirmTimeoutMs }
    this.#timer = setTimeout(() => this.cancel(), confirmTimeoutMs)
  }

  /** Takes a proposal back; a value that was sent cannot be taken back. */
  cancel(): void {
    if (this.#step.name !== 'confirming') return
    this.#clearTimer()
    this.#step = { name: 'entering' }
  }

  /** Sends the confirmed value, once; without a confirmation it does nothing. Resolves when the outcome is known. */
  async execute(reason: string): Promise<void> {
    if (this.#step.name !== 'confirming') return
    const { value } = this.#step
    this.#clearTimer()
    this.#step = { name: 'sent', value }
    try {
      this.#step = stepOf(value, await this.#send(value, reason === '' ? {} : { reason }))
    } catch (error) {
      this.#step = { name: 'refused', value, error }
    }
  }

  /** Back to entering, after an outcome was read. */
  reset(): void {
    if (this.#step.name === 'sent') return
    this.#clearTimer()
    this.#step = { name: 'entering' }
  }

  /** When the faceplate goes away: a proposal is taken back; a sent command runs on in the runtime, which audits it. */
  close(): void {
    this.cancel()
  }

  #clearTimer(): void {
    clearTimeout(this.#timer)
  }
}

function stepOf(value: JsonValue, outcome: WriteOutcome): WriteStep {
  if (outcome.confirmed) return { name: 'confirmed', value, reported: outcome.value }
  if (isBad(outcome.statusCode)) return { name: 'failed', value, statusCode: outcome.statusCode }
  return { name: 'notConfirmed', value, reported: outcome.value, statusCode: outcome.statusCode }
}
