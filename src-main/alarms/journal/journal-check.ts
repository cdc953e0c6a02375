// Is the journal what was written? Every row's hash is computed again from the row before it, from the oldest archive file to the
// newest row.
import { RuntimeError } from '../../shared/runtime-error.ts'
import { type ArchiveFile, archiveFiles } from './journal-archive.ts'
import { chainHash, recordOf } from './journal-codec.ts'
import type { JournalVerdict } from './journal-query.ts'
import { JournalSource, type StoredEvent } from './journal-source.ts'

/** What was looked at, for people. */
export interface JournalCheck extends JournalVerdict {
  readonly rowCount: number
  readonly archiveCount: number
  /** 0 = there is no row. Older rows were in archive files that are elsewhere now. */
  readonly firstSequence: number
  readonly lastSequence: number
  /** Sequences without a row of which the journal itself says why. */
  readonly gaps: readonly { readonly first: number; readonly last: number; readonly reason: string }[]
}

/** Rows between two breaths; about 20 ms. */
const sliceLength = 2000

interface ChainEnds {
  readonly archivedSequence: number
  readonly archivedHash: Buffer
  readonly lastSequence: number
  readonly lastHash: Buffer
}

interface Verdict {
  rowCount: number
  firstSequence: number
  gaps: { first: number; last: number; reason: string }[]
}

export interface CheckOptions {
  /** True ends the check with BadRequestInterrupted. */
  readonly isCancelled?: () => boolean
  /** Rows looked at so far. */
  readonly onProgress?: (rowCount: number) => void
}

/**
 * Checks `<data>/alarms.sqlite` and the archive files beside it. Others have their turn every few milliseconds.
 */
export async function checkJournal(
  file: string,
  archiveFolder: string,
  options: CheckOptions = {},
): Promise<JournalCheck> {
  const archives = archiveFiles(archiveFolder)
  const seen: Verdict = { rowCount: 0, firstSequence: 0, gaps: [] }
  let before: ChainEnds | null = null
  let lastSequence = 0
  const answer = (broken: number | null): JournalCheck => ({
    ok: broken === null,
    ...(broken === null ? {} : { firstBrokenSequence: broken }),
    ...seen,
    archiveCount: archives.length,
    lastSequence,
  })
  for (const part of [...archives, { file, first: null, last: null } as const]) {
    const source = opened(part, lastSequence)
    if (typeof source === 'number') return answer(source)
    // One state of the journal from begin to end, whatever is written meanwhile.
    source.database.exec('BEGIN')
    try {
      const ends = endsOf(source)
      if (ends === null) return answer(lastSequence + 1)
      const missing = missingBetween(before, ends)
      if (missing !== null) return answer(missing)
      const broken = await checkPart(source, ends, seen, options)
      lastSequence = Math.max(lastSequence, ends.lastSequence)
      if (broken !== null) return answer(broken)
      before = ends
    } finally {
      source.close()
    }
  }
  return answer(null)
}

/** A file that cannot be opened breaks the chain at its first row. */
function opened(part: ArchiveFile | { file: string; first: null }, lastSequence: number): JournalSource | number {
  try {
    return JournalSource.open(part.file)
  } catch (error) {
    if (part.first === null) throw error
    return Math.max(part.first, lastSequence + 1)
  }
}

function endsOf(source: JournalSource): ChainEnds | null {
  const ends = source.database
    .prepare<[], ChainEnds>(
      `SELECT archived_sequence AS archivedSequence, archived_hash AS archivedHash,
       last_sequence AS lastSequence, last_hash AS lastHash FROM chain`,
    )
    .get()
  return ends ?? null
}

/** Each part goes on where the one before ended, or it began anew after damage (sequence 0); else a file is missing. */
function missingBetween(before: ChainEnds | null, { archivedSequence, archivedHash }: ChainEnds): number | null {
  if (before === null || archivedSequence === 0) return null
  const isNext = archivedSequence === before.lastSequence && archivedHash.equals(before.lastHash)
  return isNext ? null : Math.min(before.lastSequence, archivedSequence) + 1
}

/** First broken sequence of one file; null when all are as they were written. */
async function checkPart(
  source: JournalSource,
  ends: ChainEnds,
  seen: Verdict,
  { isCancelled, onProgress }: CheckOptions,
): Promise<number | null> {
  const gaps = new Map(
    source.database
      .prepare<[], { first: number; last: number; reason: string }>(
        'SELECT first, last, reason FROM gap ORDER BY first',
      )
      .all()
      .map((gap) => [gap.first, gap]),
  )
  const slice = source.database.prepare<[number, number], StoredEvent>(
    'SELECT * FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?',
  )
  let sequence = ends.archivedSequence
  let hash: Buffer = ends.archivedHash
  const skipGap = () => {
    const gap = gaps.get(sequence + 1)
    if (gap === undefined) return
    seen.gaps.push(gap)
    sequence = gap.last
  }
  for (;;) {
    if (isCancelled?.()) throw new RuntimeError('BadRequestInterrupted', 'The check of the alarm journal was cancelled')
    let rows: StoredEvent[]
    try {
      rows = slice.all(sequence, sliceLength)
    } catch {
      return firstUnreadable(source, sequence)
    }
    for (const row of rows) {
      if (row.sequence !== sequence + 1) skipGap()
      if (row.sequence !== sequence + 1) return sequence + 1
      const expected = chainHash(hash, recordOf(source.eventOf(row)))
      if (!expected.equals(row.hash)) return row.sequence
      if (seen.firstSequence === 0) seen.firstSequence = row.sequence
      seen.rowCount++
      sequence = row.sequence
      hash = expected
    }
    if (rows.length < sliceLength) break
    onProgress?.(seen.rowCount)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  if (sequence < ends.lastSequence) skipGap()
  if (sequence !== ends.lastSequence) return Math.min(sequence, ends.lastSequence) + 1
  return hash.equals(ends.lastHash) ? null : sequence
}

/** Broken pages of the file end a slice; row by row shows how far it goes. */
function firstUnreadable(source: JournalSource, after: number): number {
  let sequence = after
  try {
    while (source.row(sequence + 1) !== null) sequence++
  } catch {
    return sequence + 1
  }
  return sequence + 1
}
