// The schema of access.sqlite, step by step.
import type { Migration } from '../../database.ts'
import { migration0001 } from './0001-accounts-and-sessions.ts'
import { migration0002 } from './0002-preferences.ts'

export const accessMigrations: readonly Migration[] = [migration0001, migration0002]
