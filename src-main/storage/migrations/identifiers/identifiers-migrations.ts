// The schema of identifiers.sqlite (identifiers and their records, then labels, then scans), step by step.
import type { Migration } from '../../database.ts'
import { migration0001 } from './0001-identifiers.ts'
import { migration0002 } from './0002-labels.ts'
import { migration0003 } from './0003-scans.ts'

export const identifiersMigrations: readonly Migration[] = [migration0001, migration0002, migration0003]
