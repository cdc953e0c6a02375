// S2: one append to the audit trail, durable; verification of 10⁶ records. Beside: the same row inserted without the chain.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AuditEntry, AuditTrail } from '../../src-main/access/audit-trail.ts'
import { systemClock } from '../../src-main/base/clock.ts'
import { openDatabase } from '../../src-main/storage/database.ts'
import { auditMigrations } from '../../src-main/storage/migrations/audit/audit-migrations.ts'
import type { Report } from './run.ts'

const appendCount = 3000
const verifyCount = 1_000_000

const entry: AuditEntry = {
  user: 'ana',
  accountId: '7f0c7a52-6d0c-4c58-9f0f-5a3b9d6b2c11',
  station: '10.0.0.17',
  action: 'tags.write',
  target: 'Filler.SpeedSetpoint',
  oldValue: 11_000,
  newValue: 12_000,
  statusCode: 0,
  comment: 'format change',
}

export async function run(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-bench-audit-'))
  try {
    append(folder, report)
    await verify(folder, report)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function append(folder: string, report: Report): void {
  const database = openDatabase({ file: join(folder, 'append.sqlite'), migrations: auditMigrations })
  const plain = openDatabase({
    file: join(folder, 'plain.sqlite'),
    migrations: [{ version: 1, name: 'plain', sql: 'CREATE TABLE plain (id INTEGER PRIMARY KEY, record TEXT)' }],
  })
  const trail = new AuditTrail(database, systemClock)
  const insert = plain.prepare('INSERT INTO plain (record) VALUES (?)')
  const record = JSON.stringify(entry)
  const chained: number[] = []
  const unchained: number[] = []
  for (let count = 0; count < appendCount; count++) {
    chained.push(timed(() => trail.append(entry)))
    unchained.push(timed(() => insert.run(record)))
  }
  database.close()
  plain.close()
  report({ bench: 'audit', figure: 'append p50', value: at(chained, 0.5), unit: 'ms' })
  report({ bench: 'audit', figure: 'append p99', value: at(chained, 0.99), unit: 'ms' })
  report({ bench: 'audit', figure: 'plain durable insert p50', value: at(unchained, 0.5), unit: 'ms' })
}

async function verify(folder: string, report: Report): Promise<void> {
  const database = openDatabase({ file: join(folder, 'verify.sqlite'), migrations: auditMigrations })
  const trail = new AuditTrail(database, systemClock)
  database.transaction(() => {
    for (let count = 0; count < verifyCount; count++) trail.append(entry)
  })()
  const times: number[] = []
  for (let round = 0; round < 3; round++) {
    const start = performance.now()
    const verdict = await trail.verify()
    times.push(performance.now() - start)
    if (!verdict.ok) throw new Error(`the chain is broken at ${verdict.firstBrokenSequence}`)
  }
  database.close()
  report({ bench: 'audit', figure: 'verify 1,000,000 records', value: at(times, 0.5) / 1000, unit: 's' })
}

function timed(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

function at(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}
