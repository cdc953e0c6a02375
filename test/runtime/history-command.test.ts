// `lineside history …` as a person uses it: beside a running station, after it was stopped, after it was killed.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { StationProcess, writeFolder } from './station-process.ts'

const cli = fileURLToPath(new URL('../../resources/bin/lineside.mjs', import.meta.url))
const password = 'history-123'
const day = Date.UTC(2024, 0, 1)
const rowCount = 20_000

/** Runs a command to its end; `interruptAfter`: SIGINT when so much is on stderr. */
async function run(args: readonly string[], interruptWhen: (errors: string) => boolean = () => false) {
  const child = spawn(process.execPath, [cli, 'history', ...args], {
    env: { ...process.env, LINESIDE_CODE: 'sources', LINESIDE_LOG: 'warn' },
  })
  const output: Buffer[] = []
  let errors = ''
  let isInterrupted = false
  child.stdout.on('data', (bytes: Buffer) => output.push(bytes))
  const look = () => {
    if (isInterrupted || !interruptWhen(errors)) return
    isInterrupted = true
    child.kill('SIGINT')
  }
  const timer = setInterval(look, 5)
  child.stderr.on('data', (bytes: Buffer) => {
    errors += String(bytes)
    look()
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearInterval(timer)
  return { code, output: Buffer.concat(output).toString(), errors }
}

describe('lineside history', () => {
  let folder: string
  let data: string
  let place: string
  let station: StationProcess
  const out = (name: string) => join(place, name)

  beforeAll(async () => {
    folder = writeFolder({
      'plant.yaml': 'name: B\nline: L\nsite: S\n',
      'devices/plc.yaml':
        'name: plc\nprotocol: modbus-tcp\naddress: 127.0.0.1:9\nunitId: 1\ntimeout: 200 ms\nscanRates: { normal: 1 s }\n',
      'tags/a.yaml': `tags:
  - { name: Tank.Level, device: plc, address: "30001:float32" }
  - { name: Tank.Batch, device: plc, address: "30010:string[8]" }
  - { name: Line.Seconds, expression: "double(1 + 1)" }
`,
    })
    data = writeFolder({})
    place = writeFolder({})
    station = await StationProcess.start(folder, { dataFolder: data })
    await station.call('access.addAccount', { user: 'tester', password, roles: ['administrator'] })
    await station.logIn('tester', password)
    const timestamps = Array.from({ length: rowCount }, (_, row) => day + row * 1000)
    await station.call('history.write', {
      series: [
        { tag: 'Tank.Level', timestamps, values: timestamps.map((_, row) => row / 4) },
        { tag: 'Tank.Batch', timestamps: [day, day + 1], values: ['B1', '滨河 "2"'] },
      ],
    })
    await vi.waitUntil(async () => (await station.read('Line.Seconds')).value === 2, 10_000)
  })

  afterAll(async () => {
    await station.stop()
    for (const path of [folder, data, place]) rmSync(path, { recursive: true, force: true })
  })

  const span = ['--from', '2024-01-01', '--to', '2024-02-01']
  const exported = (...args: string[]) => run(['export', '--data', data, ...args])

  /** All rows of every series as the station itself gives them, as the export writes them. */
  async function rowsOfStation(): Promise<number> {
    const { tags } = await station.call('history.tags', {})
    let count = 0
    for (const { tag } of tags) {
      const { body } = await station.post('history.read', { tags: [tag], from: 0, to: Date.now() + 1e6, mode: 'raw' })
      count += (body as { series: { timestamps: number[] }[] }).series[0]!.timestamps.length
    }
    return count
  }

  test('beside a running station everything is exported, also what is in memory only, each sample once', async () => {
    const { code, output, errors } = await exported('--tags', '*', '--from', '0', '--to', 'now', '--format', 'csv')
    expect(code, errors).toBe(0)
    const rows = output.trim().split('\r\n')
    expect(rows[0]).toBe('tag,timestamp,value,statusCode,quality')
    expect(new Set(rows).size).toBe(rows.length)
    expect(rows.some((row) => /^Line\.Seconds,.*,2,0,Good$/.test(row))).toBe(true)
    expect(rows.some((row) => row.startsWith('device:plc:state,'))).toBe(true)
    expect(rows).toContain('Tank.Batch,2024-01-01T00:00:00.001Z,"滨河 ""2""",0,Good')
    expect(rows.filter((row) => row.startsWith('Tank.Level,2024-01-01')).length).toBe(rowCount)
    // The device that is not there changes its state between the two looks.
    expect(Math.abs(rows.length - 1 - (await rowsOfStation()))).toBeLessThan(20)
  })

  test('aggregates of a pattern', async () => {
    const args = ['--tags', 'Tank.L*', ...span, '--format', 'csv', '--mode', 'maximum', '--interval', '1h']
    const { code, output, errors } = await exported(...args)
    expect(code, errors).toBe(0)
    const rows = output.trim().split('\r\n').slice(1)
    expect(rows).toHaveLength(31 * 24)
    expect(rows[0]).toMatch(/^Tank\.Level,2024-01-01T00:00:00\.000Z,899\.75,/)
    expect(rows[10]).toMatch(/^Tank\.Level,2024-01-01T10:00:00\.000Z,,\d+,Bad$/)
  })

  test('a Parquet file, and the progress on stderr', async () => {
    const file = out('level.parquet')
    const { code, output, errors } = await exported(
      '--tags',
      'Tank.Level',
      ...span,
      '--format',
      'parquet',
      '--out',
      file,
    )
    expect(code, errors).toBe(0)
    expect(output).toBe('')
    expect(errors).toContain(`${rowCount} rows`)
    const bytes = readFileSync(file)
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    const rows = await parquetReadObjects({ file: buffer })
    expect(rows).toHaveLength(rowCount)
    expect(rows[7]).toMatchObject({ tag: 'Tank.Level', timestamp: new Date(day + 7000), value: 1.75, statusCode: 0 })
    expect(readdirSync(place)).toEqual(['level.parquet'])
  })

  test('Ctrl+C leaves no half file and does not touch the one that was there', async () => {
    const file = out('kept.csv')
    await exported('--tags', 'Tank.Batch', ...span, '--format', 'csv', '--out', file)
    const before = readFileSync(file, 'utf8')
    const long = [
      '--tags',
      'Tank.Level',
      '--from',
      '0',
      '--to',
      'now',
      '--format',
      'csv',
      '--mode',
      'atTime',
      '--interval',
      '1s',
    ]
    const { code, errors } = await run(['export', '--data', data, ...long, '--out', file], () =>
      existsSync(`${file}.part`),
    )
    expect(errors).toContain('cancelled')
    expect(code).toBe(130)
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(readdirSync(place).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test.each([
    ['an unknown tag', ['--tags', 'Nope', ...span, '--format', 'csv'], 1, 'Nope'],
    ['a time that is none', ['--tags', '*', '--from', 'yesterday', '--to', 'now', '--format', 'csv'], 1, '--from'],
    ['a span backwards', ['--tags', '*', '--from', '2024-02-01', '--to', '2024-01-01', '--format', 'csv'], 1, 'later'],
    [
      'aggregates without an interval',
      ['--tags', '*', ...span, '--format', 'csv', '--mode', 'average'],
      1,
      '--interval',
    ],
    ['a format that does not exist', ['--tags', '*', ...span, '--format', 'xls'], 2, 'csv'],
  ])('%s is refused with a sentence and no file', async (_, args, code, word) => {
    const answer = await exported(...args, '--out', out('none.csv'))
    expect(answer.code).toBe(code)
    expect(answer.errors).toContain(word)
    expect(existsSync(out('none.csv'))).toBe(false)
  })

  test('the history of a running station is checked and backed up; it cannot be restored or repaired under it', async () => {
    const check = await run(['check', '--data', data])
    expect(check.code, check.errors + check.output).toBe(0)
    const backup = await run(['backup', '--data', data, '--out', out('backup')])
    expect(backup.code, backup.errors).toBe(0)
    expect((await run(['backup', '--data', data, '--out', out('backup')])).code).toBe(1)
    for (const args of [
      ['repair', '--data', data],
      ['restore', '--data', data, '--from', out('backup')],
    ]) {
      const refused = await run(args)
      expect(refused.code).toBe(1)
      expect(refused.errors).toContain('in use by another station')
    }
  })

  test('of a killed and of a stopped station the same is exported, and a backup brought back holds it too', async () => {
    const all = ['--tags', 'Tank.*', ...span, '--format', 'csv']
    const before = (await exported(...all)).output
    await station.stop('SIGKILL')
    expect((await exported(...all)).output).toBe(before)
    station = await StationProcess.start(folder, { dataFolder: data, user: 'tester', password })
    await station.stop()
    expect((await exported(...all)).output).toBe(before)
    expect((await run(['repair', '--data', data])).errors).toContain('Nothing had to be repaired')
    const other = out('other-data')
    const restore = await run(['restore', '--data', other, '--from', out('backup')])
    expect(restore.code, restore.errors).toBe(0)
    expect((await run(['export', '--data', other, ...all])).output).toBe(before)
    const again = await run(['restore', '--data', data, '--from', out('backup')])
    expect(again.code, again.errors).toBe(0)
    expect(readdirSync(data).filter((name) => name.startsWith('history.before-'))).toHaveLength(1)
    station = await StationProcess.start(folder, { dataFolder: data, user: 'tester', password })
    const { body } = await station.post('history.read', {
      tags: ['Tank.Level'],
      from: day,
      to: day + 1e9,
      mode: 'count',
      buckets: 1,
    })
    expect((body as { series: { values: number[] }[] }).series[0]!.values).toEqual([rowCount])
  }, 120_000)
})
