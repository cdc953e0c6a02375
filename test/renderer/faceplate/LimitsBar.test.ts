// A value in its context (ISA-101 checklist H12): pointer, limits and set-point over a sweep of values.
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, describe, expect, it } from 'vitest'
import LimitsBar from '../../../src-renderer/faceplate/LimitsBar.svelte'

let bar: ReturnType<typeof mount>
afterEach(() => unmount(bar))

const limits = [
  { id: 'low', value: 20, letters: 'L' },
  { id: 'high', value: 80, letters: 'H' },
  { id: 'beyond', value: 140, letters: 'HH' },
]

function show(value: number | null): HTMLElement {
  const host = document.createElement('div')
  const props = { value, low: 0, high: 120, setpoint: 60, unit: '°C', decimals: 1, limits, isLive: true }
  bar = mount(LimitsBar, { target: host, props })
  flushSync()
  return host
}
const place = (host: HTMLElement, part: string) =>
  [...host.querySelectorAll<HTMLElement>(part)].map((element) => Number.parseFloat(element.style.left))

describe('a value in its context', () => {
  it.each([
    [0, 0],
    [12, 10],
    [60, 50],
    [119.9, 99.917],
    [120, 100],
    // Beyond the range the pointer stands at the end and looks different.
    [-5, 0],
    [500, 100],
  ])('the pointer of %d of 0 … 120 stands at %d %', (value, share) => {
    const host = show(value)
    expect(place(host, '.pointer')[0]).toBeCloseTo(share, 2)
    expect(host.querySelector('.outside') !== null).toBe(value < 0 || value > 120)
  })
  it('limits and set-point stand where they are, those beyond the range in words alone', () => {
    const host = show(50)
    expect(place(host, '.limit').map(Math.round)).toEqual([17, 67])
    expect(place(host, '.setpoint')).toEqual([50])
    expect(host.querySelector('.limits')?.textContent).toBe('LH')
    expect(host.querySelector('[role=img]')?.getAttribute('aria-label')).toMatch(
      /50\.0.*0\.0.*120\.0.*°C.*HH 140\.0 °C/,
    )
  })
  it('the scale has the unit and the decimals of the tag; without a value there is no pointer', () => {
    const host = show(null)
    expect(host.querySelector('.scale')?.textContent).toBe('0.0120.0 °C')
    expect(host.querySelector('.pointer')).toBeNull()
  })
})
