// Durations as plant files write them: a number and its unit, `100 ms`, `2.5 s`, `1 min`, `8 h`, `2 d`.

const unitsMs = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** What to say when a text is no duration. */
export const durationRule = 'a duration is expected, as 100 ms, 2.5 s, 1 min or 8 h'

/** ms of a duration text, null when it is none. The blank may be missing; negative durations do not exist. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,10}(?:\.\d{1,6})?) ?(ms|s|min|h|d)$/.exec(text)
  return match ? Number(match[1]) * unitsMs[match[2] as keyof typeof unitsMs] : null
}

/** The shortest text that reads back as this many ms (≥ 0). */
export function formatDuration(durationMs: number): string {
  for (const [unit, ms] of Object.entries(unitsMs).reverse())
    if (durationMs >= ms && Number.isInteger(durationMs / ms)) return `${durationMs / ms} ${unit}`
  return `${durationMs} ms`
}
