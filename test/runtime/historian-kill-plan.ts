// What the process that is killed records, known to it and to the test.
import { defaultHistorySettings, recordedTag } from '../../src-main/historian/history-settings.ts'
import { tagDefinition } from '../fakes/tag-definition.ts'

export const tagCount = 10
export const killStart = Date.UTC(2026, 0, 7, 8)
export const killedTags = Array.from({ length: tagCount }, (_, tag) => recordedTag(tag, tagDefinition(`Tag${tag}`))!)
/** Small segments, short waits: every kill meets sealing, carrying and dropping. */
export const killSettings = {
  ...defaultHistorySettings,
  journalSegmentByteCount: 512 * 1024,
  watermarkMs: 2000,
  syncIntervalMs: 200,
}
