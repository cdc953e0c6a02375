// Labels as files of a folder: `file:/srv/labels` or `file:labels-out` below the data folder. A label is there whole or not at all.
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LabelPrinter, PrinterLanguage } from '../../shared/label.ts'
import { messageOf } from '../../shared/runtime-error.ts'
import { type OutgoingLabel, type PrinterAnswer, type PrinterChannel, PrinterFault } from './printer-channel.ts'

const endings: Readonly<Record<PrinterLanguage, string>> = { zpl: 'zpl', tspl: 'tspl', pdf: 'pdf', png: 'png' }

/** The folder of a `file:` connection; relative ones are below `dataFolder`. */
export function folderOf(connection: string, dataFolder: string): string {
  if (/^file:\/\//.test(connection)) return fileURLToPath(connection)
  const path = connection.replace(/^file:/, '')
  return isAbsolute(path) ? path : join(dataFolder, path === '' ? 'labels' : path)
}

export class FileChannel implements PrinterChannel {
  readonly isHere = true
  readonly #printer: LabelPrinter
  readonly #folder: string

  constructor(printer: LabelPrinter, folder: string) {
    this.#printer = printer
    this.#folder = folder
  }

  async status(): Promise<PrinterAnswer> {
    try {
      await mkdir(this.#folder, { recursive: true })
      return { conditions: ['ready'], message: '', hasAnswered: true }
    } catch (error) {
      const message = `the folder ${this.#folder} cannot be written to: ${messageOf(error)}`
      return { conditions: ['offline'], message, hasAnswered: true }
    }
  }

  prepare(): Promise<PrinterAnswer> {
    return this.status()
  }

  /** Written beside, synced, and given its name: `<job>-<identifier>.zpl`. */
  async send({ job, identifier, bytes }: OutgoingLabel): Promise<void> {
    const name = `${job}${identifier === null ? '' : `-${fileNameOf(identifier)}`}.${endings[this.#printer.language]}`
    const file = join(this.#folder, name)
    const unfinished = `${file}.part`
    try {
      const handle = await open(unfinished, 'w')
      try {
        await handle.writeFile(bytes)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(unfinished, file)
    } catch (error) {
      // Where nothing can be written nothing can be removed either; the label's next try writes over it.
      await rm(unfinished, { force: true }).catch(() => undefined)
      const message = `the label cannot be written to ${this.#folder}: ${messageOf(error)}`
      throw new PrinterFault(['fault'], message, 'untouched', error)
    }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/** What every file system takes, for people who look for it; the job names it for good. */
function fileNameOf(identifier: string): string {
  return identifier.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 100)
}
