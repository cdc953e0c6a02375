// Whether what the screen shows is live, for the whole page, and who is logged in.
import type { SessionRow } from '../../src-main/shared/contract.ts'
import type { Permission } from '../../src-main/shared/permission.ts'
import type { LinkPhase, RuntimeClient } from './runtime-client.ts'

/** Reactive view of one {@link RuntimeClient}. */
export class ConnectionState {
  #phase = $state<LinkPhase>('connecting')
  #staleSince = $state<number | null>(null)
  #nextAttemptTimestamp = $state<number | null>(null)
  #session = $state.raw<SessionRow | null | undefined>(undefined)

  constructor(client: RuntimeClient) {
    client.onStatus((status) => {
      this.#phase = status.phase
      this.#nextAttemptTimestamp = status.nextAttemptTimestamp
      this.#staleSince = status.phase === 'live' || status.phase === 'connecting' ? null : status.lastMessageTimestamp
    })
    client.onSession((session) => {
      this.#session = session
    })
  }

  get phase(): LinkPhase {
    return this.#phase
  }

  /** True while values on screen are what the runtime has now. */
  get isLive(): boolean {
    return this.#phase === 'live'
  }

  /** When the last message came, while not live; ms, this screen's clock. Null while live, and before the first link. */
  get staleSince(): number | null {
    return this.#staleSince
  }

  /** When the link is tried again; null unless lost. */
  get nextAttemptTimestamp(): number | null {
    return this.#nextAttemptTimestamp
  }

  /** Who is logged in: undefined = not known yet, null = nobody. Stays while the link is lost. */
  get session(): SessionRow | null | undefined {
    return this.#session
  }

  /** True when the one who is logged in may do this. */
  may(permission: Permission): boolean {
    return this.#session?.permissions.includes(permission) ?? false
  }
}
