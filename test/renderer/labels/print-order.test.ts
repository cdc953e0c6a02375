import { describe, expect, it } from 'vitest'
import { CallError } from '../../../src-renderer/connection/call-error.ts'
import {
  type OrderStore,
  type PrintInput,
  PrintOrder,
  sessionOrders,
} from '../../../src-renderer/labels/print/print-order.svelte.ts'
import { labelJob } from './label-jobs.ts'

const order = { template: 'case', fields: {}, copies: 1, count: 2 }
const lost = new CallError({ code: 'BadConnectionClosed', message: 'lost', httpStatus: 503 })

function memory(kept: PrintInput | null = null): OrderStore & { kept: PrintInput | null } {
  return {
    kept,
    get() {
      return this.kept
    },
    set(input) {
      this.kept = input
    },
  }
}

describe('an order for labels', () => {
  it('goes out with a number of its own, and is forgotten when it is taken', async () => {
    const store = memory()
    const sent: PrintInput[] = []
    const one = new PrintOrder(
      async (input) => {
        sent.push(input)
        expect(store.kept).toEqual(input)
        return { jobs: [labelJob({ id: '1' })] }
      },
      store,
      () => 'order-1',
    )
    await one.send(order)
    expect(sent).toEqual([{ ...order, requestId: 'order-1' }])
    expect([one.state, one.jobs.length, store.kept]).toEqual(['taken', 1, null])
  })

  it('whose answer was lost is asked for again with the same number, and nothing else is sent meanwhile', async () => {
    const sent: (string | undefined)[] = []
    let isLost = true
    const one = new PrintOrder(
      async (input) => {
        sent.push(input.requestId)
        if (isLost) throw lost
        return { jobs: [labelJob({ id: '1' }), labelJob({ id: '2' })] }
      },
      memory(),
      () => `order-${sent.length + 1}`,
    )
    await one.send(order)
    expect(one.state).toBe('unknown')
    await one.send(order)
    isLost = false
    await one.askAgain()
    expect(sent).toEqual(['order-1', 'order-1'])
    expect([one.state, one.jobs.length]).toEqual(['taken', 2])
  })

  it('of unknown fate outlives a reload of the page', async () => {
    const store = memory()
    const first = new PrintOrder(async () => {
      throw lost
    }, store)
    await first.send(order)
    const sent: PrintInput[] = []
    const second = new PrintOrder(async (input) => {
      sent.push(input)
      return { jobs: [] }
    }, store)
    expect([second.state, second.input]).toEqual(['unknown', first.input])
    await second.askAgain()
    expect(sent).toEqual([first.input])
  })

  it('that is refused can be put right and sent with a new number', async () => {
    const sent: (string | undefined)[] = []
    const one = new PrintOrder(
      async ({ requestId }) => {
        sent.push(requestId)
        if (sent.length === 1)
          throw new CallError({ code: 'BadInvalidState', message: 'not approved', httpStatus: 422 })
        return { jobs: [] }
      },
      memory(),
      () => `order-${sent.length + 1}`,
    )
    await one.send(order)
    expect([one.state, one.error?.message]).toEqual(['refused', 'not approved'])
    await one.send(order)
    expect([sent, one.state]).toEqual([['order-1', 'order-2'], 'taken'])
  })

  it('shows its labels as they come out, also what happened before the answer came', async () => {
    const one: PrintOrder = new PrintOrder(async () => {
      one.take([labelJob({ id: '1', state: 'printed', changedTimestamp: 2000 })])
      return { jobs: [labelJob({ id: '1' }), labelJob({ id: '2' })] }
    }, memory())
    await one.send(order)
    one.take([labelJob({ id: '2', state: 'sent', changedTimestamp: 3000 }), labelJob({ id: '9' })])
    expect(one.jobs.map(({ id, state }) => `${id} ${state}`)).toEqual(['1 printed', '2 sent'])
  })

  it('of one person is not another one’s', () => {
    sessionOrders('anna').set({ ...order, requestId: 'a' })
    expect(sessionOrders('bert').get()).toBeNull()
    expect(sessionOrders('anna').get()?.requestId).toBe('a')
    sessionOrders('anna').set(null)
    expect(sessionOrders('anna').get()).toBeNull()
  })

  it('has a number that no other order has', async () => {
    const numbers = new Set<string | undefined>()
    for (let count = 0; count < 20; count++) {
      const one = new PrintOrder(async ({ requestId }) => {
        numbers.add(requestId)
        return { jobs: [] }
      }, memory())
      await one.send(order)
    }
    expect(numbers.size).toBe(20)
  })
})
