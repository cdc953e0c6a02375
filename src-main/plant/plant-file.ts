// plant.yaml: which line this is. The least valid file is `{ name, line, site }`.
import * as v from 'valibot'
import { defaultPlantHistory, type PlantHistory } from '../shared/plant.ts'
import { libraryList } from './equipment/library-file.ts'
import { byteSize, duration, freeText, longDuration, wordOf, yesNo } from './source/plant-words.ts'

const title = v.pipe(
  v.string('a text is expected'),
  v.minLength(1, 'a text is expected'),
  v.maxLength(200, 'at most 200 characters are possible'),
)

/** Less room would be used up by an hour of a small line. */
const leastHistorySize = 16e6

/** `history:` of plant.yaml. */
const historySchema = v.strictObject(
  {
    /** How long samples are kept; without it as long as there is room. */
    retention: v.optional(longDuration),
    /** Most room on disk; without it as much as the disk has. */
    maximumSize: v.optional(v.pipe(byteSize, v.minValue(leastHistorySize, 'at least 16 MB is expected'))),
    /** No room any more: the oldest goes, or recording stops and says so. */
    whenFull: v.optional(wordOf(['dropOldest', 'stop'])),
    /** Samples are safe from a power cut so long after they came, at the latest; 0 s = before anybody is told they are kept. */
    syncInterval: v.optional(v.pipe(duration, v.maxValue(60_000, 'at most 1 min is possible'))),
  },
  'history is expected as { retention: 400 d, maximumSize: 20 GB }',
)

/** The settings of a plant file with what it leaves out filled in. */
export function plantHistoryOf(file: PlantFile): PlantHistory {
  const { retention, maximumSize, whenFull, syncInterval } = file.history ?? {}
  return {
    retentionMs: retention ?? defaultPlantHistory.retentionMs,
    maximumByteCount: maximumSize ?? defaultPlantHistory.maximumByteCount,
    whenFull: whenFull ?? defaultPlantHistory.whenFull,
    syncIntervalMs: syncInterval ?? defaultPlantHistory.syncIntervalMs,
  }
}

export const plantFileSchema = v.strictObject({
  name: title,
  line: title,
  site: title,
  description: v.optional(freeText, ''),
  languages: v.optional(
    v.pipe(
      v.array(
        v.pipe(
          v.string('a language is expected, as en or zh-CN'),
          v.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language is expected, as en or zh-CN (BCP 47)'),
        ),
        'a list of languages is expected, as [en, zh-CN]',
      ),
      v.minLength(1, 'at least one language is expected'),
      v.maxLength(20, 'at most 20 languages are possible'),
    ),
    ['en'],
  ),
  timeZone: v.optional(
    v.pipe(
      v.string('a time zone is expected, as Europe/Berlin'),
      v.check(isTimeZone, 'a time zone of the IANA list is expected, as Europe/Berlin or Asia/Shanghai'),
    ),
    'UTC',
  ),
  startMimic: v.optional(
    v.pipe(v.string('the name of a mimic is expected'), v.minLength(1, 'the name of a mimic is expected')),
  ),
  /** Windows of the desktop station, each on its monitor (counted from the left, from 1). */
  windows: v.optional(
    v.pipe(
      v.array(
        v.strictObject(
          {
            mimic: v.optional(v.string('the name of a mimic is expected')),
            monitor: v.optional(
              v.pipe(
                v.number('the number of a monitor is expected, from 1'),
                v.integer('the number of a monitor is expected, from 1'),
                v.minValue(1, 'monitors are counted from 1'),
                v.maxValue(16, 'at most 16 monitors are possible'),
              ),
            ),
          },
          'a window is expected as { mimic: overview, monitor: 1 }',
        ),
        'a list of windows is expected as [{ mimic: overview, monitor: 1 }]',
      ),
      v.maxLength(16, 'at most 16 windows are possible'),
    ),
    [],
  ),
  history: v.optional(historySchema),
  /** How labels are printed (docs/labels.md). */
  labels: v.optional(
    v.strictObject(
      {
        /** Only approved templates are printed. */
        requireApproval: v.optional(yesNo, false),
      },
      'labels is expected as { requireApproval: true }',
    ),
  ),
  /** Of the plant folder, for people and for packages. */
  version: v.optional(v.pipe(v.union([v.string(), v.number()], 'a version is expected'), v.transform(String))),
  /** Type libraries the plant uses (docs/equipment-types.md). */
  libraries: v.optional(libraryList, []),
  /** Oldest Lineside that may run this plant. */
  requires: v.optional(
    v.pipe(
      v.string('a Lineside version is expected'),
      v.regex(/^\d+\.\d+(\.\d+)?$/, 'a Lineside version is expected, as 0.1.0'),
    ),
  ),
})
export type PlantFile = v.InferOutput<typeof plantFileSchema>

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
