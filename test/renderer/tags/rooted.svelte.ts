// An effect outside of any component, as a component's template would be. Returns the way to unmount it.
import { flushSync } from 'svelte'

export function rooted(read: () => unknown): () => void {
  const stop = $effect.root(() => {
    $effect(() => {
      read()
    })
  })
  flushSync()
  return stop
}
