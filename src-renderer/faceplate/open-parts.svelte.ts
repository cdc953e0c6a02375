// Which parts of faceplates a user has open: a preference of the account, the same for every faceplate and on every station.
import { getContext, setContext } from 'svelte'
import * as v from 'valibot'
import type { RuntimeClient } from '../connection/runtime-client.ts'
import { errorText } from '../ui/texts.ts'

/** Name of the preference. */
export const openPartsPreference = 'faceplate-parts'

/** The parts of a faceplate that fold, as they stand below each other. */
export const faceplateParts = [
  'why',
  'alarms',
  'trend',
  'state',
  'details',
  'counters',
  'documents',
  'orders',
  'members',
] as const
export type FaceplatePart = (typeof faceplateParts)[number]

const keptSchema = v.record(v.string(), v.boolean())

export class OpenParts {
  readonly #client: Pick<RuntimeClient, 'call'>
  #chosen = $state.raw<Readonly<Record<string, boolean>>>({})
  #refusal = $state('')

  constructor(client: Pick<RuntimeClient, 'call'>) {
    this.#client = client
  }

  /** Reactive: what the user chose, else `usually`. */
  isOpen(part: FaceplatePart, usually: boolean): boolean {
    return this.#chosen[part] ?? usually
  }

  /** Reactive: why the choice could not be kept; '' = it is. */
  get refusal(): string {
    return this.#refusal
  }

  async load(): Promise<void> {
    try {
      const { preferences } = await this.#client.call('access.preferences', {})
      const kept = v.safeParse(keptSchema, preferences[openPartsPreference])
      if (kept.success) this.#chosen = { ...kept.output, ...this.#chosen }
    } catch (error) {
      this.#refusal = errorText(error)
    }
  }

  /** Takes effect at once, and is kept. */
  async choose(part: FaceplatePart, isOpen: boolean): Promise<void> {
    if (this.#chosen[part] === isOpen) return
    this.#chosen = { ...this.#chosen, [part]: isOpen }
    try {
      await this.#client.call('access.setPreference', { name: openPartsPreference, value: this.#chosen })
      this.#refusal = ''
    } catch (error) {
      this.#refusal = errorText(error)
    }
  }
}

const contextKey = Symbol('open parts')

/** For all faceplates inside the component being made. */
export function provideOpenParts(parts: OpenParts): void {
  setContext(contextKey, parts)
}

export function useOpenParts(): OpenParts {
  return getContext<OpenParts>(contextKey)
}
