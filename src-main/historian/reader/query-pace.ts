// Long questions are answered in slices, so that a cancelled one ends soon and a short one need not wait for a long one.
import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { RuntimeError } from '../../shared/runtime-error.ts'

/** One slice lasts so long; ms. A cancelled question ends within it and the time of one chunk. */
const sliceMs = 8

/** Says when a slice is over. */
export class Pace {
  #end = 0

  begin(): void {
    this.#end = performance.now() + sliceMs
  }

  isDue(): boolean {
    return performance.now() >= this.#end
  }
}

/** Does the work, with other work of the thread between its slices. RuntimeError BadRequestInterrupted when `signal` is aborted. */
export async function inSlices<T>(work: Generator<void, T>, pace: Pace, signal: AbortSignal | undefined): Promise<T> {
  for (;;) {
    if (signal?.aborted) throw new RuntimeError('BadRequestInterrupted', 'The question about history was cancelled')
    pace.begin()
    const step = work.next()
    if (step.done) return step.value
    await setImmediate()
  }
}
