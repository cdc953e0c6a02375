// Requests split by what the server takes at once (OPC 10000-5 section 6.3.11, OperationLimits), halved when it takes less
// than it says; results in the order asked.
import { StatusCodes } from '../../shared/status-code.ts'
import { statusOf } from './opcua-fault.ts'

/** Kinds of request that have a limit of their own. */
export type BatchKind = 'read' | 'write' | 'browse' | 'call' | 'monitor'

/** NodeIds of the limits in the server's address space (namespace 0). */
export const limitNodeIds: Readonly<Record<BatchKind, string>> = {
  read: 'i=11705',
  write: 'i=11707',
  call: 'i=11709',
  browse: 'i=11710',
  monitor: 'i=11714',
}

/** Taken where the server names no limit: small enough for every server met, large enough not to be slow. */
const unknownLimits: Readonly<Record<BatchKind, number>> = {
  read: 500,
  write: 100,
  browse: 100,
  call: 10,
  monitor: 500,
}
/** Never more at once, whatever the server says: one message stays far below the usual 16 MiB. */
const mostAtOnce = 1000

/** Present limits of one server; shrink when it refuses a batch. */
export class OperationLimits {
  readonly #limits: Record<BatchKind, number> = { ...unknownLimits }

  /** What the server names; 0, missing and nonsense mean unknown. */
  take(kind: BatchKind, value: unknown): void {
    this.#limits[kind] =
      typeof value === 'number' && Number.isInteger(value) && value > 0
        ? Math.min(value, mostAtOnce)
        : unknownLimits[kind]
  }

  of(kind: BatchKind): number {
    return this.#limits[kind]
  }

  halve(kind: BatchKind, refused: number): void {
    this.#limits[kind] = Math.max(1, Math.min(this.#limits[kind], refused >> 1))
  }
}

const tooMuch: readonly number[] = [
  StatusCodes.BadTooManyOperations,
  StatusCodes.BadRequestTooLarge,
  StatusCodes.BadResponseTooLarge,
  0x80080000, // BadEncodingLimitsExceeded
]

/**
 * Sends all in batches and gives the results in order. Throws what `send` throws, unless the server only wants less at
 * once.
 */
export async function inBatches<T, R>(
  limits: OperationLimits,
  kind: BatchKind,
  all: readonly T[],
  send: (batch: T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const results: R[] = []
  let at = 0
  while (at < all.length) {
    const batch = all.slice(at, at + limits.of(kind))
    try {
      const answers = await send(batch)
      if (answers.length !== batch.length)
        throw new Error(`BadUnknownResponse: ${batch.length} results were expected, ${answers.length} came`)
      for (const answer of answers) results.push(answer)
      at += batch.length
    } catch (error) {
      if (batch.length === 1 || !tooMuch.includes(statusOf(error))) throw error
      limits.halve(kind, batch.length)
    }
  }
  return results
}
