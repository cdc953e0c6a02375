// How good the displays of a plant are by the rules of high-performance HMI (docs/display-quality.md): looked at only when
// somebody asks, never when the plant is loaded.
import type { DisplayFinding, DisplayQuality, PlantDisplayQuality } from '../../shared/display-quality.ts'
import { defaultDisplayLimits } from '../../shared/display-style.ts'
import type { MimicEntry, Plant } from '../../shared/plant.ts'
import { FaultList } from '../source/fault-list.ts'
import type { PlantFiles } from '../source/folder-scan.ts'
import { colourAlone, controlOnOverview, crowded, unboundElement, valueWithoutUnit } from './display-binding-rules.ts'
import { type Drawing, readDrawing } from './display-drawing.ts'
import { missingLanguage, missingTitle, offGround, overlap } from './display-layout-rules.ts'
import {
  alarmColourMisused,
  contrast,
  decoration,
  saturatedGround,
  smallText,
  tooManyColours,
} from './display-look-rules.ts'
import { type DisplayWays, plantFindings, wayFindings, waysOf } from './display-plant-rules.ts'
import { type CheckedDisplay, type DisplayRuleCheck, type Finding, mostListed } from './display-rule.ts'
import { scoreOf } from './display-score.ts'

/** What is looked at in each display. */
const displayRules: readonly DisplayRuleCheck[] = [
  tooManyColours,
  alarmColourMisused,
  saturatedGround,
  decoration,
  smallText,
  contrast,
  colourAlone,
  controlOnOverview,
  unboundElement,
  valueWithoutUnit,
  crowded,
  missingLanguage,
  missingTitle,
  overlap,
  offGround,
]

/** What the check says of one display; null when the plant has none of the name. `files`: the folder that the plant was made from. */
export async function qualityOfDisplay(name: string, plant: Plant, files: PlantFiles): Promise<DisplayQuality | null> {
  const entry = plant.mimics.find((mimic) => mimic.name === name)
  if (entry === undefined) return null
  const drawings = await drawingsOf(plant, files)
  return quality(entry, plant, drawings, waysOf(plant.mimics, drawings), tagsOf(plant))
}

/** What it says of all of them, in the order of navigation.yaml. */
export async function qualityOfPlant(plant: Plant, files: PlantFiles): Promise<PlantDisplayQuality> {
  const drawings = await drawingsOf(plant, files)
  const ways = waysOf(plant.mimics, drawings)
  const tags = tagsOf(plant)
  const displays = plant.mimics.map((entry) => quality(entry, plant, drawings, ways, tags))
  const findings = plantFindings(plant, drawings)
  const mean = displays.reduce((sum, { score }) => sum + score, 0) / displays.length
  const score = displays.length === 0 ? null : Math.max(0, Math.round(mean - (100 - scoreOf(findings))))
  return { displays, findings, score }
}

async function drawingsOf(plant: Plant, files: PlantFiles): Promise<ReadonlyMap<string, Drawing>> {
  const drawings = new Map<string, Drawing>()
  for (const { name, file } of plant.mimics) {
    const text = await files.read(file, new FaultList())
    if (text !== null) drawings.set(name, readDrawing(file, text))
  }
  return drawings
}

function tagsOf(plant: Plant): CheckedDisplay['tags'] {
  return new Map(
    plant.tags.map(({ name, unit, dataType, states }) => [
      name,
      { unit, isNumber: /int|float/.test(dataType) && states === null },
    ]),
  )
}

function quality(
  entry: MimicEntry,
  plant: Plant,
  drawings: ReadonlyMap<string, Drawing>,
  ways: DisplayWays,
  tags: CheckedDisplay['tags'],
): DisplayQuality {
  const drawing = drawings.get(entry.name)
  const limits = defaultDisplayLimits
  const display = drawing === undefined ? null : { entry, drawing, plant, limits, tags }
  const found = [
    ...wayFindings(entry, plant, ways),
    ...displayRules.flatMap((rule) => (display === null ? [] : [...rule(display)])),
  ]
  return { mimic: entry.name, score: scoreOf(found), findings: listed(found, entry.file) }
}

/** By place; of each rule so many as somebody reads, the last with how many more there are. */
function listed(found: readonly Finding[], file: string): readonly DisplayFinding[] {
  const counts = new Map<string, number>()
  for (const { rule } of found) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  const shown = new Map<string, number>()
  const placed = found.map(
    ({ rule, severity, element, message, details }): DisplayFinding => ({
      rule,
      severity,
      file,
      line: element?.line ?? 1,
      column: element?.column ?? 1,
      element: element?.id ?? null,
      message,
      details: details ?? {},
    }),
  )
  return placed
    .toSorted((a, b) => a.line - b.line || a.column - b.column || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0))
    .flatMap((finding) => {
      const count = (shown.get(finding.rule) ?? 0) + 1
      shown.set(finding.rule, count)
      if (count > mostListed) return []
      const more = count === mostListed ? counts.get(finding.rule)! - mostListed : 0
      if (more === 0) return [finding]
      return [{ ...finding, message: `${finding.message} (and ${more} more)`, details: { ...finding.details, more } }]
    })
}
