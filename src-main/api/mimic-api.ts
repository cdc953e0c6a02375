// Calls about drawing displays: their source, saving and deleting them, how good they are, new equipment to place on them.
import { RuntimeError } from '../shared/runtime-error.ts'
import type { ApiParts } from './api-parts.ts'
import type { CallHandlers } from './call-handlers.ts'

/** The rows of shared/mimic-calls.ts. */
export type MimicCalls = Pick<
  CallHandlers,
  | 'plant.mimicSource'
  | 'plant.saveMimic'
  | 'plant.deleteMimic'
  | 'plant.displayQuality'
  | 'plant.saveEquipment'
  | 'plant.document'
>

export function mimicCalls({ plantStore }: ApiParts): MimicCalls {
  return {
    'plant.mimicSource': ({ name }) => plantStore.mimicSource(name),
    'plant.saveMimic': async ({ name, svg, version, entry, dryRun = false }, { note }) => {
      note.target = name
      note.oldValue = { version: version ?? null }
      const saved = await plantStore.saveMimic(name, svg, { version, entry, dryRun })
      note.newValue = {
        version: saved.version,
        size: Buffer.byteLength(svg),
        score: saved.quality?.score ?? null,
        faultCount: saved.faults.length,
        ...(dryRun ? { dryRun } : {}),
      }
      return saved
    },
    'plant.deleteMimic': async ({ name, version }, { note }) => {
      note.target = name
      note.oldValue = { version: version ?? null }
      await plantStore.deleteMimic(name, version)
      return {}
    },
    'plant.displayQuality': () => plantStore.displayQuality(),
    'plant.saveEquipment': async ({ instance, instances = [], file, dryRun = false }, { note }) => {
      const all = instance === undefined ? instances : [instance, ...instances]
      const [first] = all
      if (first === undefined)
        throw new RuntimeError('BadInvalidArgument', 'Neither an instance nor instances are given')
      note.target = first.name
      const saved = await plantStore.saveEquipment(all, { file, dryRun })
      note.newValue = {
        type: first.type,
        place: first.place ?? null,
        description: first.description ?? null,
        parameters: first.parameters ?? null,
        ...(all.length === 1 ? {} : { instances: all.map(({ name }) => name) }),
        file: saved.file,
        faultCount: saved.faults.length,
        ...(dryRun ? { dryRun } : {}),
      }
      return saved
    },
    'plant.document': async ({ file }) => {
      const { mediaType, bytes } = await plantStore.document(file)
      return { file, mediaType, base64: bytes.toString('base64') }
    },
  }
}
