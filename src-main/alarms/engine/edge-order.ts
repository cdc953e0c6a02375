// Edges of one batch in the order of their source times: the journal tells what came first, not what was polled first.
import type { ConditionEdge } from './alarm-conditions.ts'

/** By time; edges of one alarm keep the order they came in even when its source's clock went back between them. */
export function sortEdges(edges: readonly ConditionEdge[]): readonly ConditionEdge[] {
  let isSorted = true
  for (let at = 1; at < edges.length && isSorted; at++) isSorted = edges[at]!.timestamp >= edges[at - 1]!.timestamp
  if (isSorted) return edges
  const newest = new Map<number, number>()
  const keyed = edges.map((edge, place) => {
    const time = Math.max(edge.timestamp, newest.get(edge.slot) ?? Number.NEGATIVE_INFINITY)
    newest.set(edge.slot, time)
    return { edge, time, place }
  })
  return keyed.sort((a, b) => a.time - b.time || a.place - b.place).map(({ edge }) => edge)
}
