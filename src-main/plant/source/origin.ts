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

/**
 * A thing written in two places, one on top of the other: some of its keys stand in the place above. What concerns the whole is
 * shown at the place below, unless `showsAbove`.
 */
export class LayeredOrigin implements Origin {
  readonly #below: Origin
  readonly #above: Origin
  readonly #keysAbove: ReadonlySet<string>
  readonly #showsAbove: boolean

  constructor(below: Origin, above: Origin, keysAbove: ReadonlySet<string>, showsAbove = false) {
    this.#below = below
    this.#above = above
    this.#keysAbove = keysAbove
    this.#showsAbove = showsAbove
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
    const isAbove = path.length === 0 ? this.#showsAbove : this.#keysAbove.has(String(path[0]))
    return isAbove ? this.#above : this.#below
  }
}

/** The same place, with words behind every sentence: ` (instance Filler.Pump)`. */
export class NotedOrigin implements Origin {
  readonly #origin: Origin
  readonly #note: string

  constructor(origin: Origin, note: string) {
    this.#origin = origin
    this.#note = note
  }

  at(path: Path, message: string): void {
    this.#origin.at(path, message + this.#note)
  }

  atKey(path: Path, message: string): void {
    this.#origin.atKey(path, message + this.#note)
  }

  inText(path: Path, offset: number, message: string): void {
    this.#origin.inText(path, offset, message + this.#note)
  }

  where(path: Path): Position & { readonly file: string } {
    return this.#origin.where(path)
  }

  fileOf(path: Path): string {
    return this.#origin.fileOf(path)
  }
}

/** A thing whose keys stand elsewhere than their names say: `redirect` tells where. */
export class RedirectedOrigin implements Origin {
  readonly #origin: Origin
  readonly #redirect: (path: Path) => Path

  constructor(origin: Origin, redirect: (path: Path) => Path) {
    this.#origin = origin
    this.#redirect = redirect
  }

  at(path: Path, message: string): void {
    this.#origin.at(this.#redirect(path), message)
  }

  atKey(path: Path, message: string): void {
    this.#origin.atKey(this.#redirect(path), message)
  }

  inText(path: Path, offset: number, message: string): void {
    this.#origin.inText(this.#redirect(path), offset, message)
  }

  where(path: Path): Position & { readonly file: string } {
    return this.#origin.where(this.#redirect(path))
  }

  fileOf(path: Path): string {
    return this.#origin.fileOf(this.#redirect(path))
  }
}

/** `tags/filler.yaml line 12`, to say where the other one is. */
export function placeInWords(position: Position & { readonly file: string }): string {
  return `${position.file} line ${position.line}`
}
