// What the desktop program is started with: flags first, then the environment, then the places of the installed program.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

export interface ShellOptions {
  readonly plantFolder: string
  readonly dataFolder: string
  readonly host: string
  /** 0 = any free. */
  readonly port: number
  readonly kiosk: boolean
}

export interface ShellPlaces {
  /** Where the operating system wants the program's own files. */
  readonly userFolder: string
  readonly isPackaged: boolean
}

/** Unknown flags are Electron's and Chromium's own, and pass. */
export function readShellOptions(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  places: ShellPlaces,
): ShellOptions {
  const { values } = parseArgs({
    args: argv.slice(1),
    strict: false,
    options: {
      plant: { type: 'string' },
      data: { type: 'string' },
      host: { type: 'string' },
      port: { type: 'string' },
      kiosk: { type: 'boolean' },
    },
  })
  const text = (flag: unknown, variable: string | undefined, otherwise: string): string =>
    typeof flag === 'string' ? flag : (variable ?? otherwise)
  const port = Number(text(values.port, environment.LINESIDE_PORT, '0'))
  return {
    plantFolder: text(values.plant, environment.LINESIDE_PLANT, packagedPlant(places)),
    dataFolder: text(values.data, environment.LINESIDE_DATA, join(places.userFolder, 'data')),
    host: text(values.host, environment.LINESIDE_HOST, '127.0.0.1'),
    port: Number.isInteger(port) && port >= 0 && port < 65_536 ? port : 0,
    kiosk: values.kiosk === true || environment.LINESIDE_KIOSK === '1',
  }
}

function packagedPlant({ isPackaged }: ShellPlaces): string {
  return isPackaged
    ? join(process.resourcesPath, 'plant')
    : fileURLToPath(new URL('../../resources/demo-plant', import.meta.url))
}
