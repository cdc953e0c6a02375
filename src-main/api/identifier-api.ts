// Calls about identifiers and scans: taken apart, given out, what is behind them, where the parts were, what scanners read.
import type { CallName, InputOf, ResultOf } from '../shared/contract.ts'
import type { JsonValue } from '../shared/data-value.ts'
import type { ScanRow } from '../shared/label.ts'
import { isGood } from '../shared/status-code.ts'
import { invalidInput } from './api-error.ts'
import type { ApiParts } from './api-parts.ts'
import { type AuditNote, type CallContext, type NounCalls, type NounFeeds, sessionOf } from './call-handlers.ts'
import type { FeedSource } from './feed.ts'
import { printable } from './printable-text.ts'

/** Identifiers of one call that the audit trail names; their records have them all. */
const mostNoted = 100
/** Scans that wait for a slow client; older ones are in `scans.list`. */
const mostWaitingScans = 1000

type IdentifierCallName = Exclude<Extract<CallName, `identifiers.${string}` | `scans.${string}`>, 'scans.report'>

/** Without effect: nothing is noted. */
function asker({ identifiers }: ApiParts) {
  return <N extends IdentifierCallName>(name: N) =>
    async (input: InputOf<N>, context: CallContext): Promise<ResultOf<N>> =>
      identifiers.answers[name](input, sessionOf(context).user, context.signal)
}

/** `before` notes what is asked for, `after` what came of it. */
function doer({ identifiers }: ApiParts) {
  return <N extends IdentifierCallName>(
    name: N,
    before: (input: InputOf<N>, note: AuditNote) => void,
    after: (result: ResultOf<N>, note: AuditNote) => void = () => undefined,
  ) =>
    async (input: InputOf<N>, context: CallContext): Promise<ResultOf<N>> => {
      before(input, context.note)
      const result: ResultOf<N> = await identifiers.answers[name](input, sessionOf(context).user, context.signal)
      after(result, context.note)
      return result
    }
}

export function identifierCalls(parts: ApiParts): NounCalls<'identifiers'> {
  const asked = asker(parts)
  const done = doer(parts)
  const spanned = <N extends 'identifiers.gaps' | 'identifiers.affected'>(name: N) => {
    const ask = asked(name)
    return (input: InputOf<N>, context: CallContext): Promise<ResultOf<N>> => {
      checkSpan(input)
      return ask(input, context)
    }
  }
  return {
    'identifiers.parse': asked('identifiers.parse'),
    'identifiers.convert': asked('identifiers.convert'),
    'identifiers.pools': asked('identifiers.pools'),
    'identifiers.resolve': asked('identifiers.resolve'),
    'identifiers.search': asked('identifiers.search'),
    'identifiers.trace': asked('identifiers.trace'),
    'identifiers.gaps': spanned('identifiers.gaps'),
    'identifiers.affected': spanned('identifiers.affected'),
    'identifiers.allocate': done(
      'identifiers.allocate',
      ({ scheme, count = 1, fields = {} }, note) => {
        note.target = scheme
        note.newValue = { count, fields }
        for (const [name, value] of Object.entries(fields))
          if (typeof value === 'string') printable(value, `field "${printable(name, 'name of a field')}"`)
      },
      ({ identifiers }, note) => {
        note.newValue = { count: identifiers.length, identifiers: identifiers.slice(0, mostNoted) }
      },
    ),
    'identifiers.setState': done(
      'identifiers.setState',
      ({ identifiers, state, reason }, note) => noteIdentifiers(note, identifiers, reason, { state }),
      ({ results }, note) => noteRefused(note, results),
    ),
    'identifiers.hold': done(
      'identifiers.hold',
      ({ identifiers, reason }, note) => noteIdentifiers(note, identifiers, reason, {}),
      ({ results }, note) => noteRefused(note, results),
    ),
    'identifiers.release': done(
      'identifiers.release',
      ({ identifiers, reason }, note) => noteIdentifiers(note, identifiers, reason, {}),
      ({ results }, note) => noteRefused(note, results),
    ),
    'identifiers.setValues': done('identifiers.setValues', ({ identifier, values }, note) => {
      note.target = identifier
      note.newValue = values.map(({ index, type, data }) => ({ index, type, data }))
    }),
    'identifiers.releasePool': done(
      'identifiers.releasePool',
      ({ scheme, reason, next }, note) => {
        note.target = scheme
        note.comment = printable(reason, 'reason')
        note.newValue = next === undefined ? null : { next }
      },
      ({ pool }, note) => {
        note.newValue = { next: pool.next, period: pool.period }
      },
    ),
    'identifiers.place': done('identifiers.place', (input, note) => {
      const { identifier, equipment, enteredTimestamp, leftTimestamp = null } = input
      note.target = identifier
      note.newValue = { equipment, enteredTimestamp, leftTimestamp }
      if (leftTimestamp !== null && leftTimestamp < enteredTimestamp)
        throw invalidInput('the part left before it entered: `leftTimestamp` is earlier', 'leftTimestamp')
    }),
  }
}

export function scanCalls(parts: ApiParts): NounCalls<'scans'> {
  const asked = asker(parts)
  return {
    'scans.list': asked('scans.list'),
    'scans.report': async (input, context) => {
      const { note } = context
      const { user, roles } = sessionOf(context)
      note.target = input.text.slice(0, 256)
      note.comment = printable(input.source, 'source')
      // A scan settles labels, places parts and stops pools: whoever may not print sees what it is and changes nothing.
      const isLookOnly = !parts.access.permissions.has(roles, 'labels.print')
      const row = await parts.identifiers.report(input, { user, isLookOnly })
      if (row.parsed.identifier !== '') note.target = row.parsed.identifier
      note.newValue = { ...row.outcome }
      return row
    },
  }
}

export function scanFeeds({ identifiers }: ApiParts): NounFeeds<'scans'> {
  return {
    'scans.watch': (): FeedSource<{ events: readonly ScanRow[] }> => {
      let waiting: ScanRow[] = []
      let end: () => void = () => undefined
      return {
        start(notify) {
          end = identifiers.onScan((scan) => {
            waiting.push(scan)
            if (waiting.length > mostWaitingScans) waiting.shift()
            notify()
          })
        },
        take() {
          if (waiting.length === 0) return null
          const events = waiting
          waiting = []
          return { events }
        },
        close: () => end(),
      }
    },
  }
}

function checkSpan({ from, to }: { readonly from?: number | undefined; readonly to?: number | undefined }): void {
  if (from !== undefined && to !== undefined && from > to)
    throw invalidInput('the span begins after it ends: `from` is later than `to`', 'from')
}

function noteIdentifiers(
  note: AuditNote,
  identifiers: readonly string[],
  reason: string,
  value: Readonly<Record<string, JsonValue>>,
): void {
  note.target = identifiers.length === 1 ? identifiers[0]! : `${identifiers.length} identifiers`
  note.newValue =
    identifiers.length === 1
      ? value
      : { ...value, count: identifiers.length, identifiers: identifiers.slice(0, mostNoted) }
  note.comment = printable(reason, 'reason')
}

function noteRefused(note: AuditNote, results: readonly { readonly statusCode: number }[]): void {
  const refusedCount = results.filter(({ statusCode }) => !isGood(statusCode)).length
  if (refusedCount > 0) note.newValue = { ...(note.newValue as Readonly<Record<string, JsonValue>>), refusedCount }
}
