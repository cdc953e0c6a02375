// The Link of shared/link.ts over a WebSocket: control messages as JSON text, tag frames as binary.
import type { WebSocket } from 'ws'
import type { Clock } from '../base/clock.ts'
import type { Link, LinkMessage } from '../shared/link.ts'

/** A peer is asked this often whether it is there, and has as long to answer. */
const pingIntervalMs = 10_000

/** Anything that is not JSON text reaches the listener as it is or as `{}`: it will be refused there, in one place. */
export function webSocketLink(socket: WebSocket, clock: Clock): Link {
  let isAlive = true
  let closeListener: (() => void) | null = null
  const pings = clock.every(pingIntervalMs, () => {
    if (!isAlive) return socket.terminate()
    isAlive = false
    socket.ping()
  })
  socket.on('pong', () => {
    isAlive = true
  })
  socket.on('close', () => {
    pings.cancel()
    closeListener?.()
  })
  // A protocol error or a message that is too large: ws closes the socket, and `close` follows.
  socket.on('error', () => socket.terminate())
  return {
    send(message) {
      if (socket.readyState !== socket.OPEN) return
      socket.send(message instanceof Uint8Array ? message : JSON.stringify(message))
    },
    onMessage(listener) {
      socket.on('message', (data, isBinary) => {
        isAlive = true
        listener(isBinary ? bytesOf(data) : objectOf(String(data)))
      })
    },
    onClose(listener) {
      closeListener = listener
      if (socket.readyState === socket.CLOSED) listener()
    },
    close() {
      socket.close(1001)
    },
    get pendingByteCount() {
      return socket.bufferedAmount
    },
  }
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}

function objectOf(text: string): LinkMessage {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}
