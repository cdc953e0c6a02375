// Passwords: what is accepted (NIST SP 800-63B section 5.1.1.2: length and a list of common ones, no composition rules) and how
// they are kept (argon2id, RFC 9106; parameters of the OWASP Password Storage Cheat Sheet).
import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { RuntimeError } from '../shared/runtime-error.ts'

/** Algorithm argon2id (the library's default), 19 MiB, two passes, one lane: about 25 ms on a panel PC, in a thread of Node's pool, never on the main thread. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export const shortestPassword = 8

/** Hashes running or waiting at one time; each takes 19 MiB, and a flood of log-ins must not starve the drivers. */
const mostWaiting = 64
const mostRunning = 2

const common = new Set([
  '12345678',
  '123456789',
  '1234567890',
  '87654321',
  'password',
  'passw0rd',
  'qwertyui',
  'qwertyuiop',
  'asdfghjkl',
  'iloveyou',
  'administrator',
  'lineside',
  'operator',
  'engineer',
])

/** Throws RuntimeError BadOutOfRange with the reason when the password is not accepted for this user. */
export function checkPassword(password: string, user: string): void {
  if ([...password].length < shortestPassword)
    throw refuse(`it has ${[...password].length} characters, at least ${shortestPassword} are needed`)
  const plain = password.normalize('NFKC').toLowerCase()
  if (common.has(plain) || new Set(plain).size === 1) throw refuse('it is one of the first that are guessed')
  if (plain === user.normalize('NFKC').toLowerCase()) throw refuse('it is the user name')
}

function refuse(reason: string): RuntimeError {
  return new RuntimeError('BadOutOfRange', `the password is not accepted: ${reason}`)
}

/** argon2id hash in PHC form, with its own random salt. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(normal(password), parameters))
}

/** Is the password right? With null for a user that does not exist it takes the same time and gives false. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword(randomBytes(16).toString('hex'))
  const against = stored ?? (await decoy)
  const isRight = await inTurn(() => verify(against, normal(password)))
  return stored !== null && isRight
}

let decoy: Promise<string> | null = null

/** The same password typed on another keyboard must be the same bytes (RFC 8265 section 4.2). */
function normal(password: string): string {
  return password.normalize('NFKC')
}

let running = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= mostRunning) {
    if (waiting.length >= mostWaiting)
      throw new RuntimeError(
        'BadTooManyOperations',
        'too many passwords are being checked at this moment; try again in a second',
      )
    await new Promise<void>((resolve) => waiting.push(resolve))
  }
  running++
  try {
    return await work()
  } finally {
    running--
    waiting.shift()?.()
  }
}
