// Nobody loses a drawing by going elsewhere: the browser asks before the page is closed, the editor before another screen.

/** Asks before anything unsaved is left. Returns how to stop. */
export function guardLeaving(isChanged: () => boolean, question: string): () => void {
  const stop = new AbortController()
  const { signal } = stop
  let here = location.hash
  const screenOf = (hash: string) => hash.split('?')[0]
  addEventListener(
    'beforeunload',
    (event) => {
      if (isChanged()) event.preventDefault()
    },
    { signal },
  )
  // In the capture phase and before others: who says no stays where he is, and no other part of the page hears of it.
  addEventListener(
    'hashchange',
    (event) => {
      const wished = location.hash
      if (screenOf(wished) === screenOf(here) || !isChanged() || confirm(question)) {
        here = wished
        return
      }
      event.stopImmediatePropagation()
      history.replaceState(history.state, '', here)
    },
    { signal, capture: true },
  )
  return () => stop.abort()
}
