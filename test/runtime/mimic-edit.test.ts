// Displays and equipment edited over HTTP on a real station: permissions, conflicts, faults, the audit trail, a kill in between;
// and what `lineside check` says of displays.
import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { endProcess, StationProcess, writeFolder } from './station-process.ts'

const drawing = (content = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic" viewBox="0 0 1600 900">\n  <rect class="ls-ground" fill="#dadada" width="1600" height="900"/>${content}\n</svg>\n`
const files = {
  'plant.yaml': 'name: Test\nline: Line 1\nsite: Here\n',
  'devices/d.yaml': 'name: d\nprotocol: simulator\naddress: local\n',
  'equipment/types/pump.yaml':
    'name: pump\nmembers:\n  - { name: Speed, device: d, address: "memory(speed)", dataType: float64 }\n',
  'equipment/a.yaml': 'equipment:\n  - { name: P1, type: pump } # the first\n',
  'mimics/navigation.yaml': 'mimics:\n  - { name: main, title: Main, level: 1 } # on the wall\n',
  'mimics/main.svg': drawing('<text class="ls-text" x="9" y="90" font-size="9">Pump</text>'),
}
const cli = fileURLToPath(new URL('../../resources/bin/lineside.mjs', import.meta.url))

let folder: string
let station: StationProcess
/** Data folder of a station that was killed and started again. */
let kept: string | null = null
const administrator = { user: 'admin', password: 'correct horse battery staple' }

beforeEach(async () => {
  folder = writeFolder(files)
  station = await StationProcess.start(folder)
  await station.call('access.addAccount', { ...administrator, roles: ['administrator'] })
  await station.logIn(administrator.user, administrator.password)
})

afterEach(async () => {
  await station.stop()
  if (kept !== null) rmSync(kept, { recursive: true, force: true })
  kept = null
  rmSync(folder, { recursive: true, force: true })
})

test('a display is read, checked, saved, refused when outdated and deleted; the audit trail has who did what', async () => {
  const source = await station.call('plant.mimicSource', { name: 'main' })
  const entry = { title: { en: 'Unit' }, level: 2, parent: 'main' }
  const made = await station.call('plant.saveMimic', { name: 'unit', svg: drawing(), version: null, entry })
  expect(made.faults).toEqual([])
  const svg = drawing('<g ls:open="unit"/>')
  expect(
    (await station.call('plant.saveMimic', { name: 'main', svg, version: source.version, dryRun: true })).faults,
  ).toEqual([])
  expect(readFileSync(join(folder, 'mimics/main.svg'), 'utf8')).toBe(files['mimics/main.svg'])
  const saved = await station.call('plant.saveMimic', { name: 'main', svg, version: source.version })
  expect(readFileSync(join(folder, 'mimics/main.svg'), 'utf8')).toBe(svg)
  expect((await station.call('plant.mimic', { name: 'main' })).svg).toBe(svg)
  expect(await station.post('plant.saveMimic', { name: 'main', svg, version: source.version })).toMatchObject({
    status: 409,
    body: { error: { code: 'BadEntryExists' } },
  })
  const faulty = await station.call('plant.saveMimic', {
    name: 'main',
    svg: drawing('\n<g ls:tag="P1.Sped"/>'),
    version: saved.version,
  })
  expect(faulty.faults).toMatchObject([{ file: 'mimics/main.svg', line: 3, column: 12 }])
  expect((await station.post('plant.deleteMimic', { name: 'unit' })).status).toBe(422)
  expect((await station.post('plant.deleteMimic', { name: 'none' })).status).toBe(404)
  for (const name of ['..', 'a/b', 'a.b'])
    expect((await station.post('plant.saveMimic', { name, svg })).status).toBe(400)
  await station.call('plant.saveMimic', { name: 'main', svg: drawing(), version: saved.version })
  await station.call('plant.deleteMimic', { name: 'unit', version: made.version })
  expect(readFileSync(join(folder, 'mimics/navigation.yaml'), 'utf8')).toBe(files['mimics/navigation.yaml'])
  const { events } = await station.call('audit.read', { limit: 20 })
  const save = events.filter(({ action, target }) => action === 'plant.saveMimic' && target === 'main').at(-1)!
  expect(save).toMatchObject({ user: 'admin', oldValue: { version: source.version } })
  expect(events.find(({ newValue }) => JSON.stringify(newValue).includes(saved.version))?.newValue).toMatchObject({
    size: Buffer.byteLength(svg),
    score: expect.any(Number),
  })
  expect(events.some(({ action, statusCode }) => action === 'plant.deleteMimic' && statusCode !== 0)).toBe(true)
})

test('who may only look may neither read sources nor save; two clients at once: one wins', async () => {
  await station.call('access.addAccount', { user: 'viewer', password: administrator.password, roles: ['viewer'] })
  const { version } = await station.call('plant.mimicSource', { name: 'main' })
  const both = await Promise.all(
    ['a', 'b'].map((id) => station.post('plant.saveMimic', { name: 'main', svg: drawing(`<g id="${id}"/>`), version })),
  )
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
  await station.logIn('viewer', administrator.password)
  for (const name of ['plant.mimicSource', 'plant.saveMimic', 'plant.deleteMimic', 'plant.saveEquipment'])
    expect((await station.post(name, {})).status).toBe(403)
  expect((await station.call('plant.displayQuality', {})).displays).toHaveLength(1)
  expect((await station.post('plant.document', { file: '../../etc/passwd' })).status).toBe(404)
})

test('equipment added from the screen is there with its tags at once', async () => {
  const saved = await station.call('plant.saveEquipment', {
    instance: { name: 'P2', type: 'pump', place: 'Mixing' },
    file: 'a',
  })
  expect(saved).toEqual({ faults: [], file: 'equipment/a.yaml' })
  expect(readFileSync(join(folder, 'equipment/a.yaml'), 'utf8')).toBe(
    `${files['equipment/a.yaml']}  - { name: P2, type: pump, place: Mixing }\n`,
  )
  expect((await station.call('tags.browse', { prefix: 'P2' })).tags.map(({ tag }) => tag)).toEqual(['P2.Speed'])
  const row = ['P4', 'P5'].map((name) => ({ name, type: 'pump' }))
  expect(await station.call('plant.saveEquipment', { instances: row, file: 'a' })).toMatchObject({ faults: [] })
  expect((await station.call('tags.browse', { prefix: 'P5' })).tags.map(({ tag }) => tag)).toEqual(['P5.Speed'])
  expect((await station.post('plant.saveEquipment', {})).status).toBe(400)
  const none = await station.call('plant.saveEquipment', { instance: { name: 'P3', type: 'pmp' } })
  expect(none.faults).toHaveLength(1)
})

test('a station killed while displays are saved finds them whole: every display with its row, or neither', async () => {
  let made = 0
  const saving = (async () => {
    for (let at = 0; at < 200; at++) {
      const entry = { title: { en: `D${at}` }, level: 2, parent: 'main' }
      await station.post('plant.saveMimic', { name: `d${at}`, svg: drawing(), version: null, entry })
      made++
    }
  })().catch(() => undefined)
  while (made < 3) await new Promise((resolve) => setTimeout(resolve, 20))
  await endProcess(station.child, 'SIGKILL')
  await saving
  const { dataFolder } = station
  station = await StationProcess.start(folder, { dataFolder, ...administrator })
  expect((await station.call('plant.faults', {})).faults).toEqual([])
  const { mimics } = await station.call('plant.info', {})
  expect(mimics.length).toBeGreaterThanOrEqual(made + 1)
  for (const { name, level } of mimics) if (name !== 'main') expect(level).toBe(2)
  kept = dataFolder
})

function check(...args: readonly string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [cli, 'check', folder, ...args],
      { env: { ...process.env, LINESIDE_CODE: 'sources' } },
      (error, stdout, stderr) => resolve({ stdout, stderr, code: error === null ? 0 : Number(error.code) }),
    ),
  )
}

test('lineside check says faults to scripts, and what could be better to who asks', async () => {
  expect(await check()).toMatchObject({ stdout: '', code: 0, stderr: expect.stringContaining('mimics/main.svg: ') })
  const { stdout, stderr, code } = await check('--displays')
  expect(code).toBe(0)
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^mimics\/main\.svg:2:\d+: note: "Pump" is 10\.8 px .*\[smallText\]$/m)
  expect(stdout).toMatch(/^mimics\/main\.svg: \d+ of 100$/m)
  expect((await check('--json')).stdout).toBe('[]\n')
  const { faults, displays } = JSON.parse((await check('--json', '--displays')).stdout)
  expect(faults).toEqual([])
  expect(displays.displays[0].mimic).toBe('main')
  writeFileSync(join(folder, 'tags.yaml'), 'no part reads this')
  writeFileSync(join(folder, 'mimics/main.svg'), drawing('<g ls:tag="None"/>'))
  const faulty = await check('--displays')
  expect(faulty.code).toBe(1)
  expect(faulty.stdout).toMatch(/^mimics\/main\.svg:2:\d+: ls:tag: no tag named None.*\n$/)
})
