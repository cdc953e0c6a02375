// What a filled-in form of new equipment means: one instance, or many that count up.
import type { EquipmentType } from '../../../src-main/shared/equipment.ts'
import { t } from './texts.ts'

/** As plant.saveEquipment takes it. */
export interface InstanceDraft {
  readonly name: string
  readonly type: string
  readonly place: string
  readonly parameters: Readonly<Record<string, string | number | boolean>>
}

export interface EquipmentForm {
  readonly type: EquipmentType
  /** `{n}` is the number of the instance, from 1. */
  readonly name: string
  readonly place: string
  readonly count: number
  /** As typed; an empty one keeps the type's own. `{n}` works here as well. */
  readonly values: Readonly<Record<string, string>>
  /** Added to every whole number among {@link repeatSteps} from one instance to the next. */
  readonly step: number
}

/** Parameters that count up: first registers and the like, whole numbers that were typed in. */
export function repeatSteps(type: EquipmentType, values: Readonly<Record<string, string>>): readonly string[] {
  return type.parameters.filter(({ name }) => /^\d+$/.test(values[name] ?? '') && isPlace(name)).map(({ name }) => name)
}

/** A first register counts up, a rated current does not. */
function isPlace(parameter: string): boolean {
  return /base|register|offset|start|address|coil|input/i.test(parameter)
}

/** The instances of a form; a sentence when it is not complete. */
export function repeatedInstances(form: EquipmentForm): readonly InstanceDraft[] | string {
  const { type, count, step, values } = form
  if (form.name.trim() === '') return t('nameMissing')
  if (!Number.isInteger(count) || count < 1 || count > 200) return t('countWrong')
  if (count > 1 && !form.name.includes('{n}')) return t('nameNeedsNumber')
  const steps = repeatSteps(type, values)
  return Array.from({ length: count }, (_, index) => {
    const numbered = (text: string) => text.trim().replaceAll('{n}', `${index + 1}`)
    const parameters: Record<string, string | number | boolean> = {}
    for (const { name, standard } of type.parameters) {
      const typed = numbered(values[name] ?? '')
      if (typed === '') continue
      parameters[name] = steps.includes(name) ? Number(typed) + index * step : typedValue(typed, standard)
    }
    return { name: numbered(form.name), type: type.name, place: form.place.trim(), parameters }
  })
}

/** A typed value in the type of the parameter's own; one without is a number or word as it looks. */
function typedValue(typed: string, standard: string | number | boolean | null): string | number | boolean {
  if (typeof standard === 'string') return typed
  if (typed === 'true' || typed === 'false') return typed === 'true'
  const number = Number(typed)
  return Number.isFinite(number) && `${number}` === typed ? number : typed
}
