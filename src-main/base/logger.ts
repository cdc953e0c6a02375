// One structured line per event, to stderr; texts that are expensive are built only when they are written. A log that cannot
// be written (full disk, a pipe nobody reads) neither stops nor holds up the station: lines are lost, and counted.
import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import { pino } from 'pino'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
type Text = string | (() => string)

export interface Logger {
  debug(message: Text, fields?: object): void
  info(message: Text, fields?: object): void
  warn(message: Text, fields?: object): void
  error(message: Text, fields?: object): void
  /** The same log, lines marked with this part's name. */
  part(name: string): Logger
}

/** Log of the process; JSON lines on stderr. `LINESIDE_LOG` sets the level (debug, info, warn, error, silent). */
export function createLogger(level: string = process.env.LINESIDE_LOG ?? 'info'): Logger {
  return wrap(pino({ level, base: null }, new LossyOutput(stderrThatNeverWaits())))
}

/** Writes lines to a file descriptor as far as it takes them. */
export class LossyOutput {
  readonly #descriptor: number
  #lostCount = 0

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  /** Never throws. The first line that can be written again is preceded by one that says how many were lost. */
  write(line: string): void {
    try {
      if (this.#lostCount > 0) {
        const msg = `${this.#lostCount} lines of this log are lost: they could not be written`
        writeSync(this.#descriptor, `${JSON.stringify({ level: 40, time: Date.now(), msg })}\n`)
        this.#lostCount = 0
      }
      writeSync(this.#descriptor, line)
    } catch {
      this.#lostCount++
    }
  }
}

/** A pipe is opened once more, for this process alone, so that a reader who stops reading stops nobody. */
function stderrThatNeverWaits(): number {
  const stderr = 2
  try {
    if (process.platform !== 'linux' || !fstatSync(stderr).isFIFO()) return stderr
    return openSync('/proc/self/fd/2', constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return stderr
  }
}

type PinoLogger = ReturnType<typeof pino>

function wrap(target: PinoLogger): Logger {
  const write = (level: LogLevel) => (message: Text, fields?: object) => {
    if (target.isLevelEnabled(level)) target[level](fields ?? {}, typeof message === 'string' ? message : message())
  }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    part: (name) => wrap(target.child({ part: name })),
  }
}

/** Writes nothing. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  part: () => silentLogger,
}
