// Raw samples of tags from history, where some of the tags may never have been recorded.
import type { HistoryRequest, HistoryResult, HistorySeries } from '../../shared/history.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { StatusCodes } from '../../shared/status-code.ts'

/** How history is asked; as `Historian.read`. */
export type ReadHistory = (request: HistoryRequest, signal?: AbortSignal) => Promise<HistoryResult>

/**
 * Raw samples of [from, to) with the sample before and after. Tags without history are left out. `isComplete` is false where there
 * were more than `limit` rows: then the later ones are missing.
 */
export async function readSamples(
  read: ReadHistory,
  tags: readonly string[],
  { from, to, limit }: { readonly from: number; readonly to: number; readonly limit: number },
  signal?: AbortSignal,
): Promise<{ readonly series: readonly HistorySeries[]; readonly isComplete: boolean }> {
  if (tags.length === 0) return { series: [], isComplete: true }
  try {
    const { series, cursor } = await read({ tags, from, to, mode: 'raw', bounds: true, limit }, signal)
    return { series, isComplete: cursor === undefined }
  } catch (error) {
    if (!(error instanceof RuntimeError) || error.statusCode !== StatusCodes.BadNotFound) throw error
    // One of them was never recorded; which one is found by halves.
    if (tags.length === 1) return { series: [], isComplete: true }
    const half = tags.length >> 1
    const span = { from, to, limit }
    const first = await readSamples(read, tags.slice(0, half), span, signal)
    const second = await readSamples(read, tags.slice(half), span, signal)
    return { series: [...first.series, ...second.series], isComplete: first.isComplete && second.isComplete }
  }
}
