// Nobody loses a drawing by going elsewhere: the browser asks before the page is closed, the editor before another screen.
import { route } from './route.svelte.ts'

/** Asks before anything unsaved is left. Returns how to stop. */
export function guardLeaving(isChanged: () => boolean, question: string): () => void {
  let here = location.hash
  const screenOf = (hash: string) => hash.split('?')[0]
  const onUnload = (event: Event) => {
    if (isChanged()) event.preventDefault()
  }
  addEventListener('beforeunload', onUnload)
  const stop = route.guard((wished) => {
    const mayGo = screenOf(wished) === screenOf(here) || !isChanged() || confirm(question)
    if (mayGo) here = wished
    return mayGo
  })
  return () => {
    removeEventListener('beforeunload', onUnload)
    stop()
  }
}
