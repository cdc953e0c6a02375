// Numbers with a few decimals as whole numbers: value = whole / 10^decimals, which gives back every bit because the value is the
// float64 nearest to that quotient. Measured values, set points, counters and booleans are such numbers.

/** 10^0 … 10^12, all exact. */
const powers = Float64Array.from({ length: 13 }, (_, exponent) => 10 ** exponent)
export const mostDecimals = powers.length - 1
/** Numbers that are looked at to find the decimals. */
const trialCount = 32
const offsetLimit = 2 ** 31
/** Added and taken away again, it rounds a float64 below 2^51 to a whole number: faster than Math.round, and what is wrong is found. */
const roundingConstant = 1.5 * 2 ** 52

/** How numbers became whole: value = (origin + integer) / 10^decimals. */
export interface DecimalScale {
  readonly decimals: number
  readonly origin: number
}

/** Decimals that a number needs; −1 when more than 12, or the whole number has more than 53 bits. */
export function decimalsOf(number: number): number {
  for (let decimals = 0; decimals <= mostDecimals; decimals++) {
    const power = powers[decimals]!
    const whole = Math.round(number * power)
    if (whole / power === number) return Math.abs(whole) <= Number.MAX_SAFE_INTEGER / 2 ? decimals : -1
  }
  return -1
}

/** Decimals that most of a few numbers, spread over all, need; −1 when a quarter of them or more has too many. */
export function commonDecimals(numbers: Float64Array, count: number): number {
  const stride = Math.max(1, Math.floor(count / trialCount))
  let most = -1
  let misfits = 0
  let tried = 0
  for (let index = 0; index < count; index += stride) {
    const decimals = decimalsOf(numbers[index]!)
    tried++
    if (decimals < 0) misfits++
    most = Math.max(most, decimals)
  }
  return 4 * misfits >= tried ? -1 : most
}

/**
 * Fills `integers`; null when more than `misfitLimit` numbers have other decimals or are too far from each other.
 * `misfits` gets the places of those that have (their integers are arbitrary).
 */
export function toDecimals(
  numbers: Float64Array,
  count: number,
  decimals: number,
  integers: Int32Array,
  misfits: number[],
  misfitLimit: number,
): DecimalScale | null {
  const power = powers[decimals]!
  const origin = originOf(numbers, count, power)
  misfits.length = 0
  for (let index = 0; index < count; index++) {
    const number = numbers[index]!
    const whole = number * power + roundingConstant - roundingConstant
    const offset = whole - origin
    integers[index] = offset
    if (whole / power === number && offset < offsetLimit && offset >= -offsetLimit) continue
    misfits.push(index)
    if (misfits.length > misfitLimit) return null
  }
  return { decimals, origin }
}

/** The first number that fits, as a whole number. */
function originOf(numbers: Float64Array, count: number, power: number): number {
  for (let index = 0; index < count; index++) {
    const whole = Math.round(numbers[index]! * power)
    if (whole / power === numbers[index] && Math.abs(whole) < Number.MAX_SAFE_INTEGER / 4) return whole
  }
  return 0
}

/** The other way round. */
export function fromDecimals(
  integers: Int32Array,
  count: number,
  scale: DecimalScale,
  into: Float64Array,
  at: number,
): void {
  const power = powers[scale.decimals]!
  const { origin } = scale
  if (power === 1) for (let index = 0; index < count; index++) into[at + index] = integers[index]! + origin
  else for (let index = 0; index < count; index++) into[at + index] = (integers[index]! + origin) / power
}

/** One number, or a sum of whole numbers. */
export function fromDecimal(whole: number, scale: DecimalScale): number {
  return whole / powers[scale.decimals]!
}
