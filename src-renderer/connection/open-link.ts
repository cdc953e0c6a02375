// The way to the runtime: the MessagePort of the desktop window, or the WebSocket of a browser.
//
// Desktop: the page posts `{ lineside: 'link-wanted' }` to its own window; the preload asks the main process for a port and
// posts `{ lineside: 'link' }` back with the port as the only transferred object. Nothing else is exposed to the page.
import type { Link, LinkMessage } from '../../src-main/shared/link.ts'

/** A runtime that does not take the connection within this time is not there; ms. */
const openTimeoutMs = 5000

/** Opens a link, or rejects with a sentence. */
export type OpenLink = () => Promise<Link>

/** The link that fits where the page runs. */
export const openLink: OpenLink = () =>
  navigator.userAgent.includes('Electron/') ? openPortLink() : openSocketLink(socketAddress())

function socketAddress(): URL {
  const address = new URL('/api/v1/link', location.href)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  return address
}

/** A link over the MessagePort that the preload hands over. */
export function openPortLink(): Promise<Link> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(() => reject(new Error('The desktop window got no link.'))), openTimeoutMs)
    const listener = (event: MessageEvent) => {
      const port = event.ports[0]
      if (event.source !== window || event.data?.lineside !== 'link' || !port) return
      finish(() => resolve(portLink(port)))
    }
    const finish = (then: () => void) => {
      clearTimeout(timer)
      window.removeEventListener('message', listener)
      then()
    }
    window.addEventListener('message', listener)
    window.postMessage({ lineside: 'link-wanted' }, '*')
  })
}

/** A port as a link. Buffers are copied, never transferred (Electron loses transferred buffers). */
export function portLink(port: MessagePort): Link {
  let closeListener = () => {}
  let isOpen = true
  const ended = () => {
    if (!isOpen) return
    isOpen = false
    closeListener()
  }
  port.addEventListener('close', ended)
  return {
    pendingByteCount: 0,
    send(message: LinkMessage) {
      if (isOpen) port.postMessage(message)
    },
    onMessage(listener) {
      port.onmessage = (event) => listener(event.data as LinkMessage)
    },
    onClose(listener) {
      closeListener = listener
    },
    close() {
      port.close()
      ended()
    },
  }
}

/** A link over a WebSocket: control messages as JSON text, tag frames as binary. */
export function openSocketLink(address: URL): Promise<Link> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address)
    socket.binaryType = 'arraybuffer'
    const timer = setTimeout(() => socket.close(), openTimeoutMs)
    socket.onclose = () => {
      clearTimeout(timer)
      reject(new Error(`No connection to ${address.host}.`))
    }
    socket.onopen = () => {
      clearTimeout(timer)
      resolve(socketLink(socket))
    }
  })
}

function socketLink(socket: WebSocket): Link {
  let closeListener = () => {}
  socket.onclose = () => closeListener()
  return {
    get pendingByteCount() {
      return socket.bufferedAmount
    },
    send(message: LinkMessage) {
      if (socket.readyState !== WebSocket.OPEN) return
      socket.send(message instanceof Uint8Array ? (message as Uint8Array<ArrayBuffer>) : JSON.stringify(message))
    },
    onMessage(listener) {
      socket.onmessage = (event) => {
        if (event.data instanceof ArrayBuffer) return listener(new Uint8Array(event.data))
        try {
          listener(JSON.parse(String(event.data)) as object)
        } catch {
          // A peer that does not speak the link's language is not our runtime: start over.
          socket.close()
        }
      }
    },
    onClose(listener) {
      closeListener = listener
      if (socket.readyState >= WebSocket.CLOSING) listener()
    },
    close: () => socket.close(),
  }
}
