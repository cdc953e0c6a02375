// What makes labels by itself, and how parts are followed: each names things that exist, and one way to tell its event.
import { didYouMean } from '../../shared/closest-name.ts'
import { oneOf } from '../source/plant-words.ts'
import type { TemplateEntry, TrackingEntry, TriggerEntry } from './label-file.ts'
import { checkPrintable, type LabelScope, type Row } from './label-scope.ts'
import { checkEquipment, checkStringTag } from './printer-check.ts'

/** Names of labels/*.yaml that triggers and rules use. */
export interface TriggerNeighbours {
  readonly templates: ReadonlyMap<string, TemplateEntry>
  readonly printers: Iterable<string>
  readonly schemes: Iterable<string>
  readonly isIncomplete: boolean
}

const events = ['when', 'state', 'alarm', 'schedule'] as const

export function checkTrigger({ entry, origin }: Row<TriggerEntry>, near: TriggerNeighbours, scope: LabelScope): void {
  const given = events.filter((event) => entry[event] !== undefined)
  if (given.length !== 1)
    origin.at(
      [],
      given.length === 0
        ? `trigger ${entry.name} needs ${oneOf(events)}: what it waits for`
        : `trigger ${entry.name} waits for one thing, not for ${given.join(' and ')}`,
    )
  if (entry.on !== undefined && entry.when === undefined)
    origin.atKey(['on'], `"on" says what counts as an event of "when", which trigger ${entry.name} does not have`)
  if (entry.when !== undefined) checkWhen(entry, origin, scope)
  if (entry.state !== undefined) checkState(entry.state, origin, scope)
  if (entry.alarm !== undefined && !scope.hasAlarm(entry.alarm))
    origin.at(['alarm'], `there is no alarm "${entry.alarm}"${didYouMean(entry.alarm, scope.alarmIds())}`)
  checkTemplate({ entry, origin }, near, scope)
}

/** A condition becomes true, a counter is a number. */
function checkWhen(
  { when, on = 'rising' }: TriggerEntry,
  origin: Row<TriggerEntry>['origin'],
  scope: LabelScope,
): void {
  if (on === 'rising' || on === 'increase')
    scope.check(when!, origin, ['when'], on === 'rising' ? ['bool'] : ['double', 'int'])
  else checkPrintable(scope, when!, origin, ['when'])
}

function checkState(
  { equipment: name, state }: NonNullable<TriggerEntry['state']>,
  origin: Row<TriggerEntry>['origin'],
  scope: LabelScope,
): void {
  const equipment = scope.equipment(name)
  if (equipment === 'lost') return
  if (equipment === null) return checkEquipment(name, origin, ['state', 'equipment'], scope)
  if (equipment.states === null)
    return origin.at(['state', 'equipment'], `${name} has no states: its type has no state model`)
  const names = equipment.states.states.map((known) => known.name)
  if (!names.includes(state))
    origin.at(
      ['state', 'state'],
      `${name} has no state "${state}"${didYouMean(state, names) || `; it has ${names.join(', ')}`}`,
    )
}

function checkTemplate({ entry, origin }: Row<TriggerEntry>, near: TriggerNeighbours, scope: LabelScope): void {
  const template = near.templates.get(entry.template)
  const printers = [...near.printers]
  if (entry.printer !== undefined && !printers.includes(entry.printer) && !near.isIncomplete)
    origin.at(['printer'], `there is no printer "${entry.printer}"${didYouMean(entry.printer, printers)}`)
  for (const [name, value] of Object.entries(entry.fields)) {
    checkPrintable(scope, value, origin, ['fields', name])
    if (template !== undefined && !template.fields.some((field) => field.name === name))
      origin.atKey(
        ['fields', name],
        `template ${entry.template} has no field "${name}"${didYouMean(
          name,
          template.fields.map((field) => field.name),
        )}`,
      )
  }
  if (template === undefined) {
    if (!near.isIncomplete)
      origin.at(
        ['template'],
        `there is no template "${entry.template}"${didYouMean(entry.template, near.templates.keys())}`,
      )
    return
  }
  if (entry.printer === undefined && template.printer === undefined)
    origin.at(['template'], `neither trigger ${entry.name} nor template ${entry.template} names a printer`)
  for (const { name, value, default: usual } of template.fields)
    if (value === undefined && usual === undefined && entry.fields[name] === undefined)
      origin.at(
        ['template'],
        `template ${entry.template} asks for the field "${name}", and nobody is there to answer: give it in fields`,
      )
}

export function checkTracking({ entry, origin }: Row<TrackingEntry>, near: TriggerNeighbours, scope: LabelScope): void {
  const { equipment, scheme, tag, from, to } = entry
  checkEquipment(equipment, origin, ['equipment'], scope)
  const schemes = [...near.schemes]
  if (!schemes.includes(scheme) && !near.isIncomplete)
    origin.at(['scheme'], `there is no scheme "${scheme}"${didYouMean(scheme, schemes)}`)
  if (tag !== undefined) {
    checkStringTag(tag, origin, ['tag'], scope)
    for (const key of ['from', 'to'] as const)
      if (entry[key] !== undefined)
        origin.atKey([key], `a rule with a tag has no ${key}: the tag says when the part is there`)
    return
  }
  if (from === undefined || to === undefined)
    origin.at([], 'a rule needs a tag that holds the identifier, or from and to: when the part was there')
  else if (from >= to) origin.at(['to'], 'the part leaves before it comes: "to" has to be later than "from"')
}
