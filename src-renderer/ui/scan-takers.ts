// Fields that ask for a scan. While one is on the page a scan goes to it, wherever the focus is, and nowhere else: somebody who is
// asked for a label and scans it means that question.
import type { Attachment } from 'svelte/attachments'

type TakeScan = (text: string) => void

/** The one that came last is on top: the dialog somebody looks at. */
const takers: TakeScan[] = []

/** For the field that asks (`{@attach takesScans(…)}`); it asks for as long as it is on the page. */
export function takesScans(take: TakeScan): Attachment {
  return () => {
    takers.push(take)
    return () => {
      takers.splice(takers.lastIndexOf(take), 1)
    }
  }
}

/** Hands a scan to the field that asks for one; false = nothing asks. */
export function offerScan(text: string): boolean {
  const take = takers.at(-1)
  take?.(text)
  return take !== undefined
}
