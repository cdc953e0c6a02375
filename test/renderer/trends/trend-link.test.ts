import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mostPens, penColorCount, penStyles, trendAxisCount } from '../../../src-main/shared/trend-group.ts'
import { newPen, type Pen, pensOfTags } from '../../../src-renderer/trends/pen.ts'
import { linkParameters, readLink, type TrendLink } from '../../../src-renderer/trends/trend-link.ts'

/** Through the address, as a browser does it. */
function throughAddress(link: TrendLink): TrendLink {
  const entries = Object.entries(linkParameters(link)).filter((entry): entry is [string, string] => entry[1] !== null)
  const address = new URLSearchParams(entries).toString()
  return readLink(Object.fromEntries(new URLSearchParams(address)))
}

const pens = fc
  .uniqueArray(
    fc.record({
      tag: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
      color: fc.integer({ min: 1, max: penColorCount }),
      axis: fc.option(fc.integer({ min: 1, max: trendAxisCount })),
      range: fc.option(fc.tuple(fc.integer({ min: -1000, max: 0 }), fc.double({ min: 1, max: 1e9, noNaN: true }))),
      style: fc.option(fc.constantFrom(...penStyles)),
      isHidden: fc.boolean(),
    }),
    { selector: ({ tag }) => tag, maxLength: mostPens },
  )
  .map((list) =>
    list.map(
      ({ tag, color, axis, range, style, isHidden }): Pen => ({
        tag,
        color,
        axis,
        low: range?.[0] ?? null,
        high: range?.[1] ?? null,
        style,
        isHidden,
      }),
    ),
  )

describe('the link of a view', () => {
  it('gives back any pens, whatever their names', () => {
    fc.assert(
      fc.property(pens, (list) => {
        // -0 is 0 to an axis.
        const plain = list.map((pen) => ({ ...pen, low: pen.low === 0 ? 0 : pen.low }))
        expect(throughAddress({ pens: plain }).pens ?? []).toEqual(plain)
      }),
    )
  })

  it('gives back a fixed span, or the width of one that follows the time', () => {
    const fixed = { from: 1_700_000_000_000, to: 1_700_000_100_001, ruler: 1_700_000_050_000, overlayMs: 86_400_000 }
    expect(throughAddress(fixed)).toMatchObject(fixed)
    expect(throughAddress({ spanMs: 3_600_000, markers: [] })).toMatchObject({
      spanMs: 3_600_000,
      markers: [],
      from: undefined,
    })
  })

  it('shows what can be read of a link typed half wrongly', () => {
    const link = readLink({
      pens: 'A~c99~zz,%zz~c2,,A',
      from: 'yesterday',
      to: '5',
      span: '-3',
      marks: 'write,nothing',
      overlay: 'x',
    })
    expect(link.pens!.map(({ tag, color }) => [tag, color])).toEqual([
      ['A', 1],
      ['%zz', 2],
    ])
    expect(link).toMatchObject({
      from: undefined,
      to: undefined,
      spanMs: undefined,
      markers: ['write'],
      overlayMs: undefined,
    })
  })

  it('takes a span neither backwards nor longer than can be drawn', () => {
    expect(readLink({ from: '2000', to: '1000' }).from).toBeUndefined()
    expect(readLink({ from: '0', to: '99999999999999' }).from).toBeUndefined()
  })
})

describe('pens', () => {
  it('have colours of their own as long as there are any, and at most as many as a trend can have', () => {
    const many = pensOfTags(Array.from({ length: 50 }, (_, index) => `T${index}`))
    expect(many).toHaveLength(mostPens)
    expect(new Set(many.slice(0, penColorCount).map(({ color }) => color)).size).toBe(penColorCount)
    expect(
      newPen(
        'X',
        many.filter(({ color }) => color !== 5),
      ).color,
    ).toBe(5)
  })
})
