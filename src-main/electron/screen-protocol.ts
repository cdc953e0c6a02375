// The screens inside the desktop window come from app://station, not from file:// (Electron's checklist 1, 18): only files of the
// screens' folder, with the same strict Content-Security-Policy as over HTTP (7).
import { join, normalize, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { net, protocol } from 'electron'

const scheme = 'app'
export const screenOrigin = `${scheme}://station`

const contentSecurityPolicy = [
  `default-src 'none'`,
  `script-src 'self' 'wasm-unsafe-eval'`,
  `style-src 'self'`,
  `img-src 'self' data: blob:`,
  `font-src 'self'`,
  `connect-src 'self'`,
  `worker-src 'self'`,
  `base-uri 'none'`,
  `form-action 'self'`,
  `frame-ancestors 'none'`,
].join('; ')

/** Before `app` is ready: the scheme counts as secure and standard, so that the page has an origin. */
export function registerScreenScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the files of the folder at app://station/ from now on. */
export function serveScreens(folder: string): void {
  protocol.handle(scheme, async (request) => {
    const file = screenFile(folder, request.url)
    if (file === null || request.method !== 'GET') return new Response('not found', { status: 404 })
    const found = await net.fetch(pathToFileURL(file).href)
    const headers = new Headers(found.headers)
    headers.set('Content-Security-Policy', contentSecurityPolicy)
    headers.set('X-Content-Type-Options', 'nosniff')
    headers.set('Cross-Origin-Opener-Policy', 'same-origin')
    return new Response(found.body, { status: found.status, headers })
  })
}

/** File of a URL of our origin; null for anything that is not plainly inside the folder. */
export function screenFile(folder: string, url: string): string | null {
  if (!URL.canParse(url)) return null
  const { host, pathname, protocol: urlScheme } = new URL(url)
  if (`${urlScheme}//${host}` !== screenOrigin) return null
  let path: string
  try {
    path = decodeURIComponent(pathname)
  } catch {
    return null // a malformed escape names no file
  }
  if (path.includes('\0') || path.includes('\\')) return null
  const file = normalize(join(folder, path === '/' ? 'index.html' : path))
  return file.startsWith(normalize(folder) + sep) ? file : null
}
