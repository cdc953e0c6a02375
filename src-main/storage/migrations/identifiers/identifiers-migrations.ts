// The schema of identifiers.sqlite (identifiers, then labels), step by step.
import type { Migration } from '../../database.ts'
import { migration0001 } from './0001-identifiers.ts'

export const identifiersMigrations: readonly Migration[] = [migration0001]
