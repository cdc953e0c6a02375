// Random commands against a model that is a page long: what was ever given out, and in which state it is. The clock jumps over
// midnights, summer time and back; the station is killed, ended and rolled back; backups come back.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mayFollow } from '../../../../src-main/identifiers/store/serial-life.ts'
import { type SerialState, serialStates } from '../../../../src-main/shared/identifier.ts'
import { IdentityStation, identifierScheme } from '../../../fakes/identity-station.ts'

const schemes = [
  identifierScheme({ name: 'case' }),
  identifierScheme({ name: 'day', kind: 'opaque', template: '{date:yyMMdd}-{counter:04}', reset: 'day' }),
  identifierScheme({ name: 'month', kind: 'opaque', template: '{date:yyyyMM}/{counter:04:base36}', reset: 'month' }),
  identifierScheme({ name: 'few', kind: 'opaque', template: 'F{counter:02}', last: 40 }),
]
const hour = 3_600_000
/** Berlin, the night before summer time ends. */
const start = Date.UTC(2026, 9, 24, 20)

type Command =
  | { readonly kind: 'allocate'; readonly scheme: string; readonly count: number; readonly request: number | null }
  | { readonly kind: 'rollBack'; readonly scheme: string; readonly count: number }
  | { readonly kind: 'state'; readonly pick: number; readonly state: SerialState }
  | { readonly kind: 'clock'; readonly byMs: number }
  | { readonly kind: 'end' | 'kill' | 'backUp' | 'restore' | 'settle' }

const schemeName = fc.oneof(
  { weight: 2, arbitrary: fc.constant('case') },
  fc.constantFrom(...schemes.map(({ name }) => name)),
)
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('allocate' as const),
      scheme: schemeName,
      count: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1100 })),
      request: fc.option(fc.nat({ max: 3 }), { nil: null }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('rollBack' as const),
      scheme: schemeName,
      count: fc.integer({ min: 1, max: 2200 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('state' as const),
      pick: fc.nat(),
      state: fc.constantFrom(...serialStates),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      byMs: fc.integer({ min: -30 * hour, max: 40 * hour }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('end', 'kill', 'settle') }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('backUp', 'restore') }) },
)

test('whatever happens, no identifier is given out twice, none is lost, and each is in the state it was brought to', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 30 }), async (commands) => {
      const station = new IdentityStation(schemes, 'Europe/Berlin', start)
      /** Ever given out, by any state of the station: must not come again. */
      const ever = new Set<string>()
      /** Of the state that lives now. */
      let states = new Map<string, SerialState>()
      let requests = new Map<number, { key: string; given: readonly string[] }>()
      let backup: { folder: string; states: typeof states; requests: typeof requests } | null = null
      try {
        for (const [at, step] of commands.entries()) {
          const { store } = station
          switch (step.kind) {
            case 'allocate': {
              const key = `${step.scheme} ${step.count}`
              const requestId = step.request === null ? undefined : `r${step.request}`
              const before = step.request === null ? undefined : requests.get(step.request)
              const pool = store.pools().find(({ scheme }) => scheme === step.scheme)!
              const ask = () => store.allocate({ scheme: step.scheme, count: step.count, user: 'ana', requestId })
              if (before && before.key !== key) expect(ask).toThrow(expect.objectContaining({ code: 'BadEntryExists' }))
              else if (before) expect(ask()).toEqual(before.given)
              else if (pool.next + step.count - 1 > pool.last)
                expect(ask).toThrow(expect.objectContaining({ code: 'BadInvalidState' }))
              else {
                const given = ask()
                expect(given).toHaveLength(step.count)
                expect(given.slice(0, 5)).toEqual(pool.upcoming.slice(0, step.count))
                for (const identifier of given) {
                  expect(ever.has(identifier), `${identifier} again`).toBe(false)
                  ever.add(identifier)
                  states.set(identifier, 'allocated')
                }
                if (step.request !== null) requests.set(step.request, { key, given })
              }
              break
            }
            case 'rollBack':
              try {
                station.database.transaction(() => {
                  store.allocate({ scheme: step.scheme, count: step.count, user: 'ana' })
                  throw new Error('rolled back')
                })()
              } catch (error) {
                expect(String(error)).toMatch(/rolled back|used up/)
              }
              break
            case 'state': {
              const identifier = [...states.keys()][step.pick % Math.max(1, states.size)]
              if (identifier === undefined) break
              const from = states.get(identifier)!
              const move = () => store.setState(identifier, step.state, 'ana', '')
              if (from === step.state || mayFollow(from, step.state)) {
                move()
                states.set(identifier, step.state)
              } else expect(move).toThrow(expect.objectContaining({ code: 'BadInvalidState' }))
              break
            }
            case 'clock':
              station.clock.jump(step.byMs)
              break
            case 'settle':
              await station.clock.advance(1)
              break
            case 'end':
            case 'kill':
              station[step.kind]()
              break
            case 'backUp': {
              station.database.pragma('wal_checkpoint(TRUNCATE)')
              const folder = station.copyOf(station.dataFolder, `backup-${at}`)
              backup = { folder, states: new Map(states), requests: new Map(requests) }
              break
            }
            case 'restore':
              if (!backup) break
              // What was committed in the last moment before a kill is known to the witness outside only when it could say so.
              await station.clock.advance(1)
              station.restore(backup.folder)
              states = new Map(backup.states)
              requests = new Map(backup.requests)
              for (const { scheme } of station.store.stops())
                station.store.releasePool({ scheme, user: 'ana', reason: 'restored', ...upTo(station, scheme) })
          }
        }
        expect(
          [...states.keys()].filter((identifier) => station.store.record(identifier)?.state !== states.get(identifier)),
        ).toEqual([])
        for (const { name } of schemes) checkReport(station, name, states)
      } finally {
        station.remove()
      }
    }),
    { numRuns: Number(process.env.LINESIDE_MODEL_RUNS ?? 40) },
  )
}, 300_000)

/** A pool with few left is used up by the step of the witness: it goes on with what the person says. */
function upTo(station: IdentityStation, scheme: string): { next?: number } {
  const pool = station.store.pools().find((one) => one.scheme === scheme)!
  return pool.next > pool.last ? { next: pool.next } : {}
}

/** The gap report and the counts say the same as the model. */
function checkReport(station: IdentityStation, scheme: string, states: ReadonlyMap<string, SerialState>): void {
  const { gaps } = station.store.gaps({ scheme, limit: 10_000 })
  for (const { identifier, state } of gaps) if (identifier !== '') expect(state).toBe(states.get(identifier))
  const own = [...states].filter(([identifier]) => station.store.record(identifier)!.scheme === scheme)
  expect(gaps.filter(({ identifier }) => identifier !== '')).toHaveLength(
    own.filter(([, state]) => state !== 'commissioned').length,
  )
  const counts: Partial<Record<SerialState, number>> = {}
  for (const [, state] of own) counts[state] = (counts[state] ?? 0) + 1
  expect(station.store.pools().find((pool) => pool.scheme === scheme)!.counts).toEqual(counts)
}
