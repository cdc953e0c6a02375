// The schema of counters.sqlite, step by step.
import type { Migration } from '../../database.ts'
import { migration0001 } from './0001-counters.ts'

export const countersMigrations: readonly Migration[] = [migration0001]
