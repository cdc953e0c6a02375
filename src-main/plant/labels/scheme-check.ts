// Schemes of the plant: each one's template gives out only what its kind allows, no two give out the same, and whose prefix it is.
import { didYouMean } from '../../shared/closest-name.ts'
import type { IdentifierScheme } from '../../shared/identifier.ts'
import type { SchemeMeaning } from '../../shared/label-rules.ts'
import { placeInWords } from '../source/origin.ts'
import { schemeOf } from './label-build.ts'
import type { SchemeEntry } from './label-file.ts'
import type { LabelScope, Row } from './label-scope.ts'

/** A scheme that is checked; `meaning` null after faults. */
export interface CheckedScheme {
  readonly scheme: IdentifierScheme
  readonly meaning: SchemeMeaning | null
  readonly row: Row<SchemeEntry>
}

/** By name, the first of each. */
export function checkSchemes(rows: readonly Row<SchemeEntry>[], scope: LabelScope): ReadonlyMap<string, CheckedScheme> {
  const checked = new Map<string, CheckedScheme>()
  for (const row of rows) {
    const one = checkScheme(row, scope)
    for (const other of checked.values()) refuseSameIdentifiers(one, other, scope)
    if (!checked.has(row.entry.name)) checked.set(row.entry.name, one)
  }
  return checked
}

function checkScheme(row: Row<SchemeEntry>, scope: LabelScope): CheckedScheme {
  const { entry, origin } = row
  const written = schemeOf(entry, null)
  const { meaning, faults } = scope.rules.readScheme(written)
  for (const { offset, message } of faults) origin.inText(['template'], offset, message)
  if (meaning === null) return { scheme: written, meaning, row }
  if (entry.last !== undefined && entry.last > meaning.last)
    origin.at(['last'], `the counter has no room for ${entry.last}; the largest it can be is ${meaning.last}`)
  for (const name of meaning.tags)
    if (scope.tag(name) === null)
      origin.inText(
        ['template'],
        Math.max(0, entry.template.indexOf(`{tag:${name}`)),
        `there is no tag "${name}"${didYouMean(name, scope.tagNames())}`,
      )
  if (!meaning.isTestPrefix && !entry.licensed) sayWhosePrefix(row, scope)
  return { scheme: schemeOf(entry, meaning.last), meaning, row }
}

/** Who gives out identifiers of a prefix that is not theirs makes goods that others own: never silently. */
function sayWhosePrefix({ entry, origin }: Row<SchemeEntry>, { requireApproval, hint }: LabelScope): void {
  const message = `its prefix is none of those for tests: say "licensed: true" if it is yours`
  if (requireApproval) origin.at(['template'], message)
  else hint(origin, ['template'], `scheme ${entry.name}: ${message}`)
}

/** No label may be on two things: no two schemes can give out the same identifier. */
function refuseSameIdentifiers(one: CheckedScheme, other: CheckedScheme, { rules }: LabelScope): void {
  if (one.meaning === null || other.meaning === null || one.row.entry.name === other.row.entry.name) return
  if (rules.mayOverlap(one.scheme, other.scheme))
    one.row.origin.at(
      ['template'],
      `scheme ${other.scheme.name} can give out the same identifiers: ${placeInWords(other.row.origin.where(['template']))}`,
    )
}
