// The schema of alarms.sqlite and of the archive files of the alarm journal, step by step.
import type { Migration } from '../../database.ts'
import { migration0001 } from './0001-alarm-journal.ts'

export const alarmsMigrations: readonly Migration[] = [migration0001]
