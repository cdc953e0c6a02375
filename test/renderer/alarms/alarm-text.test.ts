// What of an alarm is read in banner, list and on paper.
import { expect, test } from 'vitest'
import { watchedText } from '../../../src-renderer/alarms/alarm-text.ts'

test('a lost device is named as people call it, not as its series in history', () => {
  expect(watchedText({ tag: 'device:filler-plc:state' })).toBe('filler-plc')
})

test('what is watched is the tag; the station itself keeps its own name', () => {
  expect(watchedText({ tag: 'Filler.Level' })).toBe('Filler.Level')
  expect(watchedText({ tag: 'runtime:history' })).toBe('runtime:history')
})
