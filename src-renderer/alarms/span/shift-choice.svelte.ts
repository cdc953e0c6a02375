// When the shifts of the one who is logged in begin: a preference of the account, the same on every station.
import { untrack } from 'svelte'
import type { Station } from '../../station.ts'
import { errorText } from '../../ui/texts.ts'
import { defaultShiftPattern, readShiftPattern, type ShiftPattern } from './report-span.ts'

/** Name of the preference. */
export const shiftPreference = 'shifts'

export class ShiftChoice {
  readonly #client: Station['client']
  #pattern = $state.raw<ShiftPattern>(defaultShiftPattern)
  #isKnown = $state(false)
  #refusal = $state('')

  constructor(client: Station['client']) {
    this.#client = client
  }

  /** Reactive. */
  get pattern(): ShiftPattern {
    return this.#pattern
  }

  /** Reactive: the preference has been read, or cannot be read; before, a question about "this shift" would be asked twice. */
  get isKnown(): boolean {
    return this.#isKnown
  }

  /** Reactive: why the choice could not be kept; '' = it is. */
  get refusal(): string {
    return this.#refusal
  }

  async load(): Promise<void> {
    try {
      const { preferences } = await this.#client.call('access.preferences', {})
      this.#pattern = readShiftPattern(preferences[shiftPreference])
    } catch (error) {
      this.#refusal = errorText(error)
    }
    this.#isKnown = true
  }

  /** Takes effect at once, and is kept. */
  async choose(pattern: ShiftPattern): Promise<void> {
    this.#pattern = pattern
    try {
      await this.#client.call('access.setPreference', { name: shiftPreference, value: { ...pattern } })
      this.#refusal = ''
    } catch (error) {
      this.#refusal = errorText(error)
    }
  }
}

/** The shifts for the component being made. */
export function useShiftChoice({ client, connection }: Pick<Station, 'client' | 'connection'>): ShiftChoice {
  const choice = new ShiftChoice(client)
  $effect(() => {
    if (connection.isLive) untrack(() => void choice.load())
  })
  return choice
}
