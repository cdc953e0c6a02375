// HIBC (ANSI/HIBC 2.6): `+`, labeler, product, unit of measure, then dates, lot and serial number; a modulo 43 check character at the end.
import type { JsonValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { checkCharacter, hasRightCheck } from './check-character.ts'
import type { SchemeReading } from './scheme-reading.ts'

const characters = /^[-. $/+%0-9A-Z]*$/

export function looksLikeHibc(text: string): boolean {
  return /^\*?\+(?:[A-Za-z][0-9A-Za-z]{3}|\$|\d{5}|\/)/.test(text)
}

/** One text in 43 has the space as its check character; at the end it looks like padding. */
export function isSpaceTheCheckOf(text: string): boolean {
  return looksLikeHibc(text) && !hasRightCheck('mod43', text) && hasRightCheck('mod43', `${text} `)
}

/** The symbol of Code 39 has asterisks around it, which some scanners send. */
function bareHibc(text: string): string {
  return text.startsWith('*') && text.endsWith('*') && text.length > 2 ? text.slice(1, -1) : text
}

export function readHibc(text: string): SchemeReading {
  const bare = bareHibc(text)
  const faults: string[] = []
  if (!bare.startsWith('+')) faults.push('It does not begin with +.')
  if (!characters.test(bare)) faults.push('It has a character that HIBC does not have; letters are capital letters.')
  else if (!hasRightCheck('mod43', bare))
    faults.push(`The check character is ${JSON.stringify(bare.at(-1) ?? '')}${expectedCheck(bare)}.`)
  const data = bare.replace(/^\+/, '').slice(0, -1)
  const [first = '', ...groups] = data.split('/')
  const parts: Record<string, JsonValue> = {}
  if (/^[A-Z]/i.test(first)) readPrimary(first, parts, faults)
  else readSecondary(first, parts, faults)
  for (const group of groups) readFurther(group, parts, faults)
  parts.check = bare.at(-1) ?? ''
  return { identifier: bare, parts, faults }
}

/** What goes into a HIBC symbol. */
export interface HibcData {
  /** Labeler identification code: a letter and three letters or digits. */
  readonly labeler: string
  /** Product or catalogue number: 1 to 18 letters and digits. */
  readonly product: string
  /** Unit of measure: 0 the single unit, 1 to 8 levels of packaging, 9 variable quantity. */
  readonly unit: number
  readonly lot?: string
  readonly serial?: string
  /** yyyy-MM-dd. */
  readonly expiry?: string
  readonly manufactured?: string
  readonly quantity?: number
}

/**
 * Primary data with the secondary data behind it in one symbol, and the check character.
 * @throws RuntimeError BadInvalidArgument when a part breaks a rule.
 */
export function formatHibc(data: HibcData): string {
  const expect = (isRight: boolean, sentence: string): void => {
    if (!isRight) throw new RuntimeError('BadInvalidArgument', sentence)
  }
  expect(
    /^[A-Z][0-9A-Z]{3}$/.test(data.labeler),
    `The labeler code ${JSON.stringify(data.labeler)} is not a capital letter and three capital letters or digits.`,
  )
  expect(
    /^[0-9A-Z]{1,18}$/.test(data.product),
    `The product ${JSON.stringify(data.product)} is not 1 to 18 capital letters and digits.`,
  )
  expect(
    Number.isInteger(data.unit) && data.unit >= 0 && data.unit <= 9,
    `The unit of measure is ${data.unit}, not 0 to 9.`,
  )
  for (const [name, value] of [
    ['lot', data.lot],
    ['serial', data.serial],
  ] as const)
    expect(
      value === undefined || /^[-.0-9A-Z]{1,18}$/.test(value),
      `The ${name} ${JSON.stringify(value)} is not 1 to 18 capital letters, digits, points and hyphens.`,
    )
  const date = (name: string, value: string): string => {
    expect(
      /^\d{4}-\d\d-\d\d$/.test(value) && isDate(value.replaceAll('-', '')),
      `The ${name} date ${JSON.stringify(value)} is none, as 2027-01-31.`,
    )
    return value.replaceAll('-', '')
  }
  let text = `+${data.labeler}${data.product}${data.unit}`
  if (data.expiry !== undefined || data.lot !== undefined || data.serial !== undefined) {
    const lotOrSerial = data.lot ?? data.serial ?? ''
    text += `/$$${data.lot === undefined && data.serial !== undefined ? '+' : ''}`
    text += data.expiry === undefined ? '7' : `3${date('expiry', data.expiry).slice(2)}`
    text += lotOrSerial
    if (data.lot !== undefined && data.serial !== undefined) text += `/S${data.serial}`
  }
  if (data.quantity !== undefined) {
    expect(
      Number.isInteger(data.quantity) && data.quantity >= 0 && data.quantity <= 99_999,
      `The quantity is ${data.quantity}, not 0 to 99999.`,
    )
    text += `/Q${data.quantity}`
  }
  if (data.manufactured !== undefined) text += `/16D${date('manufacturing', data.manufactured)}`
  return text + checkCharacter('mod43', text)
}

function expectedCheck(bare: string): string {
  return bare.length > 1 ? ` where ${JSON.stringify(checkCharacter('mod43', bare.slice(0, -1)))} is right` : ''
}

function readPrimary(text: string, parts: Record<string, JsonValue>, faults: string[]): void {
  const match = /^([A-Z][0-9A-Z]{3})([0-9A-Z]{1,18})(\d)$/.exec(text)
  if (match === null) {
    faults.push(
      'Before the check character a labeler (letter and 3), a product (1 to 18 letters and digits) and the unit of measure (a digit) are expected.',
    )
    return
  }
  parts.labeler = match[1]!
  parts.product = match[2]!
  parts.unit = match[3]!
}

/** Data behind the product: `$lot`, `$$` with an expiry date, `$+serial`, or a day of the year and a lot. */
function readSecondary(text: string, parts: Record<string, JsonValue>, faults: string[]): void {
  if (text.startsWith('$$')) return readWithDate(text.slice(2), parts, faults)
  if (text.startsWith('$+')) parts.serial = text.slice(2)
  else if (text.startsWith('$')) parts.lot = text.slice(1)
  else if (/^\d{5}/.test(text)) {
    putDate(dateOfDay(text.slice(0, 5)), text.slice(0, 5), parts, faults)
    parts.lot = text.slice(5)
  } else if (text !== '') faults.push(`${JSON.stringify(text.slice(0, 40))} is no secondary data of HIBC.`)
}

function readWithDate(text: string, parts: Record<string, JsonValue>, faults: string[]): void {
  const isSerial = text.startsWith('+')
  let rest = isSerial ? text.slice(1) : text
  const quantity = /^(?:8(\d\d)|9(\d{5}))/.exec(rest)
  if (quantity !== null) {
    parts.quantity = Number(quantity[1] ?? quantity[2])
    rest = rest.slice(quantity[0].length)
  }
  const form = dateForms[rest[0] ?? '']
  if (form !== undefined) {
    const date = rest.slice(1, 1 + form.length)
    if (form.length > 0) putDate(form.read(date), date, parts, faults)
    rest = rest.slice(1 + form.length)
  } else if (/^[01]\d{3}/.test(rest)) {
    const date = rest.slice(0, 4)
    putDate(
      Number(date.slice(0, 2)) >= 1 && Number(date.slice(0, 2)) <= 12 ? `20${date.slice(2)}-${date.slice(0, 2)}` : null,
      date,
      parts,
      faults,
    )
    rest = rest.slice(4)
  } else if (rest !== '' && quantity === null) faults.push('Behind $$ no expiry date of a known form was found.')
  if (rest !== '') parts[isSerial ? 'serial' : 'lot'] = rest
  if (rest.length > 18)
    faults.push(`The ${isSerial ? 'serial number' : 'lot'} has ${rest.length} characters, 18 is the most.`)
}

/** Forms of the expiry date by the digit before it; without one it is MMYY. */
const dateForms: Readonly<Record<string, { length: number; read: (date: string) => string | null }>> = {
  2: { length: 6, read: (date) => iso(`20${date.slice(4, 6)}${date.slice(0, 4)}`) },
  3: { length: 6, read: (date) => iso(`20${date}`) },
  4: { length: 8, read: (date) => withHour(iso(`20${date.slice(0, 6)}`), date.slice(6)) },
  5: { length: 5, read: dateOfDay },
  6: { length: 7, read: (date) => withHour(dateOfDay(date.slice(0, 5)), date.slice(5)) },
  7: { length: 0, read: () => null },
}

function readFurther(group: string, parts: Record<string, JsonValue>, faults: string[]): void {
  if (/^[$]/.test(group) || /^\d{5}(?!D)/.test(group)) return readSecondary(group, parts, faults)
  const match = /^(14D|16D|S|Q|L|\d{0,2}[A-Z])(.*)$/s.exec(group)
  if (match === null) {
    faults.push(`${JSON.stringify(group.slice(0, 40))} is no data of HIBC.`)
    return
  }
  const [, name = '', value = ''] = match
  if (name === 'S') parts.serial = value
  else if (name === 'Q') parts.quantity = Number(value)
  else if (name === '14D' || name === '16D') {
    const date = iso(value)
    if (date === null) faults.push(`${JSON.stringify(value)} is no date.`)
    parts[name === '14D' ? 'expiry' : 'manufactured'] = date ?? value
  } else parts[name] = value
  if (value === '' || (name === 'Q' && !/^\d{1,5}$/.test(value))) faults.push(`${name} has no right value.`)
}

function putDate(date: string | null, written: string, parts: Record<string, JsonValue>, faults: string[]): void {
  if (date === null) faults.push(`The expiry date ${JSON.stringify(written)} is none.`)
  parts.expiry = date ?? written
}

function isDate(yyyymmdd: string): boolean {
  if (!/^\d{8}$/.test(yyyymmdd)) return false
  const [year, month, day] = [yyyymmdd.slice(0, 4), yyyymmdd.slice(4, 6), yyyymmdd.slice(6)].map(Number) as [
    number,
    number,
    number,
  ]
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function iso(yyyymmdd: string): string | null {
  return isDate(yyyymmdd) ? `${yyyymmdd.slice(0, 4)}-${yyyymmdd.slice(4, 6)}-${yyyymmdd.slice(6)}` : null
}

function withHour(date: string | null, hour: string): string | null {
  return date !== null && /^([01]\d|2[0-3])$/.test(hour) ? `${date}T${hour}` : null
}

/** Year and day of the year, YYJJJ. */
function dateOfDay(text: string): string | null {
  const day = Number(text.slice(2))
  if (!/^\d{5}$/.test(text) || day < 1 || day > 366) return null
  return new Date(Date.UTC(2000 + Number(text.slice(0, 2)), 0, day)).toISOString().slice(0, 10)
}
