// What a value means to a trigger: none lost, none twice, whatever was kept last.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seenBy, type TriggerMarkState } from '../../../../src-main/labels/triggers/trigger-mark.ts'
import type { JsonValue } from '../../../../src-main/shared/data-value.ts'
import type { LabelTrigger } from '../../../../src-main/shared/label.ts'

const trigger: LabelTrigger = {
  name: 'case-full',
  template: 'case',
  printer: null,
  when: 'Packer.CaseDone',
  on: 'rising',
  state: null,
  alarm: null,
  schedule: null,
  debounceMs: 0,
  fields: {},
  copies: 1,
  catchUp: 100,
}

/** Labels for each value, a second apart. */
function labelsOf(values: readonly JsonValue[], over: Partial<LabelTrigger>, wrapsAt: number | null = null) {
  let mark: TriggerMarkState | null = null
  const labels = values.map((value, index) => {
    const result = seenBy({ ...trigger, ...over }, mark, { value, timestamp: 1000 * (index + 1), wrapsAt })
    mark = result.mark
    return result.labelCount
  })
  return { labels, mark: mark as TriggerMarkState | null }
}

describe('triggers over values', () => {
  test('the first value a trigger ever sees is where it begins, not an event', () => {
    expect(labelsOf([true], {}).labels).toEqual([0])
    expect(labelsOf([7], { on: 'increase' }).labels).toEqual([0])
    expect(labelsOf(['A'], { on: 'change' }).labels).toEqual([0])
    expect(labelsOf(['A'], { on: 'update' }).labels).toEqual([1])
  })

  test('each rise is one label, however long it lasts', () => {
    expect(labelsOf([false, true, true, false, true], {}).labels).toEqual([0, 1, 0, 0, 1])
  })

  test('a counter makes a label for each step, and loses none when it begins again at the end of its width', () => {
    expect(labelsOf([10, 11, 11, 14], { on: 'increase' }).labels).toEqual([0, 1, 0, 3])
    expect(labelsOf([65_534, 65_535, 2], { on: 'increase' }, 65_536).labels).toEqual([0, 1, 3])
    // Reset by a person: it counts from there.
    expect(labelsOf([500, 0, 1], { on: 'increase' }, 65_536).labels).toEqual([0, 0, 1])
  })

  test('whatever values are missed in between, a counter comes to the same number of labels', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 30 }), fc.array(fc.boolean()), (steps, seen) => {
        const counts = steps.map((_, index) => steps.slice(0, index + 1).reduce((sum, step) => sum + step, 0))
        const looked = counts.filter((_, index) => seen[index] || index === counts.length - 1)
        const { labels } = labelsOf([0, ...looked], { on: 'increase', catchUp: 1000 })
        return labels.reduce((sum, count) => sum + count, 0) === counts.at(-1)
      }),
    )
  })

  test('more labels at once than it may catch up stop it, and what was seen last stays for whoever lets it go on', () => {
    const { labels, mark } = labelsOf([0, 5, 500, 501], { on: 'increase', catchUp: 100 })
    expect(labels).toEqual([0, 5, 0, 0])
    expect(mark?.stopped?.message).toMatch(/^495 labels were to be made at once, at most 100 /)
    const more = seenBy({ ...trigger, on: 'increase', catchUp: 1000 }, mark, {
      value: 501,
      timestamp: 9000,
      wrapsAt: null,
    })
    expect(more.labelCount).toBe(496)
    expect(more.mark.stopped).toBeNull()
  })

  test('two rises closer than the debounce are one', () => {
    const over = { debounceMs: 2500 }
    expect(labelsOf([false, true, false, true, false, false, true], over).labels).toEqual([0, 1, 0, 0, 0, 0, 1])
  })

  test('the same report again, after a reconnect or a restart, is no other one; a new one of the same value is', () => {
    const seen = { value: 'A', timestamp: 1000, wrapsAt: null }
    const update = { ...trigger, on: 'update' as const }
    const first = seenBy(update, null, seen)
    expect(first.labelCount).toBe(1)
    expect(seenBy(update, first.mark, seen).labelCount).toBe(0)
    expect(seenBy(update, first.mark, { ...seen, timestamp: 1001 }).labelCount).toBe(1)
    // A clock that was set back makes no message the same one.
    expect(seenBy(update, first.mark, { ...seen, timestamp: 999 }).labelCount).toBe(1)
  })

  test('a trigger that shall catch up nothing begins where it is after a restart', () => {
    const { mark } = labelsOf([0, 1], { on: 'increase' })
    const seen = { value: 40, timestamp: 9000, wrapsAt: null }
    expect(seenBy({ ...trigger, on: 'increase', catchUp: 0 }, mark, seen, true).labelCount).toBe(0)
    expect(seenBy({ ...trigger, on: 'increase' }, mark, seen, true).labelCount).toBe(39)
  })
})
