// The schema of audit.sqlite, step by step.
import type { Migration } from '../../database.ts'
import { migration0001 } from './0001-audit-trail.ts'
import { migration0002 } from './0002-by-target.ts'

export const auditMigrations: readonly Migration[] = [migration0001, migration0002]
