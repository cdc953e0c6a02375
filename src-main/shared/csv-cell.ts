// Cells of CSV files (RFC 4180) that spreadsheets show and never run.

/**
 * Spreadsheets run cells that begin so as formulas (CWE-1236); they get a ' in front, which readers take away again. So that
 * this is exact, a text that begins with ' gets one too.
 */
const formulaStart = /^[=+\-@\t\r']/

/** A text as it may stand in a cell; numbers stay as they are. */
export function guarded(cell: string): string {
  return formulaStart.test(cell) && !/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(cell) ? `'${cell}` : cell
}

/** The text of a cell that may be guarded. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") && formulaStart.test(cell.slice(1)) ? cell.slice(1) : cell
}

/** A guarded text in quotes where it needs them. */
export function csvCell(text: string): string {
  const cell = guarded(text)
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/** The text of a file of such rows; lines end with CR LF, also the last. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('')
}
