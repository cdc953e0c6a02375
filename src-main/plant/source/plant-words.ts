// The small words all plant files share: names, durations, texts of expressions, as valibot schemas with sentences.
import * as v from 'valibot'
import { durationRule, parseDuration } from '../../shared/duration.ts'
import { longestExpression } from '../../shared/expression-names.ts'

const nameRule = 'a name is 1 to 256 printable characters, without blanks at its ends'

/** Name of a tag, a member or an equipment instance: anything printable; dots make the tree. */
export const nameText = v.pipe(
  v.string('a name is expected'),
  v.maxLength(256, nameRule),
  v.regex(/^[^\s\p{Cc}\p{Cf}](?:[^\p{Cc}\p{Cf}]*[^\s\p{Cc}\p{Cf}])?$/u, nameRule),
)

/** Name of a device, type or mimic: it is also a file name or part of an address. */
export const plainName = v.pipe(
  v.string('a name is expected'),
  v.maxLength(128, 'a name has at most 128 characters'),
  v.regex(
    /^[\p{L}\p{N}_](?:[\p{L}\p{N}_. -]*[\p{L}\p{N}_])?$/u,
    'letters, digits, . _ - and inner blanks are expected',
  ),
)

/** Name of an equipment type as instances write it: `pump`, or `standard/pump` of a library. */
export const typeName = v.pipe(
  v.string('the name of an equipment type is expected'),
  v.maxLength(260, 'a name has at most 260 characters'),
  v.regex(
    /^[\p{L}\p{N}_](?:[\p{L}\p{N}_. -]*[\p{L}\p{N}_])?(?:\/[\p{L}\p{N}_](?:[\p{L}\p{N}_. -]*[\p{L}\p{N}_])?)?$/u,
    'the name of an equipment type is expected, as pump or standard/pump',
  ),
)

/** Place below the site, as `Packaging/Filling/Filler` (ISA-95: area / line / cell / unit). */
export const place = v.pipe(
  v.string('a place is expected, as Packaging/Filling'),
  v.maxLength(256, 'at most 256 characters are possible'),
)

/** Name of a parameter: expressions use it. */
export const identifier = v.pipe(
  v.string('a name is expected'),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'letters A to Z, digits and _ are expected, beginning with a letter'),
)

/** Free text of one or several lines. */
export const freeText = v.pipe(
  v.string('a text is expected'),
  v.maxLength(4000, 'at most 4000 characters are possible'),
)

/** `100 ms`, `2 s`, `1 min`: gives ms. */
export const duration = v.pipe(
  v.string(durationRule),
  v.regex(/^\d{1,10}(?:\.\d{1,6})? ?(ms|s|min|h|d)$/, durationRule),
  v.transform((text) => parseDuration(text)!),
)

/** A duration that is longer than nothing; ms. */
export const interval = v.pipe(
  duration,
  v.minValue(1, 'at least 1 ms is expected'),
  v.maxValue(2_000_000_000, 'at most 23 days are possible'),
)

const longRule = 'a duration is expected, as 90 d, 8 h or 2000 d'

/** How long things are kept; days and more; ms. */
export const longDuration = v.pipe(
  v.string(longRule),
  v.regex(/^\d{1,10}(?:\.\d{1,6})? ?(ms|s|min|h|d)$/, longRule),
  v.transform((text) => parseDuration(text)!),
  v.minValue(60_000, 'at least 1 min is expected'),
  v.maxValue(40_000 * 86_400_000, 'at most 40000 d are possible'),
)

const byteUnits = { MB: 1e6, GB: 1e9, TB: 1e12, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const
const sizeRule = 'a size is expected, as 500 MB, 20 GB or 1.5 TB'

/** Room on a disk; bytes. */
export const byteSize = v.pipe(
  v.string(sizeRule),
  v.regex(/^\d{1,10}(?:\.\d{1,6})? ?(MB|GB|TB|MiB|GiB|TiB)$/, sizeRule),
  v.transform((text) => {
    const [, number, unit] = /^([\d.]+) ?(\w+)$/.exec(text)!
    return Math.round(Number(number) * byteUnits[unit as keyof typeof byteUnits])
  }),
)

/** CEL text; a plain number or truth value may stand without quotes. */
export const expressionText = v.pipe(
  v.union([v.string(), v.number(), v.boolean()], 'an expression is expected'),
  v.transform(String),
  v.minLength(1, 'an expression is expected'),
  v.maxLength(longestExpression, `an expression has at most ${longestExpression} characters`),
)

/** A finite number. */
export const numberValue = v.pipe(v.number('a number is expected'), v.finite('a finite number is expected'))

/** Not negative. */
export const amount = v.pipe(numberValue, v.minValue(0, 'a number from 0 is expected'))

/** true or false; YAML 1.2 knows no yes, no, on, off. */
export const yesNo = v.boolean('true or false is expected')

/** Words in an order for people: a, b or c. */
export function oneOf(words: readonly string[]): string {
  return words.length === 1 ? words[0]! : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** One of a few words; the sentence lists them. */
export function wordOf<const Words extends readonly string[]>(words: Words) {
  return v.picklist(words, `${oneOf(words)} is expected`)
}
