// Where a thing of the plant is written, so that whatever is found wrong with it later can still be shown at its place.
import type { FaultList, Locatable, Path, Position } from './fault-list.ts'

/** Paths are relative to the thing: `['limits', 'low']` of a tag. */
export interface Origin {
  /** A fault of the value at the path. */
  at(path: Path, message: string): void
  /** A fault of the key at the end of the path. */
  atKey(path: Path, message: string): void
  /** A fault at a character of a text value. */
  inText(path: Path, offset: number, message: string): void
  where(path: Path): Position & { readonly file: string }
  /** The file alone: costs nothing, as `where` may. */
  fileOf(path: Path): string
}

/** A thing at a path of a file. */
export class FileOrigin implements Origin {
  readonly #source: Locatable
  readonly #path: Path
  readonly #faults: FaultList
  readonly #suffix: string

  /** `suffix` is put behind every sentence, as ` (instance Filler.Pump)`. */
  constructor(source: Locatable, path: Path, faults: FaultList, suffix = '') {
    this.#source = source
    this.#path = path
    this.#faults = faults
    this.#suffix = suffix
  }

  /** A part of this thing as a thing of its own. */
  part(path: Path, suffix = this.#suffix): FileOrigin {
    return new FileOrigin(this.#source, [...this.#path, ...path], this.#faults, suffix)
  }

  at(path: Path, message: string): void {
    this.#faults.at(this.#source, [...this.#path, ...path], message + this.#suffix)
  }

  atKey(path: Path, message: string): void {
    this.#faults.atKey(this.#source, [...this.#path, ...path], message + this.#suffix)
  }

  inText(path: Path, offset: number, message: string): void {
    this.#faults.inText(this.#source, [...this.#path, ...path], offset, message + this.#suffix)
  }

  where(path: Path): Position & { readonly file: string } {
    return { file: this.#source.file, ...this.#source.locate([...this.#path, ...path]) }
  }

  fileOf(_path: Path): string {
    return this.#source.file
  }
}

/** A member of an instance: its keys stand in the type's file, those that are overridden in the instance's. */
export class MemberOrigin implements Origin {
  readonly #type: Origin
  readonly #overrides: Origin | null
  readonly #overridden: ReadonlySet<string>

  constructor(type: Origin, overrides: Origin | null, overridden: ReadonlySet<string>) {
    this.#type = type
    this.#overrides = overrides
    this.#overridden = overridden
  }

  at(path: Path, message: string): void {
    this.#of(path).at(path, message)
  }

  atKey(path: Path, message: string): void {
    this.#of(path).atKey(path, message)
  }

  inText(path: Path, offset: number, message: string): void {
    this.#of(path).inText(path, offset, message)
  }

  where(path: Path): Position & { readonly file: string } {
    return this.#of(path).where(path)
  }

  fileOf(path: Path): string {
    return this.#of(path).fileOf(path)
  }

  #of(path: Path): Origin {
    return this.#overrides !== null && this.#overridden.has(String(path[0])) ? this.#overrides : this.#type
  }
}

/** `tags/filler.yaml line 12`, to say where the other one is. */
export function placeInWords(position: Position & { readonly file: string }): string {
  return `${position.file} line ${position.line}`
}
