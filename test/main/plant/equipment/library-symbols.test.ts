// Symbols of the standard library show whether something runs by brightness and by a word or sign, never by red or green (ISA-101
// checklist H8, H10).
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../../../../resources/libraries/standard/types', import.meta.url))
const symbols = readdirSync(folder)
  .filter((file) => file.endsWith('.svg'))
  .map((file) => [file, readFileSync(`${folder}/${file}`, 'utf8')] as const)

/** HSV saturation of `#rrggbb` or `#rgb`. */
function saturation(colour: string): number {
  const digits = colour.slice(1)
  const channels = (digits.length === 3 ? [...digits].map((digit) => digit + digit) : digits.match(/../g)!).map(
    (channel) => Number.parseInt(channel, 16),
  )
  const most = Math.max(...channels)
  return most === 0 ? 0 : (most - Math.min(...channels)) / most
}

describe('symbols of the standard library', () => {
  it.each(symbols)('%s has greys and colours of classes alone', (_file, svg) => {
    const unnamed = svg.matchAll(/<[^>]*?\b(?:fill|stroke)="(#[0-9a-fA-F]{3,6})"[^>]*>/g)
    for (const [element, colour] of unnamed)
      if (!/class="[^"]*ls-(?:value|pointer|setpoint|alarm|urgent|high|medium|low|on-alarm)/.test(element))
        expect(saturation(colour!), element).toBeLessThan(0.1)
    expect(svg).not.toMatch(/ls:(?:fill|stroke)=/)
  })
  it.each(symbols.filter(([, svg]) => svg.includes('ls-on')))(
    '%s says that it runs by a sign or a movement besides its brightness',
    (_file, svg) => {
      expect(svg).toMatch(/ls:visible="[^"]*(?:value|self\.)|ls:rotate=|ls:move=|ls:text=/)
    },
  )
})
