import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../../src-main/shared/data-value.ts'
import type { RuntimeClient } from '../../src-renderer/connection/runtime-client.ts'
import { layerMemory } from '../../src-renderer/mimic-layer-memory.ts'

function fakeClient(kept: JsonValue | undefined, isDown = false) {
  const saved: JsonValue[] = []
  const call = async (name: string, input: { value?: JsonValue }) => {
    if (isDown) throw new Error('the link is down')
    if (name === 'access.setPreference') saved.push(input.value ?? null)
    return name === 'access.preferences' ? { preferences: kept === undefined ? {} : { 'mimic.layers': kept } } : {}
  }
  return { saved, client: { call } as unknown as Pick<RuntimeClient, 'call'> }
}

const settled = () => new Promise((resolve) => setTimeout(resolve))

describe('the layers a user has chosen', () => {
  it('are those kept for the display, and of others nothing is lost', async () => {
    const { client, saved } = fakeClient({ overview: { Pipes: false } })
    const memory = layerMemory(client)
    expect(await memory.load('overview')).toEqual({ Pipes: false })
    expect(await memory.load('filler')).toEqual({})
    memory.save('filler', { Electrical: true })
    await settled()
    expect(saved).toEqual([{ overview: { Pipes: false }, filler: { Electrical: true } }])
    expect(await memory.load('filler')).toEqual({ Electrical: true })
  })

  it('that are as drawn again take no room', async () => {
    const { client, saved } = fakeClient({ overview: { Pipes: false } })
    layerMemory(client).save('overview', {})
    await settled()
    expect(saved).toEqual([{}])
  })

  it.each([
    ['nonsense', 'x'],
    ['a list', [1]],
    ['wrong kinds', { overview: { Pipes: 'no' }, filler: null }],
  ])('are as drawn where %s was kept', async (_, kept) => {
    const memory = layerMemory(fakeClient(kept as JsonValue).client)
    expect(await memory.load('overview')).toEqual({})
    expect(await memory.load('filler')).toEqual({})
  })

  it('hold until the page is left where they cannot be kept', async () => {
    const memory = layerMemory(fakeClient(undefined, true).client)
    expect(await memory.load('overview')).toEqual({})
    memory.save('overview', { Pipes: false })
    expect(await memory.load('overview')).toEqual({ Pipes: false })
  })
})
