// Which alarm comes after which: one that nearly always follows another within a minute tells the operator nothing new.

/** An alarm follows when it comes within this time; ms. */
const followMs = 60_000
/** So many activations back are looked at: in a flood everything follows everything. */
const mostBack = 20
/** Alarms that are remembered as leading one alarm; more cannot lead it nearly every time. */
const mostLeaders = 64
/** Fewer activations prove nothing. */
const leastCount = 5
/** Share of its activations that must follow, and share of the leader's that must lead. */
const followShare = 0.9
const leadShare = 0.5

/** Gaps that are kept for their median. */
const mostGaps = 999

interface Leader {
  count: number
  /** How long after it; ms. */
  readonly gaps: number[]
}

export class FollowedAlarms {
  readonly #counts = new Map<string, number>()
  /** Follower → leader → how often, and how long after. */
  readonly #leaders = new Map<string, Map<string, Leader>>()
  #recent: { readonly id: string; readonly timestamp: number }[] = []

  /** In order of the journal; ms since 1970-01-01 UTC. */
  activated(id: string, timestamp: number): void {
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1)
    this.#recent = this.#recent.filter((other) => timestamp - other.timestamp <= followMs).slice(-mostBack)
    const leaders = this.#leaders.get(id) ?? new Map<string, Leader>()
    const seen = new Set<string>([id])
    for (const other of [...this.#recent].reverse()) {
      if (seen.has(other.id) || other.timestamp > timestamp) continue
      seen.add(other.id)
      const leader = leaders.get(other.id)
      const gap = timestamp - other.timestamp
      if (leader !== undefined) {
        leader.count++
        if (leader.gaps.length < mostGaps) leader.gaps.push(gap)
      } else if (leaders.size < mostLeaders) leaders.set(other.id, { count: 1, gaps: [gap] })
    }
    this.#leaders.set(id, leaders)
    this.#recent.push({ id, timestamp })
  }

  /** The alarm this one follows most often, when that is nearly always; of equal ones the one that comes sooner before it. */
  followedBy(id: string): { id: string; count: number; medianGapMs: number } | null {
    const own = this.#counts.get(id) ?? 0
    if (own < leastCount) return null
    const found = [...(this.#leaders.get(id) ?? [])]
      .filter(([other, { count }]) => count >= followShare * own && count >= leadShare * (this.#counts.get(other) ?? 0))
      .map(([other, { count, gaps }]) => ({ id: other, count, medianGapMs: median(gaps) }))
      .sort((a, b) => b.count - a.count || a.medianGapMs - b.medianGapMs || (a.id < b.id ? -1 : 1))
    return found[0] ?? null
  }
}

/** The lower one of two middle ones. */
function median(gaps: readonly number[]): number {
  return [...gaps].sort((a, b) => a - b)[(gaps.length - 1) >> 1]!
}
