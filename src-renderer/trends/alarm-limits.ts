// Limits of alarms beside the values they watch: fixed ones, drawn as thin lines on the axis of their tag when asked for.
import type { AlarmDefinition, AlarmPriority } from '../../src-main/shared/alarm.ts'
import type { RuntimeClient } from '../connection/runtime-client.ts'

/** One limit that does not move. */
export interface AlarmLimit {
  readonly tag: string
  /** Engineering units. */
  readonly value: number
  readonly priority: AlarmPriority
  readonly condition: 'highHigh' | 'high' | 'low' | 'lowLow'
}

/** Asks for the limits of these tags. */
export type LoadLimits = (tags: readonly string[]) => Promise<readonly AlarmLimit[]>

const sided = ['highHigh', 'high', 'low', 'lowLow'] as const

/** Those of the alarms that have a limit on one side, as a number: one that is computed has no line to stand on. */
export function limitsOf(definitions: readonly AlarmDefinition[]): readonly AlarmLimit[] {
  return definitions.flatMap(({ tag, limit, priority, condition }) => {
    const side = sided.find((one) => one === condition)
    return side && typeof limit === 'number' ? [{ tag, value: limit, priority, condition: side }] : []
  })
}

/** The limits of the runtime at the other end of the link. */
export function linkLimits(client: Pick<RuntimeClient, 'call'>): LoadLimits {
  return async (tags) => limitsOf((await client.call('alarms.describe', { tags: [...tags] })).definitions)
}

/** The limits of the pens that are shown, asked for once for each set of pens. */
export class ShownLimits {
  readonly #load: LoadLimits | undefined
  readonly #onChange: () => void
  #key = ''
  #limits: readonly AlarmLimit[] = []
  #problem: Error | null = null

  /** @param load undefined where alarms may not be seen: there are no limits then */
  constructor(load: LoadLimits | undefined, onChange: () => void) {
    this.#load = load
    this.#onChange = onChange
  }

  /** Why the limits did not come; null = they did. */
  get problem(): Error | null {
    return this.#problem
  }

  /** What is known of these tags; asks for what is not. */
  of(tags: readonly string[], isLive: boolean): readonly AlarmLimit[] {
    const key = tags.join('\n')
    if (key !== this.#key && isLive && this.#load) {
      this.#key = key
      this.#limits = []
      if (tags.length > 0) void this.#ask(this.#load, tags, key)
    }
    return this.#limits
  }

  /** Forgets what is known: the plant may be another. */
  forget(): void {
    this.#key = ''
  }

  async #ask(load: LoadLimits, tags: readonly string[], key: string): Promise<void> {
    try {
      const limits = await load(tags)
      if (key !== this.#key) return
      this.#limits = limits
      this.#problem = null
    } catch (error) {
      if (key !== this.#key) return
      this.#problem = error as Error
    }
    this.#onChange()
  }
}
