// The schema of access.sqlite, step by step.
import type { Migration } from '../../database.ts'
import { migration0001 } from './0001-accounts-and-sessions.ts'

export const accessMigrations: readonly Migration[] = [migration0001]
