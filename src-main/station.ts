// A runtime with its ways in, as every entry starts it: headless, desktop, npm start.

import { startWebServer, type WebServer } from './api/web-server.ts'
import type { Logger } from './base/logger.ts'
import { version } from './base/version.ts'
import { type Runtime, startRuntime } from './runtime.ts'

export interface StationOptions {
  readonly plantFolder: string
  readonly dataFolder: string
  readonly host: string
  /** 0 = any free. */
  readonly port: number
  /** The built screens; null serves the API alone. */
  readonly screensFolder: string
  readonly logger: Logger
}

export interface Station {
  readonly runtime: Runtime
  readonly url: string
  /** What a person has to know besides: the first-start code while there is no account, a certificate's fingerprint. */
  readonly notices: readonly string[]
  close(): Promise<void>
}

/** Starts runtime and web server; resolves when screens and API answer. Throws when the port or the data folder cannot be used. */
export async function startStation(options: StationOptions): Promise<Station> {
  const { plantFolder, dataFolder, host, port, screensFolder, logger } = options
  const runtime = await startRuntime({ plantFolder, dataFolder, version, logger })
  let server: WebServer
  try {
    server = await startWebServer({
      host,
      port,
      api: runtime.api,
      screensFolder,
      dataFolder,
      version,
      logger: logger.part('web'),
    })
  } catch (error) {
    await runtime.close()
    throw error
  }
  return {
    runtime,
    url: server.url,
    notices: noticesOf(runtime, server),
    close: async () => {
      await server.close()
      await runtime.close()
    },
  }
}

function noticesOf(runtime: Runtime, server: WebServer): readonly string[] {
  const code = runtime.access.firstStartCode
  return [
    ...(code === null ? [] : [`First-start code: ${code}`]),
    ...(server.fingerprint ? [`Certificate fingerprint (SHA-256): ${server.fingerprint}`] : []),
  ]
}
