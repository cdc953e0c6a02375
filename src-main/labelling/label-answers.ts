// Every question to the label thread and its answer from the rooms.

import { toPng } from '../labels/emit/png.ts'
import { toBase64 } from '../shared/data-value.ts'
import type { IdentifierRecord, SerialPool } from '../shared/identifier.ts'
import type { PrinterResolution } from '../shared/label.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import { StatusCodes } from '../shared/status-code.ts'
import type { LabelQuestionName, LabelQuestions, PartsQuestion, TemplateStanding } from './label-message.ts'
import { type LabelRooms, texts } from './label-rooms.ts'

export type LabelAnswers = {
  readonly [N in LabelQuestionName]: (
    input: LabelQuestions[N]['input'],
    user: string,
  ) => LabelQuestions[N]['result'] | Promise<LabelQuestions[N]['result']>
}

/** Rows of a page when the caller names no limit. */
const usualPageLength = 100
/** Of a part that is traced. */
const mostJobs = 1000
const mostScans = 1000

export function labelAnswers(rooms: LabelRooms): LabelAnswers {
  return { ...jobAnswers(rooms), ...printerAnswers(rooms), ...identifierAnswers(rooms), ...lineAnswers(rooms) }
}

type Picked<Name extends LabelQuestionName> = Pick<LabelAnswers, Name>

function jobAnswers(
  rooms: LabelRooms,
): Picked<
  | 'configure'
  | 'order'
  | 'preview'
  | 'labels.jobs'
  | 'labels.picture'
  | 'labels.resolve'
  | 'labels.reprint'
  | 'labels.void'
  | 'labels.cancel'
  | 'labels.ledger'
  | 'labels.verifyLedger'
  | 'marks'
  | 'keepMarks'
> {
  const { queue } = rooms
  return {
    configure: async (settings) => {
      await rooms.configure(settings)
      return null
    },
    order: ({ isApprovalRequired, ...order }) => {
      if (isApprovalRequired) refuseUnapproved(rooms, order.template)
      const images = rooms.imagesOf(order.template)
      const labels = order.labels.map((label) => ({
        ...label,
        identifier: label.identifier === null ? null : rooms.spelling(label.identifier),
      }))
      return queue.print({ ...order, images, labels })
    },
    preview: async ({ template, fields, tags, dpi }) => {
      const identifier = template.scheme === null ? null : upcomingOf(rooms, template.scheme)
      const images = rooms.imagesOf(template)
      return rooms.renderer.preview({ template, images, dpi: dpi as PrinterResolution, identifier, fields, tags })
    },
    'labels.jobs': ({ limit = usualPageLength, identifier, ...query }) =>
      queue.jobs({ ...query, limit, ...(identifier === undefined ? {} : { identifier: rooms.spelling(identifier) }) }),
    'labels.picture': ({ job }) => {
      const { image, dpi } = queue.picture(job)
      return { png: toBase64(toPng(image, dpi)), imageHash: image.hash, dpi }
    },
    'labels.resolve': (input, user) => queue.resolve(input, user),
    'labels.reprint': (input, user) => ({ job: queue.reprint(input, user) }),
    'labels.void': ({ scanned, ...input }, user) => ({
      job: queue.void({ ...input, ...(scanned === undefined ? {} : { scanned: rooms.spelling(scanned) }) }, user),
    }),
    'labels.cancel': (input, user) => ({ cancelledCount: queue.cancel(input, user) }),
    'labels.ledger': ({ limit = usualPageLength, ...query }) => queue.ledger({ ...query, limit }),
    'labels.verifyLedger': () => queue.verifyLedger(),
    marks: () => queue.triggerMarks(),
    keepMarks: (marks) => {
      queue.keepMarks(marks)
      return null
    },
  }
}

function printerAnswers(
  rooms: LabelRooms,
): Picked<
  | 'labels.pause'
  | 'labels.resume'
  | 'labels.failOver'
  | 'labels.approve'
  | 'labels.output'
  | 'labels.simulate'
  | 'printerStatus'
  | 'templateStandings'
> {
  const { queue } = rooms
  return {
    'labels.pause': ({ printer, reason }, user) => ({ printer: queue.pause(printer, reason, user) }),
    'labels.resume': ({ printer }, user) => ({ printer: queue.resume(printer, user) }),
    'labels.failOver': (input, user) => ({ movedCount: queue.failOver(input, user) }),
    'labels.approve': (input, user) => {
      const { approvedBy, approvedTimestamp } = queue.approve(input, user)
      return { approvedBy: approvedBy ?? user, approvedTimestamp: approvedTimestamp ?? 0 }
    },
    'labels.output': ({ printer, limit = 20 }) => ({
      labels: queue
        .output(printer, limit)
        .map(({ image, ...label }) => ({ ...label, png: toBase64(toPng(image, queue.picture(label.job).dpi)) })),
    }),
    'labels.simulate': async ({ printer, fault }) => ({ printer: await queue.simulate(printer, fault) }),
    printerStatus: () => queue.printers(),
    templateStandings: ({ templates }) => templates.map(({ name, digest }) => standingOf(rooms, name, digest)),
  }
}

function identifierAnswers(
  rooms: LabelRooms,
): Picked<
  | 'identifiers.pools'
  | 'identifiers.gaps'
  | 'identifiers.resolve'
  | 'identifiers.search'
  | 'identifiers.setState'
  | 'identifiers.setValues'
  | 'identifiers.releasePool'
  | 'identifiers.hold'
  | 'identifiers.release'
  | 'allocate'
> {
  const { store, database } = rooms
  return {
    'identifiers.pools': () => ({ pools: store.pools() }),
    'identifiers.gaps': ({ limit = usualPageLength, ...query }) => store.gaps({ ...query, limit }),
    'identifiers.resolve': ({ identifier }) => ({ record: recordOf(rooms, identifier) }),
    'identifiers.search': ({ limit = usualPageLength, ...query }) => store.search({ ...query, limit }),
    'identifiers.setState': ({ identifiers, state, reason }, user) =>
      each(rooms, identifiers, (identifier) => store.setState(identifier, state, user, reason)),
    'identifiers.setValues': ({ identifier, values }) => ({
      record: store.setValues(rooms.spelling(identifier), values),
    }),
    'identifiers.releasePool': ({ scheme, reason, next }, user): { pool: SerialPool } => ({
      pool: store.releasePool({ scheme, reason, next, user }),
    }),
    'identifiers.hold': ({ identifiers, reason }, user) =>
      each(rooms, identifiers, (identifier) => store.hold(identifier, user, reason)),
    'identifiers.release': ({ identifiers, reason }, user) =>
      each(rooms, identifiers, (identifier) => store.release(identifier, user, reason)),
    allocate: ({ request: { scheme, count = 1, fields = {}, requestId }, tags }, user) =>
      database
        .transaction(() => rooms.allocate({ scheme, count, fields: texts(fields), tags: texts(tags), user, requestId }))
        .immediate(),
  }
}

function lineAnswers(
  rooms: LabelRooms,
): Picked<'identifiers.place' | 'scans.list' | 'scan' | 'part' | 'affected' | 'workedOn'> {
  const { store, scans, queue, tracking } = rooms
  return {
    'identifiers.place': ({ identifier, equipment, enteredTimestamp, leftTimestamp = null }, user) => {
      const spelled = rooms.spelling(identifier)
      return { window: store.place({ identifier: spelled, equipment, enteredTimestamp, leftTimestamp, user }) }
    },
    'scans.list': ({ identifier, limit = usualPageLength, cursor }) => {
      const before = cursor === undefined ? undefined : Number(cursor)
      if (before !== undefined && !Number.isSafeInteger(before))
        throw new RuntimeError('BadInvalidArgument', 'The cursor is not one of scans.list')
      const rows = scans.book.list(limit, before, identifier === undefined ? undefined : rooms.spelling(identifier))
      const last = rows.at(-1)
      return last && rows.length === limit ? { scans: rows, cursor: String(last.sequence) } : { scans: rows }
    },
    scan: (scan, user) => scans.take(scan, user),
    part: ({ text }) => {
      const identifier = rooms.spelling(text)
      const record = store.record(identifier)
      const windows = store.windowsOf(identifier)
      const { jobs } = queue.jobs({ identifier, limit: mostJobs })
      const seen = scans.book.list(mostScans, undefined, identifier)
      if (record === null && windows.length + jobs.length + seen.length === 0) throw unknown(text)
      return { identifier, record, windows, jobs, scans: seen }
    },
    affected: ({ cursor, ...question }: PartsQuestion) => store.partsIn({ ...question, cursor: cursor ?? undefined }),
    workedOn: (change) => {
      tracking.workedOn(change)
      return null
    },
  }
}

/** The same for each of them; one that is refused does not keep the others. */
function each(
  rooms: LabelRooms,
  identifiers: readonly string[],
  change: (identifier: string) => void,
): { readonly results: readonly { identifier: string; statusCode: number; message: string }[] } {
  const results = rooms.database
    .transaction(() =>
      identifiers.map((text) => {
        const identifier = rooms.spelling(text)
        try {
          change(identifier)
          return { identifier, statusCode: StatusCodes.Good as number, message: '' }
        } catch (error) {
          if (!(error instanceof RuntimeError)) throw error
          return { identifier, statusCode: error.statusCode, message: messageOf(error) }
        }
      }),
    )
    .immediate()
  return { results }
}

function recordOf(rooms: LabelRooms, text: string): IdentifierRecord {
  const record = rooms.store.record(rooms.spelling(text))
  if (record === null) throw unknown(text)
  return record
}

function unknown(text: string): RuntimeError {
  return new RuntimeError('BadNotFound', `${text.slice(0, 200)} is not known here: it was neither given out nor seen`)
}

/** Of a picture that is not printed: what would be given out now, or what the template says. */
function upcomingOf(rooms: LabelRooms, scheme: string): string {
  try {
    return rooms.store.upcoming(scheme, 1)[0] ?? scheme
  } catch (error) {
    // A scheme that is only being written, or a pool that is used up: the picture shows its name.
    if (!(error instanceof RuntimeError)) throw error
    return scheme
  }
}

function standingOf({ queue }: LabelRooms, name: string, digest: string): TemplateStanding {
  const versions = queue.templateVersions(name)
  const found = versions.find((version) => version.digest === digest)
  const { version = versions.length + 1, approvedBy = null, approvedTimestamp = null } = found ?? {}
  return { digest, version, approvedBy, approvedTimestamp }
}

function refuseUnapproved(rooms: LabelRooms, template: { readonly name: string; readonly digest: string }): void {
  const { version, approvedBy } = standingOf(rooms, template.name, template.digest)
  if (approvedBy === null)
    throw new RuntimeError(
      'BadInvalidState',
      `Version ${version} of the template "${template.name}" is not approved, and this plant prints approved templates only`,
    )
}
