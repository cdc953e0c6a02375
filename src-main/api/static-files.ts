// The screens as files: nothing outside their folder can be reached, what a browser may keep it keeps, and what it loads first
// is compressed once and kept.
import { readFile, realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
}
const compressible = new Set(['.html', '.js', '.mjs', '.css', '.json', '.map', '.svg', '.wasm', '.txt', '.webmanifest'])
/** Below this a compressed answer is not smaller on the wire. */
const shortestCompressed = 1024
/** The build is a few MB; beyond this nothing more is kept. */
const mostCachedBytes = 64 << 20

interface Served {
  readonly modifiedMs: number
  readonly byteLength: number
  readonly etag: string
  readonly plain: Buffer
  gzip: Promise<Buffer> | null
  brotli: Promise<Buffer> | null
}

const gzipBytes = promisify(gzip)
const brotliBytes = promisify(brotliCompress)

export class StaticFiles {
  readonly #folder: string
  readonly #cache = new Map<string, Served>()
  #cachedBytes = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Answers GET and HEAD of a path (without query); false when there is no such file. */
  async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    const file = await this.#locate(path === '/' ? '/index.html' : path)
    const served = file === null ? null : await this.#load(file)
    if (file === null || served === null) return false
    const extension = extname(file).toLowerCase()
    response.setHeader('Content-Type', types[extension] ?? 'application/octet-stream')
    response.setHeader('Cache-Control', cacheControl(path, extension))
    response.setHeader('ETag', served.etag)
    response.setHeader('Vary', 'Accept-Encoding')
    if (request.headers['if-none-match'] === served.etag) {
      response.writeHead(304).end()
      return true
    }
    const body = await bodyFor(request, response, served, extension)
    response.setHeader('Content-Length', body.length)
    response.writeHead(200).end(request.method === 'HEAD' ? undefined : body)
    return true
  }

  /** The file of a URL path, null when it is not a plain path to a file in the folder. */
  async #locate(path: string): Promise<string | null> {
    let plain: string
    try {
      plain = decodeURIComponent(path)
    } catch {
      return null
    }
    const segments = plain.split('/').slice(1)
    const isPlain = segments.every((segment) => /^[^\0\\:]+$/.test(segment) && !segment.startsWith('.'))
    if (!plain.startsWith('/') || !isPlain) return null
    try {
      // A link that leads out of the folder is not followed.
      const [root, file] = await Promise.all([realpath(this.#folder), realpath(join(this.#folder, ...segments))])
      return file.startsWith(root + sep) ? file : null
    } catch {
      return null
    }
  }

  async #load(file: string): Promise<Served | null> {
    const found = await stat(file)
    if (!found.isFile()) return null
    const cached = this.#cache.get(file)
    if (cached?.modifiedMs === found.mtimeMs && cached.byteLength === found.size) return cached
    const plain = await readFile(file)
    const served: Served = {
      modifiedMs: found.mtimeMs,
      byteLength: found.size,
      etag: `"${found.mtimeMs.toString(36)}-${found.size.toString(36)}"`,
      plain,
      gzip: null,
      brotli: null,
    }
    if (cached) this.#cachedBytes -= cached.byteLength
    if (this.#cachedBytes + plain.length <= mostCachedBytes) {
      this.#cache.set(file, served)
      this.#cachedBytes += plain.length
    } else this.#cache.delete(file)
    return served
  }
}

/** Names of built assets carry a hash of their content; the page that names them must always be fresh. */
function cacheControl(path: string, extension: string): string {
  if (extension === '.html') return 'no-store'
  return path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
}

async function bodyFor(
  request: IncomingMessage,
  response: ServerResponse,
  served: Served,
  extension: string,
): Promise<Buffer> {
  if (!compressible.has(extension) || served.plain.length < shortestCompressed) return served.plain
  const accepted = String(request.headers['accept-encoding'] ?? '')
  if (/\bbr\b/.test(accepted)) {
    response.setHeader('Content-Encoding', 'br')
    served.brotli ??= brotliBytes(served.plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
    return served.brotli
  }
  if (/\bgzip\b/.test(accepted)) {
    response.setHeader('Content-Encoding', 'gzip')
    served.gzip ??= gzipBytes(served.plain, { level: 6 })
    return served.gzip
  }
  return served.plain
}
