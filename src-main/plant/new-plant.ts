// A new plant folder begins as a copy of a template; this says in its plant.yaml what the plant is called.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { writeFileAtomically } from './source/atomic-file.ts'

/** What an installer knows on the first day; absent = as in the template. */
export interface NewPlantKeys {
  readonly name?: string
  readonly line?: string
  readonly site?: string
  readonly timeZone?: string
}

/** Sets the keys in plant.yaml of the folder; its comments stay. Throws when the file cannot be read or written. */
export async function setPlantKeys(folder: string, keys: NewPlantKeys): Promise<void> {
  const path = join(folder, 'plant.yaml')
  const document = parseDocument(await readFile(path, 'utf8'))
  for (const key of ['name', 'line', 'site', 'timeZone'] as const)
    if (keys[key] !== undefined) document.set(key, keys[key])
  await writeFileAtomically(path, document.toString({ lineWidth: 0 }))
}
