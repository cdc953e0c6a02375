// Worker thread of plant-thread.ts: works on a plant folder, one piece after the other, until it is ended, and all its memory with it.
import { parentPort } from 'node:worker_threads'
import type { ThreadAnswer } from './base/thread-on-demand.ts'
import { plantWork } from './plant/plant-work.ts'
import { plantRules } from './plant-rules.ts'
import type { PlantJob, ToPlantWorker } from './plant-thread.ts'
import { messageOf, RuntimeError } from './shared/runtime-error.ts'

const port = parentPort
if (!port) throw new Error('plant-worker.ts runs as a worker thread of plant-thread.ts only')

const work = plantWork(plantRules)

port.on('message', async ({ id, job }: ToPlantWorker) => {
  port.postMessage(await answerTo(id, job))
})

async function answerTo(id: number, job: PlantJob): Promise<ThreadAnswer> {
  try {
    return { type: 'answer', id, value: await done(job) }
  } catch (error) {
    if (error instanceof RuntimeError) return { type: 'refusal', id, code: error.code, message: error.message }
    return { type: 'refusal', id, code: 'BadInternalError', message: messageOf(error) }
  }
}

function done(job: PlantJob): Promise<unknown> {
  switch (job.kind) {
    case 'read':
      return work.read(job.folder, job.options)
    case 'export':
      return work.exportTags(job.plant)
    case 'import':
      return work.importTags(job.import)
    case 'saveTrend':
      return work.saveTrend(job.save)
    case 'deleteTrend':
      return work.deleteTrend(job.delete)
    case 'saveAlarms':
      return work.saveAlarms(job.save)
    case 'exportAlarms':
      return work.exportAlarms(job.plant)
    case 'importAlarms':
      return work.importAlarms(job.import)
    case 'saveTemplate':
      return work.saveTemplate(job.save)
    case 'deleteTemplate':
      return work.deleteTemplate(job.delete)
    case 'readTemplate':
      return work.readTemplate(job.read)
    case 'saveMimic':
      return work.saveMimic(job.input)
    case 'deleteMimic':
      return work.deleteMimic(job.input)
    case 'saveEquipment':
      return work.saveEquipment(job.input)
    case 'displayQuality':
      return work.displayQuality(job.input)
    case 'findLibraryFile':
      return work.findLibraryFile(job.input)
  }
}
