// The master alarm database: edited from screens without losing what people wrote into its files, and through a spreadsheet and back.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAlarmCsv, writeAlarmCsv } from '../../../../src-main/plant/alarms/alarm-database-csv.ts'
import type { AlarmDatabaseSave } from '../../../../src-main/plant/alarms/alarm-database-edit.ts'
import { checkPlant } from '../../../../src-main/plant/plant-check.ts'
import { type PlantWork, plantWork } from '../../../../src-main/plant/plant-work.ts'
import { FaultList } from '../../../../src-main/plant/source/fault-list.ts'
import {
  type ConsequenceSeverity,
  defaultAlarmPhilosophy,
  matrixPriority,
  type PlantWords,
} from '../../../../src-main/shared/alarm.ts'
import type { AlarmDatabaseEdit, AlarmDatabaseRow } from '../../../../src-main/shared/alarm-database.ts'
import { alarmDatabaseRow } from '../../../../src-main/shared/alarm-database.ts'
import type { Plant } from '../../../../src-main/shared/plant.ts'
import { fakeRules, plantFolder, writeFiles } from '../plant-folder-fixture.ts'

const database = `# The alarm team of 2026.
alarms:
  # agreed in May
  - alarm: Level/high      # the tank
    status: approved
    consequence: { en: Overflow, zh-CN: 溢出 }
    severity: major
    cause: Inlet valve stuck
    action: "Close the inlet"
    responseTime: 10 min
    reviewer: Mei
    date: 2026-05-04
    revision: 3
    approved: { limit: 90, priority: high }
  - { alarm: Speed/low, type: pump, status: approved, consequence: No product, severity: minor, cause: Belt slips, action: Tighten it, responseTime: 1 h }
`
const files = {
  'plant.yaml': 'name: A\nline: B\nsite: C\nlanguages: [en, zh-CN]\n',
  'tags/a.yaml':
    'tags:\n  - { name: Level, device: plc, address: 1:float32, alarms: [{ condition: high, limit: 85 }, { condition: low, limit: 5 }] }\n',
  'equipment/types/pump.yaml':
    'name: pump\nmembers:\n  - { name: Speed, device: plc, address: 3:float32, alarms: [{ condition: low, limit: 5 }] }\n',
  'equipment/a.yaml': 'equipment:\n  - { name: P1, type: pump }\n  - { name: P2, type: pump }\n',
  'alarms/database.yaml': database,
}
const work: PlantWork = plantWork(fakeRules)

async function plantOf(folder: string): Promise<Plant> {
  const { plant, faults } = await checkPlant(folder, fakeRules)
  expect(faults).toEqual([])
  return plant!
}

async function opened(more: Record<string, string> = {}) {
  const folder = await plantFolder({ ...files, ...more })
  const plant = await plantOf(folder)
  const save = (edits: readonly AlarmDatabaseEdit[], over: Partial<AlarmDatabaseSave> = {}) =>
    work.saveAlarms({ folder, plant, edits, version: undefined, dryRun: false, today: '2026-11-22', ...over })
  const text = () => readFile(join(folder, 'alarms/database.yaml'), 'utf8')
  return { folder, plant, save, text }
}

function rowOf(plant: Plant, id: string): AlarmDatabaseRow {
  const index = plant.alarms.findIndex((alarm) => alarm.id === id)
  return alarmDatabaseRow(plant.alarms[index]!, plant.alarmDatabase.sources[index]!, plant.alarmPhilosophy)
}

describe('what the database says of an alarm', () => {
  it('A24: the matrix gives a priority for each severity and time to respond, and its edges are inclusive', () => {
    const { priorityMatrix } = defaultAlarmPhilosophy
    const minutes = [1, 3, 3.1, 10, 10.1, 30, 30.1]
    const of = (severity: ConsequenceSeverity) =>
      minutes.map((time) => matrixPriority(priorityMatrix, severity, time * 60_000)).join(' ')
    expect([of('minor'), of('major'), of('severe')]).toEqual([
      'medium medium low low low low low',
      'high high medium medium medium medium low',
      'urgent urgent high high high high medium',
    ])
    expect([matrixPriority(priorityMatrix, null, 1), matrixPriority(priorityMatrix, 'severe', null)]).toEqual([
      null,
      null,
    ])
  })

  it('an entry of a type serves every instance, an entry of the instance wins attribute by attribute', async () => {
    const { plant } = await opened({
      'alarms/more.yaml': 'alarms:\n  - { alarm: P2.Speed/low, cause: Ice on the belt, approved: { limit: 6 } }\n',
    })
    expect(rowOf(plant, 'P1.Speed/low')).toMatchObject({
      definition: { rationalisation: { status: 'approved', cause: 'Belt slips', approved: null } },
      source: { file: 'equipment/types/pump.yaml', entryFile: 'alarms/database.yaml', inheritedFrom: 'pump' },
      matrixPriority: 'low',
      isRationalised: true,
      drift: [],
    })
    expect(rowOf(plant, 'P2.Speed/low')).toMatchObject({
      definition: { limit: 5, rationalisation: { status: 'approved', cause: 'Ice on the belt', action: 'Tighten it' } },
      source: { entryFile: 'alarms/more.yaml', inheritedFrom: 'pump' },
      drift: [{ attribute: 'limit', approved: 6, own: 5 }],
    })
  })

  it('an alarm without entry, a draft and an incomplete one are not rationalised', async () => {
    const { plant } = await opened({
      'alarms/more.yaml':
        'alarms:\n  - { alarm: Level/low, status: reviewed, consequence: Pump runs dry, severity: severe, cause: Leak, responseTime: 2 min }\n',
    })
    expect(rowOf(plant, 'device:plc/deviceLost')).toMatchObject({ isRationalised: false, matrixPriority: null })
    expect(rowOf(plant, 'device:plc/deviceLost').missing).toHaveLength(5)
    expect(rowOf(plant, 'Level/low')).toMatchObject({
      isRationalised: false,
      missing: ['action'],
      matrixPriority: 'urgent',
    })
    expect(rowOf(plant, 'Level/high').isRationalised).toBe(true)
  })

  it('approved values are drift while they are only said, and run when the philosophy enforces them', async () => {
    const said = await opened()
    expect(rowOf(said.plant, 'Level/high')).toMatchObject({
      definition: { limit: 85, priority: 'medium' },
      drift: [
        { attribute: 'priority', approved: 'high', own: 'medium' },
        { attribute: 'limit', approved: 90, own: 85 },
      ],
    })
    const enforced = await opened({ 'alarms/rules.yaml': 'philosophy: { enforceApproved: true }\n' })
    expect(rowOf(enforced.plant, 'Level/high')).toMatchObject({
      definition: { limit: 90, priority: 'high' },
      source: { own: { limit: 85, priority: 'medium' } },
      drift: [
        { attribute: 'priority', approved: 'high', own: 'medium' },
        { attribute: 'limit', approved: 90, own: 85 },
      ],
    })
  })
})

it('an approved value stays in force while its entry is reviewed again, not in a draft and not when retired', async () => {
  const limits: unknown[] = []
  for (const status of ['draft', 'reviewed', 'implemented', 'retired']) {
    const { plant } = await opened({
      'alarms/database.yaml': database.replace('status: approved\n', `status: ${status}\n`),
      'alarms/rules.yaml': 'philosophy: { enforceApproved: true }\n',
    })
    limits.push(rowOf(plant, 'Level/high').definition.limit)
  }
  expect(limits).toEqual([85, 90, 90, 85])
})

describe('an edit', () => {
  it('changes the entry where it is written; comments, order and every other line stay', async () => {
    const { save, text, folder } = await opened()
    const { changes, faults, version } = await save([{ id: 'Level/high', status: 'implemented', reviewer: 'Ines' }])
    expect(faults).toEqual([])
    expect(changes).toEqual([
      { id: 'Level/high', attribute: 'status', old: 'approved', new: 'implemented' },
      { id: 'Level/high', attribute: 'reviewer', old: 'Mei', new: 'Ines' },
      { id: 'Level/high', attribute: 'date', old: '2026-05-04', new: '2026-11-22' },
    ])
    expect(await text()).toBe(
      database
        .replace('status: approved\n', 'status: implemented\n')
        .replace('reviewer: Mei', 'reviewer: Ines')
        .replace('date: 2026-05-04', 'date: 2026-11-22')
        .replace('Level/high      # the tank', 'Level/high # the tank'),
    )
    expect((await plantOf(folder)).alarmDatabase.version).toBe(version)
  })

  it('of an approved entry raises its revision and sets it back to reviewed, unless it says otherwise', async () => {
    const { save, plant, folder } = await opened()
    const { changes } = await save([{ id: 'Level/high', 'approved.limit': 92 }])
    expect(changes).toEqual([
      { id: 'Level/high', attribute: 'status', old: 'approved', new: 'reviewed' },
      { id: 'Level/high', attribute: 'date', old: '2026-05-04', new: '2026-11-22' },
      { id: 'Level/high', attribute: 'revision', old: 3, new: 4 },
      { id: 'Level/high', attribute: 'approved.limit', old: 90, new: 92 },
    ])
    const again = await save([{ id: 'Level/high', status: 'approved', 'approved.limit': 93 }], {
      plant: await plantOf(folder),
    })
    expect(again.changes.map(({ attribute, new: value }) => [attribute, value])).toEqual(
      [
        ['status', 'approved'],
        ['date', '2026-11-22'],
        ['approved.limit', 93],
      ].filter(([attribute]) => attribute !== 'date'),
    )
    expect(plant.alarms[0]!.rationalisation!.revision).toBe(3)
  })

  it('of an alarm without entry writes one into alarms/database.yaml, as a draft of today', async () => {
    const { save, folder } = await opened({ 'alarms/database.yaml': '' })
    const plant = await plantOf(folder)
    const { changes } = await save(
      [{ id: 'Level/low', cause: { en: 'Leak', 'zh-CN': '泄漏' }, responseTimeMs: 90_000 }],
      { plant },
    )
    expect(changes.map(({ attribute }) => attribute)).toEqual(['status', 'cause', 'responseTimeMs', 'date', 'revision'])
    expect(await readFile(join(folder, 'alarms/database.yaml'), 'utf8')).toBe(`alarms:
  - alarm: Level/low
    status: draft
    cause:
      en: Leak
      zh-CN: 泄漏
    responseTime: 90 s
    date: 2026-11-22
`)
  })

  it('of an instance writes only what differs from its type, and takes it away again', async () => {
    const { save, text, folder } = await opened()
    await save([{ id: 'P1.Speed/low', action: 'Call the fitter' }])
    expect(await text()).toBe(
      `${database.replace('Level/high      # the tank', 'Level/high # the tank')}  - alarm: P1.Speed/low\n    status: reviewed\n    action: Call the fitter\n    date: 2026-11-22\n    revision: 2\n`,
    )
    const back = { plant: await plantOf(folder) }
    await save([{ id: 'P1.Speed/low', action: null, revision: null, status: 'approved', date: null }], back)
    expect(await text()).toContain('  - alarm: P1.Speed/low\n    status: approved\n')
    const { changes } = await save([{ id: 'P1.Speed/low', status: null }], { plant: await plantOf(folder) })
    expect(changes).toEqual([])
    expect(await text()).not.toContain('P1.Speed')
  })

  it('is refused as a whole when one of its rows is wrong, and nothing is written', async () => {
    const { save, text } = await opened()
    const before = await text()
    const unknown = await save([
      { id: 'Level/high', cause: 'x' },
      { id: 'Level/hihg', cause: 'y' },
    ])
    expect(unknown).toMatchObject({
      changes: [],
      faults: [{ message: 'there is no alarm "Level/hihg"; did you mean Level/high?' }],
    })
    const incomplete = await save([{ id: 'Level/low', status: 'approved', severity: 'minor' }])
    expect(incomplete.faults[0]!.message).toBe(
      'Level/low is approved, but consequence, cause, action, responseTime are missing',
    )
    const inherited = await save([{ id: 'P1.Speed/low', cause: null }])
    expect(inherited.faults[0]!.message).toContain('comes from the entry of its equipment type')
    const absent = await save([{ id: 'Level/low', status: null }])
    expect(absent.faults[0]!.message).toBe('Level/low has no entry')
    const noCel = await save([{ id: 'Level/high', 'approved.limit': 'Levl * 2' }])
    expect(noCel.faults[0]).toMatchObject({
      file: 'alarms/database.yaml',
      message: 'no tag named Levl; did you mean Level?',
    })
    expect(await text()).toBe(before)
  })

  it('made from another state is refused, as is one while the folder is faulty', async () => {
    const { save, folder, plant } = await opened()
    const { version } = plant.alarmDatabase
    await save([{ id: 'Level/high', cause: 'x' }], { version })
    const late = save([{ id: 'Level/high', cause: 'y' }], { version })
    await expect(late).rejects.toMatchObject({ code: 'BadEntryExists' })
    await expect(save([{ id: 'Level/high', cause: 'y' }])).rejects.toMatchObject({ code: 'BadInvalidState' })
    const now = await plantOf(folder)
    await writeFiles(folder, { 'tags/b.yaml': 'tags: [{ name: X }]\n' })
    const faulty = save([{ id: 'Level/high', cause: 'y' }], { plant: now })
    await expect(faulty).rejects.toMatchObject({ code: 'BadInvalidState' })
  })

  it('as a dry run says what would change and writes nothing', async () => {
    const { save, text } = await opened()
    const { changes, version } = await save([{ id: 'Level/high', severity: 'minor' }], { dryRun: true })
    expect(changes.map(({ attribute }) => attribute)).toEqual(['status', 'severity', 'date', 'revision'])
    expect(await text()).toBe(database)
    expect(version).toBe((await opened()).plant.alarmDatabase.version)
  })

  it('that changes nothing leaves every byte as it was', async () => {
    const { save, text } = await opened()
    const { changes } = await save([{ id: 'Level/high', cause: 'Inlet valve stuck', responseTimeMs: 600_000 }])
    expect(changes).toEqual([])
    expect(await text()).toBe(database)
  })
})

const letters = fc.string({
  unit: fc.constantFrom(...'abÄ灌"\',;=+-@#&!*{}[]:|>%012.\\ \n'.split('')),
  minLength: 1,
  maxLength: 30,
})
const paragraph = letters.map((text) => text.trim()).filter((text) => text !== '')
const words: fc.Arbitrary<PlantWords> = fc.oneof(
  paragraph,
  fc.record({ en: paragraph }),
  fc.record({ en: paragraph, 'zh-CN': paragraph }),
)
const durationMs = fc.integer({ min: 1, max: 2_000_000_000 })
const limit = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((value) => value + 0),
  fc.constantFrom('Level * 1.1', "'-1' == '1' ? 2 : 3"),
)
const edit = fc.record(
  {
    status: fc.constantFrom('draft' as const, 'reviewed' as const, 'retired' as const),
    consequence: words,
    severity: fc.constantFrom('minor' as const, 'severe' as const),
    cause: words,
    action: words,
    responseTimeMs: durationMs,
    reviewer: paragraph.map((text) => text.replaceAll('\n', ' ')),
    date: fc.constantFrom('2026-11-22', '2024-02-29'),
    revision: fc.integer({ min: 1, max: 1_000_000 }),
    'approved.priority': fc.constantFrom('low' as const, 'urgent' as const),
    'approved.limit': limit,
    'approved.deadband': fc.constantFrom(0, 0.5, 12),
    'approved.onDelayMs': durationMs,
    'approved.offDelayMs': durationMs,
  },
  { requiredKeys: [] },
)

describe('the spreadsheet', () => {
  it('every database reads back as it was written: no cell differs, whatever stands in its texts', async () => {
    const ids = ['Level/high', 'Level/low', 'P1.Speed/low', 'P2.Speed/low']
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 4, maxLength: 4 }), async (edits) => {
        const { save, folder, plant: before } = await opened({ 'alarms/database.yaml': '# none\n' })
        const saved = await save(edits.map((one, index) => ({ id: ids[index]!, ...one })))
        expect(saved.faults).toEqual([])
        const plant = await plantOf(folder)
        const faults = new FaultList()
        expect(readAlarmCsv('a.csv', writeAlarmCsv(plant), plant, faults).edits).toEqual([])
        // The same table into a station that knows nothing of it: what is written then is the same database.
        const other = await opened({ 'alarms/database.yaml': '# none\n' })
        const taken = await work.importAlarms({
          folder: other.folder,
          plant: before,
          csv: writeAlarmCsv(plant),
          version: undefined,
          dryRun: false,
          today: '2026-11-22',
        })
        expect(taken.faults).toEqual([])
        expect(faults.sorted()).toEqual([])
        const copy = await plantOf(other.folder)
        expect(copy.alarms.map((alarm) => alarm.rationalisation)).toEqual(
          plant.alarms.map((alarm) => alarm.rationalisation),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('shows no cell that a spreadsheet would run as a formula', async () => {
    const { folder, save } = await opened()
    await save([{ id: 'Level/low', cause: '=HYPERLINK("http://x")', action: '@SUM(A1)' }])
    const csv = writeAlarmCsv(await plantOf(folder))
    expect(csv).toContain(`"'=HYPERLINK(""http://x"")"`)
    expect(csv).toContain("'@SUM(A1)")
    expect(csv.startsWith('\ufeffalarm,')).toBe(true)
  })

  it('comes back with semicolons, decimal commas and a part of the rows and columns', async () => {
    const { folder, plant } = await opened()
    const csv =
      'reviewer;alarm;approved.limit;cause.en;cause.zh-CN;responseTime\r\nIngo;Level/low;4,5;Leak;泄漏;5 min\r\n'
    const job = { folder, plant, csv, version: plant.alarmDatabase.version, dryRun: true, today: '2026-11-22' }
    const { changes, faults } = await work.importAlarms(job)
    expect(faults).toEqual([])
    expect(Object.fromEntries(changes.map(({ attribute, new: value }) => [attribute, value]))).toEqual({
      status: 'draft',
      cause: { en: 'Leak', 'zh-CN': '泄漏' },
      responseTimeMs: 300_000,
      reviewer: 'Ingo',
      date: '2026-11-22',
      revision: 1,
      'approved.limit': 4.5,
    })
  })

  it('says where a cell is wrong, and does nothing then', async () => {
    const { folder, plant } = await opened()
    const csv = `alarm,status,limit,responseTime,cause,cause.en
Level/hihg,draft,,,,
Level/high,aproved,85,soon,,
Level/low,draft,7,1 min,one,two
Level/low,draft,5,1 min,,
`
    const { faults, changes } = await work.importAlarms({
      folder,
      plant,
      csv,
      version: undefined,
      dryRun: false,
      today: '2026-11-22',
    })
    expect(changes).toEqual([])
    expect(faults.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)).toEqual([
      'alarms.csv:2:1: there is no alarm "Level/hihg"; did you mean Level/high?',
      'alarms.csv:3:12: status: draft, reviewed, approved, implemented or retired is expected, not "aproved"',
      'alarms.csv:3:23: responseTime: a duration is expected, as 100 ms, 2.5 s, 1 min or 8 h, not "soon"',
      'alarms.csv:4:17: limit of Level/low is "5" where the alarm is written; it is changed there, or approved in approved.limit',
      'alarms.csv:4:25: cause is one text for all languages, or one for each: not both',
      'alarms.csv:5:1: Level/low stands in an earlier row already',
    ])
    const header = await work.importAlarms({
      folder,
      plant,
      csv: 'alarm,staus\n',
      version: undefined,
      dryRun: false,
      today: '',
    })
    expect(header.faults[0]!.message).toBe('there is no column "staus"; did you mean status?')
  })

  it('nothing a spreadsheet holds breaks the reader', async () => {
    const { plant } = await opened()
    const cell = fc.constantFrom(
      'alarm',
      'Level/high',
      'status',
      'approved',
      '"',
      ',',
      ';',
      '\n',
      '\r\n',
      "'",
      '=1',
      '\t',
      '灌',
      '\u0000',
      '',
    )
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 40 }), (cells) => {
        readAlarmCsv('a.csv', cells.join(''), plant, new FaultList())
      }),
      { numRuns: 2000 },
    )
  })
})

it('an edit whose file cannot be written says so', async () => {
  const { 'alarms/database.yaml': text, ...others } = files
  // A folder of that name stands where the file would be written.
  const folder = await plantFolder({ ...others, 'alarms/team.yaml': text, 'alarms/database.yaml/note.txt': '' })
  const edits = [{ id: 'Level/low', cause: 'Leak' }]
  const job = { folder, plant: await plantOf(folder), edits, version: undefined, dryRun: false, today: '2026-11-22' }
  await expect(work.saveAlarms(job)).rejects.toMatchObject({ code: 'BadResourceUnavailable' })
})
