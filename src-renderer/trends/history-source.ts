// Where trends get what they draw: the runtime's history. Screens hand in the link; tests and benchmarks a generated data set.
import type {
  HistoryMarker,
  HistoryRequest,
  HistoryResult,
  HistoryStatistics,
  RecordedSeriesRow,
} from '../../src-main/shared/history.ts'
import type { MarkerKind } from '../../src-main/shared/trend-group.ts'
import type { RuntimeClient } from '../connection/runtime-client.ts'

/** What a trend asks; every question may be given up by its signal and then rejects with the signal's reason. */
export interface HistorySource {
  read(request: HistoryRequest, signal: AbortSignal): Promise<HistoryResult>
  /** Rows of those of the names that are or were recorded. */
  describe(tags: readonly string[]): Promise<readonly RecordedSeriesRow[]>
  /** Recorded series with the text in name or description. */
  search(text: string, limit: number): Promise<readonly RecordedSeriesRow[]>
  statistics(
    tags: readonly string[],
    from: number,
    to: number,
    signal: AbortSignal,
  ): Promise<readonly HistoryStatistics[]>
  /** Marks in [from, to), oldest first; of these tags and of no tag. */
  markers(
    from: number,
    to: number,
    tags: readonly string[],
    kinds: readonly MarkerKind[],
    signal: AbortSignal,
  ): Promise<{ readonly markers: readonly HistoryMarker[]; readonly isComplete: boolean }>
}

/** Most marks asked for at once: more cannot be told apart on one screen. */
const mostMarkers = 2000

/** The history of the runtime at the other end of the link. */
export function linkHistory(client: Pick<RuntimeClient, 'call'>): HistorySource {
  return {
    read: (request, signal) => client.call('history.read', { ...request, tags: [...request.tags] }, signal),
    describe: async (tags) => {
      if (tags.length === 0) return []
      return (await client.call('history.tags', { tags: [...tags] })).tags
    },
    search: async (text, limit) => (await client.call('history.tags', { search: text, limit })).tags,
    statistics: async (tags, from, to, signal) =>
      (await client.call('history.statistics', { tags: [...tags], from, to }, signal)).statistics,
    markers: (from, to, tags, kinds, signal) =>
      client.call('history.markers', { from, to, tags: [...tags], kinds: [...kinds], limit: mostMarkers }, signal),
  }
}
