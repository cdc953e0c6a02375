// Type libraries: `libraries:` of plant.yaml, and library.yaml, which says what a library is and which version.
import * as v from 'valibot'
import { words } from '../alarms/alarm-words.ts'
import { freeText } from '../source/plant-words.ts'

const libraryName = v.pipe(
  v.string('the name of a library is expected'),
  v.regex(/^[\p{L}\p{N}_-]{1,64}$/u, 'the name of a library is expected: letters, digits, _ and -, at most 64'),
)
const versionRule = 'a version is expected in quotes, as "1.2.0"'
const versionText = v.pipe(v.string(versionRule), v.regex(/^\d{1,5}\.\d{1,5}(\.\d{1,5})?$/, versionRule))

/** A library as plant.yaml names it. */
const libraryUse = v.union(
  [
    v.pipe(
      libraryName,
      v.transform((name): { name: string; version?: string | undefined; folder?: string | undefined } => ({ name })),
    ),
    v.strictObject({
      name: libraryName,
      /** At least this, with the same first number. */
      version: v.optional(versionText),
      /** Where it is, relative to the plant folder; may lead out of it. */
      folder: v.optional(
        v.pipe(v.string('a folder is expected'), v.minLength(1, 'a folder is expected'), v.maxLength(1024)),
      ),
    }),
  ],
  'the name of a library is expected, or { name: standard, version: "1.0.0", folder: ../libraries/standard }',
)
export const libraryList = v.pipe(
  v.array(libraryUse, 'a list of libraries is expected, as [standard]'),
  v.maxLength(50, 'at most 50 libraries are possible'),
)
export type LibraryUse = v.InferOutput<typeof libraryUse>

/** library.yaml. */
export const libraryFileSchema = v.strictObject({
  name: libraryName,
  version: versionText,
  title: v.optional(words(freeText)),
  description: v.optional(words(freeText)),
  /** Oldest Lineside that can read it. */
  requires: v.optional(versionText),
})
export type LibraryFile = v.InferOutput<typeof libraryFileSchema>

/** `1.4` → [1, 4, 0]. */
function numbersOf(version: string): readonly number[] {
  const numbers = version.split('.').map(Number)
  return [...numbers, 0, 0].slice(0, 3)
}

/** Is the version at least the wanted one, first number first? */
export function isAtLeast(version: string, wanted: string): boolean {
  const [have, want] = [numbersOf(version), numbersOf(wanted)]
  for (const [index, number] of want.entries()) if (have[index] !== number) return have[index]! > number
  return true
}

/** Can a library of this version stand for the wanted one: at least that, same first number? */
export function isCompatible(version: string, wanted: string): boolean {
  return numbersOf(version)[0] === numbersOf(wanted)[0] && isAtLeast(version, wanted)
}
