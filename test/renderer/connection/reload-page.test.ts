import { expect, test } from 'vitest'
import { reloadWhenAnswered } from '../../../src-renderer/connection/reload-page.ts'

/** A station that does not answer the first times; what was done, in order. */
function stationAway(times: number) {
  const done: string[] = []
  let asked = 0
  const surroundings = {
    isAnswered: async () => {
      done.push('asked')
      return ++asked > times
    },
    reload: () => done.push('reloaded'),
    wait: async (ms: number) => {
      done.push(`waited ${ms}`)
    },
  }
  return { done, surroundings }
}

test('a page whose code is gone is loaded anew at once where the station answers', async () => {
  const { done, surroundings } = stationAway(0)
  await reloadWhenAnswered(surroundings)
  expect(done).toEqual(['asked', 'reloaded'])
})

// Reloaded at once it would be the browser's page of an error, and stay it when the station is back.
test('a page that lost its station stays, and is loaded anew when the station answers', async () => {
  const { done, surroundings } = stationAway(2)
  await reloadWhenAnswered(surroundings)
  expect(done).toEqual(['asked', 'waited 1000', 'asked', 'waited 1000', 'asked', 'reloaded'])
})
