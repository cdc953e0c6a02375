// What was scanned at this screen last, and what came of it.
import type { ScanRow } from '../../src-main/shared/label.ts'
import type { ConnectionState } from '../connection/connection-state.svelte.ts'
import type { RuntimeClient } from '../connection/runtime-client.ts'
import { errorText } from '../ui/texts.ts'
import { t } from './texts.ts'

export type ScanNews =
  | { readonly kind: 'waiting'; readonly text: string }
  | { readonly kind: 'answer'; readonly row: ScanRow }
  | { readonly kind: 'problem'; readonly text: string; readonly problem: string }

/** Who goes on with what was scanned. */
export interface ScanFollowers {
  /** The name plate of a machine. */
  readonly onEquipment: (equipment: string) => void
  /** Anything else, with its identifier. */
  readonly onPart: (identifier: string) => void
}

export class ScanInbox {
  #news = $state.raw<ScanNews | null>(null)
  #turn = 0
  readonly #client: RuntimeClient
  readonly #connection: ConnectionState
  readonly #followers: ScanFollowers

  constructor(client: RuntimeClient, connection: ConnectionState, followers: ScanFollowers) {
    this.#client = client
    this.#connection = connection
    this.#followers = followers
  }

  /** Reactive; null = nothing to show. */
  get news(): ScanNews | null {
    return this.#news
  }

  /** Reports a scan; shows what comes of it. A scan is never reported later than it was made: the part may be gone by then. */
  async report(text: string, source: 'keyboard' | 'camera', aimId?: string): Promise<void> {
    const turn = ++this.#turn
    if (!this.#connection.isLive) {
      this.#news = { kind: 'problem', text, problem: t('scanNotLive') }
      return
    }
    this.#news = { kind: 'waiting', text }
    try {
      const row = await this.#client.call('scans.report', { text, source, ...(aimId === undefined ? {} : { aimId }) })
      if (turn !== this.#turn) return
      this.#news = { kind: 'answer', row }
      if (row.outcome.kind === 'equipment') this.#followers.onEquipment(row.outcome.equipment)
      else this.#followers.onPart(row.parsed.identifier || row.text)
    } catch (error) {
      if (turn === this.#turn)
        this.#news = { kind: 'problem', text, problem: t('scanFailed', { reason: errorText(error) }) }
    }
  }

  dismiss(): void {
    this.#turn++
    this.#news = null
  }
}
