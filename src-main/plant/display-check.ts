// How good the displays of a plant are by the rules of high-performance HMI (docs/display-quality.md): looked at only when
// somebody asks, never when the plant is loaded.
import type { DisplayFinding, DisplayQuality, PlantDisplayQuality } from '../shared/display-quality.ts'
import type { MimicEntry, Plant } from '../shared/plant.ts'
import { scoreOf } from './display-score.ts'
import type { PlantFiles } from './folder-scan.ts'

/** What the check says of one display; null when the plant has none of the name. */
export async function qualityOfDisplay(name: string, plant: Plant, _files: PlantFiles): Promise<DisplayQuality | null> {
  const entry = plant.mimics.find((mimic) => mimic.name === name)
  return entry === undefined ? null : quality(entry, plant)
}

/** What it says of all of them, in the order of navigation.yaml. */
export async function qualityOfPlant(plant: Plant, _files: PlantFiles): Promise<PlantDisplayQuality> {
  const displays = plant.mimics.map((entry) => quality(entry, plant))
  const findings: DisplayFinding[] = []
  if (displays.length > 0 && !plant.mimics.some(({ level }) => level === 1))
    findings.push({
      rule: 'noOverview',
      severity: 'error',
      file: 'mimics/navigation.yaml',
      line: 1,
      column: 1,
      element: null,
      message: 'no display has level 1: an operator has no overview of the line',
      details: {},
    })
  const mean = displays.reduce((sum, { score }) => sum + score, 0) / displays.length
  return {
    displays,
    findings,
    score: displays.length === 0 ? null : Math.round(Math.max(0, mean - (100 - scoreOf(findings)))),
  }
}

function quality(entry: MimicEntry, plant: Plant): DisplayQuality {
  const missing = plant.languages.filter((language) => entry.title[language] === undefined)
  const findings: DisplayFinding[] = missing.map((language) => ({
    rule: 'missingLanguage',
    severity: 'warning',
    file: entry.file,
    line: 1,
    column: 1,
    element: null,
    message: `the display has no title in ${language}`,
    details: { language },
  }))
  return { mimic: entry.name, score: scoreOf(findings), findings }
}
