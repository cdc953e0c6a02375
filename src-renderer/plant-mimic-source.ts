// What a mimic is drawn from, asked of the runtime; symbols and equipment are kept until the plant changes.
import type { PlantState } from './connection/plant-state.svelte.ts'
import type { RuntimeClient } from './connection/runtime-client.ts'
import type { MimicSource } from './mimic/mimic-source.ts'

/** A source for this revision of the plant; make a new one when it changes. */
export function plantMimicSource(client: Pick<RuntimeClient, 'call'>, plant: Pick<PlantState, 'row'>): MimicSource {
  // Read so that a reactive caller makes a new source, with nothing kept, when the plant changes.
  void plant.row?.revision
  const symbols = new Map<string, Promise<string>>()
  let equipment: ReturnType<MimicSource['loadEquipment']> | null = null
  return {
    loadMimic: async (name) => (await client.call('plant.mimic', { name })).svg,
    loadSymbol(type) {
      const known = symbols.get(type)
      if (known) return known
      const asked = client.call('plant.symbol', { type }).then(({ svg }) => svg)
      symbols.set(type, asked)
      // A refusal is not kept: the next opening asks again.
      asked.catch(() => symbols.delete(type))
      return asked
    },
    loadEquipment() {
      equipment ??= client.call('plant.equipment', {}).then((answer) => answer.equipment)
      equipment.catch(() => {
        equipment = null
      })
      return equipment
    },
    describeTags: async (names) => (await client.call('tags.describe', { tags: [...names] })).tags,
  }
}
