// One beat for everything that blinks: two windows side by side blink together (ISA-101 checklist H11). The root element carries
// `data-blink="off"` in the dark half; what blinks says in its own style what that means, inside
// `@media (prefers-reduced-motion: no-preference)`.

/** Length of the bright and of the dark half; ms. 0.6 Hz: seen from the corner of the eye, far below 3 Hz (WCAG 2.3.1). */
export const blinkHalfMs = 800

let wanted = 0
let timer: ReturnType<typeof setTimeout> | undefined

/** Keeps the beat going while something blinks. Returns the way to stop. */
export function keepBlinking(): () => void {
  wanted++
  if (wanted === 1) beat()
  return () => {
    wanted--
    if (wanted > 0) return
    clearTimeout(timer)
    delete document.documentElement.dataset.blink
  }
}

function beat(): void {
  const now = Date.now()
  document.documentElement.dataset.blink = Math.floor(now / blinkHalfMs) % 2 === 0 ? 'on' : 'off'
  timer = setTimeout(beat, blinkHalfMs - (now % blinkHalfMs))
}
