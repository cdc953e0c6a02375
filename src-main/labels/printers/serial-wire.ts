// A printer on a serial line: `serial:/dev/ttyUSB0?baud=9600&parity=even&dataBits=7&stopBits=2`.
import type { Clock } from '../../base/clock.ts'
import { openSerialLine, type SerialLine, type SerialSettings } from '../../base/serial-line.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { type ByteLine, TalkingWire, type Wire } from './wire.ts'

export interface SerialConnection {
  readonly path: string
  readonly settings: SerialSettings
}

/** Throws RuntimeError BadConfigurationError with what is expected. */
export function parseSerialConnection(connection: string): SerialConnection {
  const refuse = (what: string): never => {
    throw new RuntimeError(
      'BadConfigurationError',
      `the connection ${connection} has ${what}; serial:/dev/ttyUSB0?baud=9600 is expected`,
    )
  }
  const [path = '', query = ''] = connection.replace(/^serial:/, '').split('?')
  if (path === '') refuse('no device')
  const given = new URLSearchParams(query)
  const one = <T extends string>(name: string, allowed: readonly T[], usual: T): T => {
    const value = given.get(name) ?? usual
    return (
      allowed.find((word) => word === value) ?? refuse(`${name} ${value}, but only ${allowed.join(', ')} are possible`)
    )
  }
  const baud = given.get('baud') ?? '9600'
  if (!/^\d{2,7}$/.test(baud)) refuse(`baud ${baud}`)
  const settings: SerialSettings = {
    baudRate: Number(baud),
    parity: one('parity', ['none', 'even', 'odd'], 'none'),
    dataBits: one('dataBits', ['8', '7'], '8') === '7' ? 7 : 8,
    stopBits: one('stopBits', ['1', '2'], '1') === '2' ? 2 : 1,
  }
  return { path, settings }
}

/** Throws RuntimeError BadNoCommunication that says what the system refused. */
export async function openSerialWire(
  { path, settings }: SerialConnection,
  timeoutMs: number,
  clock: Clock,
): Promise<Wire> {
  const abort = new AbortController()
  const timer = clock.after(timeoutMs, () => abort.abort())
  try {
    return new TalkingWire(new LineOfBytes(await openSerialLine(path, settings, abort.signal)), clock)
  } catch (error) {
    throw new RuntimeError('BadNoCommunication', `the serial line ${path} cannot be opened: ${messageOf(error)}`, error)
  } finally {
    timer.cancel()
  }
}

class LineOfBytes implements ByteLine {
  onBytes: (bytes: Buffer) => void = () => undefined
  onEnd: () => void = () => undefined
  onBroken: (reason: string) => void = () => undefined
  readonly #line: SerialLine
  #pendingCount = 0

  constructor(line: SerialLine) {
    this.#line = line
    line.onBytes = (bytes) => this.onBytes(Buffer.from(bytes))
    line.onEnd = (reason) => this.onBroken(reason)
  }

  /** In pieces: a slow line that takes a long label still moves. */
  write(bytes: Uint8Array, onTaken: () => void): void {
    const next = bytes.subarray(0, pieceLength)
    this.#pendingCount = bytes.length
    this.#line.write(next, () => {
      if (bytes.length > pieceLength) this.write(bytes.subarray(pieceLength), onTaken)
      else {
        this.#pendingCount = 0
        onTaken()
      }
    })
  }

  pendingCount(): number {
    return this.#pendingCount
  }

  /** A line has no end that could be said. */
  end(): void {
    this.onEnd()
  }

  destroy(): void {
    this.#line.destroy().catch((error) => this.onBroken(messageOf(error)))
  }
}

/** A second of the usual 9600 baud. */
const pieceLength = 960
