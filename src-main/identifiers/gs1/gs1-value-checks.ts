// What the parts of GS1 values have to keep beyond length and characters: check digits, dates, countries, pieces of a total …
// (GS1 General Specifications section 3; the words are those of application-identifiers.ts).
import { checkCharacter, checkPair } from '../schemes/check-character.ts'
import { couponFault, couponOfferFault } from './gs1-coupon.ts'
import { countryLetters, countryNumbers, currencyNumbers } from './iso-codes.ts'

/** Why a part of a value is wrong, as the end of the sentence "AI (17) …"; null = it is right. */
export type ValueCheck = (value: string) => string | null

/** Year a two-digit year stands in (GS1 General Specifications 7.12): within 49 years back and 50 ahead of this year. */
export function fullYear(twoDigits: number, thisYear: number): number {
  const century = Math.floor(thisYear / 100) * 100
  const year = century + twoDigits
  if (year - thisYear >= 51) return year - 100
  if (year - thisYear <= -50) return year + 100
  return year
}

export const valueChecks: Readonly<Record<string, ValueCheck>> = {
  check: (value) => {
    const expected = checkCharacter('mod10', value.slice(0, -1))
    return value.endsWith(expected) ? null : `has the check digit ${value.at(-1)} where ${expected} is right`
  },
  checkPair: (value) => {
    if (value.length < 3) return 'is too short for its two check characters'
    const expected = checkPair(value.slice(0, -2))
    return value.endsWith(expected) ? null : `has the check characters ${value.slice(-2)} where ${expected} is right`
  },
  prefix: (value) =>
    /^\d{4}/.test(value) ? null : 'does not begin with a GS1 company prefix, which has four digits at least',
  prefix2: (value) =>
    /^.\d{4}/.test(value) ? null : 'has no GS1 company prefix from its second digit on, which has four digits at least',
  date: (value) => dateFault(fullYearOf(value), value.slice(2), false),
  date0: (value) => dateFault(fullYearOf(value), value.slice(2), true),
  date8: (value) => dateFault(Number(value.slice(0, 4)), value.slice(4), false),
  hourMinute: (value) => hourFault(value.slice(0, 2)) ?? sixtyFault('minute', value.slice(2)),
  hour: hourFault,
  minute: (value) => sixtyFault('minute', value),
  second: (value) => sixtyFault('second', value),
  country: (value) => (countryNumbers.has(value) ? null : `has ${value}, which is no country number of ISO 3166`),
  country999: (value) =>
    value === '999' || countryNumbers.has(value) ? null : `has ${value}, which is no country number of ISO 3166`,
  countryLetters: (value) => (countryLetters.has(value) ? null : `has ${value}, which is no country of ISO 3166`),
  currency: (value) => (currencyNumbers.has(value) ? null : `has ${value}, which is no currency number of ISO 4217`),
  percent: (value) =>
    /^(?:[^%]|%[0-9A-Fa-f]{2})*$/.test(value) ? null : 'has a percent sign without two hexadecimal digits behind it',
  yesNo: (value) => (value === '0' || value === '1' ? null : 'may only be 0 for no or 1 for yes'),
  winding: (value) =>
    value === '0' || value === '1' || value === '9' ? null : `has the winding direction ${value}; 0, 1 and 9 are known`,
  pieceOfTotal: pieceFault,
  nonZero: (value) => (/^0*$/.test(value) ? 'has a part that is zero' : null),
  zero: (value) => (value === '0' ? null : 'does not begin with 0'),
  noLeadingZero: (value) => (value.startsWith('0') ? 'begins with 0' : null),
  notAllDigits: (value) => (/\D/.test(value) ? null : 'consists of digits only, a letter or sign is needed'),
  importerIndex: (value) => (/^[-_0-9A-Za-z]$/.test(value) ? null : `has the importer index ${value}, which is none`),
  packageType: (value) =>
    /^[0-9A-Z]{1,3}$/.test(value) ? null : `has the package type ${value}; digits and capital letters are expected`,
  birthSequence: (value) => {
    const match = /^([1-9]\d*)\/([1-9]\d*)$/.exec(value)
    if (match === null) return 'is not of the form 1/2'
    return Number(match[1]) <= Number(match[2]) ? null : `counts ${match[1]} of ${match[2]}`
  },
  mediaType: (value) =>
    /^(0[1-9]|10|8\d|9\d)$/.test(value) ? null : `has the media type ${value}; 01 to 10 and 80 to 99 are assigned`,
  sex: (value) => (/^[0129]$/.test(value) ? null : `has ${value}; ISO/IEC 5218 knows 0, 1, 2 and 9`),
  iban: ibanFault,
  latitude: (value) =>
    Number(value) <= 1_800_000_000 ? null : 'has a latitude beyond 180 degrees from the South Pole',
  longitude: (value) => (Number(value) <= 3_600_000_000 ? null : 'has a longitude beyond 360 degrees'),
  coupon: couponFault,
  couponOffer: couponOfferFault,
  minus: (value) => (value === '-' ? null : 'may only have a minus sign behind its digits'),
}

function fullYearOf(date: string): number {
  return fullYear(Number(date.slice(0, 2)), new Date().getFullYear())
}

function dateFault(year: number, monthAndDay: string, dayMayBeZero: boolean): string | null {
  const month = Number(monthAndDay.slice(0, 2))
  const day = Number(monthAndDay.slice(2, 4))
  if (month < 1 || month > 12) return `has the month ${monthAndDay.slice(0, 2)}`
  if (day === 0 && dayMayBeZero) return null
  if (day < 1 || day > daysOf(year, month))
    return `has the day ${monthAndDay.slice(2, 4)} in month ${monthAndDay.slice(0, 2)}`
  return null
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

function hourFault(value: string): string | null {
  return Number(value) <= 23 ? null : `has the hour ${value}`
}

function sixtyFault(unit: string, value: string): string | null {
  return Number(value) <= 59 ? null : `has the ${unit} ${value}`
}

function pieceFault(value: string): string | null {
  const piece = Number(value.slice(0, value.length / 2))
  const total = Number(value.slice(value.length / 2))
  if (piece === 0) return 'has piece number 0'
  if (total === 0) return 'has a total of 0 pieces'
  return piece <= total ? null : `has piece ${piece} of ${total}`
}

function ibanFault(value: string): string | null {
  if (!countryLetters.has(value.slice(0, 2))) return `has ${value.slice(0, 2)}, which is no country of ISO 3166`
  if (value.length <= 10) return 'is too short for an IBAN'
  if (!/^[0-9A-Z]+$/.test(value)) return 'has a character that an IBAN cannot have'
  let rest = 0
  for (const character of value.slice(4) + value.slice(0, 4)) {
    const number = Number.parseInt(character, 36)
    rest = (rest * (number > 9 ? 100 : 10) + number) % 97
  }
  return rest === 1 ? null : 'has check digits that do not fit the rest of the IBAN'
}
