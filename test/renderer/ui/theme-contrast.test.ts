// Contrast of the colours of theme.css, computed from the file itself (WCAG 2.2, 1.4.3 and 1.4.11; ISA-101 checklist H15).
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync('src-renderer/ui/theme.css', 'utf8')
const normal = tokensOf(css.slice(0, css.indexOf('@media')))

function tokensOf(text: string): ReadonlyMap<string, readonly [string, string]> {
  const found = text.matchAll(/--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/g)
  return new Map([...found].map(([, name, light, dark]) => [name!, [light!, dark!]]))
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high! + 0.05) / (low! + 0.05)
}

function saturation(colour: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  const most = Math.max(...channels)
  return most === 0 ? 0 : (most - Math.min(...channels)) / most
}

const grounds = ['ground', 'surface', 'surface-raised', 'surface-sunken']
const texts = ['text', 'text-quiet', 'value', 'bad', 'uncertain', 'stale', 'accent']
const alarms = ['alarm-urgent', 'alarm-high', 'alarm-medium', 'alarm-low', 'alarm-suppressed']
const graphics = ['line', 'setpoint', 'equipment-line', 'focus']

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('%s theme', (_, index) => {
  const colour = (name: string) => normal.get(name)![index]
  const pairs = (names: readonly string[], on: readonly string[]) =>
    names.flatMap((name) => on.map((ground) => [name, ground] as const))

  it.each(pairs(texts, grounds))('--%s reads on --%s (4.5:1)', (name, ground) => {
    expect(contrast(colour(name), colour(ground))).toBeGreaterThanOrEqual(4.5)
  })
  it.each(pairs(alarms, ['ground', 'surface', 'surface-raised']))('--%s reads on --%s (4.5:1)', (name, ground) => {
    expect(contrast(colour(name), colour(ground))).toBeGreaterThanOrEqual(4.5)
  })
  it.each(pairs(['on-alarm'], alarms))('--%s reads on --%s (4.5:1)', (name, ground) => {
    expect(contrast(colour(name), colour(ground))).toBeGreaterThanOrEqual(4.5)
  })
  it.each(pairs(graphics, grounds))('--%s stands out from --%s (3:1)', (name, ground) => {
    expect(contrast(colour(name), colour(ground))).toBeGreaterThanOrEqual(3)
  })
  it('--on-accent reads on --accent (4.5:1)', () => {
    expect(contrast(colour('on-accent'), colour('accent'))).toBeGreaterThanOrEqual(4.5)
  })
  // Checklist H6: the ground is neutral; colour is left to what is not normal.
  it.each([...grounds, 'text', 'text-quiet', 'line', 'line-quiet', 'equipment-on', 'equipment-off', 'medium'])(
    '--%s is a grey',
    (name) => {
      expect(saturation(colour(name))).toBeLessThan(0.1)
    },
  )
})
