import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const device = 'name: plc\nprotocol: modbus-tcp\naddress: 127.0.0.1:1502\nunitId: 1\n'
const ready = 'lineside simulators ready'

let child: ChildProcess | null = null
let folder = ''
afterEach(() => {
  child?.kill()
  rmSync(folder, { recursive: true, force: true })
})

test('simulators take over what is changed in the folder, and nothing of a faulty one', async () => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-simulate-'))
  cpSync(join(root, 'resources/new-plant'), folder, { recursive: true })
  mkdirSync(join(folder, 'devices'))
  writeFileSync(join(folder, 'devices/plc.yaml'), device)
  const motor = (base: string) =>
    writeFileSync(
      join(folder, 'equipment/line.yaml'),
      `equipment:\n  - { name: Motor1, type: motor, parameters: { device: plc, base: ${base} } }\n`,
    )
  child = spawn(process.execPath, [join(root, 'resources/bin/lineside.mjs'), 'simulate', folder, '--port-base', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout!.on('data', (chunk) => {
    said += String(chunk)
  })
  const starts = () => said.split(ready).length - 1
  await expect.poll(starts, { timeout: 30_000 }).toBe(1)

  motor('nonsense')
  await new Promise((resolve) => setTimeout(resolve, 2000))
  expect(starts()).toBe(1)

  motor('40001')
  await expect.poll(starts, { timeout: 30_000 }).toBe(2)
  expect(said).toContain('The plant has changed: its simulators start anew')

  // What no simulator is made of disturbs none.
  writeFileSync(join(folder, 'mimics/navigation.yaml'), 'mimics:\n  - { name: overview, title: Hall, level: 1 }\n')
  await new Promise((resolve) => setTimeout(resolve, 2000))
  expect(starts()).toBe(2)
})
