// The life of parts on a line that runs: windows, values, alarms, people and labels of each, and back from an alarm to the parts.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AlarmDevice } from './alarm-device.ts'

const tags = `
  - { name: Line.Speed, device: plc, address: "40090:int16", scan: fast }
`

const type = `
name: station
parameters: { base: 40001 }
members:
  - name: Temperature
    address: "\${base}:int16"
    device: plc
    scan: fast
    history: { deadband: 0 }
    alarms: [{ condition: high, limit: 90, message: Too hot, priority: high }]
  - name: Setpoint
    address: "\${base + 1}:int16"
    device: plc
    scan: fast
    writable: true
`

const plates = `
equipment:
  - { name: Oven, type: station, parameters: { base: 40001 }, identifier: "https://id.example.com/m/oven" }
  - { name: Cooler, type: station, parameters: { base: 40011 } }
`

const labels = `
schemes:
  - { name: part, kind: vaa, template: "88.123.456/P{counter:06}" }
printers:
  - { name: tray, connection: "virtual:" }
templates:
  - { name: part, size: { width: 30, height: 20 }, scheme: part, printer: tray, elements: [{ type: barcode, x: 2, y: 2, symbology: datamatrix, module: 0.5, value: identifier }] }
tracking:
  - { equipment: Oven, scheme: part, from: -400 ms, to: -200 ms }
`

const stateFolder = mkdtempSync(join(tmpdir(), 'lineside-state-'))
let device: AlarmDevice
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

beforeAll(async () => {
  process.env.LINESIDE_STATE = stateFolder
  device = await AlarmDevice.start({
    tags,
    files: { 'equipment/types/station.yaml': type, 'equipment/line.yaml': plates, 'labels/labels.yaml': labels },
  })
}, 120_000)

afterAll(async () => {
  await device?.close()
  rmSync(stateFolder, { recursive: true, force: true })
  delete process.env.LINESIDE_STATE
})

describe('the life of parts', { timeout: 180_000 }, () => {
  const parts: { identifier: string; allocated: number }[] = []
  let hotFrom = 0
  let hotTo = 0

  test('the plant is without faults', async () => {
    expect((await device.station.call('plant.faults', {})).faults).toEqual([])
  })

  test('a line makes forty parts; it is too hot for some of them', async () => {
    for (let index = 0; index < 40; index++) {
      device.set(40_001, index < 15 ? 20 + index : index < 25 ? 95 : 50)
      const { jobs } = (await device.station.call('labels.print', { template: 'part' } as never)) as unknown as {
        jobs: { identifier: string }[]
      }
      const { record } = await device.station.call('identifiers.resolve', { identifier: jobs[0]!.identifier })
      parts.push({ identifier: record.identifier, allocated: record.allocatedTimestamp })
      if (index === 18) await device.station.call('tags.write', { tag: 'Oven.Setpoint', value: 30 })
      await wait(150)
    }
    const alarms = await device.journal('Oven.Temperature/high')
    hotFrom = alarms.find(({ event }) => event === 'active')!.timestamp
    hotTo = alarms.find(({ event }) => event === 'returned')!.timestamp
    expect(hotTo).toBeGreaterThan(hotFrom)
  })

  test('the series of a part is cut to its window, with one sample before and one after it', async () => {
    const part = parts[10]!
    const began = performance.now()
    const trace = await device.station.call('identifiers.trace', { identifier: part.identifier })
    const tookMs = performance.now() - began
    expect(trace.windows).toEqual([{ equipment: 'Oven', from: part.allocated - 400, to: part.allocated - 200 }])
    const { from, to } = trace.windows[0]!
    const { timestamps, values } = trace.series.find(({ tag }) => tag === 'Oven.Temperature')!
    expect(timestamps.length).toBeGreaterThan(1)
    expect(timestamps.filter((time) => time < from).length).toBeLessThanOrEqual(1)
    expect(timestamps.filter((time) => time >= to!).length).toBeLessThanOrEqual(1)
    const all = (await device.station.call('history.read', {
      tags: ['Oven.Temperature'],
      from: from - 1000,
      to: to! + 1000,
      mode: 'raw',
    })) as unknown as { series: { timestamps: number[]; values: number[] }[] }
    const inside = all.series[0]!.timestamps.filter((time) => time >= from && time < to!)
    expect(timestamps.filter((time) => time >= from && time < to!)).toEqual(inside)
    expect(values.every((value) => typeof value === 'number')).toBe(true)
    expect(trace.jobs).toHaveLength(1)
    expect(trace.alarms).toEqual([])
    // The first question starts threads; TARGETS.md L5 is measured by the bench.
    expect(tookMs).toBeLessThan(5000)
  })

  test('alarms and people of a part are those of its window, and no others', async () => {
    for (const { identifier, allocated } of parts) {
      const trace = await device.station.call('identifiers.trace', { identifier })
      const [from, to] = [allocated - 400, allocated - 200]
      const wasHot = hotFrom < to && hotTo >= from
      expect(trace.alarms.map(({ id }) => id)).toEqual(wasHot ? ['Oven.Temperature/high'] : [])
    }
    const traces = await Promise.all(
      parts.map(({ identifier }) => device.station.call('identifiers.trace', { identifier })),
    )
    const withPeople = traces.filter(({ circumstances }) => circumstances.some(({ name }) => name === 'operator'))
    expect(withPeople.length).toBeGreaterThan(0)
    expect(withPeople.length).toBeLessThan(8)
  })

  test('an alarm gives exactly the parts that were there, and their hold blocks them', async () => {
    const wanted = parts.filter(({ allocated }) => allocated - 400 < hotTo && allocated - 200 > hotFrom)
    const { parts: found } = await device.station.call('identifiers.affected', { alarm: 'Oven.Temperature/high' })
    expect(found.map(({ identifier }) => identifier)).toEqual(wanted.map(({ identifier }) => identifier))
    const byTag = await device.station.call('identifiers.affected', {
      tags: ['Oven.Setpoint'],
      from: hotFrom,
      to: hotTo,
    })
    expect(byTag.parts).toEqual(found)
    const elsewhere = await device.station.call('identifiers.affected', {
      equipment: ['Cooler'],
      from: 0,
      to: Date.now(),
    })
    expect(elsewhere.parts).toEqual([])
    const identifiers = found.map(({ identifier }) => identifier)
    await device.station.call('identifiers.hold', { identifiers, reason: 'too hot' })
    const { jobs } = await device.station.call('labels.jobs', { identifier: identifiers[0]! })
    expect((await device.station.post('labels.reprint', { job: jobs[0]!.id, reason: 'torn' })).status).toBe(422)
    const again = await device.station.call('identifiers.affected', { alarm: 'Oven.Temperature/high' })
    expect(again.parts.every(({ isHeld }) => isHeld)).toBe(true)
  })

  test('a part is placed by hand, any spelling finds it, and a restart keeps where it was', async () => {
    const { identifier } = parts[0]!
    const entered = Date.now()
    await device.station.call('identifiers.place', { identifier, equipment: 'Cooler', enteredTimestamp: entered })
    expect(
      (await device.station.post('identifiers.place', { identifier, equipment: 'Coler', enteredTimestamp: 1 })).status,
    ).toBe(404)
    await device.killAndRestart()
    const trace = await device.station.call('identifiers.trace', { identifier: ` ]Q1${identifier}\r` })
    expect(trace.windows.map(({ equipment, to }) => [equipment, to === null])).toEqual([
      ['Oven', false],
      ['Cooler', true],
    ])
    expect((await device.station.post('identifiers.trace', { identifier: '88.123.456/NEVER' })).status).toBe(404)
  })

  test('a part that came and left within one millisecond, and one that comes only in an hour, have their traces', async () => {
    const { identifier } = parts[1]!
    const entered = Date.now()
    const soon = entered + 3_600_000
    for (const [enteredTimestamp, leftTimestamp] of [
      [entered, entered],
      [soon, soon + 1000],
    ] as const)
      await device.station.call('identifiers.place', {
        identifier,
        equipment: 'Cooler',
        enteredTimestamp,
        leftTimestamp,
      })
    await device.station.call('identifiers.place', {
      identifier: parts[2]!.identifier,
      equipment: 'Cooler',
      enteredTimestamp: soon,
    })
    const { windows, series } = await device.station.call('identifiers.trace', { identifier })
    expect(windows.slice(1)).toEqual([
      { equipment: 'Cooler', from: entered, to: entered },
      { equipment: 'Cooler', from: soon, to: soon + 1000 },
    ])
    const momentary = series.filter(({ tag }) => tag === 'Cooler.Temperature')
    expect(momentary).toHaveLength(2)
    expect(momentary[0]!.timestamps.filter((time) => time < entered)).toHaveLength(1)
    expect(await device.station.call('identifiers.trace', { identifier: parts[2]!.identifier })).toMatchObject({
      windows: [{ equipment: 'Oven' }, { equipment: 'Cooler', from: soon, to: null }],
    })
  })

  test('the name plate of a machine is known', async () => {
    const scan = await device.station.call('scans.report', { text: 'https://id.example.com/m/oven', source: 'camera' })
    expect(scan.outcome).toEqual({ kind: 'equipment', equipment: 'Oven' })
  })
})
