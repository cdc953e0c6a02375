// Rules about the displays together: an overview, ways from one to the other, and every alarm on some display (HMI.md H18, H22).
import type { DisplayFinding } from '../../shared/display-quality.ts'
import { sharedPlace } from '../../shared/display-search.ts'
import { displayThresholds as thresholds } from '../../shared/display-style.ts'
import { parseOpenTarget } from '../../shared/mimic.ts'
import type { MimicEntry, Plant } from '../../shared/plant.ts'
import type { Drawing } from './display-drawing.ts'
import type { Finding } from './display-rule.ts'

/** Display → displays that one action leads to: clicks on it, its parent, its children. */
export type DisplayWays = ReadonlyMap<string, ReadonlySet<string>>

export function waysOf(mimics: readonly MimicEntry[], drawings: ReadonlyMap<string, Drawing>): DisplayWays {
  const ways = new Map(mimics.map(({ name }) => [name, new Set<string>()]))
  for (const { name, parent } of mimics) {
    if (parent !== null) {
      ways.get(name)!.add(parent)
      ways.get(parent)?.add(name)
    }
    for (const { bindings } of drawings.get(name)?.elements ?? []) {
      const target = parseOpenTarget(bindings.get('open') ?? '')
      if (target?.kind === 'mimic' && target.name !== name && ways.has(target.name)) ways.get(name)!.add(target.name)
    }
  }
  return ways
}

/** Actions to each display from the first one; those that cannot be reached are absent. */
export function actionsFrom(start: string, ways: DisplayWays): ReadonlyMap<string, number> {
  const found = new Map([[start, 0]])
  // A Map takes up what is added while it is walked.
  for (const [name, actions] of found)
    for (const next of ways.get(name) ?? []) if (!found.has(next)) found.set(next, actions + 1)
  return found
}

/** Dead ends and far displays, of each display by itself. */
export function wayFindings(entry: MimicEntry, plant: Plant, ways: DisplayWays): readonly Finding[] {
  const findings: Finding[] = []
  if (plant.mimics.length > 1 && ways.get(entry.name)?.size === 0)
    findings.push({
      rule: 'deadEnd',
      severity: 'error',
      element: null,
      message: 'no way leads on or back: it opens no display and has no place in navigation.yaml (parent)',
    })
  const start = plant.startMimic
  const actions = start === null ? 0 : actionsFrom(start, ways).get(entry.name)
  if (start !== null && actions === undefined)
    findings.push({
      rule: 'tooFar',
      severity: 'error',
      element: null,
      message: `it cannot be reached from ${start}: no display opens it and it has no place in navigation.yaml`,
      details: { start, actions: -1 },
    })
  else if (start !== null && actions! > thresholds.mostActions)
    findings.push({
      rule: 'tooFar',
      severity: 'warning',
      element: null,
      message: `${actions} actions from ${start}; ${thresholds.mostActions} are the most (open it from a nearer display)`,
      details: { start, actions: actions! },
    })
  return findings
}

/** What is said of the plant and of no display. */
export function plantFindings(plant: Plant, drawings: ReadonlyMap<string, Drawing>): readonly DisplayFinding[] {
  if (plant.mimics.length === 0) return []
  const findings: DisplayFinding[] = []
  if (!plant.mimics.some(({ level }) => level === 1))
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
  return [...findings, ...unseenAlarms(plant, drawings)]
}

/** Written in the plant folder, not made by the station as those of printers are. */
function isOfPlant({ device, expression }: Plant['tags'][number]): boolean {
  return device !== null || expression !== null
}

/** Alarms whose tag no display shows, together with the others of their area. */
function unseenAlarms(plant: Plant, drawings: ReadonlyMap<string, Drawing>): readonly DisplayFinding[] {
  const shown = shownNames(plant, drawings)
  const equipmentOf = new Map<string, Plant['equipment'][number]>()
  for (const equipment of plant.equipment)
    for (const tag of Object.values(equipment.members)) if (!equipmentOf.has(tag)) equipmentOf.set(tag, equipment)
  const tags = new Set(plant.tags.filter(isOfPlant).map(({ name }) => name))
  const areas = new Map<string, { tags: Set<string>; file: string; places: string[] }>()
  for (const [index, { tag }] of plant.alarms.entries()) {
    // Alarms of devices, printers and of the runtime itself are shown by their own screens.
    if (!tags.has(tag) || shown.has(tag)) continue
    const equipment = equipmentOf.get(tag)
    const place = equipment?.place ?? ''
    const group = areas.get(place) ?? { tags: new Set<string>(), file: '', places: [] }
    group.tags.add(tag)
    group.places.push(place)
    if (group.file === '') group.file = plant.alarmDatabase.sources[index]?.file ?? 'mimics/navigation.yaml'
    areas.set(place, group)
  }
  return [...areas].map(([area, group]) => {
    const names = [...group.tags].sort()
    const listed = names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '')
    const place = sharedPlace(group.places) ?? area
    const where = place === '' ? 'of the line' : `of ${place}`
    return {
      rule: 'alarmWithoutDisplay',
      severity: 'warning',
      file: group.file,
      line: 1,
      column: 1,
      element: null,
      message: `no display shows ${names.length} ${names.length === 1 ? 'tag' : 'tags'} ${where} with alarms: ${listed}`,
      details: { count: names.length, area: place, tags: listed },
    }
  })
}

/** Names of all tags that are seen on some display: bound, in an expression, or of equipment that is drawn or opened. */
function shownNames(plant: Plant, drawings: ReadonlyMap<string, Drawing>): ReadonlySet<string> {
  const shown = new Set<string>()
  const equipment = new Map(plant.equipment.map((instance) => [instance.name, instance]))
  const show = (name: string) => {
    for (const tag of Object.values(equipment.get(name)?.members ?? {})) shown.add(tag)
  }
  for (const entry of plant.mimics) {
    for (const tag of entry.tags) shown.add(tag)
    for (const name of entry.equipment) show(name)
  }
  for (const { elements } of drawings.values())
    for (const { bindings } of elements)
      for (const [attribute, text] of bindings) {
        if (attribute === 'equipment') show(text.trim())
        else if (attribute === 'open') {
          const target = parseOpenTarget(text)
          if (target?.kind === 'faceplate' && target.of !== null) show(target.of)
        } else for (const [name] of text.matchAll(/[^\s()[\]{},?:!&|<>=+*/%'"]+/g)) shown.add(name)
      }
  return shown
}
