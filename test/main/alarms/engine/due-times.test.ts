import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DueTimes } from '../../../../src-main/alarms/engine/due-times.ts'

const change = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key: fc.nat(30), time: fc.nat(1000) }),
  fc.record({ do: fc.constant('delete' as const), key: fc.nat(30) }),
  fc.record({ do: fc.constant('take' as const), now: fc.nat(1000) }),
)

describe('due times', () => {
  test('give the same as a sorted list, whatever is set, moved, deleted and taken', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const dues = new DueTimes()
        const model = new Map<number, number>()
        for (const each of changes) {
          if (each.do === 'set') {
            dues.set(each.key, each.time)
            model.set(each.key, each.time)
          } else if (each.do === 'delete') expect(dues.delete(each.key)).toBe(model.delete(each.key))
          else {
            const earliest = Math.min(...model.values())
            const key = dues.take(each.now)
            if (earliest > each.now) expect(key).toBeUndefined()
            else {
              expect(model.get(key!)).toBe(earliest)
              model.delete(key!)
            }
          }
          expect(dues.size).toBe(model.size)
          expect(dues.earliest).toBe(Math.min(...model.values()))
          for (const [key, time] of model) expect(dues.get(key)).toBe(time)
        }
      }),
    )
  })
})
