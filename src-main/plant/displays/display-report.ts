// What `lineside check` says of displays: findings as notes that editors can jump to, and the score of each display. Faults alone
// decide whether the check passes.
import type { DisplayFinding, PlantDisplayQuality } from '../../shared/display-quality.ts'

/** One line `file:line:column: note: message [rule]` for each finding, then one for each display: `mimics/overview.svg: 93 of 100`. */
export function displayReport({ displays, findings }: PlantDisplayQuality): string {
  const notes = [...findings, ...displays.flatMap((display) => display.findings)]
  return [...notes.map(noteOf), ...displays.map(({ mimic, score }) => `mimics/${mimic}.svg: ${score} of 100`)]
    .map((line) => `${line}\n`)
    .join('')
}

/** For who did not ask for more: one line for each display that is not clean, '' when all are. */
export function displaySummary({ displays, findings }: PlantDisplayQuality): string {
  const unclean = displays.filter((display) => display.findings.length > 0)
  if (unclean.length === 0 && findings.length === 0) return ''
  const lines = unclean.map(
    ({ mimic, score, findings: own }) =>
      `mimics/${mimic}.svg: ${score} of 100, ${own.length} ${own.length === 1 ? 'note' : 'notes'}`,
  )
  if (findings.length > 0)
    lines.push(`displays as a whole: ${findings.length} ${findings.length === 1 ? 'note' : 'notes'}`)
  return `${lines.join('\n')}\nlineside check --displays lists the notes; none of them stops the plant\n`
}

function noteOf({ file, line, column, message, rule }: DisplayFinding): string {
  return `${file}:${line}:${column}: note: ${message.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')} [${rule}]`
}
