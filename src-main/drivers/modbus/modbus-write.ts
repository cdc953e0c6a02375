// One value into the device, with the function the device understands. Bits and bytes of a register, and texts of an odd
// length, leave the rest of the register alone: by mask write (function 22), or where the device has none by reading,
// changing and writing back with no other request of ours in between.
import type { TagValue } from '../../shared/data-value.ts'
import { isGood, StatusCodes } from '../../shared/status-code.ts'
import type { ModbusExchange } from './modbus-exchange.ts'
import {
  type Answer,
  maskWriteRequest,
  maximumWriteBits,
  maximumWriteRegisters,
  readRequest,
  writeCoilRequest,
  writeCoilsRequest,
  writeRegisterRequest,
  writeRegistersRequest,
} from './modbus-frame.ts'
import type { ModbusItem } from './modbus-item.ts'
import type { ModbusOptions } from './modbus-protocol.ts'
import { acknowledge, statusOf } from './modbus-status.ts'

const illegalFunction = 1

type Ask = (unit: number, request: Buffer) => Promise<Answer>

/** What became of a write: its status code, and the sentence for the log when it was refused. */
export interface WriteOutcome {
  readonly statusCode: number
  readonly message: string | null
  /** The device's last answer; null when nothing was sent. */
  readonly answer: Answer | null
}

export class ModbusWriter {
  readonly #exchange: ModbusExchange
  readonly #options: ModbusOptions
  /** Units that answered "illegal function" to single writes or to mask writes. */
  readonly #withoutSingle = new Set<number>()
  readonly #withoutMask = new Set<number>()

  constructor(exchange: ModbusExchange, options: ModbusOptions) {
    this.#exchange = exchange
    this.#options = options
  }

  async write(item: ModbusItem, value: TagValue): Promise<WriteOutcome> {
    if (!item.isWritable) return refused(StatusCodes.BadNotWritable, 'the item can only be read')
    if (item.address.table === 'coil') {
      const encoded = item.encodeBits(value)
      if (!encoded.ok) return refused(encoded.statusCode, encoded.message)
      return outcome(await this.#exchange.together((ask) => this.#writeCoils(ask, item, encoded.bits)))
    }
    const encoded = item.encodeRegisters(value)
    if (!encoded.ok) return refused(encoded.statusCode, encoded.message)
    const { bytes, mask } = encoded
    return outcome(
      await this.#exchange.together((ask) =>
        mask ? this.#writeMasked(ask, item, bytes, mask) : this.#writeRegisters(ask, item, bytes),
      ),
    )
  }

  async #writeCoils(ask: Ask, { unit, address }: ModbusItem, bits: readonly boolean[]): Promise<Answer> {
    if (bits.length === 1 && this.#usesSingle(unit)) {
      const answer = await ask(unit, writeCoilRequest(address.start, bits[0]!))
      if (!isIllegalFunction(answer)) return answer
      this.#withoutSingle.add(unit)
    }
    return inParts(bits.length, maximumWriteBits, (from, count) =>
      ask(unit, writeCoilsRequest(address.start + from, bits.slice(from, from + count))),
    )
  }

  async #writeRegisters(ask: Ask, { unit, address }: ModbusItem, bytes: Buffer): Promise<Answer> {
    if (bytes.length === 2 && this.#usesSingle(unit)) {
      const answer = await ask(unit, writeRegisterRequest(address.start, bytes.readUInt16BE(0)))
      if (!isIllegalFunction(answer)) return answer
      this.#withoutSingle.add(unit)
    }
    return inParts(bytes.length / 2, maximumWriteRegisters, (from, count) =>
      ask(unit, writeRegistersRequest(address.start + from, bytes.subarray(from * 2, (from + count) * 2))),
    )
  }

  async #writeMasked(ask: Ask, item: ModbusItem, bytes: Buffer, mask: Buffer): Promise<Answer> {
    const { unit, address } = item
    if (bytes.length === 2 && this.#options.maskWrite && !this.#withoutMask.has(unit)) {
      const own = mask.readUInt16BE(0)
      const answer = await ask(unit, maskWriteRequest(address.start, ~own & 0xffff, bytes.readUInt16BE(0) & own))
      if (!isIllegalFunction(answer)) return answer
      this.#withoutMask.add(unit)
    }
    const present = Buffer.alloc(bytes.length)
    const read = await inParts(bytes.length / 2, this.#options.maxRegisters, async (from, count) => {
      const answer = await ask(unit, readRequest('holdingRegister', address.start + from, count))
      if (answer.kind === 'data') answer.data.copy(present, from * 2)
      return answer
    })
    if (read.kind !== 'data') return read
    for (const [index, own] of mask.entries()) present[index] = (present[index]! & ~own) | (bytes[index]! & own)
    return this.#writeRegisters(ask, item, present)
  }

  #usesSingle(unit: number): boolean {
    return this.#options.writeSingle && !this.#withoutSingle.has(unit)
  }
}

/** Requests of at most `most` each; stops at the first that is not answered with success. */
async function inParts(
  count: number,
  most: number,
  ask: (from: number, count: number) => Promise<Answer>,
): Promise<Answer> {
  for (let from = 0; ; from += most) {
    const answer = await ask(from, Math.min(most, count - from))
    if (answer.kind !== 'data' || from + most >= count) return answer
  }
}

function outcome(answer: Answer): WriteOutcome {
  const isAccepted = answer.kind === 'exception' && answer.exceptionCode === acknowledge
  const statusCode = isAccepted ? StatusCodes.GoodCompletesAsynchronously : statusOf(answer)
  return { statusCode, message: isGood(statusCode) ? null : 'the device refused the write', answer }
}

function refused(statusCode: number, message: string): WriteOutcome {
  return { statusCode, message, answer: null }
}

function isIllegalFunction(answer: Answer): boolean {
  return answer.kind === 'exception' && answer.exceptionCode === illegalFunction
}
