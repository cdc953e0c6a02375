// What commands that take long have in common: a file that appears when it is whole, progress on stderr, Ctrl+C, times as arguments.
import { createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { messageOf, RuntimeError } from './shared/runtime-error.ts'

/** How often a person sees the progress, and how often a log does; ms. */
const terminalIntervalMs = 200
const logIntervalMs = 5000

/** 128 + SIGINT, as shells have it. */
export const cancelledExitCode = 130

/** Aborted by the first Ctrl+C or SIGTERM; a second one ends the process as usual. */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
  return controller.signal
}

/** Runs the work; what it throws after an abort is the abort. Resolves with the exit code. */
export async function cancellable(
  signal: AbortSignal,
  work: (progress: ProgressLines) => Promise<number>,
): Promise<number> {
  const progress = new ProgressLines(process.stderr)
  try {
    return await work(progress)
  } catch (error) {
    progress.end(signal.aborted ? 'cancelled; nothing is left' : '')
    if (signal.aborted) return cancelledExitCode
    throw error
  }
}

/** RFC 3339 text with its offset, a date (midnight UTC), ms since 1970, or `now`. */
export function timeOf(option: string, text: string): number {
  if (text === 'now') return Date.now()
  if (/^-?\d{1,16}$/.test(text)) return Number(text)
  const isTime = /^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2}))?$/.test(text)
  const time = isTime ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time))
    refuse(`${option}: a time is expected, as 2026-03-01, 2026-03-01T06:00:00+01:00 or now, not "${text}"`)
  return time
}

/** Throws RuntimeError BadInvalidArgument. */
export function refuse(message: string): never {
  throw new RuntimeError('BadInvalidArgument', message)
}

/** Where the bytes go. */
export interface Output {
  write(bytes: Uint8Array): Promise<void>
  /** All of it is there. */
  keep(): Promise<void>
  /** It was not finished: nothing stays. */
  discard(): Promise<void>
}

/** A file gets its name when it is whole; until then it is called `<name>.part`. */
export async function openOutput(path: string | undefined): Promise<Output> {
  if (path === undefined) return streamOutput(process.stdout)
  const target = resolve(path)
  if ((await stat(target).catch(() => null))?.isDirectory()) refuse(`--out: ${target} is a folder`)
  const part = `${target}.part`
  await mkdir(dirname(target), { recursive: true })
  const stream = createWriteStream(part)
  const output = streamOutput(stream)
  const end = () => new Promise<void>((resolve) => stream.end(resolve))
  return {
    write: (bytes) => output.write(bytes),
    async keep() {
      await end()
      const file = await open(part, 'r+')
      await file.sync()
      await file.close()
      await rename(part, target)
    },
    async discard() {
      await end()
      await rm(part, { force: true })
    },
  }
}

function streamOutput(stream: Writable): Output {
  let failure: Error | null = null
  stream.on('error', (error) => {
    failure = error
  })
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        const failed = (error: Error) =>
          reject(new RuntimeError('BadResourceUnavailable', `The export cannot be written: ${messageOf(error)}`, error))
        if (failure) return failed(failure)
        // One piece under way at a time: a slow reader of a pipe makes the export slow, not large.
        stream.write(bytes, (error) => (error ? failed(error) : resolve()))
      }),
    keep: async () => undefined,
    discard: async () => undefined,
  }
}

/** One line that changes on a terminal, a line now and then elsewhere. */
export class ProgressLines {
  readonly #stream: NodeJS.WriteStream
  #shownAt = Number.NEGATIVE_INFINITY
  #isShown = false

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  say(text: string): void {
    const now = performance.now()
    if (now - this.#shownAt < (this.#stream.isTTY ? terminalIntervalMs : logIntervalMs)) return
    this.#shownAt = now
    this.#isShown = true
    this.#stream.write(this.#stream.isTTY ? `\r\x1b[2K${text}` : `${text}\n`)
  }

  end(text: string): void {
    if (this.#isShown && this.#stream.isTTY) this.#stream.write('\r\x1b[2K')
    if (text !== '') this.#stream.write(`${text}\n`)
  }
}
