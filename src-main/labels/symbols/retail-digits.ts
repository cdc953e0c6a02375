// Digits of EAN, UPC and ITF-14 with their check digit (GS1 General Specifications 7.9: weights 3 and 1 from the right, modulo 10).

export function digitsOnly(text: string): boolean {
  return /^\d+$/.test(text)
}

/** The digits as a reader gives them: with the check digit, when it was left out. */
export function withEanCheckDigit(digits: string, length: number): string {
  if (digits.length === length) return digits
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    const fromRight = digits.length - at
    sum += Number(digits[at]) * (fromRight % 2 === 1 ? 3 : 1)
  }
  return digits + ((10 - (sum % 10)) % 10)
}
