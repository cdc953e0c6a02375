// The conditions of an instance on live values: the same code as in the runtime decides and explains, so that the words change in
// the moment the value does. Until it is known what the tags are, the runtime's own answer stands in.

import { type ExplainedCondition, explainedCondition } from '../../../src-main/shared/condition-explain.ts'
import type { ConditionRow, ConditionTerm, EquipmentCondition } from '../../../src-main/shared/equipment.ts'
import type { ExpressionInput, ExpressionScope } from '../../../src-main/shared/expression.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import type { Station } from '../../station.ts'
import { typedValue } from '../../tags/typed-value.ts'
import { clockNow } from '../../ui/clock.svelte.ts'

/** A condition with its outcome now and the terms that decide it, whichever way. */
export interface LiveCondition {
  readonly condition: EquipmentCondition
  /** null = cannot be decided. */
  readonly isFulfilled: boolean | null
  readonly isBypassed: boolean
  readonly terms: readonly ConditionTerm[]
  /** false while no value and no answer has come yet. */
  readonly isKnown: boolean
}

export class LiveConditions {
  readonly #station: Pick<Station, 'catalog' | 'liveTags'>
  readonly #compiled = new Map<string, ExplainedCondition>()
  readonly #scope: ExpressionScope

  constructor(station: Pick<Station, 'catalog' | 'liveTags'>) {
    this.#station = station
    this.#scope = {
      tagType: (name) => {
        const row = station.catalog.row(name)
        return row ? { dataType: row.dataType, arrayLength: row.arrayLength ?? null } : null
      },
      now: () => station.liveTags.now(),
    }
  }

  /** Reactive. `told` are the runtime's rows. */
  rows(conditions: readonly EquipmentCondition[], told: readonly ConditionRow[]): readonly LiveCondition[] {
    return conditions.map((condition) => this.#row(condition, told))
  }

  #row(condition: EquipmentCondition, told: readonly ConditionRow[]): LiveCondition {
    const row = told.find(({ name, kind }) => name === condition.name && kind === condition.kind)
    const isBypassed = condition.bypass === null ? false : (this.#isOn(condition.bypass) ?? row?.isBypassed ?? false)
    const answer = { isFulfilled: row?.isFulfilled ?? null, terms: row?.reasons ?? [], isKnown: row !== undefined }
    const explained = this.#explained(condition.condition)
    if (explained === null) return { condition, isBypassed, ...answer }
    // `age()` changes with time alone.
    if (explained.expression.asksTime) clockNow()
    const { isTrue, terms } = explained.explain((tag) => this.#read(tag))
    // The runtime knew before the first values were here.
    if (isTrue === null && terms.some(isWaiting)) return { condition, isBypassed, ...answer }
    return { condition, isBypassed, isFulfilled: isTrue, terms, isKnown: true }
  }

  /** null until all its tags are known. */
  #explained(text: string): ExplainedCondition | null {
    const known = this.#compiled.get(text)
    if (known) return known
    const result = explainedCondition(text, this.#scope)
    if (!result.ok) return null
    this.#compiled.set(text, result.condition)
    return result.condition
  }

  #isOn(tag: string): boolean | null {
    const { value, statusCode } = this.#read(tag)
    return statusCode === StatusCodes.BadWaitingForInitialData ? null : value === true || value === 1
  }

  #read(tag: string): ExpressionInput {
    const { value, statusCode, sourceTimestamp } = this.#station.liveTags.tag(tag)
    const row = this.#station.catalog.row(tag)
    return { value: row ? typedValue(value, row) : null, statusCode, sourceTimestamp }
  }
}

function isWaiting({ inputs }: ConditionTerm): boolean {
  return inputs.some(({ statusCode }) => statusCode === StatusCodes.BadWaitingForInitialData)
}

/** True when it does not keep the equipment from starting. */
export function isMet({ isFulfilled, isBypassed }: Pick<LiveCondition, 'isFulfilled' | 'isBypassed'>): boolean {
  return isBypassed || isFulfilled === true
}
