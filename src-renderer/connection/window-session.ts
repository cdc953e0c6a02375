// Several windows of one station on one machine share one log-in: a window that opens asks those that are open. Only pages of
// the same origin hear each other (HTML Standard, BroadcastChannel).
import type { TokenStore } from './runtime-client.ts'

const channelName = 'lineside:session'
/** So long a window that opens waits for an answer before it shows the log-in; ms. */
const answerMs = 40

type Message = { readonly type: 'ask' } | { readonly type: 'answer'; readonly token: string }

/** Takes over the log-in of another window of this station, if this one has none. Resolves at once when it has. */
export async function joinSession(tokens: TokenStore): Promise<void> {
  if (tokens.get() !== null) return
  const channel = new BroadcastChannel(channelName)
  try {
    const token = await new Promise<string | null>((resolve) => {
      const timer = setTimeout(() => resolve(null), answerMs)
      channel.onmessage = ({ data }: MessageEvent<Message>) => {
        if (data.type !== 'answer') return
        clearTimeout(timer)
        resolve(data.token)
      }
      channel.postMessage({ type: 'ask' } satisfies Message)
    })
    if (token !== null) tokens.set(token)
  } finally {
    channel.close()
  }
}

/** Tells windows that ask who is logged in here, until the returned function is called. */
export function shareSession(tokens: TokenStore): () => void {
  const channel = new BroadcastChannel(channelName)
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    const token = tokens.get()
    if (data.type === 'ask' && token !== null) channel.postMessage({ type: 'answer', token } satisfies Message)
  }
  return () => channel.close()
}
