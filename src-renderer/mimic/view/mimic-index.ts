// Where on a display a tag, an equipment or an element is, for those who search for it.
import type { AlarmSite } from '../marks/alarm-sites.ts'
import type { BindingPlan } from '../runtime/mimic-bindings.ts'

/** Finds elements of one display. */
export interface MimicIndex {
  /** The element to look at; null when nothing shows it. */
  elementOf(target: string): SVGGraphicsElement | null
}

/** Index of a display; made when it is first asked. `byId` finds an element of the drawing by its own id. */
export function mimicIndexOf(
  opened: {
    readonly plan: Pick<BindingPlan, 'tags' | 'bindings'>
    readonly alarmSites: readonly AlarmSite[]
  },
  byId: (id: string) => SVGGraphicsElement | null,
): MimicIndex {
  const symbols = new Map<string, SVGGraphicsElement>()
  const ofTag = new Map<string, SVGGraphicsElement>()
  const inSymbol = new Map<string, SVGGraphicsElement>()
  const keep = (map: Map<string, SVGGraphicsElement>, name: string, element: SVGGraphicsElement) => {
    if (!map.has(name)) map.set(name, element)
  }
  for (const { element, equipment, tags } of opened.alarmSites) {
    if (equipment !== '') keep(symbols, equipment, element)
    for (const tag of tags) keep(equipment === '' ? ofTag : inSymbol, tag, element)
  }
  const { plan } = opened
  // What is named only inside expressions.
  for (const { element, inputs } of plan.bindings)
    for (const input of inputs) keep(inSymbol, plan.tags[input]!, element)
  const exactly = (name: string) => symbols.get(name) ?? ofTag.get(name) ?? inSymbol.get(name) ?? null
  return {
    elementOf(target) {
      // A finding of the display check names the id of its element.
      const own = exactly(target) ?? byId(target)
      if (own) return own
      // `Filler.Pump` is in the symbol of `Filler`; equipment without a symbol is where one of its tags is.
      for (let end = target.lastIndexOf('.'); end > 0; end = target.lastIndexOf('.', end - 1)) {
        const outer = symbols.get(target.slice(0, end))
        if (outer) return outer
      }
      const prefix = `${target}.`
      for (const tags of [ofTag, inSymbol])
        for (const [tag, element] of tags) if (tag.startsWith(prefix)) return element
      return null
    },
  }
}
