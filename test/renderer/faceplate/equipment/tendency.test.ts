import { describe, expect, it } from 'vitest'
import { Tendency } from '../../../../src-renderer/faceplate/equipment/tendency.ts'

describe('Tendency', () => {
  it('tells a direction only after it has watched for a while', () => {
    const tendency = new Tendency('Tank.Level')
    expect(tendency.add(1000, 10, 100)).toBe(0)
    expect(tendency.add(3000, 50, 100)).toBe(0)
    expect(tendency.add(6000, 52, 100)).toBe(1)
    expect(tendency.add(8000, 5, 100)).toBe(-1)
  })

  it('takes noise for no direction, and looks back a minute, not for ever', () => {
    const tendency = new Tendency('Tank.Level')
    tendency.add(0, 50, 100)
    expect(tendency.add(20_000, 50.4, 100)).toBe(0)
    expect(tendency.add(30_000, 60, 100)).toBe(1)
    tendency.add(95_000, 60, 100)
    expect(tendency.add(100_000, 60.2, 100)).toBe(0)
  })

  it('begins again when time steps back or a value is not usable', () => {
    const tendency = new Tendency('Tank.Level')
    tendency.add(50_000, 0, 100)
    expect(tendency.add(10_000, 90, 100)).toBe(0)
    tendency.clear()
    expect(tendency.add(20_000, 0, 100)).toBe(0)
  })
})
