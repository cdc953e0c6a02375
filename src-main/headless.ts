// The runtime without Electron: the same screens in a browser. Stops cleanly on SIGTERM and SIGINT.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLogger, type Logger } from './base/logger.ts'
import { messageOf } from './shared/runtime-error.ts'
import { type Station, startStation } from './station.ts'

/** A stop that takes longer ends anyway: a supervisor would kill the process. */
const stopLimitMs = 5_000

export interface HeadlessOptions {
  readonly plantFolder: string
  readonly dataFolder: string
  readonly host: string
  readonly port: number
}

/** The built screens, beside the sources and beside the built runtime alike. */
export const builtScreensFolder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../out/renderer' : '../renderer', import.meta.url),
)

/**
 * Starts the station, prints `lineside ready <url>` as the only line on stdout, and arranges the clean stop. What a person
 * has to know besides goes to `tell`.
 */
export async function runHeadless(
  options: HeadlessOptions,
  tell: (line: string) => void,
  beforeStop: () => unknown = () => undefined,
): Promise<Station> {
  const logger = createLogger()
  // A full disk behind an output, or a reader that is gone, stops no station.
  for (const output of [process.stdout, process.stderr])
    output.on('error', (error) => logger.warn(`an output takes nothing: ${messageOf(error)}`))
  const starting = startStation({ ...options, screensFolder: builtScreensFolder, logger })
  stopOnSignal(logger, async () => {
    await beforeStop()
    await (await starting).close()
  })
  const station = await starting
  process.stdout.write(`lineside ready ${station.url}\n`)
  for (const notice of station.notices) tell(notice)
  if (!existsSync(join(builtScreensFolder, 'index.html')))
    tell(
      'The screens are not built yet, so a browser shows none: run "npm run build" in the folder of Lineside, then load the page again.',
    )
  return station
}

/** SIGTERM and SIGINT end the process when everything is closed, also while it is still starting. */
function stopOnSignal(logger: Logger, close: () => Promise<void>): void {
  let isStopping = false
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) return
    isStopping = true
    logger.info(`stopping on ${signal}`)
    setTimeout(() => process.exit(1), stopLimitMs).unref()
    void close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error(`stopping failed: ${messageOf(error)}`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
