import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Secrets } from '../../../src-main/access/secrets.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-secrets-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('secrets', () => {
  test('a secret set beside the running station is seen without a restart', () => {
    const running = new Secrets(folder)
    expect(running.read('broker')).toBeNull()
    new Secrets(folder).set('broker', 'pässwörd 密码')
    expect(running.read('broker')).toBe('pässwörd 密码')
    new Secrets(folder).set('broker', 'another')
    expect(running.read('broker')).toBe('another')
    expect(running.names()).toEqual(['broker'])
    expect(running.remove('broker')).toBe(true)
    expect(running.read('broker')).toBeNull()
  })

  test('both files are for the owner only, and the secret does not stand in them', () => {
    new Secrets(folder).set('broker', 'top-secret-text')
    for (const name of ['secrets.json', 'secrets.key']) {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
      expect(readFileSync(join(folder, name), 'utf8')).not.toContain('top-secret-text')
    }
  })

  test.skipIf(process.platform === 'win32')(
    'a disk that takes nothing leaves no half a key behind (needs ulimit)',
    () => {
      const program = `
        import { Secrets } from ${JSON.stringify(new URL('../../../src-main/access/secrets.ts', import.meta.url).href)}
        new Secrets(process.argv[1]).set('broker', 'first')`
      const command = 'ulimit -f 0; exec "$0" --input-type=module -e "$1" "$2"'
      const attempt = spawnSync('sh', ['-c', command, process.execPath, program, folder])
      expect(attempt.status).not.toBe(0)
      expect(readdirSync(folder)).toEqual([])
      new Secrets(folder).set('broker', 'second')
      expect(new Secrets(folder).read('broker')).toBe('second')
    },
  )

  test('a changed ciphertext and another key are refused, never decrypted to rubbish', () => {
    const secrets = new Secrets(folder)
    secrets.set('one', 'first')
    secrets.set('two', 'second')
    const file = join(folder, 'secrets.json')
    const content = JSON.parse(readFileSync(file, 'utf8'))
    // Two secrets put in each other's place: the name is part of what is authenticated.
    writeFileSync(file, JSON.stringify({ version: 1, secrets: { one: content.secrets.two } }))
    expect(() => secrets.read('one')).toThrow('do not belong together')
    writeFileSync(join(folder, 'secrets.key'), Buffer.alloc(32).toString('base64'))
    writeFileSync(file, JSON.stringify(content))
    expect(() => secrets.read('one')).toThrow('do not belong together')
  })

  test.each(['', 'a/b', '../x', 'a b', '__proto__'.padEnd(65, 'x')])('"%s" cannot name a secret', (name) => {
    expect(() => new Secrets(folder).set(name, 'value')).toThrow('cannot name a secret')
  })

  test('a name of the language itself is a name like any other', () => {
    const secrets = new Secrets(folder)
    expect(secrets.read('constructor')).toBeNull()
    expect(secrets.read('__proto__')).toBeNull()
  })
})
