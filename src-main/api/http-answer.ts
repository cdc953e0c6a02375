// Small pieces of HTTP that calls, feeds and files share: JSON answers, error answers, bounded bodies, bearer tokens.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError, invalidInput } from './api-error.ts'

/** A call without a session can only be `access.login`: user and password. */
export const largestOpenBody = 16 << 10
/** 20 million characters of CSV, or 100,000 tag names. */
export const largestBody = 32 << 20

/** The token of `Authorization: Bearer <token>` (RFC 6750 section 2.1); null when there is none. */
export function bearerToken(request: IncomingMessage): string | null {
  return /^Bearer +([\w.~+/-]+=*) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? null
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  answerText(response, status, 'application/json; charset=utf-8', JSON.stringify(value))
}

export function answerText(response: ServerResponse, status: number, type: string, text: string): void {
  if (response.headersSent || response.destroyed) return
  response.setHeader('Content-Type', type)
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Content-Length', Buffer.byteLength(text))
  response.writeHead(status).end(text)
}

/** Texts that are gathered before they are sent; bytes. */
const pieceByteLength = 64 << 10

/** A long JSON text as it is made: never more than a client takes, and other work goes on between the pieces. */
export async function answerInPieces(response: ServerResponse, pieces: Iterable<string>): Promise<void> {
  if (response.headersSent || response.destroyed) return
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.setHeader('Cache-Control', 'no-store')
  response.writeHead(200)
  let text = ''
  for (const piece of pieces) {
    text += piece
    if (text.length < pieceByteLength) continue
    const isTaken = response.write(text)
    text = ''
    if (isTaken) await new Promise((resolve) => setImmediate(resolve))
    else await drained(response)
    if (response.destroyed) return
  }
  response.end(text)
}

/** Resolves when the client took what was sent, or went away. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}

/** `{"error":{"code","message","path"?}}` with the status of the error. */
export function answerError(response: ServerResponse, error: ApiError): void {
  const { code, message, path, httpStatus } = error.body
  if (response.headersSent || response.destroyed) return
  if (httpStatus === 401) response.setHeader('WWW-Authenticate', 'Bearer')
  answerJson(response, httpStatus, { error: { code, message, ...(path === undefined ? {} : { path }) } })
}

export function plainError(httpStatus: number, code: string, message: string): ApiError {
  return new ApiError({ code, message, httpStatus }, 0)
}

/** The JSON object of a body; `{}` for an empty one. Throws ApiError 400, 413 or 415. */
export async function readJsonBody(request: IncomingMessage, largest: number): Promise<unknown> {
  const bytes = await readBody(request, largest)
  if (bytes.length === 0) return {}
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw plainError(
      415,
      'UnsupportedMediaType',
      `Content-Type: application/json is expected, "${type.slice(0, 100)}" was sent`,
    )
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw invalidInput('the body is not JSON in UTF-8')
  }
}

async function readBody(request: IncomingMessage, largest: number): Promise<Buffer> {
  const tooLarge = () => plainError(413, 'BadRequestTooLarge', `the body is larger than ${largest} bytes`)
  if (Number(request.headers['content-length'] ?? 0) > largest) throw tooLarge()
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > largest) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
