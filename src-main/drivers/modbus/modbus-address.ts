// Modbus address texts of plant files: one-based, the table digit first, as PLC manuals print them (40001 is the first
// holding register). Grammar: <table digit><4 or 5 digits>[.<bit>][:<type>[<length>][<count>]].
// Source: MODBUS Application Protocol Specification V1.1b3, sections 4.3 and 4.4 (data model and addressing).
import type { DataType } from '../../shared/tag.ts'

/** The four tables; the first two hold bits, the others registers of 16 bits. */
export type ModbusTable = 'coil' | 'discreteInput' | 'inputRegister' | 'holdingRegister'

/** How a value lies in its registers. `datetime` = unsigned 32-bit seconds, `datetime64` = 64-bit ms, since 1970 UTC. */
export const modbusTypes = [
  'bool',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
  'datetime',
  'datetime64',
  'string',
  'bytes',
] as const
export type ModbusType = (typeof modbusTypes)[number]

/** An address text understood. */
export interface ModbusAddress {
  readonly table: ModbusTable
  /** Zero-based number of the first register or bit, as it goes over the wire. */
  readonly start: number
  /** Registers (or bits in the bit tables) it covers. */
  readonly size: number
  readonly type: ModbusType
  /** First bit within the first register, 0 = least significant; null when the text names none. */
  readonly bit: number | null
  /** Bytes of one `string` or `bytes`; 0 for other types. */
  readonly byteLength: number
  /** Elements of an array; null = a single value. */
  readonly arrayLength: number | null
}

export type ParsedAddress =
  | { readonly ok: true; readonly address: ModbusAddress }
  | { readonly ok: false; readonly message: string }

/** The largest table: 65,536 registers or bits. */
export const tableSize = 65_536
/** Longest item; it takes 16 requests of 125 registers. A longer one would hold up every other item of the device. */
export const maximumItemRegisters = 2_000
/** Longest array of coils or discrete inputs, for the same reason. */
export const maximumItemBits = 16_000

const tables: Readonly<Record<string, ModbusTable>> = {
  '0': 'coil',
  '1': 'discreteInput',
  '3': 'inputRegister',
  '4': 'holdingRegister',
}
const tableDigits: Readonly<Record<ModbusTable, string>> = {
  coil: '0',
  discreteInput: '1',
  inputRegister: '3',
  holdingRegister: '4',
}
const tableNames: Readonly<Record<ModbusTable, string>> = {
  coil: 'coil',
  discreteInput: 'discrete input',
  inputRegister: 'input register',
  holdingRegister: 'holding register',
}
const registersOf: Partial<Record<ModbusType, number>> = {
  int16: 1,
  uint16: 1,
  int32: 2,
  uint32: 2,
  int64: 4,
  uint64: 4,
  float32: 2,
  float64: 4,
  datetime: 2,
  datetime64: 4,
}
const grammar = /^(\d+)(?:\.(\d+))?(?::([A-Za-z]\w*)(?:\[(\d+)\])?(?:\[(\d+)\])?)?$/
const rule =
  'an address is the table digit (0 coil, 1 discrete input, 3 input register, 4 holding register) and four or five ' +
  'digits counted from 1, as 40001 or 400001'

export function isBitTable(table: ModbusTable): boolean {
  return table === 'coil' || table === 'discreteInput'
}

/** True for the tables a master can write. */
export function isWritableTable(table: ModbusTable): boolean {
  return table === 'coil' || table === 'holdingRegister'
}

/** Data type of the tag that a Modbus type makes. */
export function dataTypeOf(type: ModbusType): DataType {
  return type === 'datetime64' ? 'datetime' : type
}

/** `40001`, or `40001..40020` for more than one; six digits where five do not reach. */
export function addressText(table: ModbusTable, start: number, count = 1): string {
  const digits = start + count > 9_999 ? 5 : 4
  const text = (index: number) => tableDigits[table] + String(index + 1).padStart(digits, '0')
  return count === 1 ? text(start) : `${text(start)}..${text(start + count - 1)}`
}

/**
 * Understands an address text, or says in a sentence what is wrong with it. `dataType` and `arrayLength` are what the
 * tag file says beside it; they fill in what the text leaves out and must not contradict it.
 */
export function parseAddress(text: string, dataType: DataType | null, arrayLength: number | null): ParsedAddress {
  const match = grammar.exec(text.trim())
  if (!match) return refuse(`"${text}" is no Modbus address: ${rule}, then ".bit" and ":type" where needed`)
  const [, digits, bitText, typeText, firstLength, secondLength] = match as unknown as [string, string, ...string[]]
  const place = parsePlace(text, digits)
  if (!place.ok) return place
  const type = chooseType(place.table, bitText !== undefined, typeText, dataType)
  if (!type.ok) return type
  const lengths = chooseLengths(type.type, firstLength, secondLength, arrayLength)
  if (!lengths.ok) return lengths
  const bit = bitText === undefined ? null : Number(bitText)
  const wrongBit = checkBit(place.table, type.type, bit, lengths.arrayLength)
  if (wrongBit) return refuse(wrongBit)
  const address = sized({ ...place, ...lengths, type: type.type, bit })
  const wrongSize = checkSize(address)
  return wrongSize ? refuse(wrongSize) : { ok: true, address }
}

function parsePlace(
  text: string,
  digits: string,
): { ok: true; table: ModbusTable; start: number } | { ok: false; message: string } {
  if (digits.length !== 5 && digits.length !== 6) {
    const quotes = digits.length < 5 ? '; in a YAML file coils need quotes, as "00001"' : ''
    return refuse(`"${text}" has ${digits.length === 1 ? 'one digit' : `${digits.length} digits`}: ${rule}${quotes}`)
  }
  const table = tables[digits[0]!]
  if (!table) return refuse(`"${text}": there is no table ${digits[0]}; ${rule}`)
  const number = Number(digits.slice(1))
  if (number === 0)
    return refuse(`"${text}": addresses count from 1, the first ${tableNames[table]} is ${addressText(table, 0)}`)
  if (number > tableSize)
    return refuse(`"${text}": the last ${tableNames[table]} is ${addressText(table, tableSize - 1)}`)
  return { ok: true, table, start: number - 1 }
}

function chooseType(
  table: ModbusTable,
  hasBit: boolean,
  typeText: string | undefined,
  dataType: DataType | null,
): { ok: true; type: ModbusType } | { ok: false; message: string } {
  if (dataType === 'structure') return refuse('Modbus has no structures: give each member its own tag')
  if (typeText !== undefined && !isModbusType(typeText))
    return refuse(`"${typeText}" is no Modbus type: use one of ${modbusTypes.join(', ')}`)
  const fallback: ModbusType = isBitTable(table) || hasBit ? 'bool' : 'uint16'
  const type = typeText === undefined ? (dataType ?? fallback) : typeText
  if (isBitTable(table) && type !== 'bool')
    return refuse(`a ${tableNames[table]} is one bit: its type is bool, not ${type}`)
  if (dataType !== null && dataTypeOf(type) !== dataType)
    return refuse(`the address says ${type}, dataType says ${dataType}: make them agree or leave dataType out`)
  return { ok: true, type }
}

function chooseLengths(
  type: ModbusType,
  first: string | undefined,
  second: string | undefined,
  arrayLength: number | null,
): { ok: true; byteLength: number; arrayLength: number | null } | { ok: false; message: string } {
  const hasBytes = type === 'string' || type === 'bytes'
  if (hasBytes && first === undefined) return refuse(`say how many bytes long it is, as ${type}[16]`)
  if (!hasBytes && second !== undefined) return refuse(`${type} takes one length in brackets, the number of elements`)
  const byteLength = hasBytes ? Number(first) : 0
  const countText = hasBytes ? second : first
  const count = countText === undefined ? arrayLength : Number(countText)
  if (hasBytes && byteLength === 0) return refuse(`${type}[0] holds nothing: the length is at least 1`)
  if (count !== null && count < 1) return refuse('an array has at least one element')
  if (countText !== undefined && arrayLength !== null && count !== arrayLength)
    return refuse(`the address says ${countText} elements, the tag says ${arrayLength}`)
  return { ok: true, byteLength, arrayLength: count }
}

function checkBit(table: ModbusTable, type: ModbusType, bit: number | null, arrayLength: number | null): string | null {
  if (bit === null) {
    const needsBit = type === 'bool' && !isBitTable(table) && arrayLength !== null
    return needsBit ? `say from which bit on, as ${addressText(table, 0)}.0:bool[${arrayLength}]` : null
  }
  if (isBitTable(table)) return `a ${tableNames[table]} is one bit already: leave out ".${bit}"`
  if (bit > 15) return `bit ${bit} does not exist: a register has bits 0 (least significant) to 15`
  if (type === 'bool') return null
  const isByte = type === 'int8' || type === 'uint8'
  if (!isByte) return `".${bit}" names a bit, which is a bool, not ${type}`
  if (arrayLength !== null) return `an array of ${type} begins at a register: leave out ".${bit}"`
  return bit === 0 || bit === 8 ? null : `a byte of a register is .0 (low) or .8 (high), not ".${bit}"`
}

function sized(address: Omit<ModbusAddress, 'size'>): ModbusAddress {
  return { ...address, size: sizeOf(address) }
}

function sizeOf({ table, type, bit, byteLength, arrayLength }: Omit<ModbusAddress, 'size'>): number {
  const count = arrayLength ?? 1
  if (isBitTable(table)) return count
  switch (type) {
    case 'bool':
      return Math.ceil(((bit ?? 0) + count) / 16)
    case 'int8':
    case 'uint8':
      return Math.ceil(count / 2)
    case 'string':
    case 'bytes':
      return Math.ceil(byteLength / 2) * count
    default:
      return registersOf[type]! * count
  }
}

function checkSize({ table, start, size }: ModbusAddress): string | null {
  const unit = isBitTable(table) ? 'bits' : 'registers'
  const most = isBitTable(table) ? maximumItemBits : maximumItemRegisters
  if (size > most) return `it is ${size} ${unit} long, the most for one tag is ${most}`
  if (start + size > tableSize)
    return `it is ${size} ${unit} long and begins at ${addressText(table, start)}, but the table ends at ${addressText(table, tableSize - 1)}`
  return null
}

function isModbusType(text: string): text is ModbusType {
  return (modbusTypes as readonly string[]).includes(text)
}

function refuse(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message }
}
