// One Modbus device (or several units behind one gateway): connects, asks whether anybody answers, polls what is watched,
// writes with read-back, and says so at once when the device falls silent. Bytes are modbus-frame.ts' and
// modbus-registers.ts' business, order on the wire modbus-exchange.ts', what to read when poll-schedule.ts'.
import * as v from 'valibot'
import { sleep } from '../../base/clock.ts'
import type { TagValue } from '../../shared/data-value.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { isGood, type StatusCodeName, StatusCodes } from '../../shared/status-code.ts'
import { badBatch, type ValueBatch, ValueBatchBuilder } from '../../shared/value-batch.ts'
import { type Driver, type DriverEnvironment, type DriverItem, newCounters, type ProtocolDriver } from '../driver.ts'
import { type ByteStream, openTcpStream } from './byte-stream.ts'
import { addressText, parseAddress } from './modbus-address.ts'
import { ModbusExchange } from './modbus-exchange.ts'
import { type Answer, readRequest } from './modbus-frame.ts'
import { ModbusItem } from './modbus-item.ts'
import { ModbusLink } from './modbus-link.ts'
import { endpointOf, type ModbusOptions, type ModbusSerialOptions, modbusProtocols } from './modbus-protocol.ts'
import { describeAnswer, illegalDataAddress, illegalDataValue, statusOf } from './modbus-status.ts'
import { ModbusWriter, type WriteOutcome } from './modbus-write.ts'
import { PollSchedule } from './poll-schedule.ts'
import { planBlocks, type ReadBlock, splitBlock } from './read-blocks.ts'
import { openSerialStream } from './serial-stream.ts'

/** A link on which nothing is asked for this long is probed, so that its end is noticed between slow scans. */
const heartbeatMs = 2_000
/** The device page's texts are renewed this often. */
const detailsEveryMs = 1_000
/** After the first answer on a serial line, what answers to earlier connections may still come is waited out. */
const serialQuietMs = 60

interface Connection {
  readonly link: ModbusLink
  readonly exchange: ModbusExchange
  readonly writer: ModbusWriter
}

type Block = ReadBlock<ModbusItem>

class ModbusDriver implements Driver {
  readonly counters = newCounters()
  readonly #environment: DriverEnvironment
  readonly #options: ModbusOptions | null
  readonly #optionsFault: string
  readonly #closing = new AbortController()
  readonly #schedule = new PollSchedule<ModbusItem>()
  /** Items of each scan rate as a text, to see which groups a new set changes. */
  readonly #groupTexts = new Map<number, string>()
  #handlesByUnit = new Map<number, number[]>()
  #connection: Connection | null = null
  #isConnected = false
  #isLost = false
  #polling: Promise<void> | null = null
  #wake = new AbortController()
  #lastRefusal: string | null = null
  #detailsAt = Number.NEGATIVE_INFINITY

  constructor(environment: DriverEnvironment) {
    this.#environment = environment
    const { device } = environment
    const schema = modbusProtocols.find(({ name }) => name === device.protocol)?.deviceOptions
    const parsed = schema ? v.safeParse(schema, device.options) : null
    this.#options = parsed?.success ? (parsed.output as ModbusOptions) : null
    this.#optionsFault = parsed?.success ? '' : (parsed?.issues?.[0].message ?? `unknown protocol ${device.protocol}`)
  }

  async connect(signal: AbortSignal): Promise<void> {
    const { clock, device } = this.#environment
    const options = this.#options
    if (!options) throw this.#error('BadConfigurationError', this.#optionsFault)
    const ended = AbortSignal.any([signal, this.#closing.signal])
    const stream = await this.#open(ended)
    const link = new ModbusLink(stream, this.#isTcpFraming ? 'tcp' : 'rtu', clock)
    link.onEnd = (reason) => this.#lose('BadConnectionClosed', reason)
    const exchange = new ModbusExchange({
      link,
      clock,
      counters: this.counters,
      timeoutMs: device.timeoutMs,
      retries: options.retries,
      asksGarbledAgain: !this.#isTcpFraming,
      onSilent: (unit, statusCode) => this.#sayBad(this.#handlesByUnit.get(unit) ?? [], statusCode),
      onAnswering: () => this.#schedule.dueNow(clock.monotonic()),
      onDead: () => this.#lose('BadTimeout', `no answer within ${device.timeoutMs} ms, twice in a row`),
    })
    exchange.setUnits([options.unitId])
    this.#connection = { link, exchange, writer: new ModbusWriter(exchange, options) }
    try {
      await this.#probe(this.#connection, options, ended)
    } catch (error) {
      this.#connection = null
      exchange.close()
      await link.close()
      throw error
    }
    if (link.endReason !== null) throw this.#error('BadConnectionClosed', link.endReason)
    this.#isConnected = true
  }

  async close(): Promise<void> {
    this.#isLost = true
    this.#closing.abort(this.#error('BadShutdown', 'the connection is being closed'))
    this.#wake.abort()
    const connection = this.#connection
    this.#connection = null
    connection?.exchange.close()
    await connection?.link.close()
    await this.#polling
  }

  async watch(items: readonly DriverItem[]): Promise<void> {
    const options = this.#options
    const connection = this.#connection
    if (!options || !connection) return
    const groups = new Map<number, { item: ModbusItem; text: string }[]>()
    const handlesByUnit = new Map<number, number[]>()
    const unknown: number[] = []
    for (const item of items) {
      const understood = ModbusItem.of(item, options)
      if (!understood) {
        unknown.push(item.handle)
        continue
      }
      const group = groups.get(item.scanIntervalMs) ?? []
      groups.set(item.scanIntervalMs, group)
      group.push({ item: understood, text: textOf(item) })
      const handles = handlesByUnit.get(understood.unit) ?? []
      handlesByUnit.set(understood.unit, handles)
      handles.push(item.handle)
    }
    this.#handlesByUnit = handlesByUnit
    this.#plan(groups, options)
    connection.exchange.setUnits(handlesByUnit.size === 0 ? [options.unitId] : handlesByUnit.keys())
    this.#sayBad(unknown, StatusCodes.BadNodeIdInvalid)
    for (const { unit, statusCode } of connection.exchange.silentUnits())
      this.#sayBad(handlesByUnit.get(unit) ?? [], statusCode)
    this.#polling ??= this.#poll(connection).catch((error: unknown) =>
      this.#lose('BadInternalError', `polling ended by a fault of Lineside: ${messageOf(error)}`),
    )
    this.#wake.abort()
  }

  async write(item: DriverItem, value: TagValue): Promise<number> {
    const connection = this.#connection
    const understood = this.#options ? ModbusItem.of(item, this.#options) : null
    if (!understood) return StatusCodes.BadNodeIdInvalid
    if (!connection) return StatusCodes.BadNoCommunication
    const outcome = await connection.writer.write(understood, value)
    if (!isGood(outcome.statusCode)) this.#noteRefusedWrite(understood, outcome)
    if (outcome.answer === null || outcome.answer.kind === 'closed') return outcome.statusCode
    if (outcome.answer.kind === 'timeout') {
      this.#sayBad([item.handle], StatusCodes.BadTimeout)
      return outcome.statusCode
    }
    const readBack = await this.read([item])
    if (!this.#isLost) this.#environment.onValues(readBack)
    return outcome.statusCode
  }

  async read(items: readonly DriverItem[]): Promise<ValueBatch> {
    const options = this.#options
    const understood = items.map((item) => (options ? ModbusItem.of(item, options) : null))
    const known = understood.filter((item) => item !== null)
    const results = new Map<ModbusItem, { value: TagValue; statusCode: number }>()
    const blocks = options
      ? planBlocks(
          known.map((item) => item.range),
          options,
        )
      : []
    for (const block of blocks) await this.#readOnce(block, results)
    const builder = new ValueBatchBuilder(items.length)
    const now = this.#environment.clock.now()
    for (const [index, item] of items.entries()) {
      const own = understood[index]
      const result = own ? results.get(own) : undefined
      const statusCode = own ? (result?.statusCode ?? StatusCodes.BadNoCommunication) : StatusCodes.BadNodeIdInvalid
      builder.add(item.handle, result?.value ?? null, statusCode, now)
    }
    return builder.take()
  }

  // ── connecting ─────────────────────────────────────────────────────────────────────────────────────────────────────

  get #isTcpFraming(): boolean {
    return this.#environment.device.protocol === 'modbus-tcp'
  }

  async #open(signal: AbortSignal): Promise<ByteStream> {
    const { protocol, address } = this.#environment.device
    const endpoint = endpointOf(protocol, address)
    if (!endpoint) throw this.#error('BadConfigurationError', 'the device address cannot be understood')
    try {
      return endpoint.kind === 'tcp'
        ? await openTcpStream(endpoint.host, endpoint.port, signal)
        : await openSerialStream(endpoint.path, this.#options as ModbusSerialOptions, signal)
    } catch (error) {
      if (signal.aborted) throw this.#ended(signal, 'no connection')
      const code = error instanceof RuntimeError ? error.code : 'BadConnectionRejected'
      throw this.#error(code, `cannot connect: ${messageOf(error)}`, error)
    }
  }

  /** Asks for one register. Whatever the answer, exceptions included, somebody speaks Modbus there. */
  async #probe({ link, exchange }: Connection, options: ModbusOptions, signal: AbortSignal): Promise<void> {
    const request = probeRequest(options)
    if (!request) return
    const answer = await Promise.race([exchange.ask('command', options.unitId, request), rejection(signal)]).catch(
      () => {
        throw this.#ended(signal, `connected, but unit ${options.unitId} does not answer a read of ${options.probe}`)
      },
    )
    const { timeoutMs } = this.#environment.device
    const what = `unit ${options.unitId}, read of ${options.probe}: ${describeAnswer(answer, timeoutMs)}`
    if (answer.kind === 'timeout') throw this.#error('BadTimeout', what)
    if (answer.kind === 'closed') throw this.#error('BadConnectionClosed', what)
    if (answer.kind === 'malformed') throw this.#error('BadDecodingError', what)
    if (!this.#isTcpFraming) await link.quiet(serialQuietMs, timeoutMs)
  }

  #ended(signal: AbortSignal, what: string): RuntimeError {
    if (this.#closing.signal.aborted) return this.#closing.signal.reason as RuntimeError
    const reason = signal.reason instanceof RuntimeError ? signal.reason : null
    return this.#error(
      reason?.code ?? 'BadTimeout',
      `${what} within ${this.#environment.device.timeoutMs} ms`,
      signal.reason,
    )
  }

  // ── polling ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Groups that did not change keep their rhythm and what was learned about them. */
  #plan(groups: ReadonlyMap<number, readonly { item: ModbusItem; text: string }[]>, options: ModbusOptions): void {
    const now = this.#environment.clock.monotonic()
    for (const intervalMs of this.#schedule.intervals()) {
      if (groups.has(intervalMs)) continue
      this.#schedule.setGroup(intervalMs, [], now)
      this.#groupTexts.delete(intervalMs)
    }
    for (const [intervalMs, group] of groups) {
      const text = group.map((member) => member.text).join('\n')
      if (this.#groupTexts.get(intervalMs) === text) continue
      this.#groupTexts.set(intervalMs, text)
      const ranges = group.map(({ item }) => item.range)
      this.#schedule.setGroup(intervalMs, planBlocks(ranges, options), now)
    }
  }

  async #poll({ exchange, link }: Connection): Promise<void> {
    const { clock } = this.#environment
    while (!this.#isLost) {
      const turn = this.#schedule.next(clock.monotonic())
      this.#renewDetails(exchange, link)
      if (turn.kind === 'wait') {
        this.#wake = new AbortController()
        await sleep(clock, Math.min(turn.waitMs, this.#probeWaitMs(exchange)), this.#wake.signal)
        await this.#heartbeat(exchange)
      } else if (!exchange.isResting(turn.block.unit)) {
        const { unit, table, start, count } = turn.block
        const answer = await exchange.ask('poll', unit, readRequest(table, start, count))
        if (!this.#isLost) this.#take(turn.intervalMs, turn.block, answer)
      }
    }
  }

  /** Until the link counts as idle. Timers may fire a little early: then the rest is waited for, not a whole round once more. */
  #probeWaitMs(exchange: ModbusExchange): number {
    if (!this.#options || !probeRequest(this.#options)) return heartbeatMs
    return Math.max(1, Math.ceil(heartbeatMs - exchange.idleMs))
  }

  async #heartbeat(exchange: ModbusExchange): Promise<void> {
    const options = this.#options!
    const request = probeRequest(options)
    if (this.#isLost || !request || exchange.idleMs < heartbeatMs) return
    const answer = await exchange.ask('poll', options.unitId, request)
    // Nothing else is asked on an idle link: whether it is dead or was only slow is found out at once.
    if (answer.kind === 'timeout' && !this.#isLost) await exchange.ask('poll', options.unitId, request)
  }

  #take(intervalMs: number, block: Block, answer: Answer): void {
    if (answer.kind === 'closed' || answer.kind === 'timeout') return
    const now = this.#environment.clock.now()
    const builder = new ValueBatchBuilder(block.ranges.length)
    if (answer.kind === 'data') {
      for (const range of block.ranges) {
        const value = range.owner.receive(range, block, answer.data)
        if (value === null) builder.addBad(range.owner.handle, StatusCodes.BadDecodingError, now)
        else if (value !== undefined) builder.add(range.owner.handle, value, StatusCodes.Good, now)
      }
    } else {
      this.#noteRefusal('read', block, answer)
      if (refusesAddress(answer)) {
        const halves = splitBlock(block)
        this.#schedule.replace(intervalMs, block, halves ?? [], this.#environment.clock.monotonic())
        if (halves) return
      }
      for (const { owner } of block.ranges) {
        owner.fail()
        builder.addBad(owner.handle, statusOf(answer), now)
      }
    }
    if (builder.count > 0) this.#environment.onValues(builder.take())
  }

  /** Reads a block at once, parted where the device refuses it. */
  async #readOnce(block: Block, results: Map<ModbusItem, { value: TagValue; statusCode: number }>): Promise<void> {
    const { unit, table, start, count, ranges } = block
    const answer: Answer = this.#connection
      ? await this.#connection.exchange.ask('command', unit, readRequest(table, start, count))
      : { kind: 'closed', message: 'not connected' }
    if (answer.kind === 'data') {
      for (const range of ranges) {
        const value = range.owner.receive(range, block, answer.data)
        if (value === undefined) continue
        results.set(range.owner, {
          value,
          statusCode: value === null ? StatusCodes.BadDecodingError : StatusCodes.Good,
        })
      }
      return
    }
    this.#noteRefusal('read', block, answer)
    const halves = refusesAddress(answer) ? splitBlock(block) : null
    for (const half of halves ?? []) await this.#readOnce(half, results)
    if (halves) return
    for (const { owner } of ranges) {
      owner.fail()
      results.set(owner, { value: null, statusCode: statusOf(answer) })
    }
  }

  // ── what others are told ───────────────────────────────────────────────────────────────────────────────────────────

  #sayBad(handles: readonly number[], statusCode: number): void {
    if (handles.length === 0 || this.#isLost || !this.#isConnected) return
    this.#environment.onValues(badBatch(handles, statusCode, this.#environment.clock.now()))
  }

  #lose(code: StatusCodeName, reason: string): void {
    if (this.#isLost || !this.#isConnected) return
    this.#isLost = true
    this.#wake.abort()
    this.#environment.onLost(this.#error(code, reason))
  }

  #error(code: StatusCodeName, what: string, cause?: unknown): RuntimeError {
    const { name, protocol, address } = this.#environment.device
    return new RuntimeError(code, `Device "${name}" (${protocol} ${address}): ${what}`, cause)
  }

  #noteRefusal(what: string, { unit, table, start, count }: Omit<Block, 'ranges'>, answer: Answer): void {
    const { logger, device } = this.#environment
    this.#lastRefusal = `${what} of ${addressText(table, start, count)}, unit ${unit}: ${describeAnswer(answer, device.timeoutMs)}`
    logger.debug(() => `${device.name}: ${this.#lastRefusal}`)
  }

  #noteRefusedWrite({ unit, address }: ModbusItem, { message, answer }: WriteOutcome): void {
    const { table, start, size } = address
    if (answer) this.#noteRefusal('write', { unit, table, start, count: size }, answer)
    else this.#lastRefusal = `write of ${addressText(table, start, size)}, unit ${unit}: ${message}`
  }

  #renewDetails(exchange: ModbusExchange, link: ModbusLink): void {
    const now = this.#environment.clock.monotonic()
    if (now - this.#detailsAt < detailsEveryMs) return
    this.#detailsAt = now
    const details: Record<string, string> = {}
    for (const { intervalMs, blockCount, plannedCount, lastScanMs, overrunCount } of this.#schedule.counts()) {
      const extra = blockCount > plannedCount ? ` (${blockCount - plannedCount} more because of refused addresses)` : ''
      const took = lastScanMs === null ? 'not finished yet' : `took ${Math.round(lastScanMs)} ms`
      details[`Scan every ${intervalMs} ms`] = `${blockCount} requests${extra}, ${took}, too slow ${overrunCount} times`
    }
    const silent = exchange.silentUnits()
    if (silent.length > 0) details['Silent units'] = silent.map(({ unit }) => unit).join(', ')
    if (this.#lastRefusal) details['Last refusal'] = this.#lastRefusal
    details['Late or foreign answers'] = String(link.counts.strayAnswerCount)
    details['Garbled answers'] = String(link.counts.malformedAnswerCount)
    this.counters.details = details
  }
}

/** Exceptions that a request gets because of one address (or because some devices dislike its length). */
function refusesAddress(answer: Answer): boolean {
  if (answer.kind !== 'exception') return false
  return answer.exceptionCode === illegalDataAddress || answer.exceptionCode === illegalDataValue
}

function probeRequest({ probe }: ModbusOptions): Buffer | null {
  const parsed = probe === 'none' ? null : parseAddress(probe, null, null)
  return parsed?.ok ? readRequest(parsed.address.table, parsed.address.start, 1) : null
}

function textOf({ handle, address, dataType, arrayLength, options }: DriverItem): string {
  return JSON.stringify([handle, address, dataType, arrayLength, options])
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** What driver-registry.ts loads for the three Modbus protocols. */
export const protocolDriver: ProtocolDriver = {
  createDriver: (environment) => new ModbusDriver(environment),
}
