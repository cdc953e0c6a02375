// What a handler is, derived from the contract: a row without its handler does not compile.
import type { Session } from '../access/sessions.ts'
import type { CallName, FeedName, InputOf, ResultOf } from '../shared/contract.ts'
import type { JsonValue } from '../shared/data-value.ts'
import { unauthorized } from './api-error.ts'
import type { ColumnAnswer } from './column-answer.ts'
import type { FeedSource } from './feed.ts'

/** Where a request came from; stands in the audit trail. */
export interface Origin {
  /** `desktop` or an IP address. */
  readonly station: string
}

/** What a handler tells the audit trail besides who, when and the result. Never a password or a token. */
export interface AuditNote {
  target: string
  oldValue: JsonValue
  newValue: JsonValue
  comment: string
}

export interface CallContext {
  /** null only for rows that are open to everybody. */
  readonly session: Session | null
  readonly origin: Origin
  readonly note: AuditNote
  /** The client goes on under this session: links keep it, HTTP clients send their token. */
  readonly adopt: (session: Session | null) => void
  /** Aborted when nobody waits for the answer any more: cancelled, or the client has gone. */
  readonly signal: AbortSignal
}

/** How the client wants the items of a feed: tag frames with this feed id, or JSON. */
export interface FeedForm {
  readonly frameFeedId: number | null
}

/** Columns travel as they are; everything else is the row's result. */
type AnswerOf<N extends CallName> = N extends 'history.read' ? ColumnAnswer : ResultOf<N>

export type CallHandlers = {
  readonly [N in CallName]: (input: InputOf<N>, context: CallContext) => AnswerOf<N> | Promise<AnswerOf<N>>
}

/** Items are the row's result, or tag frames where the form says so. */
export type FeedHandlers = {
  readonly [N in FeedName]: (input: InputOf<N>, form: FeedForm) => FeedSource<ResultOf<N> | Uint8Array>
}

/** The rows of one noun: `NounCalls<'tags'>`. */
export type NounCalls<Noun extends string> = Pick<CallHandlers, Extract<CallName, `${Noun}.${string}`>>
export type NounFeeds<Noun extends string> = Pick<FeedHandlers, Extract<FeedName, `${Noun}.${string}`>>

export function sessionOf(context: CallContext): Session {
  if (!context.session) throw unauthorized()
  return context.session
}
