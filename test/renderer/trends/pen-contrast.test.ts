// Contrast of pens and state bands, computed from the file itself (WCAG 2.2, 1.4.3 and 1.4.11).
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { penColorCount } from '../../../src-main/shared/trend-group.ts'

const tokens = new Map(
  ['src-renderer/ui/theme.css', 'src-renderer/trends/trends.css'].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/g)]
      .reverse()
      .map(([, name, light, dark]) => [name!, [light!, dark!] as const] as const),
  ),
)

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high! + 0.05) / (low! + 0.05)
}

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('%s theme', (_, theme) => {
  const color = (name: string) => tokens.get(name)![theme]

  it('every pen stands out from every ground a chart has (3:1), and its letter from the pen', () => {
    for (let pen = 1; pen <= penColorCount; pen++) {
      for (const ground of ['surface', 'surface-raised', 'ground'])
        expect([pen, ground, contrast(color(`pen-${pen}`), color(ground)) >= 3]).toEqual([pen, ground, true])
    }
  })

  it('words read on every state band (4.5:1)', () => {
    for (const state of [1, 2, 3, 4])
      expect(contrast(color('text'), color(`state-${state}`))).toBeGreaterThanOrEqual(4.5)
  })

  it('no pen has the colour of an alarm or of Bad quality', () => {
    const reserved = [...tokens.keys()].filter((name) => name.startsWith('alarm-') || name === 'bad')
    for (let pen = 1; pen <= penColorCount; pen++)
      for (const name of reserved) expect(color(`pen-${pen}`)).not.toBe(color(name))
  })
})
