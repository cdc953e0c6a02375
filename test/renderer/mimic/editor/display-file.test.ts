// The file behind a display being edited: drafts, and whose version a save names.
import { expect, test, vi } from 'vitest'
import { CallError } from '../../../../src-renderer/connection/call-error.ts'
import { DisplayFile } from '../../../../src-renderer/mimic/editor/display-file.svelte.ts'
import type { Draft, DraftStore } from '../../../../src-renderer/mimic/editor/draft-store.ts'
import { patience } from '../../../fakes/busy-machine.ts'

function drafts(): DraftStore & { readonly kept: Map<string, Draft> } {
  const kept = new Map<string, Draft>()
  return {
    kept,
    read: async (key) => kept.get(key) ?? null,
    keep: async (key, draft) => void kept.set(key, draft),
    drop: async (key) => void kept.delete(key),
    list: async () => kept,
  }
}

const entry = { title: { en: 'Main' }, level: 2, parent: null }
const quality = { score: 100, findings: [] }

test('leaving before the pause is over keeps what was drawn, with the row of the display', async () => {
  const store = drafts()
  const call = vi.fn(async () => ({ name: 'main', svg: '<svg/>', version: 'v1', entry, faults: [], quality }))
  const file = new DisplayFile({ call } as never, store, 'main')
  await file.load()
  file.entry = { ...entry, title: { en: 'Other' } }
  file.checkSoon(
    () => '<svg><g/></svg>',
    () => true,
  )
  file.close()
  await vi.waitFor(() => expect(store.kept.size).toBe(1), patience)
  expect(store.kept.get('main')).toMatchObject({
    text: '<svg><g/></svg>',
    version: 'v1',
    entry: { title: { en: 'Other' } },
  })
})

test('a draft that is gone on with is saved under the version it was made from', async () => {
  const asked: unknown[] = []
  const call = async (name: string, input: unknown) => {
    if (name === 'plant.mimicSource') return { name: 'main', svg: '<svg/>', version: 'v2', entry }
    asked.push(input)
    throw new CallError({ code: 'BadEntryExists', message: 'changed meanwhile', httpStatus: 409 })
  }
  const file = new DisplayFile({ call } as never, drafts(), 'main')
  await file.load()
  file.resume({ text: '<svg/>', version: 'v1', entry: null, keptTimestamp: 0 })
  expect(file.entry).toEqual(entry)
  await file.save('<svg/>').catch(() => undefined)
  expect(asked).toEqual([{ name: 'main', svg: '<svg/>', version: 'v1' }])
})
