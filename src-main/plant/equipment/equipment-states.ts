// State models: PackML's or a type's own list, as states of the model and as words of the tag that tells them.
import type { EquipmentCommand, EquipmentState, StateKind } from '../../shared/equipment.ts'
import { stateKinds } from '../../shared/equipment.ts'
import { type PackmlOrder, packmlOrders, packmlStateModel } from '../../shared/packml.ts'
import type { StateWords } from '../../shared/tag.ts'
import type { Origin } from '../source/origin.ts'
import { plantText } from '../source/plant-text.ts'
import type { StateEntry, StatesEntry } from './equipment-file.ts'

/** Faults of a state model in itself; true when there are none. */
export function checkStates(states: StatesEntry, origin: Origin): boolean {
  let isRight = true
  const refuse = (path: readonly (string | number)[], message: string) => {
    isRight = false
    origin.at(path, message)
  }
  const { model, list = [], command } = states
  if (model === undefined && states.list === undefined) refuse([], 'states have a model (packml) or a list')
  if (model !== undefined && states.list !== undefined)
    refuse(['list'], `the model ${model} brings its states; a list of one's own stands without a model`)
  if (command !== undefined && model === undefined)
    refuse(['command'], 'command is for the model packml; other commands are listed under commands')
  for (const [index, { value, name, kind }] of list.entries()) {
    const path = ['list', index]
    const sameValue = list.findIndex((other) => other.value === value)
    const sameName = list.findIndex((other) => other.name === name)
    if (sameValue < index)
      refuse([...path, 'value'], `the state ${list[sameValue]!.name} has the value ${value} already`)
    if (sameName < index) refuse([...path, 'name'], `there is a state ${name} already`)
    if (typeof value !== typeof list[0]!.value)
      refuse([...path, 'value'], 'the states of a model are all numbers or all true and false')
    if (kind === undefined && !isKind(name)) refuse(path, `the state ${name} needs a kind: ${stateKinds.join(', ')}`)
  }
  return isRight
}

function isKind(name: string): name is StateKind {
  return (stateKinds as readonly string[]).includes(name)
}

/** The states of a model; plain titles count as of the plant's first language. */
export function statesOf({ model, list = [] }: StatesEntry, language: string): readonly EquipmentState[] {
  if (model === 'packml') return packmlStateModel
  return list.map(({ value, name, title, kind }: StateEntry) => ({
    value,
    name,
    title: plantText(title ?? name, language),
    kind: kind ?? (name as StateKind),
  }))
}

/** Words of the states for the tag that tells them, by value. */
export function stateWords(states: readonly EquipmentState[]): Readonly<Record<string, StateWords>> {
  return Object.fromEntries(
    states.map(({ value, title }) => {
      const texts = Object.values(title)
      return [String(value), texts.length === 1 ? texts[0]! : title]
    }),
  )
}

/** The commands of PackML for an instance; `state`: CEL of the tag that tells the state. */
export function packmlCommands(tag: string, state: string): readonly EquipmentCommand[] {
  return packmlOrders.map(({ name, title, value, starts, offeredIn, consequence }: PackmlOrder) => ({
    name,
    title,
    tag,
    value,
    starts,
    when: `${state} in [${offeredIn.join(', ')}]`,
    consequence,
  }))
}
