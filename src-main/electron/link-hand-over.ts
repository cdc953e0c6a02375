// Gives each page of ours one MessagePort to the runtime, and nothing else. Who asks is checked: only the main frame of a
// page of our own origin gets a port.
import { ipcMain, MessageChannelMain, type WebFrameMain } from 'electron'
import type { Link } from '../shared/link.ts'
import { messagePortLink } from './message-port-link.ts'
import { screenOrigin } from './screen-protocol.ts'

/** Preload → shell: the page wants its link. */
export const linkWantedChannel = 'lineside:link-wanted'
/** Shell → preload: here it is, as the only port. */
export const linkChannel = 'lineside:link'

/** Serves every page that asks, until the returned function is called. */
export function handOverLinks(serve: (link: Link) => void, refuse: (from: string) => void): () => void {
  const listener = (event: { senderFrame: WebFrameMain | null; sender: Electron.WebContents }): void => {
    const frame = event.senderFrame
    if (!frame || !isOurPage(frame)) return refuse(frame?.url ?? 'a frame that is gone')
    const { port1, port2 } = new MessageChannelMain()
    serve(messagePortLink(port1))
    event.sender.postMessage(linkChannel, null, [port2])
  }
  ipcMain.on(linkWantedChannel, listener)
  return () => ipcMain.removeListener(linkWantedChannel, listener)
}

function isOurPage(frame: WebFrameMain): boolean {
  return frame.parent === null && originOf(frame.url) === screenOrigin
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? `${new URL(url).protocol}//${new URL(url).host}` : null
}
