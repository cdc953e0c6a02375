// Worker thread of plant-thread.ts: does one piece of work on a plant folder and ends, and all its memory with it.
import { parentPort, workerData } from 'node:worker_threads'
import { protocolCatalog } from './drivers/protocol-catalog.ts'
import { plantWork } from './plant/plant-work.ts'
import type { PlantJob, PlantJobResult } from './plant-thread.ts'
import { RuntimeError } from './shared/runtime-error.ts'

const port = parentPort
if (!port) throw new Error('plant-worker.ts runs as a worker thread of plant-thread.ts only')

port.postMessage(await resultOf(workerData as PlantJob))

async function resultOf(job: PlantJob): Promise<PlantJobResult> {
  const work = plantWork(protocolCatalog)
  try {
    switch (job.kind) {
      case 'read':
        return { ok: true, value: await work.read(job.folder, job.options) }
      case 'export':
        return { ok: true, value: await work.exportTags(job.plant) }
      case 'import':
        return { ok: true, value: await work.importTags(job.import) }
      case 'saveTrend':
        return { ok: true, value: await work.saveTrend(job.save) }
      case 'deleteTrend':
        await work.deleteTrend(job.delete)
        return { ok: true, value: null }
      case 'saveAlarms':
        return { ok: true, value: await work.saveAlarms(job.save) }
      case 'exportAlarms':
        return { ok: true, value: await work.exportAlarms(job.plant) }
      case 'importAlarms':
        return { ok: true, value: await work.importAlarms(job.import) }
      case 'saveMimic':
        return { ok: true, value: await work.saveMimic(job.input) }
      case 'deleteMimic':
        return { ok: true, value: await work.deleteMimic(job.input) }
      case 'saveEquipment':
        return { ok: true, value: await work.saveEquipment(job.input) }
      case 'displayQuality':
        return { ok: true, value: await work.displayQuality(job.input) }
      case 'findLibraryFile':
        return { ok: true, value: await work.findLibraryFile(job.input) }
    }
  } catch (error) {
    // Errors of this program's own kind cross by code and text; others are bugs and end the thread.
    if (error instanceof RuntimeError) return { ok: false, code: error.code, message: error.message }
    throw error
  }
}
