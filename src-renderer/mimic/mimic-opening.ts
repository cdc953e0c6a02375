// From the name of a mimic to everything its view needs: files loaded side by side, sanitised once, bound to the plant.
import type { EquipmentRow, TagRow } from '../../src-main/shared/contract.ts'
import { deepestSymbols } from '../../src-main/shared/mimic.ts'
import { messageOf } from '../../src-main/shared/runtime-error.ts'
import {
  assembleDrawing,
  type BindingSite,
  equipmentNames,
  type MimicFault,
  namedEquipment,
} from './drawing/mimic-drawing.ts'
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
  readonly sites: readonly BindingSite[]
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
  const { symbols, refusedSymbols } = await loadSymbols(source, sanitised.drawing, equipment)
  const drawing = assembleDrawing(sanitised.drawing, { language: words.locale, equipment, symbols })
  const rows = await rowsOf(source, candidateTags(drawing.sites))
  const plan = compileBindings(drawing.sites, rows, words, equipment)
  return {
    ok: true,
    mimic: {
      root: drawing.root,
      plan,
      sites: drawing.sites,
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

/** Symbols of everything the drawing shows, those inside of symbols too: level by level, side by side. */
async function loadSymbols(
  source: MimicSource,
  drawing: SafeDrawing,
  equipment: ReadonlyMap<string, EquipmentRow>,
): Promise<{ symbols: ReadonlyMap<string, SafeDrawing>; refusedSymbols: OpenedMimic['refusedSymbols'] }> {
  const symbols = new Map<string, SafeDrawing>()
  const refusedSymbols: { type: string; refused: Refused | string }[] = []
  const asked = new Set<string>()
  const seen = new Set<EquipmentRow>()
  let level = rowsNamed(drawing, null, equipment)
  for (let depth = 0; level.length > 0 && depth <= deepestSymbols; depth++) {
    const rows = level.filter((row) => !seen.has(row))
    for (const row of rows) seen.add(row)
    const types = [...new Set(rows.map(({ type }) => type))].filter((type) => !asked.has(type))
    for (const type of types) asked.add(type)
    const loaded = await Promise.all(types.map((type) => loadSymbol(source, type)))
    for (const [index, outcome] of loaded.entries()) {
      if ('root' in outcome) symbols.set(types[index]!, outcome)
      else refusedSymbols.push({ type: types[index]!, refused: outcome.refused })
    }
    level = rows.flatMap((row) => {
      const symbol = symbols.get(row.type)
      return symbol ? rowsNamed(symbol, row, equipment) : []
    })
  }
  return { symbols, refusedSymbols }
}

function rowsNamed(
  drawing: SafeDrawing,
  surrounding: EquipmentRow | null,
  equipment: ReadonlyMap<string, EquipmentRow>,
): EquipmentRow[] {
  return equipmentNames(drawing).flatMap((name) => namedEquipment(name, surrounding, equipment) ?? [])
}

async function loadSymbol(
  source: MimicSource,
  type: string,
): Promise<SafeDrawing | { readonly refused: Refused | string }> {
  try {
    const sanitised = sanitiseOnce(await source.loadSymbol(type))
    return sanitised.ok ? sanitised.drawing : { refused: sanitised }
  } catch (error) {
    return { refused: messageOf(error) }
  }
}
