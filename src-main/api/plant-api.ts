// Calls and feeds about the plant folder: what the line is called, its displays, its faults.
import type { EquipmentRow, PlantRow } from '../shared/contract.ts'
import { displaysOf } from '../shared/display-search.ts'
import type { ApiParts } from './api-parts.ts'
import type { NounCalls, NounFeeds } from './call-handlers.ts'
import { stateSource } from './feed.ts'
import type { MimicCalls } from './mimic-api.ts'

export function plantCalls(parts: ApiParts): Omit<NounCalls<'plant'>, keyof MimicCalls> {
  const { plantStore } = parts
  return {
    'plant.info': () => plantRow(parts),
    'plant.mimic': async ({ name }) => ({
      name,
      svg: await plantStore.mimicSvg(name),
      revision: plantStore.revision,
    }),
    'plant.symbol': async ({ type }) => ({ type, svg: await plantStore.symbolSvg(type) }),
    'plant.equipment': () => ({ equipment: equipmentRows(plantStore.plant) }),
    'plant.displays': (wanted) => ({ mimics: displaysOf(plantStore.plant.mimics, wanted) }),
    'plant.faults': () => ({ faults: plantStore.faults }),
    'plant.reload': async (_input, { note }) => {
      note.oldValue = { revision: plantStore.revision }
      await plantStore.reload()
      note.newValue = { revision: plantStore.revision, faultCount: plantStore.faults.length }
      return { faults: plantStore.faults, revision: plantStore.revision }
    },
    'plant.exportTags': async () => ({ csv: await plantStore.exportTags() }),
    'plant.importTags': async ({ file, csv }, { note }) => {
      note.target = file
      const { faults, tagCount } = await plantStore.importTags(file, csv)
      note.newValue = { tagCount, faultCount: faults.length }
      return { faults, tagCount }
    },
    'plant.trends': () => ({ groups: plantStore.trends() }),
    'plant.saveTrend': async ({ group, version }, { note }) => {
      note.target = group.name
      const result = await plantStore.saveTrend(group, version)
      note.newValue = { penCount: group.pens.length, faultCount: result.faults.length }
      return result
    },
    'plant.deleteTrend': async ({ name, version }, { note }) => {
      note.target = name
      await plantStore.deleteTrend(name, version)
      return {}
    },
  }
}

/** `onChange` is told of a change of the plant until the function it gives back is called. */
export function plantFeeds(parts: ApiParts, onChange: (notify: () => void) => () => void): NounFeeds<'plant'> {
  return { 'plant.watch': () => stateSource(() => plantRow(parts), onChange) }
}

function plantRow({ plantStore, history, version }: ApiParts): PlantRow {
  const { plant } = plantStore
  return {
    name: plant.name,
    line: plant.line,
    site: plant.site,
    description: plant.description,
    languages: plant.languages,
    timeZone: plant.timeZone,
    startMimic: plant.startMimic,
    mimics: plant.mimics.map(({ name, title, level, parent, area }) => ({ name, title, level, parent, area })),
    faultCount: plantStore.faults.length,
    isRecording: history.isRecording,
    revision: plantStore.revision,
    version,
  }
}

function equipmentRows(plant: ApiParts['plantStore']['plant']): readonly EquipmentRow[] {
  const membersOf = new Map(plant.equipmentTypes.map((type) => [type.name, type.members]))
  return plant.equipment.map(({ name, type, description, place, parent, members, children }) => {
    const row = { name, type, description, place, parent, members, children }
    const absent = (membersOf.get(type) ?? [])
      .map((member) => member.name)
      .filter((member) => !Object.hasOwn(members, member) && !Object.hasOwn(children, member))
    return absent.length === 0 ? row : { ...row, absent }
  })
}
