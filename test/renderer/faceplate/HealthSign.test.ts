// Signs of NAMUR NE 107 (ISA-101 checklist H16): four shapes with their letters, told apart without colour, none in an alarm's colour.
import { readFileSync } from 'node:fs'
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { healthStates } from '../../../src-main/shared/equipment.ts'
import HealthSign from '../../../src-renderer/faceplate/HealthSign.svelte'

let sign: ReturnType<typeof mount>
afterEach(() => unmount(sign))

function show(health: (typeof healthStates)[number] | 'good' | 'unknown'): SVGSVGElement {
  const host = document.createElement('div')
  sign = mount(HealthSign, { target: host, props: { health } })
  flushSync()
  return host.querySelector('svg')!
}

describe('the sign of health', () => {
  it.each([
    ['failure', 'F'],
    ['functionCheck', 'C'],
    ['outOfSpecification', 'S'],
    ['maintenanceRequired', 'M'],
  ] as const)('of %s is the letter %s in a shape of its own, and has a name', (health, letter) => {
    const svg = show(health)
    expect(svg.querySelector('text')?.textContent).toBe(letter)
    expect(svg.getAttribute('role')).toBe('img')
    expect(svg.getAttribute('aria-label')).not.toBe('')
  })
  it('differs from each other one in its shape, and good and not known have no shape of NE 107', async () => {
    const shapes: string[] = []
    for (const health of [...healthStates, 'good', 'unknown'] as const) {
      shapes.push(show(health).querySelector('path')!.getAttribute('d')!)
      await unmount(sign)
    }
    sign = mount(HealthSign, { target: document.createElement('div'), props: { health: 'good' } })
    expect(healthStates).toHaveLength(4)
    expect(new Set(shapes).size).toBe(6)
  })
  it('has no colour of alarms', () => {
    sign = mount(HealthSign, { target: document.createElement('div'), props: { health: 'good' } })
    expect(readFileSync('src-renderer/faceplate/HealthSign.svelte', 'utf8')).not.toContain('--alarm')
  })
})
