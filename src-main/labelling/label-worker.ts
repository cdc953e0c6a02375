// Worker thread of label-thread.ts: opens the rooms of labels and answers until it is told to end.
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../base/clock.ts'
import { createLogger } from '../base/logger.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import { type LabelAnswers, labelAnswers } from './label-answers.ts'
import type { FromLabelWorker, LabelWorkerStart, ToLabelWorker } from './label-message.ts'
import { LabelRooms } from './label-rooms.ts'

const port = parentPort
if (!port) throw new Error('label-worker.ts runs as a worker thread of label-thread.ts only')

const logger = createLogger().part('labels')
const post = (message: FromLabelWorker): void => port.postMessage(message)

function opened(): LabelRooms | null {
  try {
    const tell = (news: Extract<FromLabelWorker, { type: 'news' }>['news']) => post({ type: 'news', news })
    return new LabelRooms({ ...(workerData as LabelWorkerStart), clock: systemClock, logger, tell })
  } catch (error) {
    const code = error instanceof RuntimeError ? error.code : 'BadInternalError'
    post({ type: 'failed', code, message: messageOf(error) })
    return null
  }
}

const rooms = opened()
if (rooms !== null) {
  const answers = labelAnswers(rooms)
  port.on('message', async (message: ToLabelWorker) => {
    if (message.type === 'ping') return post({ type: 'pong', id: message.id })
    if (message.type === 'ask') return post(await answerTo(answers, message))
    await rooms.close()
    port.close()
  })
  post({ type: 'ready' })
}

async function answerTo(
  answers: LabelAnswers,
  { id, name, input, user }: Extract<ToLabelWorker, { type: 'ask' }>,
): Promise<FromLabelWorker> {
  const answer = answers[name] as (input: unknown, user: string) => unknown
  try {
    return { type: 'answer', id, value: await answer(input, user) }
  } catch (error) {
    if (error instanceof RuntimeError) return { type: 'refusal', id, code: error.code, message: error.message }
    logger.error(`the question ${name} to the label thread failed: ${messageOf(error)}`, {
      stack: (error as Error)?.stack,
    })
    return { type: 'refusal', id, code: 'BadInternalError', message: messageOf(error) }
  }
}
