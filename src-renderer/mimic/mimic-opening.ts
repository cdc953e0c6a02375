// From the name of a mimic to everything its view needs: files loaded side by side, sanitised once, bound to the plant.
import type { TagRow } from '../../src-main/shared/contract.ts'
import { assembleDrawing, equipmentNames, type MimicFault } from './drawing/mimic-drawing.ts'
import type { Refused, Removal } from './drawing/mimic-reader.ts'
import { type SafeDrawing, type SanitisedMimic, sanitiseMimic } from './drawing/mimic-sanitiser.ts'
import { type AlarmSite, alarmSitesOf } from './marks/alarm-sites.ts'
import type { MimicSource } from './mimic-source.ts'
import { type BindingPlan, candidateTags, compileBindings } from './runtime/mimic-bindings.ts'
import type { MimicWords } from './runtime/mimic-format.ts'

/** A mimic ready to be put on the page. */
export interface OpenedMimic {
  readonly root: SVGSVGElement
  readonly plan: BindingPlan
  /** Elements that show the alarms of their tags. */
  readonly alarmSites: readonly AlarmSite[]
  readonly faults: readonly MimicFault[]
  readonly removals: readonly Removal[]
  /** Symbols that could not be used: equipment type and why. */
  readonly refusedSymbols: readonly {
    readonly type: string
    readonly refused: Refused | string
  }[]
  readonly styleRules: readonly string[]
}

export type MimicOpening =
  | { readonly ok: true; readonly mimic: OpenedMimic }
  | { readonly ok: false; readonly refused: Refused }

/** Drawings kept ready: enough for every display and symbol of a line. */
const mostKept = 120
const kept = new Map<string, SanitisedMimic>()

/** Sanitising the same text again would give the same: switching between displays does not pay for it twice. */
function sanitiseOnce(text: string): SanitisedMimic {
  const known = kept.get(text)
  if (known) return known
  const result = sanitiseMimic(text)
  if (kept.size >= mostKept) kept.delete(kept.keys().next().value!)
  kept.set(text, result)
  return result
}

/** Opens a mimic. Rejects only when the mimic's own file or the descriptions cannot be loaded. */
export async function openMimic(source: MimicSource, name: string, words: MimicWords): Promise<MimicOpening> {
  const [text, equipmentRows] = await Promise.all([source.loadMimic(name), source.loadEquipment()])
  const sanitised = sanitiseOnce(text)
  if (!sanitised.ok) return { ok: false, refused: sanitised }
  const equipment = new Map(equipmentRows.map((row) => [row.name, row]))
  const types = new Set<string>()
  for (const instance of equipmentNames(sanitised.drawing)) {
    const row = equipment.get(instance)
    if (row) types.add(row.type)
  }
  const { symbols, refusedSymbols } = await loadSymbols(source, [...types])
  const drawing = assembleDrawing(sanitised.drawing, { language: words.locale, equipment, symbols })
  const rows = await rowsOf(source, candidateTags(drawing.sites))
  const plan = compileBindings(drawing.sites, rows, words)
  return {
    ok: true,
    mimic: {
      root: drawing.root,
      plan,
      alarmSites: alarmSitesOf(drawing.sites),
      faults: [...drawing.faults, ...plan.faults],
      removals: sanitised.drawing.removals,
      refusedSymbols,
      styleRules: drawing.styleRules,
    },
  }
}

async function rowsOf(source: MimicSource, names: readonly string[]): Promise<readonly TagRow[]> {
  return names.length === 0 ? [] : source.describeTags(names)
}

async function loadSymbols(
  source: MimicSource,
  types: readonly string[],
): Promise<{ symbols: ReadonlyMap<string, SafeDrawing>; refusedSymbols: OpenedMimic['refusedSymbols'] }> {
  const symbols = new Map<string, SafeDrawing>()
  const refusedSymbols: { type: string; refused: Refused | string }[] = []
  const loaded = await Promise.allSettled(types.map((type) => source.loadSymbol(type)))
  for (const [index, outcome] of loaded.entries()) {
    const type = types[index]!
    if (outcome.status === 'rejected') {
      refusedSymbols.push({
        type,
        refused: outcome.reason instanceof Error ? outcome.reason.message : `${outcome.reason}`,
      })
      continue
    }
    const sanitised = sanitiseOnce(outcome.value)
    if (sanitised.ok) symbols.set(type, sanitised.drawing)
    else refusedSymbols.push({ type, refused: sanitised })
  }
  return { symbols, refusedSymbols }
}
