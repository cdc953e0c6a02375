// plant.yaml: which line this is. The least valid file is `{ name, line, site }`.
import * as v from 'valibot'
import { freeText } from './plant-words.ts'

const title = v.pipe(
  v.string('a text is expected'),
  v.minLength(1, 'a text is expected'),
  v.maxLength(200, 'at most 200 characters are possible'),
)

export const plantFileSchema = v.strictObject({
  name: title,
  line: title,
  site: title,
  description: v.optional(freeText, ''),
  languages: v.optional(
    v.pipe(
      v.array(
        v.pipe(
          v.string('a language is expected, as en or zh-CN'),
          v.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language is expected, as en or zh-CN (BCP 47)'),
        ),
        'a list of languages is expected, as [en, zh-CN]',
      ),
      v.minLength(1, 'at least one language is expected'),
      v.maxLength(20, 'at most 20 languages are possible'),
    ),
    ['en'],
  ),
  timeZone: v.optional(
    v.pipe(
      v.string('a time zone is expected, as Europe/Berlin'),
      v.check(isTimeZone, 'a time zone of the IANA list is expected, as Europe/Berlin or Asia/Shanghai'),
    ),
    'UTC',
  ),
  startMimic: v.optional(
    v.pipe(v.string('the name of a mimic is expected'), v.minLength(1, 'the name of a mimic is expected')),
  ),
  /** Of the plant folder, for people and for packages. */
  version: v.optional(v.pipe(v.union([v.string(), v.number()], 'a version is expected'), v.transform(String))),
  /** Oldest Lineside that may run this plant. */
  requires: v.optional(
    v.pipe(
      v.string('a Lineside version is expected'),
      v.regex(/^\d+\.\d+(\.\d+)?$/, 'a Lineside version is expected, as 0.1.0'),
    ),
  ),
})
export type PlantFile = v.InferOutput<typeof plantFileSchema>

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
