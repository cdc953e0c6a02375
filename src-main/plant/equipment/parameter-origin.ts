// A value of a type that is what the instance said for a parameter: what is wrong with it is the instance's mistake, and is shown there.
import type { Path, Position } from '../source/fault-list.ts'
import type { Origin } from '../source/origin.ts'

export interface ParameterGift {
  /** Names of the parameters that the instance gives. */
  readonly given: Readonly<Record<string, unknown>>
  /** Where the instance is written. */
  readonly instance: Origin
  /** In a type of a library, which is checked by itself, also a text of which a parameter is only a part is the instance's. */
  readonly isLibrary: boolean
  /** Behind the sentence: ` (member Speed of type motor)`. */
  readonly note: string
  /** Parameters that something was said of: once is enough. Shared by all members of an instance. */
  readonly told: Set<string>
}

/** The origin of a part of a type for one instance. */
export class ParameterOrigin implements Origin {
  readonly #origin: Origin
  readonly #value: unknown
  readonly #gift: ParameterGift

  /** `value` is the part as the type has it, with its `${…}`. */
  constructor(origin: Origin, value: unknown, gift: ParameterGift) {
    this.#origin = origin
    this.#value = value
    this.#gift = gift
  }

  at(path: Path, message: string): void {
    if (!this.#tell(path, message)) this.#origin.at(path, message)
  }

  atKey(path: Path, message: string): void {
    this.#origin.atKey(path, message)
  }

  inText(path: Path, offset: number, message: string): void {
    if (!this.#tell(path, message)) this.#origin.inText(path, offset, message)
  }

  where(path: Path): Position & { readonly file: string } {
    return this.#origin.where(path)
  }

  fileOf(path: Path): string {
    return this.#origin.fileOf(path)
  }

  /** False when the value is not from a parameter that the instance gives. */
  #tell(path: Path, message: string): boolean {
    const text = valueAt(this.#value, path)
    const { given, instance, isLibrary, note, told } = this.#gift
    const parameter = typeof text === 'string' ? parameterOf(text, path, given, isLibrary) : undefined
    if (parameter === undefined) return false
    if (!told.has(parameter)) instance.at(['parameters', parameter], message + note)
    told.add(parameter)
    return true
  }
}

/** The given parameter that a text is made of. */
function parameterOf(
  text: string,
  path: Path,
  given: Readonly<Record<string, unknown>>,
  isPartEnough: boolean,
): string | undefined {
  const whole = (path[0] === 'when' ? /^\s*(\w+)\s*$/ : /^\$\{\s*(\w+)\s*\}$/).exec(text)?.[1]
  if (whole !== undefined && Object.hasOwn(given, whole)) return whole
  if (!isPartEnough) return undefined
  const names = [...text.matchAll(/\$\{([^{}]*)\}/g)].flatMap(
    ([, expression]) => expression!.match(/[A-Za-z_]\w*/g) ?? [],
  )
  return names.find((name) => Object.hasOwn(given, name))
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string | number, unknown>)[key]
        : undefined,
    value,
  )
}
