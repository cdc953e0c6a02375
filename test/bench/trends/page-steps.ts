// What is done in the page of a trend and timed there: from a key, a wheel or an address to the picture of the new window.

/** ms until a picture of the new window is painted, and until the exact one is. */
export interface StepTimes {
  readonly first: number
  readonly exact: number
}

/** What a step does: a key on the chart, the wheel at a share of its width, another address, or nothing but waiting for a picture. */
export type Step =
  | { readonly key: string }
  | { readonly wheel: number; readonly at: number }
  | { readonly hash: string }

/** In the page: does the step and waits. */
export function timeStep(step: Step): Promise<StepTimes> {
  return new Promise((resolve) => {
    const chart = document.querySelector<HTMLElement>('.chart')!
    const label = chart.getAttribute('aria-label')
    const start = performance.now()
    let first = 0
    let frames = 0
    if ('key' in step) {
      chart.dispatchEvent(new KeyboardEvent('keydown', { key: step.key, bubbles: true, cancelable: true }))
    } else if ('wheel' in step) {
      const over = chart.querySelector<HTMLElement>('.over')!
      const box = over.getBoundingClientRect()
      const clientX = box.left + box.width * step.at
      over.dispatchEvent(
        new WheelEvent('wheel', {
          deltaY: step.wheel,
          clientX,
          clientY: box.top + 99,
          bubbles: true,
          cancelable: true,
        }),
      )
    } else location.hash = step.hash
    // After the frame: what is drawn in it has been painted when the next task runs.
    const look = () =>
      requestAnimationFrame(() =>
        setTimeout(() => {
          // A step that changes nothing (the shortest window) is none.
          if (chart.getAttribute('aria-label') === label && ++frames < 30) return look()
          if (first === 0) first = performance.now() - start
          if (chart.getAttribute('aria-busy') === 'true') return look()
          resolve({ first, exact: performance.now() - start })
        }),
      )
    look()
  })
}

/** In the page: so many steps, a frame each, of all kinds and over all resolutions. */
export async function walk(count: number): Promise<void> {
  const chart = document.querySelector<HTMLElement>('.chart')!
  const keys = [
    'ArrowLeft',
    'ArrowLeft',
    '+',
    'ArrowRight',
    '+',
    'PageUp',
    '-',
    'PageDown',
    '-',
    'ArrowRight',
    '-',
    '+',
  ]
  for (let step = 0; step < count; step++) {
    const key = keys[(step * 7 + Math.floor(step / 12)) % keys.length]!
    chart.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
  }
}
