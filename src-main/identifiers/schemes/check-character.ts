// Check characters: the digit or letter behind a text that tells a mistyped or misread one from a right one.
import { RuntimeError } from '../../shared/runtime-error.ts'

/**
 * `mod10`: GS1, weights 3 and 1 from the right. `mod43`: HIBC and Code 39. The others: ISO 7064, pure (`mod97-10`, `mod11-2`, `mod37-2`)
 * and hybrid (`mod11-10`, `mod37-36`) systems. `mod97-10` gives two digits; `mod11-2` may give X and `mod37-2` an asterisk.
 */
export const checkAlgorithms = ['mod10', 'mod43', 'mod11-10', 'mod37-36', 'mod97-10', 'mod11-2', 'mod37-2'] as const
export type CheckAlgorithm = (typeof checkAlgorithms)[number]

const digits = '0123456789'
const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const code39 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%'

/**
 * The check character or characters of a text that stands without them. Letters are capital letters.
 * @throws RuntimeError BadInvalidArgument when the text has a character the algorithm has no value for.
 */
export function checkCharacter(algorithm: CheckAlgorithm, text: string): string {
  switch (algorithm) {
    case 'mod10':
      return modulo10(valuesOf(text, digits, algorithm))
    case 'mod43':
      return code39[valuesOf(text, code39, algorithm).reduce((sum, value) => sum + value, 0) % 43]!
    case 'mod11-10':
      return hybrid(valuesOf(text, digits, algorithm), digits, 10)
    case 'mod37-36':
      return hybrid(valuesOf(text, alphanumeric, algorithm), alphanumeric, 36)
    case 'mod97-10':
      return modulo97(text)
    case 'mod11-2':
      return pure(valuesOf(text, digits, algorithm), `${digits}X`, 11)
    case 'mod37-2':
      return pure(valuesOf(text, alphanumeric, algorithm), `${alphanumeric}*`, 37)
  }
}

/** Ends the text with the check character that fits what stands before it. Never throws: what has no check character has not the right one. */
export function hasRightCheck(algorithm: CheckAlgorithm, text: string): boolean {
  const length = algorithm === 'mod97-10' ? 2 : 1
  if (text.length <= length) return false
  const body = text.slice(0, -length)
  const alphabet = algorithm === 'mod43' ? code39 : /^mod(37|97)/.test(algorithm) ? alphanumeric : digits
  for (const character of body) if (!alphabet.includes(character)) return false
  return text.endsWith(checkCharacter(algorithm, body))
}

/** CSET 82 in the order of its values for check pairs (GS1 General Specifications 7.9.5). */
const cset82 = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
const pairCharacters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83]

/**
 * The two check characters of a Global Model Number (GS1 General Specifications 7.9.5): values times primes from the right, modulo 1021.
 * At most 23 characters; one outside of CSET 82 counts as 0, for it is a fault of its own.
 */
export function checkPair(text: string): string {
  let sum = 0
  for (let at = 0; at < text.length; at++) sum += cset82.indexOf(text[text.length - 1 - at]!) * (primes[at] ?? 0)
  const rest = ((sum % 1021) + 1021) % 1021
  return `${pairCharacters[rest >> 5]}${pairCharacters[rest & 31]}`
}

function valuesOf(text: string, alphabet: string, algorithm: CheckAlgorithm): number[] {
  const values: number[] = []
  for (const character of text) {
    const value = alphabet.indexOf(character)
    if (value < 0)
      throw new RuntimeError(
        'BadInvalidArgument',
        `A check character by ${algorithm} cannot be made of ${JSON.stringify(text)}: ${JSON.stringify(character)} has no value there.`,
      )
    values.push(value)
  }
  return values
}

function modulo10(values: readonly number[]): string {
  let sum = 0
  for (let at = 0; at < values.length; at++) sum += values[values.length - 1 - at]! * (at % 2 === 0 ? 3 : 1)
  return digits[(10 - (sum % 10)) % 10]!
}

/** Hybrid system of ISO 7064 clause 8: modulus and modulus + 1. */
function hybrid(values: readonly number[], alphabet: string, modulus: number): string {
  let product = modulus
  for (const value of values) {
    const sum = (product + value) % modulus
    product = ((sum === 0 ? modulus : sum) * 2) % (modulus + 1)
  }
  return alphabet[(modulus + 1 - product) % modulus]!
}

/** Pure system of ISO 7064 clause 7 with radix 2. */
function pure(values: readonly number[], alphabet: string, modulus: number): string {
  let rest = 0
  for (const value of values) rest = ((rest + value) * 2) % modulus
  return alphabet[(modulus + 1 - rest) % modulus]!
}

/** MOD 97-10 with letters as two digits (A = 10), as IBAN and LEI use it. */
function modulo97(text: string): string {
  let rest = 0
  for (const value of valuesOf(text, alphanumeric, 'mod97-10')) rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  return String(98 - ((rest * 100) % 97)).padStart(2, '0')
}
