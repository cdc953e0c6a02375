// Changes to the master alarm database on their way: previewed by the runtime, confirmed with a reason, saved, or refused because
// somebody else was quicker.
import type {
  AlarmDatabaseChange,
  AlarmDatabaseEdit,
  AlarmDatabaseSaved,
} from '../../../src-main/shared/alarm-database.ts'
import type { PlantFault } from '../../../src-main/shared/plant.ts'
import { CallError } from '../../connection/call-error.ts'
import type { RuntimeClient } from '../../connection/runtime-client.ts'

/** What is to be saved: edits made here, or a file. */
export type DatabaseWish = { readonly edits: readonly AlarmDatabaseEdit[] } | { readonly csv: string }

/** Reason of a preview: nothing is written, so nothing of it is kept. */
const previewReason = 'preview'
/** Status code name and HTTP status of "somebody else was quicker". */
const conflictStatus = 409

/** One set of changes. The dialog that shows it owns it. */
export class DatabaseChanges {
  readonly wish: DatabaseWish
  readonly #client: Pick<RuntimeClient, 'call'>
  #changes = $state.raw<readonly AlarmDatabaseChange[]>([])
  #faults = $state.raw<readonly PlantFault[]>([])
  #problem = $state.raw<Error | null>(null)
  #step = $state<'checking' | 'asking' | 'saving' | 'saved' | 'conflict'>('checking')
  /** Of the database the changes were previewed against. */
  #version: string | null

  /** @param version of the database that was on screen when the edits were made; null = take the present one */
  constructor(client: Pick<RuntimeClient, 'call'>, wish: DatabaseWish, version: string | null) {
    this.#client = client
    this.wish = wish
    this.#version = version
  }

  /** What would be changed, or after `saved` was. Reactive, as all others. */
  get changes(): readonly AlarmDatabaseChange[] {
    return this.#changes
  }

  /** Why nothing can be saved, one for each place. */
  get faults(): readonly PlantFault[] {
    return this.#faults
  }

  /** Refused as a whole, or not answered. */
  get problem(): Error | null {
    return this.#problem
  }

  get step(): 'checking' | 'asking' | 'saving' | 'saved' | 'conflict' {
    return this.#step
  }

  get maySave(): boolean {
    return this.#step === 'asking' && this.#faults.length === 0 && this.#changes.length > 0
  }

  /** Asks what would change. After a conflict against what is there now. */
  async preview(): Promise<void> {
    if (this.#step === 'conflict') this.#version = null
    this.#step = 'checking'
    const answer = await this.#ask(previewReason, true)
    if (!answer) return
    this.#version = answer.version
    this.#step = 'asking'
  }

  /** Saves what was previewed; does nothing before that. */
  async save(reason: string): Promise<void> {
    if (!this.maySave || reason.trim() === '') return
    this.#step = 'saving'
    const answer = await this.#ask(reason.trim(), false)
    if (answer) this.#step = answer.faults.length > 0 ? 'asking' : 'saved'
  }

  async #ask(reason: string, dryRun: boolean): Promise<AlarmDatabaseSaved | null> {
    this.#problem = null
    try {
      const version = this.#version === null ? {} : { version: this.#version }
      const answer =
        'edits' in this.wish
          ? await this.#client.call('alarms.saveDatabase', { edits: [...this.wish.edits], reason, dryRun, ...version })
          : await this.#client.call('alarms.importDatabase', { csv: this.wish.csv, reason, dryRun })
      this.#changes = answer.changes
      this.#faults = answer.faults
      return answer
    } catch (error) {
      if (error instanceof CallError && error.httpStatus === conflictStatus) this.#step = 'conflict'
      else {
        this.#problem = error as Error
        this.#step = 'asking'
      }
      return null
    }
  }
}
