// Which members stand where on a faceplate: as the type says, and by rules where it says nothing.

import { didYouMean } from '../../shared/closest-name.ts'
import type { Equipment, FaceplateLayout } from '../../shared/equipment.ts'
import { isNumericType, type TagDefinition } from '../../shared/tag.ts'
import { NotedOrigin } from '../source/origin.ts'
import type { TagDraft } from '../tags/tag-build.ts'
import type { BuiltInstance } from './equipment-build.ts'
import type { FaceplatePart } from './equipment-file.ts'

/** What an operator takes in at a glance. */
const mostLarge = 4
/** Lines that can still be told apart. */
const mostTrended = 6

type Known = Pick<Equipment, 'states' | 'commands' | 'conditions' | 'counters'>

/** Where members are looked up. */
export interface LayoutScope {
  readonly drafts: { get(name: string): TagDraft | undefined }
  mayHint(): boolean
}

/** The layout of an instance. A member that the type names but does not have is a fault. */
export function layoutOf(built: BuiltInstance, known: Known, scope: LayoutScope): FaceplateLayout {
  const said = (part: FaceplatePart) => namedMembers(built, part, scope)
  const own = built.drafts.map(({ definition }) => definition)
  // What nested equipment measures stands on its own faceplate; a skid that measures nothing itself shows the first of it.
  const numbers = own.filter(isShownLarge)
  const measured = numbers.length > 0 ? numbers : nestedDefinitions(built).filter(isShownLarge)
  const orders = new Set([
    ...known.commands.map(({ tag }) => tag),
    ...known.counters.flatMap((each) => each.resetTag ?? []),
  ])
  const setpoints = said('setpoints') ?? own.filter((tag) => isSetpoint(tag) && !orders.has(tag.name)).map(nameOf)
  const overview =
    said('overview') ??
    measured
      .filter(({ name }) => !setpoints.includes(name))
      .slice(0, mostLarge)
      .map(nameOf)
  const trend =
    said('trend') ?? [...overview, ...setpoints].filter((name) => isTrended(name, scope)).slice(0, mostTrended)
  const above = new Set([...overview, ...setpoints, ...orders])
  const details = said('details') ?? own.map(nameOf).filter((name) => !above.has(name))
  return { overview, setpoints, trend, details }
}

/** Tags that the type names for a part; null when it says nothing. */
function namedMembers({ spec, names }: BuiltInstance, part: FaceplatePart, { mayHint }: LayoutScope): string[] | null {
  const said = spec.type.faceplate.get(part)
  if (said === undefined) return null
  const origin = spec.note === '' ? said.origin : new NotedOrigin(said.origin, spec.note)
  return said.members.flatMap((member, index) => {
    const tag = names.tagOf(member)
    if (tag !== null) return [tag]
    if (!names.isAbsent(member)) {
      const candidates = mayHint() ? Object.keys(names.members) : []
      origin.at([index], `type ${spec.type.name} has no member ${member}${didYouMean(member, candidates)}`)
    }
    return []
  })
}

function nestedDefinitions(built: BuiltInstance): readonly TagDefinition[] {
  return built.nested.flatMap((inner) => [
    ...inner.drafts.map(({ definition }) => definition),
    ...nestedDefinitions(inner),
  ])
}

const nameOf = ({ name }: TagDefinition): string => name

function isPlainNumber({ dataType, arrayLength, states }: TagDefinition): boolean {
  return isNumericType(dataType) && dataType !== 'bool' && arrayLength === null && states === null
}

/** A measured value: a number without words that nobody writes, with a unit or a fraction. */
function isShownLarge(tag: TagDefinition): boolean {
  return isPlainNumber(tag) && !tag.writable && (tag.unit !== '' || tag.dataType.startsWith('float'))
}

function isSetpoint(tag: TagDefinition): boolean {
  return isPlainNumber(tag) && tag.writable
}

function isTrended(name: string, { drafts }: LayoutScope): boolean {
  const definition = drafts.get(name)?.definition
  return definition !== undefined && isPlainNumber(definition) && definition.history !== false
}
