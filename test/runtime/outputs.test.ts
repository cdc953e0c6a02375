// What a station does with outputs and places that it cannot use.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { writeFolder } from './station-process.ts'

const cli = fileURLToPath(new URL('../../resources/bin/lineside.mjs', import.meta.url))
const folder = writeFolder({ 'plant/plant.yaml': '{ name: P, line: L, site: S }' })
afterAll(() => rmSync(folder, { recursive: true }))

function headless(dataFolder: string, stderr: 'pipe' | number) {
  return spawn(
    process.execPath,
    [cli, 'headless', '--plant', join(folder, 'plant'), '--data', dataFolder, '--port', '0'],
    {
      stdio: ['ignore', 'pipe', stderr],
      env: { ...process.env, LINESIDE_CODE: 'sources' },
    },
  )
}

describe('a station', () => {
  test.skipIf(!existsSync('/dev/full'))(
    'runs on and stops cleanly where what it prints cannot be written, its first-start code too (needs /dev/full)',
    async () => {
      const station = headless(join(folder, 'data'), openSync('/dev/full', 'w'))
      const [line] = await once(createInterface({ input: station.stdout! }), 'line')
      const url = String(line).replace('lineside ready ', '')
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect((await fetch(`${url}/health`)).status).toBe(200)
      station.kill('SIGTERM')
      expect(await once(station, 'exit')).toEqual([0, null])
    },
  )

  test('names the place that cannot be its data folder', async () => {
    const station = headless(join(folder, 'plant', 'plant.yaml'), 'pipe')
    const [said, [code]] = await Promise.all([text(station.stderr!), once(station, 'exit')])
    expect(code).toBe(1)
    expect(said).toMatch(/the folder .*plant\.yaml cannot be used for data/)
  })
})
