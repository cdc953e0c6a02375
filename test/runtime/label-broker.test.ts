// Labels of a line whose orders and part numbers come over MQTT, with a broker of another make, and whose labels are scanned back by a verifier
// that connects to the station.
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LabelJob } from '../../src-main/shared/label.ts'
import { Mosquitto, whyNoMosquitto } from '../main/drivers/mqtt/mosquitto.ts'
import { endProcess, StationProcess, writeFolder } from './station-process.ts'

const files = (brokerPort: number, scannerPort: number) => ({
  'plant.yaml': 'name: Broker line\nline: Line 1\nsite: Test\nlanguages: [en]\n',
  'devices/broker.yaml': `name: broker\nprotocol: mqtt\naddress: mqtt://127.0.0.1:${brokerPort}\ntimeout: 10 s\n`,
  'tags/broker.yaml': `
tags:
  - { name: Line.Order, device: broker, address: line/order, dataType: string }
  - { name: Line.Count, device: broker, address: line/count, dataType: uint32 }
  - { name: Packer.Scan, device: broker, address: packer/scan, dataType: string }
  - { name: Packer.PartId, device: broker, address: packer/part, dataType: string }
  - { name: Packer.Reject, device: broker, address: packer/reject, dataType: bool, writable: true }
`,
  'equipment/types/packer.yaml':
    'name: packer\nmembers:\n  - { name: Speed, device: broker, address: packer/speed, dataType: float64 }\n',
  'equipment/line.yaml': 'equipment:\n  - { name: Packer, type: packer }\n',
  'labels/all.yaml': `
schemes:
  - { name: part, kind: gs1, template: "(01)09521234543213(21){counter:06}" }
printers:
  - { name: tray, connection: "virtual:" }
  - { name: checked, connection: "virtual:", verify: { scanner: verifier, timeout: 3 s, rejectTag: Packer.Reject, leastGrade: 2 } }
templates:
  - name: note
    size: { width: 40, height: 20 }
    printer: tray
    fields: [{ name: order }]
    elements: [{ type: text, x: 3, y: 3, fontSize: 4, value: fields.order }]
  - name: part
    size: { width: 40, height: 30 }
    scheme: part
    printer: checked
    elements: [{ type: barcode, x: 3, y: 3, symbology: gs1datamatrix, module: 0.5, value: identifier }]
triggers:
  - { name: orders, template: note, when: Line.Order, on: update, fields: { order: Line.Order } }
  - { name: counted, template: note, when: Line.Count, on: increase, catchUp: 5, fields: { order: "'counted'" } }
scanners:
  - { name: gate, connection: "tag:Packer.Scan", equipment: Packer }
  - { name: verifier, connection: "tcp-listen://127.0.0.1:${scannerPort}", terminator: "\\r" }
tracking:
  - { equipment: Packer, scheme: part, tag: Packer.PartId }
`,
})

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

async function eventually(isTrue: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`${what}: not within a minute`)
    await wait(50)
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}

describe.skipIf(whyNoMosquitto !== '')(`labels of a line with a broker${whyNoMosquitto}`, { timeout: 180_000 }, () => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'lineside-state-'))
  const account = { user: 'judge', password: 'correct horse battery staple' }
  let broker: Mosquitto
  let source: MqttClient
  let station: StationProcess
  let verifier: Socket
  let folder: string
  let dataFolder: string
  let scannerPort: number

  const say = (topic: string, payload: string, retain = false) =>
    source.publishAsync(topic, payload, { qos: 1, retain })
  const jobs = async (template: string): Promise<readonly LabelJob[]> =>
    (await station.call('labels.jobs', { limit: 500 })).jobs.filter((job) => job.template === template)
  const orders = async () => (await jobs('note')).map(({ fields }) => fields.order).reverse()
  const tagIs = (tag: string, value: unknown) =>
    eventually(async () => (await station.read(tag)).value === value, `${tag} is ${value}`)
  const state = async (id: string) => (await station.call('labels.jobs', { ids: [id] })).jobs[0]!
  const printed = async (): Promise<LabelJob> => {
    const [job] = (await station.call('labels.print', { template: 'part', fields: {}, copies: 1 })).jobs
    await eventually(async () => (await state(job!.id)).state === 'printed', 'printed')
    return job!
  }
  const alarmState = async (id: string) =>
    (await station.call('alarms.list', {})).alarms.find((row) => row.id === id)?.state ?? 'normal'

  beforeAll(async () => {
    process.env.LINESIDE_STATE = stateFolder
    // It keeps what it retained over its own death.
    broker = await Mosquitto.start(
      (at) =>
        `allow_anonymous true\nuser root\npersistence true\npersistence_location ${at}/\nautosave_interval 1\nautosave_on_changes true`,
    )
    source = await connectAsync(`mqtt://127.0.0.1:${broker.port}`)
    await say('line/order', 'an old order', true)
    await say('packer/reject', 'false', true)
    scannerPort = await freePort()
    folder = writeFolder(files(broker.port, scannerPort))
    dataFolder = mkdtempSync(join(tmpdir(), 'lineside-data-'))
    station = await StationProcess.start(folder, { dataFolder })
    await station.call('access.addAccount', { ...account, roles: ['administrator'] })
    await station.logIn(account.user, account.password)
    expect((await station.call('plant.faults', {})).faults).toEqual([])
    await tagIs('Line.Order', 'an old order')
    await tagIs('Packer.Reject', false)
  }, 120_000)

  afterAll(async () => {
    verifier?.destroy()
    await source?.endAsync(true)
    await station?.stop()
    await broker?.close()
    for (const path of [stateFolder, folder, dataFolder]) if (path) rmSync(path, { recursive: true, force: true })
    delete process.env.LINESIDE_STATE
  })

  test('a message is a label, the same text twice is two; what the broker had kept is none, also after a reconnect and a restart', async () => {
    expect((await station.call('plant.faults', {})).faults).toEqual([])
    expect(await orders()).toEqual([])
    await say('line/order', 'A', true)
    await say('line/order', 'A', true)
    await eventually(async () => (await orders()).length === 2, 'two labels')
    await broker.kill()
    await eventually(async () => (await station.read('Line.Order')).quality === 'Bad', 'the broker is gone')
    await broker.run()
    await source.endAsync(true)
    source = await connectAsync(`mqtt://127.0.0.1:${broker.port}`)
    await tagIs('Line.Order', 'A')
    await wait(500)
    const before = (await orders()).length
    expect(before).toBe(2)
    await say('line/order', 'B', true)
    await eventually(async () => (await orders()).length === before + 1, 'B')
    await endProcess(station.child, 'SIGKILL')
    station = await StationProcess.start(folder, { dataFolder, ...account })
    await tagIs('Line.Order', 'B')
    await wait(1500)
    expect((await orders()).length).toBe(before + 1)
    await say('line/order', 'B', true)
    await eventually(async () => (await orders()).length === before + 2, 'B again')
    expect((await orders()).slice(0, 2)).toEqual(['A', 'A'])
  })

  test('a counter that runs away stops its trigger, which is seen, and goes on when a person says how', async () => {
    await say('line/count', '10', true)
    await tagIs('Line.Count', 10)
    await say('line/count', '40', true)
    await eventually(async () => (await alarmState('runtime:labels/triggers')) === 'unacknowledged', 'alarm')
    expect((await orders()).filter((order) => order === 'counted')).toEqual([])
    const refused = await station.post('labels.restartTrigger', { trigger: 'countd', reason: 'looked' })
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([404, expect.stringContaining('counted')])
    const answer = await station.call('labels.restartTrigger', {
      trigger: 'counted',
      makeMissed: true,
      reason: 'looked',
    })
    expect(answer.labelCount).toBe(30)
    await eventually(async () => (await orders()).filter((order) => order === 'counted').length === 30, '30 labels')
    await eventually(async () => (await alarmState('runtime:labels/triggers')) !== 'unacknowledged', 'alarm over')
    expect((await station.post('labels.restartTrigger', { trigger: 'counted', reason: 'again' })).status).toBe(422)
  })

  test('a verifier says the label is good enough, or it is held: grade, no grade, another label, no scan at all', async () => {
    verifier = dial({ host: '127.0.0.1', port: scannerPort })
    await new Promise<void>((resolve, reject) => verifier.once('connect', () => resolve()).once('error', reject))
    const good = await printed()
    verifier.write(`]d2${good.identifier!.replaceAll(/[()]/g, '')} 2.5/08/660\r`)
    await eventually(async () => (await state(good.id)).state === 'verified', 'verified')
    const { record } = await station.call('identifiers.resolve', { identifier: good.identifier! })
    expect(record.state).toBe('commissioned')

    const poor = await printed()
    verifier.write(`]d2${poor.identifier!.replaceAll(/[()]/g, '')} 1.4/08/660\r`)
    await eventually(async () => (await state(poor.id)).state === 'inDoubt', 'too poor')
    expect((await state(poor.id)).message).toMatch(/graded it 1\.4; at least 2/)
    await tagIs('Packer.Reject', true)
    await eventually(async () => (await alarmState('runtime:labels/rejects')) === 'unacknowledged', 'alarm')

    const ungraded = await printed()
    verifier.write(`${ungraded.identifier!}\r`)
    await eventually(async () => (await state(ungraded.id)).state === 'inDoubt', 'no grade')
    expect((await state(ungraded.id)).message).toMatch(/no grade/)

    const missing = await printed()
    await eventually(async () => (await state(missing.id)).state === 'inDoubt', 'not scanned')
    expect((await state(missing.id)).message).toMatch(/not scanned within 3 s/)

    const next = await printed()
    verifier.write('88.123.456/OTHER 4/08/660\r')
    await eventually(async () => (await state(next.id)).state === 'inDoubt', 'another label')
    expect((await state(next.id)).message).toMatch(/instead of/)
  })

  test('tags of the line say which part is scanned and worked on; every spelling finds it', async () => {
    const { identifiers } = await station.call('identifiers.allocate', { scheme: 'gs1', count: 2 })
    const [first, second] = identifiers as [string, string]
    await say('packer/part', first)
    await tagIs('Packer.PartId', first)
    await say('packer/part', second)
    await tagIs('Packer.PartId', second)
    await say('packer/scan', first.replaceAll(/[()]/g, ''))
    const window = async (identifier: string) => (await station.call('identifiers.trace', { identifier })).windows
    await eventually(
      async () => (await window(second)).some(({ equipment, to }) => equipment === 'Packer' && to === null),
      'there',
    )
    await eventually(async () => (await window(first)).some(({ to }) => to !== null), 'left')
    const spellings = await Promise.all([
      ...(['epcPlusHex', 'epcUrn', 'digitalLink', 'elements'] as const).map(
        async (to) => (await station.call('identifiers.convert', { text: first, to, companyPrefixLength: 7 })).text,
      ),
    ])
    expect(new Set(spellings).size).toBe(4)
    for (const spelling of spellings) {
      const { record } = await station.call('identifiers.resolve', { identifier: spelling })
      expect(record.identifier, spelling).toBe(first)
      expect((await window(spelling)).length, spelling).toBeGreaterThan(0)
      const scan = await station.call('scans.report', { text: spelling })
      expect([scan.parsed.identifier, scan.outcome.kind], spelling).toEqual([first, 'part'])
    }
    const none = await station.post('identifiers.allocate', { scheme: 'vaa' })
    expect([none.status, JSON.stringify(none.body)]).toEqual([404, expect.stringContaining('it has part')])
  })
})
