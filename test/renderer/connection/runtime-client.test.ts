import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HistoryResult } from '../../../src-main/shared/history.ts'
import { encodeHistoryFrame } from '../../../src-main/shared/history-frame.ts'
import { encodeTagFrame, type TagFrame } from '../../../src-main/shared/tag-frame.ts'
import { type LinkPhase, RuntimeClient, type TokenStore } from '../../../src-renderer/connection/runtime-client.ts'
import { FakeRuntimeEnd } from '../../fakes/link-pair.ts'

const session = {
  user: 'anna',
  roles: ['operator'],
  permissions: ['tags.read'],
  expiresTimestamp: 0,
  firstStart: false,
} as const

function frameFor(feedId: number, value: number): Uint8Array {
  const frame: TagFrame = {
    feedId,
    count: 1,
    serverTimestamp: 1000,
    value: Float64Array.of(value),
    sourceTimestamp: Float64Array.of(900),
    index: Uint32Array.of(0),
    statusCode: Uint32Array.of(0),
    others: new Map(),
  }
  return encodeTagFrame(frame)
}

describe('RuntimeClient', () => {
  let ends: FakeRuntimeEnd[]
  let client: RuntimeClient
  let phases: LinkPhase[]
  let token: string | null

  beforeEach(() => {
    vi.useFakeTimers()
    ends = []
    phases = []
    token = 'secret'
    const tokens: TokenStore = {
      get: () => token,
      set: (changed) => {
        token = changed
      },
    }
    client = new RuntimeClient({
      openLink: async () => {
        const end = new FakeRuntimeEnd()
        end.answers.set('access.session', () => session)
        ends.push(end)
        return end.link
      },
      tokens,
      random: () => 0,
    })
    client.onStatus(({ phase }) => {
      if (phases.at(-1) !== phase) phases.push(phase)
    })
  })

  afterEach(() => {
    client.close()
    vi.useRealTimers()
  })

  async function start(): Promise<FakeRuntimeEnd> {
    client.start()
    await vi.advanceTimersByTimeAsync(0)
    return ends[0]!
  }

  it('shows its token before it opens a feed, and acknowledges each item it took', async () => {
    const values: number[] = []
    client.watch('tags.watch', { tags: ['Filler.Level'] }, (frame) => values.push(frame.value[0]!))
    const end = await start()
    expect(end.sent.map(({ type }) => type)).toEqual(['authenticate', 'call', 'open'])
    const feedId = end.ofType('open')[0]!.id
    expect(end.ofType('ack')).toHaveLength(0)
    end.say(frameFor(feedId, 42))
    expect(values).toEqual([42])
    expect(end.ofType('ack')).toEqual([{ type: 'ack', id: feedId }])
  })

  it('opens its feeds again after the link was lost, without being asked', async () => {
    client.watch('tags.watch', { tags: ['Filler.Level'] }, () => {})
    const end = await start()
    end.end()
    expect(client.status.phase).toBe('lost')
    expect(ends).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(301)
    expect(client.status.phase).toBe('live')
    expect(ends[1]!.ofType('open').map(({ input }) => input)).toEqual([{ tags: ['Filler.Level'] }])
  })

  it('does not open a feed again that was stopped meanwhile', async () => {
    const stop = client.watch('tags.watch', { tags: ['Filler.Level'] }, () => {})
    const end = await start()
    stop()
    expect(end.ofType('close')).toHaveLength(1)
    end.end()
    await vi.advanceTimersByTimeAsync(301)
    expect(ends[1]!.ofType('open')).toHaveLength(0)
  })

  // A command that waits for a cable to be plugged in would act on a plant that has moved on.
  it('refuses a call at once while the link is lost, and never sends it later', async () => {
    const end = await start()
    end.end()
    await expect(client.call('tags.write', { tag: 'Pump.Run', value: true })).rejects.toMatchObject({
      code: 'BadNotConnected',
    })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ends.length).toBeGreaterThan(1)
    expect(ends.flatMap((other) => other.calls('tags.write'))).toEqual([])
  })

  it('fails the calls that were under way when the link is lost', async () => {
    const end = await start()
    const call = client.call('tags.read', { tags: ['A'] })
    const failed = expect(call).rejects.toMatchObject({ code: 'BadConnectionClosed' })
    end.end()
    await failed
  })

  const question = { tags: ['A'], from: 0, to: 1, mode: 'raw' as const }
  const answer: HistoryResult = {
    series: [
      {
        tag: 'A',
        mode: 'raw',
        timestamps: Float64Array.of(0),
        values: Float64Array.of(42),
        others: null,
        statusCodes: Uint32Array.of(0),
        plot: null,
      },
    ],
  }

  it('takes the answer of a question about history as bytes', async () => {
    const end = await start()
    const call = client.call('history.read', question)
    end.say(encodeHistoryFrame(end.calls('history.read')[0]!.id, answer))
    expect(await call).toEqual(answer)
  })

  // A person who zooms on must not wait for spans that are no longer on screen.
  it('gives a call up at once when it is cancelled, tells the runtime, and passes over an answer that still comes', async () => {
    const end = await start()
    const leaving = new AbortController()
    const call = client.call('history.read', question, leaving.signal)
    const failed = expect(call).rejects.toMatchObject({ code: 'BadRequestInterrupted' })
    expect(end.ofType('cancel')).toEqual([])
    leaving.abort()
    await failed
    const { id } = end.calls('history.read')[0]!
    expect(end.ofType('cancel')).toEqual([{ type: 'cancel', id }])
    end.say(encodeHistoryFrame(id, answer))
    end.say({ type: 'error', id, error: { code: 'BadRequestInterrupted', message: '', httpStatus: 503 } })
    expect(end.isClosed).toBe(false)
  })

  it('does not send what was cancelled before, nor cancel what was answered', async () => {
    const end = await start()
    await expect(client.call('history.read', question, AbortSignal.abort())).rejects.toMatchObject({
      code: 'BadRequestInterrupted',
    })
    expect(end.calls('history.read')).toEqual([])
    const leaving = new AbortController()
    const call = client.call('history.read', question, leaving.signal)
    end.say(encodeHistoryFrame(end.calls('history.read')[0]!.id, answer))
    await call
    leaving.abort()
    expect(end.ofType('cancel')).toEqual([])
  })

  it('cancels a call that is not answered in time', async () => {
    const end = await start()
    const call = client.call('history.read', question)
    const failed = expect(call).rejects.toMatchObject({ code: 'BadTimeout' })
    // Something else is said now and then, so that the link is taken for alive.
    for (let seconds = 0; seconds < 31; seconds++) {
      await vi.advanceTimersByTimeAsync(1000)
      end.say({ type: 'item', id: 0, value: null })
    }
    await failed
    expect(end.ofType('cancel')).toHaveLength(1)
  })

  // Checklist H50: banner at the latest 5 s after the data path is lost; here 2 s.
  it('says that data is not live within two seconds on a link that is open but dead', async () => {
    const end = await start()
    await vi.advanceTimersByTimeAsync(5000)
    expect(client.status.phase).toBe('live')
    end.isMute = true
    await vi.advanceTimersByTimeAsync(2000)
    expect(client.status.phase).toBe('stale')
    end.isMute = false
    end.say({ type: 'result', id: 99_999, value: {} })
    expect(client.status.phase).toBe('live')
  })

  it('says so within two seconds in whatever moment the link dies', async () => {
    const end = await start()
    for (let momentMs = 0; momentMs < 1000; momentMs += 30) {
      end.say({ type: 'result', id: 99_999, value: {} })
      await vi.advanceTimersByTimeAsync(momentMs)
      expect(client.status.phase, `${momentMs} ms after the last message`).toBe('live')
      end.say({ type: 'result', id: 99_999, value: {} })
      end.isMute = true
      // Timers of a busy page come late: a tenth of a second is left for them.
      await vi.advanceTimersByTimeAsync(1900)
      expect(client.status.phase, `${momentMs} ms after the last message`).toBe('stale')
      end.isMute = false
    }
  })

  it('gives a dead link up and takes a new one', async () => {
    const end = await start()
    end.isMute = true
    await vi.advanceTimersByTimeAsync(6500)
    expect(end.isClosed).toBe(true)
    expect(ends.length).toBe(2)
    expect(phases).toEqual(['connecting', 'live', 'stale', 'lost', 'live'])
  })

  it('waits longer after every failed attempt, up to five seconds', async () => {
    const times: number[] = []
    const failing = new RuntimeClient({
      openLink: () => {
        times.push(Date.now())
        return Promise.reject(new Error('nobody there'))
      },
      tokens: { get: () => null, set: () => {} },
      random: () => 0,
    })
    failing.start()
    await vi.advanceTimersByTimeAsync(30_000)
    failing.close()
    const waits = times.slice(1).map((time, index) => time - times[index]!)
    expect(waits.slice(0, 6)).toEqual([300, 600, 1200, 2400, 4800, 5000])
  })

  it('forgets the token and says that nobody is logged in when the runtime no longer knows it', async () => {
    const sessions: unknown[] = []
    client.onSession((row) => sessions.push(row?.user ?? null))
    const end = await start()
    const call = client.call('tags.read', { tags: ['A'] })
    const refused = expect(call).rejects.toMatchObject({ code: 'Unauthorized' })
    const { id } = end.calls('tags.read')[0]!
    end.say({ type: 'error', id, error: { code: 'Unauthorized', message: 'Log in first.', httpStatus: 401 } })
    await refused
    expect(token).toBeNull()
    expect(sessions).toEqual(['anna', null])
  })

  it('closes a link that sends bytes which are no tag frame', async () => {
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    const end = await start()
    end.say(Uint8Array.of(1, 2, 3))
    expect(end.isClosed).toBe(true)
    expect(reported).toHaveBeenCalledOnce()
    vi.unstubAllGlobals()
  })

  it('tries a feed again that the runtime ended, while somebody wants it', async () => {
    const onError = vi.fn()
    const stop = client.watch('plant.watch', {}, () => {}, onError)
    const end = await start()
    end.say({ type: 'end', id: end.ofType('open')[0]!.id })
    expect(onError).toHaveBeenCalledOnce()
    expect(end.ofType('open')).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(3000)
    expect(end.ofType('open')).toHaveLength(2)
    end.say({ type: 'end', id: end.ofType('open')[1]!.id })
    stop()
    await vi.advanceTimersByTimeAsync(3000)
    expect(end.ofType('open')).toHaveLength(2)
  })

  it('asks for a log-in when the runtime ends a feed because the session is over', async () => {
    client.watch('plant.watch', {}, () => {})
    const end = await start()
    const error = { code: 'Unauthorized', message: 'The session has ended.', httpStatus: 401 }
    end.say({ type: 'end', id: end.ofType('open')[0]!.id, error })
    expect(token).toBeNull()
  })

  it('hands the reason on when the runtime refuses a feed', async () => {
    const onError = vi.fn()
    client.watch('devices.watch', {}, () => {}, onError)
    const end = await start()
    const { id } = end.ofType('open')[0]!
    end.say({ type: 'error', id, error: { code: 'Forbidden', message: 'Not yours.', httpStatus: 403 } })
    expect(onError.mock.calls[0]![0]).toMatchObject({ code: 'Forbidden', message: 'Not yours.' })
  })
})
