// An order for labels on its way: sent, taken, refused, or of unknown fate, when the answer was lost. An order has a number of its own
// from the start; asked again with it, the runtime gives the same jobs and prints nothing twice.
import type { InputOf, ResultOf } from '../../../src-main/shared/contract.ts'
import type { LabelJob } from '../../../src-main/shared/label.ts'
import { CallError } from '../../connection/call-error.ts'
import { newer } from '../newer-job.ts'

export type PrintInput = InputOf<'labels.print'>

/** Keeps an order of unknown fate over a reload of the page. */
export interface OrderStore {
  get(): PrintInput | null
  set(input: PrintInput | null): void
}

export type OrderState = 'open' | 'sending' | 'taken' | 'refused' | 'unknown'

export class PrintOrder {
  readonly #send: (input: PrintInput) => Promise<ResultOf<'labels.print'>>
  readonly #store: OrderStore
  readonly #newId: () => string
  #state = $state<OrderState>('open')
  #input = $state.raw<PrintInput | null>(null)
  #jobs = $state.raw<readonly LabelJob[]>([])
  #error = $state.raw<Error | null>(null)
  /** Newest state of jobs that changed before the answer came. */
  readonly #early = new Map<string, LabelJob>()

  constructor(
    send: (input: PrintInput) => Promise<ResultOf<'labels.print'>>,
    store: OrderStore,
    newId: () => string = randomId,
  ) {
    this.#send = send
    this.#store = store
    this.#newId = newId
    const kept = store.get()
    if (kept === null) return
    this.#input = kept
    this.#state = 'unknown'
  }

  get state(): OrderState {
    return this.#state
  }

  /** What was ordered; null = nothing yet. */
  get input(): PrintInput | null {
    return this.#input
  }

  /** Its labels, as they are now. */
  get jobs(): readonly LabelJob[] {
    return this.#jobs
  }

  get error(): Error | null {
    return this.#error
  }

  /** Sends an order; does nothing while one is on its way or of unknown fate. */
  async send(input: Omit<PrintInput, 'requestId'>): Promise<void> {
    if (this.#state === 'sending' || this.#state === 'unknown') return
    await this.#ask({ ...input, requestId: this.#newId() })
  }

  /** Asks what became of an order of unknown fate. */
  async askAgain(): Promise<void> {
    if (this.#state === 'unknown' && this.#input !== null) await this.#ask(this.#input)
  }

  /** Done with this one. */
  clear(): void {
    if (this.#state === 'sending') return
    this.#store.set(null)
    this.#state = 'open'
    this.#input = null
    this.#jobs = []
    this.#error = null
  }

  /** Jobs that changed. */
  take(changed: readonly LabelJob[]): void {
    if (this.#state === 'sending') for (const job of changed) this.#early.set(job.id, job)
    if (this.#jobs.length === 0) return
    const byId = new Map(changed.map((job) => [job.id, job]))
    if (!this.#jobs.some(({ id }) => byId.has(id))) return
    this.#jobs = this.#jobs.map((job) => {
      const other = byId.get(job.id)
      return other === undefined ? job : newer(job, other)
    })
  }

  async #ask(input: PrintInput): Promise<void> {
    this.#state = 'sending'
    this.#input = input
    this.#jobs = []
    this.#error = null
    this.#early.clear()
    this.#store.set(input)
    try {
      const { jobs } = await this.#send(input)
      this.#jobs = jobs
      this.#state = 'taken'
      this.#store.set(null)
      this.take([...this.#early.values()])
    } catch (error) {
      this.#error = error as Error
      this.#state = isFateUnknown(error) ? 'unknown' : 'refused'
      if (this.#state === 'refused') this.#store.set(null)
    }
    this.#early.clear()
  }
}

/** The runtime may have taken it. */
function isFateUnknown(error: unknown): boolean {
  return error instanceof CallError && (error.code === 'BadConnectionClosed' || error.code === 'BadTimeout')
}

/** 128 random bits; works on pages that came without encryption too, which randomUUID does not. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** One order for each window or tab and user. */
export function sessionOrders(user: string): OrderStore {
  const key = `lineside-label-order-${user}`
  return {
    get() {
      const kept = sessionStorage.getItem(key)
      return kept === null ? null : (JSON.parse(kept) as PrintInput)
    },
    set(input) {
      if (input === null) sessionStorage.removeItem(key)
      else sessionStorage.setItem(key, JSON.stringify(input))
    },
  }
}
