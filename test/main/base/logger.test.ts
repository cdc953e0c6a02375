// The log of the process, written by a process of its own to places that do not take it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'lineside-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

const program = (lineCount: number) => `
  import { createLogger } from ${JSON.stringify(new URL('../../../src-main/base/logger.ts', import.meta.url).href)}
  const logger = createLogger('info')
  for (let line = 0; line < ${lineCount}; line++) logger.info('line ' + line + ' ' + 'x'.repeat(100))
  process.stdout.write('still running')
`

describe('the log', () => {
  test('is one JSON line per event on stderr', async () => {
    const log = join(folder, 'log')
    const child = spawn(process.execPath, ['--input-type=module', '-e', program(3)], {
      stdio: ['ignore', 'pipe', openSync(log, 'a')],
    })
    await once(child, 'close')
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).msg.slice(0, 6))).toEqual(['line 0', 'line 1', 'line 2'])
  })

  test.skipIf(!existsSync('/dev/full'))('on a full disk loses lines, not the process (needs /dev/full)', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program(1000)], {
      stdio: ['ignore', 'pipe', openSync('/dev/full', 'w')],
    })
    const [said, [code]] = await Promise.all([text(child.stdout!), once(child, 'close')])
    expect([said, code]).toEqual(['still running', 0])
  })

  test.skipIf(process.platform !== 'linux')(
    'into a pipe that nobody reads loses lines and holds nobody up (Linux)',
    async () => {
      // The shell's pipe: 64 KiB and a reader that sleeps; 5000 lines are ten times as much.
      const command = `{ "$0" --input-type=module -e "$1" 2>&1 1>&3 | sleep 30; } 3>&1`
      const child = spawn('sh', ['-c', command, process.execPath, program(5000)], {
        stdio: ['ignore', 'pipe', 'inherit'],
        // A group of its own, so that the reader ends with it.
        detached: true,
      })
      const startMonotonic = performance.now()
      const [chunk] = await once(child.stdout!, 'data')
      expect(String(chunk)).toBe('still running')
      expect(performance.now() - startMonotonic).toBeLessThan(25_000)
      process.kill(-child.pid!)
    },
  )
})
