// A station whose history is judged from outside: ended and started again on the same folders, asked over HTTP only.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonValue } from '../../src-main/shared/data-value.ts'
import type { StoredRows } from './history-truth.ts'
import { type Files, StationProcess, writeFolder } from './station-process.ts'

const user = 'judge'
const password = 'correct horse battery'
const rowsPerPage = 200_000

/** Tags that only `history.write` gives samples, of every kind: their topics are never published. */
export const writtenTags: readonly { readonly tag: string; readonly dataType: string }[] = [
  { tag: 'Written.Temperature', dataType: 'float64' },
  { tag: 'Written.Noise', dataType: 'float64' },
  { tag: 'Written.Real', dataType: 'float32' },
  { tag: 'Written.Count', dataType: 'int32' },
  { tag: 'Written.Total', dataType: 'int64' },
  { tag: 'Written.Running', dataType: 'bool' },
  { tag: 'Written.Recipe', dataType: 'string' },
  { tag: 'Written.Level', dataType: 'float64' },
]

/** A plant with these tags on a device that does not exist. `history`: of plant.yaml, as YAML text. */
export function writtenFiles(history = ''): Record<string, string> {
  const tags = writtenTags.map(
    ({ tag, dataType }) => `  - { name: ${tag}, device: nowhere, address: nowhere/${tag}, dataType: ${dataType} }`,
  )
  return {
    'plant.yaml': `name: Judge\nline: L1\nsite: Here\n${history}`,
    'devices/nowhere.yaml': 'name: nowhere\nprotocol: mqtt\naddress: mqtt://127.0.0.1:9\nenabled: false\n',
    'tags/written.yaml': `tags:\n${tags.join('\n')}\n`,
  }
}

export class HistoryStation {
  readonly folder: string
  readonly dataFolder: string
  readonly #environment: NodeJS.ProcessEnv
  #process: StationProcess | null = null

  /** `dataFolder`: given, it is the caller's to remove. */
  constructor(files: Files, options: { dataFolder?: string; environment?: NodeJS.ProcessEnv } = {}) {
    this.folder = writeFolder(files)
    this.dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'lineside-judged-'))
    this.#environment = options.environment ?? {}
  }

  get process(): StationProcess {
    if (this.#process === null) throw new Error('the station is not running')
    return this.#process
  }

  /** For the first time with the code of the first start, which makes the account of all later ones. */
  async start(): Promise<StationProcess> {
    const isFirst = this.#process === null && !this.#hasAccount
    const options = { dataFolder: this.dataFolder, environment: this.#environment }
    const station = await StationProcess.start(this.folder, isFirst ? options : { ...options, user, password })
    if (isFirst) {
      await station.call('access.addAccount', { user, password, roles: ['administrator'] })
      await station.logIn(user, password)
      this.#hasAccount = true
    }
    this.#process = station
    return station
  }
  #hasAccount = false

  /** kill -9, or whatever signal is given; resolves when the process is gone. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    const station = this.process
    this.#process = null
    return station.stop(signal)
  }

  /** All rows of one tag in [from, to), page by page. */
  async rows(tag: string, from: number, to: number): Promise<StoredRows> {
    const timestamps: number[] = []
    const values: JsonValue[] = []
    const statusCodes: number[] = []
    let cursor: string | undefined
    do {
      const { status, body } = await this.process.post('history.read', {
        tags: [tag],
        from,
        to,
        mode: 'raw',
        limit: rowsPerPage,
        ...(cursor === undefined ? {} : { cursor }),
      })
      // Never recorded.
      if (status === 404) break
      if (status !== 200) throw new Error(`history.read of ${tag} answered ${status}: ${JSON.stringify(body)}`)
      const page = body as {
        series: { timestamps: number[]; values: JsonValue[]; statusCodes: number[] }[]
        cursor?: string
      }
      const series = page.series[0]!
      for (let row = 0; row < series.timestamps.length; row++) {
        timestamps.push(series.timestamps[row]!)
        values.push(series.values[row]!)
        statusCodes.push(series.statusCodes[row]!)
      }
      cursor = page.cursor
    } while (cursor !== undefined)
    return { timestamps, values, statusCodes }
  }

  async remove(): Promise<void> {
    if (this.#process !== null) await this.end('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
    rmSync(this.dataFolder, { recursive: true, force: true })
  }
}
