// The second hand of the page: one timer, running only while something on screen shows a time or an age.
import { createSubscriber } from 'svelte/reactivity'

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1000)
  return () => clearInterval(timer)
})

/** Reactive, changes every second: this screen's clock, ms since 1970-01-01 UTC. */
export function clockNow(): number {
  subscribe()
  return Date.now()
}
