// The picture of a label that is being drawn: the very dots of the printer, made by the station a moment after each change.
import type { ResultOf } from '../../../src-main/shared/contract.ts'
import type { JsonValue } from '../../../src-main/shared/data-value.ts'
import type { PrinterResolution } from '../../../src-main/shared/label.ts'
import type { RuntimeClient } from '../../connection/runtime-client.ts'
import { errorText } from '../../ui/texts.ts'
import type { DrawnLabel } from './element-areas.ts'
import type { WrittenLabel } from './label-document.ts'

export type PreviewAnswer = ResultOf<'labels.preview'>

/** Reactive. */
export class LabelPreview {
  #answer: PreviewAnswer | null = $state.raw(null)
  #of: WrittenLabel | null = $state.raw(null)
  #problem = $state('')
  readonly #client: Pick<RuntimeClient, 'call'>

  constructor(client: Pick<RuntimeClient, 'call'>) {
    this.#client = client
  }

  /** The newest picture; null = none yet. */
  get answer(): PreviewAnswer | null {
    return this.#answer
  }

  /** What the picture shows, and where; null = no picture yet. */
  get drawn(): DrawnLabel | null {
    return this.#of && this.#answer && { of: this.#of, width: this.#answer.width, areas: this.#answer.areas }
  }

  /** Why it cannot be drawn as it is now; '' = it could. */
  get problem(): string {
    return this.#problem
  }

  /** Asks for a picture with these samples for fields; an answer that was called off changes nothing. */
  async draw(
    label: WrittenLabel,
    samples: Readonly<Record<string, string>>,
    dpi: PrinterResolution,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      // Upright, as it is drawn here; turning it changes no dot.
      const document = { ...label, rotate: 0 } as unknown as JsonValue
      const answer = await this.#client.call('labels.preview', { document, fields: samples, dpi }, signal)
      if (signal.aborted) return
      this.#of = label
      this.#answer = answer
      this.#problem = ''
    } catch (error) {
      if (!signal.aborted) this.#problem = errorText(error)
    }
  }
}

/** Element that a sentence of the station is about, from 0; null = none. It counts them from 1: `element 3 (text): …`. */
export function elementOf(sentence: string): number | null {
  const found = /\belement (\d+)\b/i.exec(sentence)?.[1]
  return found === undefined ? null : Number(found) - 1
}
