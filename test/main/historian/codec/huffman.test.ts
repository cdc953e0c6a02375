// Prefix codes: complete, at most 11 bits, as short as the frequencies allow, and described by their lengths alone.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteReader } from '../../../../src-main/historian/codec/byte-reader.ts'
import { ByteWriter } from '../../../../src-main/historian/codec/byte-writer.ts'
import {
  codeLengths,
  codeTableSize,
  longestCode,
  PrefixCode,
  readCodeLengths,
  writeCode,
} from '../../../../src-main/historian/codec/huffman.ts'
import { extraBits, tokenBase, tokenCount, tokenOf } from '../../../../src-main/historian/codec/token.ts'

const someHistogram = fc
  .array(fc.oneof(fc.constant(0), fc.nat(10), fc.nat(4096)), { minLength: 1, maxLength: tokenCount })
  .map((counts) => Uint32Array.from(counts))

describe('a prefix code', () => {
  test('gives every symbol that occurs a code, none more than 11 bits, and wastes no place', () => {
    fc.assert(
      fc.property(someHistogram, (histogram) => {
        const lengths = codeLengths(histogram)
        const used = histogram.filter((count) => count > 0).length
        for (const [symbol, count] of histogram.entries())
          expect((lengths[symbol] ?? 0) > 0, `symbol ${symbol}`).toBe(count > 0)
        expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(longestCode)
        const places = lengths.reduce((sum, length) => sum + (length > 0 ? codeTableSize >> length : 0), 0)
        if (used > 1) expect(places).toBe(codeTableSize)
      }),
    )
  })

  test('takes at most a tenth of a bit more than the entropy for noise', () => {
    const histogram = Uint32Array.from({ length: 40 }, (_, symbol) =>
      Math.round(4000 * Math.exp(-((symbol / 12) ** 2))),
    )
    const total = histogram.reduce((sum, count) => sum + count, 0)
    const entropy = histogram.reduce((sum, count) => (count > 0 ? sum - count * Math.log2(count / total) : sum), 0)
    expect(new PrefixCode(codeLengths(histogram)).cost(histogram) / total - entropy / total).toBeLessThan(0.1)
  })

  test('of Fibonacci frequencies, which would need long codes, is cut at 11 bits', () => {
    const histogram = new Uint32Array(30).fill(1)
    for (let symbol = 2; symbol < 30; symbol++) histogram[symbol] = histogram[symbol - 1]! + histogram[symbol - 2]!
    expect(Math.max(...codeLengths(histogram))).toBe(longestCode)
    expect(() => new PrefixCode(codeLengths(histogram))).not.toThrow()
  })

  test('comes back from its description', () => {
    fc.assert(
      fc.property(someHistogram, (histogram) => {
        const code = new PrefixCode(codeLengths(histogram))
        const output = new ByteWriter()
        writeCode(output, code)
        const input = new ByteReader(output.take())
        const found = new PrefixCode(readCodeLengths(input, tokenCount))
        expect(input.remaining).toBe(0)
        expect(found.codes).toEqual(code.codes)
        expect(found.onlySymbol).toBe(code.onlySymbol)
      }),
    )
  })

  test('that is not complete, or too full, is refused', () => {
    expect(() => new PrefixCode(Uint8Array.of(1, 2))).toThrow(/a code that fills 1536 of 2048 places/)
    expect(() => new PrefixCode(Uint8Array.of(1, 1, 1))).toThrow(/a code that fills 3072 of 2048 places/)
  })
})

test('every 32-bit number is its token and extra bits', () => {
  fc.assert(
    fc.property(fc.nat(0xffff_ffff), (number) => {
      const token = tokenOf(number)
      expect(token).toBeLessThan(tokenCount)
      expect(number - tokenBase[token]!).toBeGreaterThanOrEqual(0)
      expect(number - tokenBase[token]!).toBeLessThan(2 ** extraBits[token]!)
    }),
  )
  expect([0, 31, 32, 39, 40, 63, 64, 0xffff_ffff].map(tokenOf)).toEqual([0, 31, 32, 32, 33, 35, 36, 139])
})
