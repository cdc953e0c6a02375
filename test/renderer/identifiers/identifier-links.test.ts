import { expect, test } from 'vitest'
import { affectedLink, traceLink } from '../../../src-renderer/identifiers/identifier-links.ts'

test('identifiers with slashes and brackets are one part of the address', () => {
  expect(traceLink('88.123.456/A B')).toBe('#/trace/88.123.456%2FA%20B')
})

test('a span names every tag and whole milliseconds that hold it', () => {
  expect(affectedLink({ tags: ['A.B', 'C'], from: 1.5, to: 2.5 })).toBe('#/affected?tags=A.B&tags=C&from=1&to=3')
})

test('an alarm is named with the time of its occurrence, where that is known', () => {
  expect(affectedLink({ alarm: 'Line.Weight/high' })).toBe('#/affected?alarm=Line.Weight%2Fhigh')
  expect(affectedLink({ alarm: 'a', from: 10 })).toBe('#/affected?alarm=a&from=10')
})
