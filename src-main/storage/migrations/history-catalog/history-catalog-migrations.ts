// The schema of history/catalog.db, step by step.
import type { Migration } from '../../database.ts'
import { migration0001 } from './0001-series.ts'

export const historyCatalogMigrations: readonly Migration[] = [migration0001]
