// Printers behind IPP: label and office printers on port 631, and raw queues of CUPS. A label is a job; it is out when the job is completed
// (RFC 8011). One that does not get on is cancelled, so that it does not come out hours later.
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { type Clock, sleep } from '../../base/clock.ts'
import type { LabelPrinter, PrinterLanguage } from '../../shared/label.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { decodeIpp, encodeIpp, type IppAnswer, type IppAttribute, ippOperations } from './ipp-codec.ts'
import { type IppStatus, ippJobId, ippJobState, ippStatus, ippStatusWords } from './ipp-status.ts'
import {
  conditionsMessage,
  keepsFromPrinting,
  type OutgoingLabel,
  type PrinterAnswer,
  type PrinterChannel,
  PrinterFault,
} from './printer-channel.ts'

/** Where a printer is. */
export interface IppAddress {
  readonly host: string
  readonly port: number
  /** `/ipp/print`. */
  readonly path: string
  readonly isSecure: boolean
  /** SHA-256 of the printer's own certificate, hexadecimal; null = it has to be one of an authority that the system knows. */
  readonly fingerprint: string | null
  /** What the label is called on the way: raw bytes for CUPS. */
  readonly format: string
}

const formats: Readonly<Record<PrinterLanguage, string>> = {
  zpl: 'application/octet-stream',
  tspl: 'application/octet-stream',
  pdf: 'application/pdf',
  png: 'image/png',
}

/** The address of `ipp://host:631/ipp/print` or `ipps://…?fingerprint=…`. Throws RuntimeError BadConfigurationError. */
export function ippAddress(printer: LabelPrinter): IppAddress {
  const url = URL.parse(printer.connection)
  if (!url || url.hostname === '')
    throw new RuntimeError(
      'BadConfigurationError',
      `the printer ${printer.name} has the connection ${printer.connection}; ipp://host:631/ipp/print is expected`,
    )
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 631 : Number(url.port),
    path: url.pathname === '' || url.pathname === '/' ? '/ipp/print' : url.pathname,
    isSecure: url.protocol === 'ipps:',
    fingerprint: url.searchParams.get('fingerprint')?.replaceAll(':', '').toLowerCase() ?? null,
    format: formats[printer.language],
  }
}

/** A raw queue of CUPS on this machine: `cups:<queue>`. `application/vnd.cups-raw` keeps its filters away from the bytes. */
export function cupsAddress(printer: LabelPrinter, port = 631): IppAddress {
  const queue = printer.connection.replace(/^cups:(\/\/)?/, '')
  if (!/^[^\s/#?]+$/.test(queue))
    throw new RuntimeError(
      'BadConfigurationError',
      `the printer ${printer.name} has the connection ${printer.connection}; cups:<queue> is expected, as lpstat -e names it`,
    )
  const isPicture = printer.language === 'pdf' || printer.language === 'png'
  const format = isPicture ? formats[printer.language] : 'application/vnd.cups-raw'
  return {
    host: 'localhost',
    port,
    path: `/printers/${encodeURIComponent(queue)}`,
    isSecure: false,
    fingerprint: null,
    format,
  }
}

const longestAnswer = 1 << 20
const firstWaitMs = 20
const longestWaitMs = 500
/** A job that does not get on for so long is cancelled. */
const patienceMs = 60_000

export class IppChannel implements PrinterChannel {
  readonly #address: IppAddress
  readonly #timeoutMs: number
  readonly #clock: Clock
  readonly #closing = new AbortController()
  #requestId = 0

  constructor(address: IppAddress, timeoutMs: number, clock: Clock) {
    this.#address = address
    this.#timeoutMs = timeoutMs
    this.#clock = clock
  }

  async status(): Promise<PrinterAnswer> {
    try {
      const { conditions, message } = await this.#printerStatus()
      const words = [conditionsMessage(conditions), message].filter((word) => word !== '')
      return { conditions, message: words.join(': '), hasAnswered: true }
    } catch (error) {
      const isThere = error instanceof IppFault && error.hasConnected
      return { conditions: [isThere ? 'silent' : 'offline'], message: messageOf(error), hasAnswered: false }
    }
  }

  prepare(): Promise<PrinterAnswer> {
    return this.status()
  }

  async send(label: OutgoingLabel): Promise<void> {
    const job = await this.#print(label)
    let waitMs = firstWaitMs
    let movedAt = this.#clock.monotonic()
    let before = ''
    for (;;) {
      await sleep(this.#clock, waitMs, this.#closing.signal)
      waitMs = Math.min(waitMs * 2, longestWaitMs)
      const state = await this.#stateOf(job)
      if (state === 'completed') return
      if (state === 'canceled' || state === 'aborted')
        throw new PrinterFault(['fault'], `the printer ${state} the label`, 'unknown')
      const { conditions, message } = await this.#statusDuring(job)
      const faults = conditions.filter((condition) => keepsFromPrinting(condition) && condition !== 'paused')
      if (faults.length > 0) {
        await this.#cancel(job)
        const words = [conditionsMessage(faults), message].filter((word) => word !== '').join(': ')
        throw new PrinterFault(conditions, `while the label was printed: ${words}`, 'unknown')
      }
      const now = this.#clock.monotonic()
      if (conditions.includes('paused') || state !== before) movedAt = now
      before = state
      if (now - movedAt < patienceMs) continue
      await this.#cancel(job)
      throw new PrinterFault(['fault'], 'the printer took the label and does not get on with it', 'unknown')
    }
  }

  close(): Promise<void> {
    this.#closing.abort(new Error('the station closed the connection while the label was on its way'))
    return Promise.resolve()
  }

  /** Gives back the id of the job. */
  async #print({ job, bytes }: OutgoingLabel): Promise<number> {
    const attributes: IppAttribute[] = [
      { syntax: 'name', name: 'requesting-user-name', values: ['lineside'] },
      { syntax: 'name', name: 'job-name', values: [job] },
      { syntax: 'mimeMediaType', name: 'document-format', values: [this.#address.format] },
    ]
    let answer: IppAnswer
    try {
      answer = await this.#exchange(ippOperations.printJob, attributes, bytes)
    } catch (error) {
      const isUntouched = error instanceof IppFault && !error.hasConnected
      const fate = isUntouched ? 'untouched' : 'unknown'
      throw new PrinterFault(['offline'], `the label broke off: ${messageOf(error)}`, fate, error)
    }
    if (answer.status >= 0x0400) {
      // Busy, not accepting, short of something: later it may take the label.
      const isForNow = answer.status >= 0x0500
      const message = `the printer did not take the label: ${ippStatusWords(answer)}`
      throw new PrinterFault(isForNow ? ['fault'] : ['ready'], message, isForNow ? 'untouched' : 'refused')
    }
    const id = ippJobId(answer)
    if (id === null) throw new PrinterFault(['fault'], 'the printer took the label and gave it no job', 'unknown')
    return id
  }

  async #stateOf(job: number): Promise<ReturnType<typeof ippJobState>> {
    try {
      const wanted: IppAttribute = { syntax: 'keyword', name: 'requested-attributes', values: ['job-state'] }
      return ippJobState(await this.#exchange(ippOperations.getJob, [jobId(job), wanted]))
    } catch (error) {
      throw new PrinterFault(['silent'], `nobody says what became of the label: ${messageOf(error)}`, 'unknown', error)
    }
  }

  async #statusDuring(job: number): Promise<IppStatus> {
    try {
      return await this.#printerStatus()
    } catch (error) {
      throw new PrinterFault(['silent'], `nobody says what became of job ${job}: ${messageOf(error)}`, 'unknown', error)
    }
  }

  /** The label is in doubt in any case: whether the printer could still cancel it makes no difference to that. */
  async #cancel(job: number): Promise<void> {
    try {
      await this.#exchange(ippOperations.cancelJob, [jobId(job)])
    } catch (error) {
      throw new PrinterFault(['silent'], `the label could not be cancelled: ${messageOf(error)}`, 'unknown', error)
    }
  }

  async #printerStatus(): Promise<IppStatus> {
    const names = ['printer-state', 'printer-state-reasons', 'printer-state-message', 'printer-is-accepting-jobs']
    const wanted: IppAttribute = { syntax: 'keyword', name: 'requested-attributes', values: names }
    const answer = await this.#exchange(ippOperations.getPrinter, [wanted])
    if (answer.status >= 0x0400)
      return { conditions: ['fault'], message: `the printer refuses to say how it is: ${ippStatusWords(answer)}` }
    return ippStatus(answer)
  }

  async #exchange(operation: number, attributes: readonly IppAttribute[], document?: Uint8Array): Promise<IppAnswer> {
    const { host, port, path } = this.#address
    this.#requestId = (this.#requestId % 0x7fff_ffff) + 1
    const head = encodeIpp({
      operation,
      requestId: this.#requestId,
      attributes: [
        { syntax: 'charset', name: 'attributes-charset', values: ['utf-8'] },
        { syntax: 'naturalLanguage', name: 'attributes-natural-language', values: ['en'] },
        { syntax: 'uri', name: 'printer-uri', values: [`ipp://${host}:${port}${path}`] },
        // The job follows its printer, before everything else.
        ...attributes,
      ],
    })
    const body = document ? Buffer.concat([head, document]) : head
    return decodeIpp(await this.#post(body))
  }

  /** Throws {@link IppFault}. */
  async #post(body: Buffer): Promise<Buffer> {
    const { host, port, path, isSecure } = this.#address
    // 8 MB that a station without such a printer does not pay.
    const { request: httpRequest } = await import('node:http')
    const secured = isSecure ? await this.#secured() : null
    return await new Promise<Buffer>((resolve, reject) => {
      let hasConnected = secured !== null
      const request = httpRequest({
        host,
        port,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/ipp', 'content-length': body.length, connection: 'close' },
        signal: this.#closing.signal,
        ...(secured ? { createConnection: () => secured } : {}),
      })
      const timer = this.#clock.after(this.#timeoutMs, () =>
        request.destroy(new Error(`no answer within ${this.#timeoutMs / 1000} s`)),
      )
      const fail = (error: unknown): void => {
        timer.cancel()
        reject(new IppFault(`printing over IPP at ${host}:${port}: ${messageOf(error)}`, hasConnected, error))
      }
      request.on('socket', (socket) => socket.once('connect', () => (hasConnected = true)))
      request.on('error', fail)
      request.on('response', (response) => {
        readAll(response).then((bytes) => {
          timer.cancel()
          if (response.statusCode === 200) resolve(bytes)
          else fail(new Error(`HTTP status ${response.statusCode} instead of 200`))
        }, fail)
      })
      request.end(body)
    })
  }

  /** A connection to the very printer that is meant, before anything is said to it. */
  async #secured(): Promise<TLSSocket> {
    const { host, port, fingerprint } = this.#address
    const { connect: tlsConnect } = await import('node:tls')
    return await new Promise((resolve, reject) => {
      const socket = tlsConnect({ host, port, servername: host, rejectUnauthorized: fingerprint === null })
      const fail = (reason: string): void => {
        timer.cancel()
        socket.destroy()
        reject(new IppFault(`printing over IPP at ${host}:${port}: ${reason}`, false))
      }
      const timer = this.#clock.after(this.#timeoutMs, () => fail(`no connection within ${this.#timeoutMs / 1000} s`))
      socket.once('error', (error) => fail(messageOf(error)))
      socket.once('secureConnect', () => {
        const own = socket.getPeerCertificate().fingerprint256?.replaceAll(':', '').toLowerCase()
        if (fingerprint !== null && own !== fingerprint)
          return fail(`its certificate has the fingerprint ${own}, not the one of the plant`)
        timer.cancel()
        socket.removeAllListeners('error')
        resolve(socket)
      })
    })
  }
}

function jobId(job: number): IppAttribute {
  return { syntax: 'integer', name: 'job-id', values: [job] }
}

/** Without a connection nothing of a label can have been taken. */
class IppFault extends RuntimeError {
  readonly hasConnected: boolean

  constructor(message: string, hasConnected: boolean, cause?: unknown) {
    super('BadNoCommunication', message, cause)
    this.hasConnected = hasConnected
  }
}

async function readAll(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length
    if (length > longestAnswer) throw new Error(`the answer is longer than ${longestAnswer} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
