// The faults of a plant folder as `lineside check` prints them, for people and for editors that jump to a line.
import type { PlantFault } from '../shared/plant.ts'

/** One line `file:line:column: message` for each fault, '' when there are none; or one JSON array on one line. */
export function checkReport(faults: readonly PlantFault[], asJson: boolean): string {
  if (asJson)
    return `${JSON.stringify(faults.map(({ file, line, column, message }) => ({ file, line, column, message })))}\n`
  return faults.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${oneLine(message)}\n`).join('')
}

/** What is odd but stops nothing, one line `file:line:column: note: message` for each. */
export function hintReport(hints: readonly PlantFault[]): string {
  return hints
    .map(({ file, line, column, message }) => `${file}:${line}:${column}: note: ${oneLine(message)}\n`)
    .join('')
}

/** A fault is one line, whatever a message quotes from a file. */
function oneLine(message: string): string {
  return message.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}
