import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HistoryMarker } from '../../../src-main/shared/history.ts'
import { limitsOf, ShownLimits } from '../../../src-renderer/trends/alarm-limits.ts'
import { alarmBars } from '../../../src-renderer/trends/alarm-painter.ts'
import { alarmDefinition } from '../../fakes/alarm-row.ts'

const mark = (
  timestamp: number,
  endTimestamp: number | null,
  kind: HistoryMarker['kind'] = 'alarm',
): HistoryMarker => ({
  id: `${timestamp}`,
  kind,
  timestamp,
  endTimestamp,
  tag: 'Tank.Level',
  user: null,
  text: 'Tank high',
  priority: 'high',
})

describe('alarms as bars on a trend', () => {
  it('reach from active to returned; what is active still reaches to where knowledge ends', () => {
    const bars = alarmBars([mark(100, 200), mark(300, null), mark(250, 260, 'write')], 0, 1000, 900)
    expect(bars.map(({ from, to, isOpen }) => [from, to, isOpen])).toEqual([
      [100, 200, false],
      [300, 900, true],
    ])
  })

  it('that began before the window and reach into it are there, others are not', () => {
    expect(alarmBars([mark(100, 600), mark(100, 400)], 500, 1000, 1000)).toHaveLength(1)
  })

  it('never cover each other while there are rows enough', () => {
    const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 300 })), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(spans, (given) => {
        const bars = alarmBars(
          given.map(([from, length]) => mark(from, from + length)),
          0,
          1000,
          1000,
        )
        for (const [index, bar] of bars.entries()) {
          const beside = bars.slice(index + 1).filter(({ row, from }) => row === bar.row && from < bar.to)
          // Only the last row may be shared.
          if (bar.row < 4) expect(beside).toEqual([])
        }
      }),
    )
  })
})

describe('limits of alarms on a trend', () => {
  it('are those with a number on one side of the value', () => {
    const definitions = [
      alarmDefinition('Tank.Level/high'),
      alarmDefinition('Tank.Level/low', { condition: 'low', limit: 10, priority: 'urgent' }),
      alarmDefinition('Tank.Level/computed', { limit: 'Tank.Setpoint + 5.0' }),
      alarmDefinition('Tank.Level/deviation', { condition: 'deviation', limit: 4 }),
    ]
    expect(limitsOf(definitions)).toEqual([
      { tag: 'Tank.Level', value: 90, priority: 'high', condition: 'high' },
      { tag: 'Tank.Level', value: 10, priority: 'urgent', condition: 'low' },
    ])
  })

  it('are asked for once for the same pens, not while the link is lost, and a refusal is said', async () => {
    const asked: (readonly string[])[] = []
    let changes = 0
    const shown = new ShownLimits(
      async (tags) => {
        asked.push(tags)
        if (tags.includes('B')) throw new Error('refused')
        return limitsOf([alarmDefinition('A/high')])
      },
      () => changes++,
    )
    expect(shown.of(['A'], false)).toEqual([])
    expect(asked).toEqual([])
    shown.of(['A'], true)
    await new Promise((resolve) => setTimeout(resolve))
    expect(shown.of(['A'], true)).toHaveLength(1)
    expect(asked).toEqual([['A']])
    shown.of(['A', 'B'], true)
    await new Promise((resolve) => setTimeout(resolve))
    expect(shown.of(['A', 'B'], true)).toEqual([])
    expect(shown.problem?.message).toBe('refused')
    expect(changes).toBe(2)
  })
})
