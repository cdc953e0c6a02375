// Named secrets that plant files refer to (passwords of devices and brokers), encrypted in the data folder: secrets.json holds
// AES-256-GCM ciphertexts, secrets.key the key, both for the owner only. Keeping the key apart protects a copied plant or
// a leaked secrets.json, not a stolen disk; docs/access.md says so.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { RuntimeError } from '../shared/runtime-error.ts'
import { makeOwnerFolder } from '../storage/database.ts'

const secretName = /^[\w.-]{1,64}$/
const longestSecret = 65_536
const secretsFile = v.object({
  version: v.literal(1),
  secrets: v.record(v.string(), v.object({ nonce: v.string(), ciphertext: v.string(), tag: v.string() })),
})
type SecretsFile = v.InferOutput<typeof secretsFile>

/** Reads the files at every question, so that `lineside secret set` beside a running station is seen at once. */
export class Secrets {
  readonly #file: string
  readonly #keyFile: string
  readonly #folder: string

  /** `folder`: the data folder; made with the first secret. */
  constructor(folder: string) {
    this.#folder = folder
    this.#file = join(folder, 'secrets.json')
    this.#keyFile = join(folder, 'secrets.key')
  }

  names(): readonly string[] {
    return Object.keys(this.#load().secrets).sort()
  }

  /** The secret, null when there is none of that name. Throws RuntimeError when it cannot be decrypted. */
  read(name: string): string | null {
    const { secrets } = this.#load()
    if (!Object.hasOwn(secrets, name)) return null
    const { nonce, ciphertext, tag } = secrets[name]!
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key(), Buffer.from(nonce, 'base64'))
      decipher.setAAD(Buffer.from(name))
      decipher.setAuthTag(Buffer.from(tag, 'base64'))
      return Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64')), decipher.final()]).toString('utf8')
    } catch (error) {
      throw new RuntimeError(
        'BadSecurityChecksFailed',
        `the secret "${name}" cannot be decrypted: secrets.json and secrets.key do not belong together; set it again`,
        error,
      )
    }
  }

  set(name: string, value: string): void {
    if (!secretName.test(name))
      throw new RuntimeError(
        'BadInvalidArgument',
        `"${name.slice(0, 64)}" cannot name a secret: letters, digits, . _ - are allowed`,
      )
    if (value === '' || value.length > longestSecret)
      throw new RuntimeError(
        'BadOutOfRange',
        `a secret has 1 to ${longestSecret} characters; "${name}" has ${value.length}`,
      )
    makeOwnerFolder(this.#folder)
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#key(), nonce)
    cipher.setAAD(Buffer.from(name))
    const ciphertext = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
    const entry = {
      nonce: nonce.toString('base64'),
      ciphertext: ciphertext.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
    }
    const present = this.#load()
    this.#write({ version: 1, secrets: { ...present.secrets, [name]: entry } })
  }

  /** False when there was none of that name. */
  remove(name: string): boolean {
    const present = this.#load()
    if (!Object.hasOwn(present.secrets, name)) return false
    this.#write({
      version: 1,
      secrets: Object.fromEntries(Object.entries(present.secrets).filter(([key]) => key !== name)),
    })
    return true
  }

  #load(): SecretsFile {
    if (!existsSync(this.#file)) return { version: 1, secrets: {} }
    try {
      return v.parse(secretsFile, JSON.parse(readFileSync(this.#file, 'utf8')))
    } catch (error) {
      throw new RuntimeError('BadConfigurationError', `secrets.json in the data folder cannot be read`, error)
    }
  }

  /** The old file stays until the new one is complete on disk. */
  #write(content: SecretsFile): void {
    const next = `${this.#file}.tmp`
    writeFileSync(next, JSON.stringify(content, null, 2), { mode: 0o600, flush: true })
    renameSync(next, this.#file)
  }

  #key(): Buffer {
    if (!existsSync(this.#keyFile)) {
      makeOwnerFolder(this.#folder)
      this.#makeKey()
    }
    const key = Buffer.from(readFileSync(this.#keyFile, 'utf8').trim(), 'base64')
    if (key.length !== 32)
      throw new RuntimeError('BadConfigurationError', 'secrets.key in the data folder is not a key of 32 bytes')
    return key
  }

  /** The key is there complete or not at all (full disk, killed process); of two processes that start together one makes it. */
  #makeKey(): void {
    const complete = `${this.#keyFile}.${process.pid}.tmp`
    try {
      writeFileSync(complete, randomBytes(32).toString('base64'), { mode: 0o600, flush: true })
      linkSync(complete, this.#keyFile)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(complete, { force: true })
    }
  }
}
