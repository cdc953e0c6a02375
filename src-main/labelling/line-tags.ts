// Tags that say what happens at the line: text tags that are scanners (`tag:Packer.Scan`), and those in which equipment says which part it
// works on (`tracking:` with a tag). Each goes to the label thread in the order of its changes.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { Plant } from '../shared/plant.ts'
import { messageOf } from '../shared/runtime-error.ts'
import { isBad } from '../shared/status-code.ts'
import type { ValueBatch } from '../shared/value-batch.ts'
import type { TagTable } from '../tags/tag-table.ts'
import type { LabelThread } from './label-thread.ts'

export interface LineTagsParts {
  readonly clock: Clock
  readonly logger: Logger
  readonly table: TagTable
  readonly thread: LabelThread
}

type Take = (text: string, timestamp: number) => Promise<unknown>

export class LineTags {
  readonly #parts: LineTagsParts
  /** Handle → what its text is given to. */
  #takers = new Map<number, Take[]>()

  constructor(parts: LineTagsParts) {
    this.#parts = parts
  }

  /** The tags of this plant; the tag table knows them already. What equipment works on now is told at once. */
  configure({ labels }: Plant): void {
    const { thread, table } = this.#parts
    this.#takers = new Map()
    for (const { name, connection } of labels.scanners)
      if (connection.startsWith('tag:'))
        this.#add(connection.slice('tag:'.length), (text, timestamp) => {
          if (text === '') return Promise.resolve()
          return thread.ask('scan', { text, source: name, aimId: null, grade: null, isLookOnly: false, timestamp })
        })
    for (const { tag, equipment } of labels.tracking) {
      if (tag === null) continue
      const take: Take = (text, timestamp) => thread.ask('workedOn', { equipment, text, timestamp })
      const handle = this.#add(tag, take)
      if (handle === undefined) continue
      const { value, statusCode, sourceTimestamp } = table.read(handle)
      if (typeof value === 'string' && !isBad(statusCode)) this.#give(take, tag, value, sourceTimestamp)
    }
  }

  /** A text that is Bad says nothing: the part is where it was. */
  changes({ count, handle, others, statusCode, sourceTimestamp }: ValueBatch): void {
    if (this.#takers.size === 0) return
    for (let row = 0; row < count; row++) {
      const takers = this.#takers.get(handle[row]!)
      const text = others?.[row]
      if (takers === undefined || typeof text !== 'string' || isBad(statusCode[row]!)) continue
      const tag = this.#parts.table.definition(handle[row]!)?.name ?? ''
      for (const take of takers) this.#give(take, tag, text, sourceTimestamp[row]!)
    }
  }

  #add(tag: string, take: Take): number | undefined {
    const handle = this.#parts.table.handleOf(tag)
    if (handle !== undefined) this.#takers.set(handle, [...(this.#takers.get(handle) ?? []), take])
    return handle
  }

  #give(take: Take, tag: string, text: string, timestamp: number): void {
    take(text, timestamp || this.#parts.clock.now()).catch((error) =>
      this.#parts.logger.error(`the text of ${tag} was not taken: ${messageOf(error)}`),
    )
  }
}
