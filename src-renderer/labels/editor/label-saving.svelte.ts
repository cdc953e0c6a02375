// A label and its file: saved as one row of it, taken out of it, and what is done when somebody else was quicker.
import type { JsonValue } from '../../../src-main/shared/data-value.ts'
import { CallError } from '../../connection/call-error.ts'
import type { RuntimeClient } from '../../connection/runtime-client.ts'
import { errorText } from '../../ui/texts.ts'
import type { WrittenLabel } from './label-document.ts'

/** Where a label stands. `file`: '' = where new labels are written. */
export interface LabelPlaceInFile {
  readonly file: string
  readonly fileVersion: string
}

/** Reactive. */
export class LabelSaving {
  #place: LabelPlaceInFile | null = $state.raw(null)
  #problems: readonly string[] = $state.raw([])
  #isConflict = $state(false)
  #isBusy = $state(false)
  readonly #client: Pick<RuntimeClient, 'call'>

  constructor(client: Pick<RuntimeClient, 'call'>, place: LabelPlaceInFile | null) {
    this.#client = client
    this.#place = place
  }

  get isNew(): boolean {
    return this.#place === null
  }

  /** Why it was not saved. */
  get problems(): readonly string[] {
    return this.#problems
  }

  /** The file was changed by somebody else meanwhile; nothing was saved. */
  get isConflict(): boolean {
    return this.#isConflict
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Writes the label into its file; `isForced`: also over what somebody else wrote. true = it stands there now. */
  save(label: WrittenLabel, isForced: boolean): Promise<boolean> {
    const place = this.#place
    return this.#try(async () => {
      const { faults, fileVersion } = await this.#client.call('labels.saveTemplate', {
        document: label as unknown as JsonValue,
        dryRun: false,
        ...(place === null || place.file === '' ? {} : { file: place.file }),
        ...(isForced ? {} : { fileVersion: place?.fileVersion ?? null }),
      })
      this.#problems = faults.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)
      if (faults.length > 0) return false
      this.#place = { file: place?.file ?? '', fileVersion }
      return true
    })
  }

  /** Takes the label out of its file. true = it is gone. */
  remove(name: string): Promise<boolean> {
    const place = this.#place
    return this.#try(async () => {
      const { faults } = await this.#client.call('labels.deleteTemplate', {
        template: name,
        ...(place === null ? {} : { fileVersion: place.fileVersion }),
      })
      this.#problems = faults.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)
      return faults.length === 0
    })
  }

  async #try(act: () => Promise<boolean>): Promise<boolean> {
    if (this.#isBusy) return false
    this.#isBusy = true
    this.#isConflict = false
    this.#problems = []
    try {
      return await act()
    } catch (error) {
      if (error instanceof CallError && error.code === 'BadEntryExists') this.#isConflict = true
      else this.#problems = [errorText(error)]
      return false
    } finally {
      this.#isBusy = false
    }
  }
}
