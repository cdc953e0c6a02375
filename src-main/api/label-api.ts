// Calls and the feed about labels: what is printed, on which printer, how it stands, and the templates it is made from.
import type { CallName, InputOf, ResultOf } from '../shared/contract.ts'
import type { JsonValue } from '../shared/data-value.ts'
import type { ApiParts } from './api-parts.ts'
import { type AuditNote, type CallContext, type NounCalls, type NounFeeds, sessionOf } from './call-handlers.ts'
import { FeedPace, pacedSource } from './feed.ts'
import { printable } from './printable-text.ts'

/** Printers and jobs are sent at most so often. */
const watchIntervalMs = 100
/** Identifiers and jobs of one call that the audit trail names; the print ledger has them all. */
const mostNoted = 100

type LabelCallName = Extract<CallName, `labels.${string}`>

export function labelCalls(parts: ApiParts): NounCalls<'labels'> {
  const { answers } = parts.labels
  /** Without effect: nothing is noted. */
  const asked =
    <N extends LabelCallName>(name: N) =>
    async (input: InputOf<N>, context: CallContext): Promise<ResultOf<N>> =>
      answers[name](input, sessionOf(context).user, context.signal)
  /** `before` notes what is asked for, `after` what came of it. */
  const done =
    <N extends LabelCallName>(
      name: N,
      before: (input: InputOf<N>, note: AuditNote) => void,
      after: (result: ResultOf<N>, note: AuditNote) => void = () => undefined,
    ) =>
    async (input: InputOf<N>, context: CallContext): Promise<ResultOf<N>> => {
      before(input, context.note)
      const result: ResultOf<N> = await answers[name](input, sessionOf(context).user, context.signal)
      after(result, context.note)
      return result
    }
  return {
    'labels.templates': asked('labels.templates'),
    'labels.printers': asked('labels.printers'),
    'labels.jobs': asked('labels.jobs'),
    'labels.picture': asked('labels.picture'),
    'labels.preview': asked('labels.preview'),
    'labels.ledger': asked('labels.ledger'),
    'labels.verifyLedger': asked('labels.verifyLedger'),
    'labels.output': asked('labels.output'),
    'labels.print': done(
      'labels.print',
      ({ template, printer, copies, count, rows, identifier, fields }, note) => {
        note.target = template
        note.newValue = { ...defined({ printer, count, identifier, rowCount: rows?.length }), copies, fields }
        checkFields(fields)
        for (const row of rows ?? []) checkFields(row)
      },
      ({ jobs }, note) => {
        note.newValue = {
          ...(note.newValue as Readonly<Record<string, JsonValue>>),
          jobCount: jobs.length,
          jobs: jobs.slice(0, mostNoted).map((job) => job.id),
          identifiers: jobs.slice(0, mostNoted).map((job) => job.identifier),
        }
      },
    ),
    'labels.resolve': done(
      'labels.resolve',
      ({ job, outcome, again, reason }, note) => noteJob(note, job, reason, { outcome, again }),
      ({ job, newJob }, note) => {
        note.newValue = { ...defined({ identifier: job.identifier, newJob: newJob?.id }), state: job.state }
      },
    ),
    'labels.reprint': done(
      'labels.reprint',
      ({ job, printer, reason }, note) => noteJob(note, job, reason, defined({ printer })),
      ({ job }, note) => {
        note.newValue = { job: job.id, identifier: job.identifier, reprintCount: job.reprintCount }
      },
    ),
    'labels.void': done(
      'labels.void',
      ({ job, reason }, note) => noteJob(note, job, reason, {}),
      ({ job }, note) => {
        note.newValue = { identifier: job.identifier, state: job.state }
      },
    ),
    'labels.cancel': done(
      'labels.cancel',
      ({ printer, jobs, reason }, note) => {
        note.target = printer ?? (jobs?.length === 1 ? jobs[0]! : `${jobs?.length ?? 0} jobs`)
        note.comment = printable(reason, 'reason')
      },
      ({ cancelledCount }, note) => {
        note.newValue = { cancelledCount }
      },
    ),
    'labels.pause': done('labels.pause', ({ printer, reason }, note) => {
      note.target = printer
      note.comment = printable(reason, 'reason')
    }),
    'labels.resume': done('labels.resume', ({ printer }, note) => {
      note.target = printer
    }),
    'labels.failOver': done(
      'labels.failOver',
      ({ from, to, reason }, note) => {
        note.target = to === undefined ? from : `${from} → ${to}`
        note.comment = printable(reason, 'reason')
      },
      ({ movedCount }, note) => {
        note.newValue = { movedCount }
      },
    ),
    'labels.saveTemplate': done(
      'labels.saveTemplate',
      ({ document, file, dryRun }, note) => {
        note.target = nameOf(document)
        note.newValue = { ...defined({ file }), dryRun }
      },
      ({ faults }, note) => {
        if (faults.length > 0) note.newValue = { faultCount: faults.length }
      },
    ),
    'labels.deleteTemplate': done('labels.deleteTemplate', ({ template }, note) => {
      note.target = template
    }),
    'labels.approve': done('labels.approve', ({ template, digest, comment }, note) => {
      note.target = template
      note.newValue = { digest }
      note.comment = printable(comment, 'comment')
    }),
    'labels.restartTrigger': done(
      'labels.restartTrigger',
      ({ trigger, makeMissed, reason }, note) => {
        note.target = trigger
        note.newValue = { makeMissed }
        note.comment = printable(reason, 'reason')
      },
      ({ labelCount }, note) => {
        note.newValue = { labelCount }
      },
    ),
    'labels.simulate': done('labels.simulate', ({ printer, fault }, note) => {
      note.target = printer
      note.newValue = { fault }
    }),
  }
}

export function labelFeeds({ labels, clock }: ApiParts): NounFeeds<'labels'> {
  const pace = new FeedPace(watchIntervalMs)
  return {
    'labels.watch': () => {
      let watch: ReturnType<typeof labels.watch> | null = null
      return pacedSource(
        clock,
        pace,
        () => watch?.take() ?? null,
        (notify) => {
          watch = labels.watch(notify)
          return () => watch?.close()
        },
      )
    },
  }
}

/** Texts of fields stand on labels, and a label is a program to the printer: no control character comes through. */
function checkFields(fields: Readonly<Record<string, JsonValue>>): void {
  for (const [name, value] of Object.entries(fields))
    if (typeof value === 'string') printable(value, `field "${printable(name, 'name of a field')}"`)
}

function noteJob(note: AuditNote, job: string, reason: string, value: JsonValue): void {
  note.target = job
  note.newValue = value
  note.comment = printable(reason, 'reason')
}

function nameOf(document: JsonValue): string {
  const { name } = Object(document) as { readonly name?: unknown }
  return typeof name === 'string' ? name.slice(0, 256) : 'template'
}

/** Without what was not given. */
function defined(fields: Readonly<Record<string, JsonValue | undefined>>): Record<string, JsonValue> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  )
}
