// kill -9 of the whole station while alarms come and go and somebody acknowledges: what was shown is on the disk, what was answered
// is done, the journal alone gives the list. More: LINESIDE_KILL_ROUNDS=200 npm run test:runtime -- alarm-station-kill
import { expect, test, vi } from 'vitest'
import type { AlarmEvent, AlarmState } from '../../src-main/shared/alarm.ts'
import { randomOf } from '../../src-main/simulation/random.ts'
import { AlarmDevice } from './alarm-device.ts'
import { FeedReader } from './alarm-people.ts'

const rounds = Number(process.env.LINESIDE_KILL_ROUNDS ?? 4)
const seed = Number(process.env.LINESIDE_KILL_SEED ?? 1)
const coilCount = 19
const patience = { timeout: 60_000, interval: 25 }
const name = (coil: number) => `Coil${coil}`
const tags = Array.from({ length: coilCount }, (_, index) => {
  const address = String(index + 1).padStart(5, '0')
  return `  - { name: ${name(index + 1)}, device: plc, address: "${address}:bool", scan: fast, alarms: [ { condition: discrete${index % 3 === 0 ? ', latching: true' : ''} } ] }\n`
}).join('')
const pace = '  - { name: Pace, device: plc, address: "40090:int16", scan: fast }\n'

interface Acknowledged {
  readonly id: string
  readonly eventId: number
}

async function journalOf(plc: AlarmDevice): Promise<readonly AlarmEvent[]> {
  const rows: AlarmEvent[] = []
  let cursor: string | undefined
  do {
    const page = await plc.station.call('alarms.journal', {
      limit: 10_000,
      ...(cursor === undefined ? {} : { cursor }),
    })
    rows.push(...page.events)
    cursor = page.cursor
  } while (cursor !== undefined)
  return rows
}

test(
  `nothing shown is lost, nothing acknowledged comes back, after ${rounds} × kill -9 of a station`,
  async () => {
    const random = randomOf(seed, 'station kill')
    const plc = await AlarmDevice.start({ tags: tags + pace })
    let turn = 0
    const shown: AlarmEvent[] = []
    const acknowledged: Acknowledged[] = []
    try {
      for (let round = 0; round < rounds; round++) {
        const watch = await FeedReader.open<{ events: AlarmEvent[] }>(
          plc.station,
          `alarms.watch?since=${shown.at(-1)?.sequence ?? 0}`,
        )
        const killAt = Date.now() + 300 + random() * 1200
        let isOver = false
        const operator = (async () => {
          while (!isOver) {
            try {
              const rows = (await plc.list()).filter(({ isAcknowledged }) => !isAcknowledged)
              const ids = rows.map(({ id }) => id)
              if (ids.length > 0) {
                const eventIds = rows.map(({ eventId }) => eventId)
                const { results } = await plc.station.call('alarms.acknowledge', { ids, eventIds })
                for (const [at, { statusCode }] of results.entries())
                  if (statusCode === 0) acknowledged.push({ id: ids[at]!, eventId: eventIds[at]! })
                await plc.station.call('alarms.reset', { ids })
              }
            } catch (error) {
              if (!isOver) throw error
            }
            await new Promise((resolve) => setTimeout(resolve, 20))
          }
        })()
        while (Date.now() < killAt) {
          plc.set(1 + Math.floor(random() * coilCount), random() < 0.5)
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
        isOver = true
        await plc.killAndRestart()
        await operator
        watch.close()
        shown.push(...watch.items.flatMap(({ events }) => events))
        turn = (turn % 30_000) + 1
        plc.set(40_090, turn)
        await vi.waitFor(async () => expect((await plc.station.read('Pace')).value).toBe(turn), patience)
        await verdict(plc, shown, acknowledged)
      }
    } finally {
      await plc.close()
    }
  },
  90_000 + rounds * 15_000,
)

async function verdict(
  plc: AlarmDevice,
  shown: readonly AlarmEvent[],
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  const journal = await journalOf(plc)
  expect(journal.map(({ sequence }) => sequence)).toEqual(journal.map((_, index) => index + 1))
  expect(journal.slice(0, shown.length)).toEqual(shown)
  const states = new Map<string, AlarmState>()
  const isActive = new Map<string, boolean>()
  for (const row of journal) {
    expect(row.previousState, `row ${row.sequence}`).toBe(states.get(row.id) ?? 'normal')
    if (row.event === 'active' || row.event === 'returned')
      expect(isActive.get(row.id) ?? false, `row ${row.sequence}: ${row.event} twice`).toBe(row.event === 'returned')
    states.set(row.id, row.state)
    isActive.set(row.id, row.isActive)
  }
  // Restarted: the device stands still, so the list does too.
  const listed = (await plc.list()).map(({ id, state }) => [id, state]).sort()
  expect(listed).toEqual([...states].filter(([, state]) => state !== 'normal').sort())
  const done = new Set(
    journal.filter(({ event }) => event === 'acknowledged').map(({ id, eventId }) => `${id} ${eventId}`),
  )
  for (const { id, eventId } of acknowledged) expect(done.has(`${id} ${eventId}`), `${id} ${eventId}`).toBe(true)
  expect(done.size).toBe(journal.filter(({ event }) => event === 'acknowledged').length)
  expect(await plc.station.call('alarms.verifyJournal', {})).toEqual({ ok: true })
}
