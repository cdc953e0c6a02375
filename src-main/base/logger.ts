// One structured line per event, to stderr; texts that are expensive are built only when they are written.
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
  return wrap(pino({ level, base: null }, pino.destination({ dest: 2, sync: true })))
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
