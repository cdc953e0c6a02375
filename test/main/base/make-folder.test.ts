// Folders of the station: made with those above them, and refused at once where nothing can be made.
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeFolder } from '../../../src-main/base/make-folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'lineside-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a folder is made with those above it, for its owner alone, and is left as it is when it exists', () => {
  const made = join(folder, 'a', 'b', 'c')
  makeFolder(made)
  if (process.platform !== 'win32') expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700)
  writeFileSync(join(made, 'kept'), '')
  makeFolder(made)
  expect(existsSync(join(made, 'kept'))).toBe(true)
})

test('a file in its way is an error', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => makeFolder(join(folder, 'file'))).toThrow(/EEXIST/)
  expect(() => makeFolder(join(folder, 'file', 'below'))).toThrow()
})

test.skipIf(process.platform === 'win32')('a link that leads nowhere is an error', () => {
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link'))
  expect(() => makeFolder(join(folder, 'link', 'below'))).toThrow()
})

test.skipIf(!existsSync('/proc/self'))(
  'a file system where nothing can be made is an error, not a wait for ever (Linux)',
  () => {
    expect(() => makeFolder('/proc/lineside/state')).toThrow()
  },
)
