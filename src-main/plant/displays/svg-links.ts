// Where a drawing leads to: the displays that a click on one of its elements opens.
import { parseOpenTarget } from '../../shared/mimic.ts'
import { FaultList } from '../source/fault-list.ts'
import { readSvg } from '../source/svg-source.ts'

/** One way out of a drawing. */
export interface DrawingLink {
  /** Display that opens. */
  readonly mimic: string
  /** From 1. */
  readonly line: number
}

/** The `ls:open` of a drawing that open displays, in the order of the file; of a malformed one those before its fault. */
export function drawingLinks(text: string): readonly DrawingLink[] {
  const links: DrawingLink[] = []
  readSvg('', text, new FaultList(), {
    open: (bindings) => {
      for (const { attribute, value, place } of bindings) {
        const target = attribute === 'open' ? parseOpenTarget(value) : null
        if (target?.kind === 'mimic') links.push({ mimic: target.name, line: place(0).line })
      }
    },
    close: () => undefined,
    title: () => undefined,
  })
  return links
}
