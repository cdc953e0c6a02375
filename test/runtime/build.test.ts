// What a user gets: the build (out/main), in which libraries and sources are bundled, runs a station and its simulators.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { isBuildCurrent } from '../../resources/bin/build-stamp.mjs'
import { demoFolder } from './demo-folder.ts'
import { endProcess, StationProcess, startProgram } from './station-process.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const isCurrent = isBuildCurrent(root)

describe.skipIf(!isCurrent)('the build (skipped where out/main is older than the sources: npm run build)', () => {
  let plantFolder: string
  let dataFolder: string

  beforeAll(() => {
    vi.stubEnv('LINESIDE_CODE', 'build')
    dataFolder = mkdtempSync(join(tmpdir(), 'lineside-build-'))
  })

  afterAll(() => {
    vi.unstubAllEnvs()
    for (const folder of [plantFolder, dataFolder]) rmSync(folder, { recursive: true, force: true })
  })

  test('every protocol of the demo plant has good values from the simulators', async () => {
    plantFolder = await demoFolder()
    const simulators = await startProgram(['simulate', plantFolder], (line) => line === 'lineside simulators ready')
    try {
      const station = await StationProcess.start(plantFolder, { dataFolder })
      try {
        await vi.waitFor(
          async () => {
            const { devices } = await station.call('devices.list', {})
            expect(devices.map(({ device, state, badTagCount }) => ({ device, state, badTagCount }))).toEqual(
              devices.map(({ device }) => ({ device, state: 'connected', badTagCount: 0 })),
            )
            expect(new Set(devices.map(({ protocol }) => protocol))).toEqual(
              new Set(['modbus-tcp', 'opcua', 'mqtt', 'sparkplug']),
            )
          },
          { timeout: 30_000, interval: 200 },
        )
      } finally {
        expect(await station.stop()).toBe(0)
      }
    } finally {
      await endProcess(simulators.child)
    }
  })
})
