// An answer made of columns: bytes on links, where a million rows must cost no text, and JSON in pieces over HTTP.

/** What a handler may give back instead of the row's result. */
export abstract class ColumnAnswer {
  /** Bytes of the answer to the call of this id; the caller owns them. */
  abstract frame(callId: number): Uint8Array
  /** The JSON text, in pieces of some ten kilobytes. */
  abstract jsonPieces(): Generator<string>
}
