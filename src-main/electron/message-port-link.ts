// The link of a desktop window: Electron's MessagePort. Buffers are copied, never transferred: MessagePortMain loses
// transferred ArrayBuffers (electron issues 34905, 37157).
import type { MessagePortMain } from 'electron'
import type { Link, LinkMessage } from '../shared/link.ts'

/** The port as a link; it begins to receive when `onMessage` is set. */
export function messagePortLink(port: MessagePortMain): Link {
  let isOpen = true
  let closeListener = (): void => undefined
  const ended = (): void => {
    if (!isOpen) return
    isOpen = false
    closeListener()
  }
  port.on('close', ended)
  return {
    pendingByteCount: 0,
    send(message) {
      if (isOpen) port.postMessage(message)
    },
    onMessage(listener) {
      port.on('message', ({ data }) => listener(data as LinkMessage))
      port.start()
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
