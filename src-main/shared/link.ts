// What a MessagePort and a WebSocket have in common: messages in order, both ways, until one side closes.

/** A control message is a plain object (JSON-able); bytes are tag frames and history frames. */
export type LinkMessage = object | Uint8Array

/** One end of a connection between a screen and the runtime. Never throws: after close, `send` does nothing. */
export interface Link {
  send(message: LinkMessage): void
  /** Called for every message in order. One listener; set it before the first message can arrive. */
  onMessage(listener: (message: LinkMessage) => void): void
  /** Called once, however the link ended. */
  onClose(listener: () => void): void
  close(): void
  /** Bytes accepted by `send` that have not left yet; 0 where the transport does not say. */
  readonly pendingByteCount: number
}

/** Screen → runtime. `id` is chosen by the screen, unique on its link. */
export type ClientMessage =
  | { readonly type: 'authenticate'; readonly id: number; readonly token: string }
  | { readonly type: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  /** Nobody waits for the answer of this call any more; it is answered all the same, with an error if it was not done yet. */
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'open'; readonly id: number; readonly name: string; readonly input: unknown }
  /** The screen took the last item of this feed; only then the next one is sent. */
  | { readonly type: 'ack'; readonly id: number }
  | { readonly type: 'close'; readonly id: number }

/**
 * Runtime → screen. A `tags.watch` item is a tag frame instead (shared/tag-frame.ts), the result of `history.read` a history
 * frame (shared/history-frame.ts).
 */
export type ServerMessage =
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorBody }
  | { readonly type: 'item'; readonly id: number; readonly value: unknown }
  /** The runtime ended the feed (permission lost, shutting down). */
  | { readonly type: 'end'; readonly id: number; readonly error?: ErrorBody | undefined }

/** What a refusal looks like on every way in. */
export interface ErrorBody {
  /** A status code name (`BadNotWritable`) or one of Unauthorized, Forbidden, UnknownCall, InvalidInput, Locked, TooManyRequests. */
  readonly code: string
  /** A sentence a person can act on. */
  readonly message: string
  /** Where in the input, as `values[2].tag`; only for InvalidInput. */
  readonly path?: string | undefined
  /** The HTTP status that goes with it. */
  readonly httpStatus: number
}
