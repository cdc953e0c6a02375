// Which layers of which display a user has shown or hidden: one preference of the user, so it is the same at every station.
import type { JsonValue } from '../src-main/shared/data-value.ts'
import type { RuntimeClient } from './connection/runtime-client.ts'
import type { LayerChoices, LayerMemory } from './mimic/mimic-source.ts'

const preference = 'mimic.layers'
/** Displays whose layers are kept; the one changed longest ago goes first. */
const mostDisplays = 200

/** Layers of displays as the user left them, kept by the runtime; made anew for every session. */
export function layerMemory(client: Pick<RuntimeClient, 'call'>): LayerMemory {
  let known: Promise<Record<string, LayerChoices>> | null = null
  const all = () => {
    known ??= client.call('access.preferences', {}).then(
      ({ preferences }) => choicesIn(preferences[preference]),
      () => {
        // The link broke: as drawn for now, asked again at the next display.
        known = null
        return {}
      },
    )
    return known
  }
  return {
    load: async (mimic) => (await all())[mimic] ?? {},
    save(mimic, choices) {
      known = all().then((before) => {
        const { [mimic]: _, ...others } = before
        const isAsDrawn = Object.keys(choices).length === 0
        const now = Object.fromEntries(
          Object.entries(isAsDrawn ? others : { ...others, [mimic]: choices }).slice(-mostDisplays),
        )
        // What cannot be kept holds until the page is left.
        client.call('access.setPreference', { name: preference, value: now }).catch(() => {})
        return now
      })
    },
  }
}

function choicesIn(value: JsonValue | undefined): Record<string, LayerChoices> {
  if (value === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([mimic, choices]) =>
      typeof choices === 'object' &&
      choices !== null &&
      Object.values(choices).every((shown) => typeof shown === 'boolean')
        ? [[mimic, choices as LayerChoices]]
        : [],
    ),
  )
}
