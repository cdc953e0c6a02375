// Check characters against published examples, and what they find: every wrong digit, and transpositions as their theory says.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CheckAlgorithm,
  checkAlgorithms,
  checkCharacter,
  checkPair,
  hasRightCheck,
} from '../../../../src-main/identifiers/schemes/check-character.ts'

const alphabets: Readonly<Record<CheckAlgorithm, string>> = {
  mod10: '0123456789',
  mod43: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%',
  'mod11-10': '0123456789',
  'mod37-36': '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'mod97-10': '0123456789',
  'mod11-2': '0123456789',
  'mod37-2': '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
}

it.each([
  ['mod10', '0952123454321', '3'],
  ['mod10', '952123456789', '9'],
  ['mod10', '01234567890', '5'],
  ['mod10', '9031101', '7'],
  ['mod10', '09521234567890123', '5'],
  ['mod43', '+A123BJC5D6E71', 'G'],
  ['mod43', '+A123BJC5D6E71/$$52001510X3', 'C'],
  ['mod11-10', '0794', '5'],
  ['mod37-36', 'A12425GABC1234002', 'M'],
  ['mod97-10', '794', '44'],
  ['mod97-10', '5493001KJTIIGC8Y1R', '12'],
  ['mod11-2', '0794', '0'],
  ['mod11-2', '000000021825009', '7'],
  ['mod37-2', 'A999914123456', 'N'],
] as const)('%s of %s is %s', (algorithm, text, check) => {
  expect(checkCharacter(algorithm, text)).toBe(check)
  expect(hasRightCheck(algorithm, text + check)).toBe(true)
})

it('the two of a Global Model Number', () => expect(checkPair('1987654Ad4X4bL5ttr2310c')).toBe('2K'))

it('a character without a value is refused with a sentence', () => {
  expect(() => checkCharacter('mod10', '12A')).toThrow('"A" has no value')
  expect(hasRightCheck('mod10', '12A4')).toBe(false)
  expect(hasRightCheck('mod10', '')).toBe(false)
})

describe.each(checkAlgorithms)('%s', (algorithm) => {
  const characters = alphabets[algorithm]
  const body = fc.string({ unit: fc.constantFrom(...characters), minLength: 2, maxLength: 20 })

  it('finds every wrong character', () => {
    fc.assert(
      fc.property(body, fc.nat(), fc.nat(), (text, place, other) => {
        const at = place % text.length
        const wrong = characters[other % characters.length]!
        if (wrong === text[at]) return
        const check = checkCharacter(algorithm, text)
        expect(hasRightCheck(algorithm, text.slice(0, at) + wrong + text.slice(at + 1) + check)).toBe(false)
      }),
      { numRuns: 5000 },
    )
  })

  it('finds transposed neighbours as its theory says', () => {
    let transposed = 0
    let missed = 0
    for (let first = 0; first < characters.length; first++)
      for (let second = 0; second < characters.length; second++) {
        if (first === second) continue
        const text = `12${characters[first]}${characters[second]}7`
        const swapped = `12${characters[second]}${characters[first]}7`
        transposed++
        if (hasRightCheck(algorithm, swapped + checkCharacter(algorithm, text))) missed++
      }
    // mod10 misses neighbours that differ by 5; mod43 weighs all places alike and misses all; hybrid systems miss one pair each way at most.
    if (algorithm === 'mod10') expect([missed, transposed]).toEqual([10, 90])
    else if (algorithm === 'mod43') expect(missed).toBe(transposed)
    else
      expect(missed / transposed).toBeLessThan(algorithm.includes('-10') || algorithm.includes('-36') ? 0.04 : 0.0001)
  })
})
