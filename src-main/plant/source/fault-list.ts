// Collects the faults of a plant folder while it is checked, each with the place a person has to go to.
import type { PlantFault } from '../../shared/plant.ts'

/** More would not be read: whoever has a thousand faults has one fault, a thousand times. */
export const mostFaults = 1000

/** Where something stands: keys and indexes from the top of a file down to it. */
export type Path = readonly (string | number)[]

export interface Position {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 units. */
  readonly column: number
}

/** A file that can say where its parts stand. */
export interface Locatable {
  /** Relative to the plant folder, with `/`. */
  readonly file: string
  /** Position of the value at the path, or of the nearest thing around it that exists. */
  locate(path: Path): Position
  /** Position of the key itself that the path ends with. */
  locateKey(path: Path): Position
  /** Position of a character of a text value. */
  locateInText(path: Path, offset: number): Position
}

export class FaultList {
  readonly #faults: PlantFault[] = []
  readonly #seen = new Set<string>()
  #hintsLeft = 100

  get count(): number {
    return this.#faults.length
  }

  add(file: string, position: Position, message: string): void {
    const key = `${file}:${position.line}:${position.column}:${message}`
    if (this.#seen.has(key) || this.#faults.length > mostFaults) return
    this.#seen.add(key)
    if (this.#faults.length === mostFaults)
      this.#faults.push({
        file,
        line: 1,
        column: 1,
        message: `more than ${mostFaults} faults; the others are not listed`,
      })
    else this.#faults.push({ file, line: position.line, column: position.column, message })
  }

  /** A fault of the value at a path. */
  at(source: Locatable, path: Path, message: string): void {
    this.add(source.file, source.locate(path), message)
  }

  /** A fault of the key at the end of a path. */
  atKey(source: Locatable, path: Path, message: string): void {
    this.add(source.file, source.locateKey(path), message)
  }

  /** A fault inside a text value, as of an expression. */
  inText(source: Locatable, path: Path, offset: number, message: string): void {
    this.add(source.file, source.locateInText(path, offset), message)
  }

  /** False once so many "did you mean" were looked up that a broken folder would take minutes. */
  mayHint(): boolean {
    return this.#hintsLeft-- > 0
  }

  /** By file, line and column. */
  sorted(): readonly PlantFault[] {
    return [...this.#faults].sort(
      (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
    )
  }
}
