// Electron's security checklist as code (electronjs.org, tutorial/security; numbers as in its 20 items): what a page may
// never do, whatever it shows.
import {
  app,
  type MediaAccessPermissionRequest,
  type PermissionRequest,
  type Session,
  session,
  type WebContents,
} from 'electron'
import { screenOrigin } from './screen-protocol.ts'

/** What a refused attempt was, for the log. */
export type Refused = (what: string) => void

/** Before `app` is ready: every renderer in the operating system's sandbox (4). */
export function sandboxEverything(): void {
  app.enableSandbox()
}

/**
 * Permissions denied (5) but for the camera, by which our own page scans; no navigation away (13), no webview (11, 12), for every page there will be. A window that a page asks for
 * is never the page's own (14): `openOurs` opens one of the shell's, for addresses of our origin only.
 */
export function hardenPages(refused: Refused, openOurs: (url: string) => void): void {
  hardenSession(session.defaultSession, refused)
  app.on('web-contents-created', (_event, contents) => hardenContents(contents, refused, openOurs))
}

function hardenSession(target: Session, refused: Refused): void {
  target.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const isGranted = permission === 'media' && isCamera(details)
    if (!isGranted) refused(`permission ${permission}`)
    answer(isGranted)
  })
  target.setPermissionCheckHandler(
    (_contents, permission, origin, { mediaType }) => permission === 'media' && mediaType === 'video' && isOurs(origin),
  )
  target.setDevicePermissionHandler(() => false)
}

function hardenContents(contents: WebContents, refused: Refused, openOurs: (url: string) => void): void {
  contents.on('will-navigate', (event) => {
    if (isOurs(event.url)) return
    event.preventDefault()
    refused(`navigation to ${event.url}`)
  })
  contents.on('will-frame-navigate', (event) => {
    if (event.isMainFrame || isOurs(event.url)) return
    event.preventDefault()
    refused(`frame navigation to ${event.url}`)
  })
  contents.on('will-attach-webview', (event) => {
    event.preventDefault()
    refused('a webview')
  })
  contents.setWindowOpenHandler(({ url }) => {
    if (isOurs(url)) openOurs(url)
    else refused(`a window for ${url}`)
    return { action: 'deny' }
  })
}

/** Our page asks for pictures and for nothing else. */
function isCamera(details: PermissionRequest | MediaAccessPermissionRequest): boolean {
  const types = 'mediaTypes' in details ? (details.mediaTypes ?? []) : []
  return isOurs(details.requestingUrl) && types.length === 1 && types[0] === 'video'
}

function isOurs(url: string): boolean {
  return url === screenOrigin || url.startsWith(`${screenOrigin}/`)
}
