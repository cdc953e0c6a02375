import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAddress } from '../../../../src-main/drivers/modbus/modbus-address.ts'
import { wordOrders } from '../../../../src-main/drivers/modbus/modbus-protocol.ts'
import { type RegisterLayout, registerCodec } from '../../../../src-main/drivers/modbus/modbus-registers.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'

const plain: RegisterLayout = { wordOrder: 'ABCD', swaps16: false, stringOrder: 'AB', textEncoding: 'utf-8' }

function codecOf(text: string, layout: Partial<RegisterLayout> = {}) {
  const parsed = parseAddress(text, null, null)
  if (!parsed.ok) throw new Error(parsed.message)
  return registerCodec(parsed.address, { ...plain, ...layout })
}

function registersOf(text: string, value: TagValue, layout: Partial<RegisterLayout> = {}): string {
  const encoded = codecOf(text, layout).encode(value)
  if (!encoded.ok) throw new Error(encoded.message)
  return encoded.bytes.toString('hex')
}

describe('the four orders put the bytes A B C D of 0x0A0B0C0D where their names say', () => {
  test.each([
    ['ABCD', '0a0b0c0d', '0102030405060708'],
    ['CDAB', '0c0d0a0b', '0708050603040102'],
    ['BADC', '0b0a0d0c', '0201040306050807'],
    ['DCBA', '0d0c0b0a', '0807060504030201'],
  ] as const)('%s', (wordOrder, of32, of64) => {
    expect(registersOf('40001:uint32', 0x0a0b0c0d, { wordOrder })).toBe(of32)
    expect(registersOf('40001:uint64', 0x0102030405060708n, { wordOrder })).toBe(of64)
    expect(codecOf('40001:uint32', { wordOrder }).decode(Buffer.from(of32, 'hex'), 0)).toBe(0x0a0b0c0d)
  })

  test('the order of a device leaves 16-bit values as Modbus defines them; the order of a tag swaps them too', () => {
    expect(registersOf('40001:uint16', 0x0a0b, { wordOrder: 'DCBA' })).toBe('0a0b')
    expect(registersOf('40001:uint16', 0x0a0b, { wordOrder: 'DCBA', swaps16: true })).toBe('0b0a')
  })

  test('123.456 as float32 is 42F6 E979', () => {
    expect(registersOf('40001:float32', 123.456)).toBe('42f6e979')
  })
})

describe('what is written is read back, in every order', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((value) => !value.includes('\0'))
  const values: readonly (readonly [string, fc.Arbitrary<TagValue>])[] = [
    ['40001:int8', fc.integer({ min: -128, max: 127 })],
    ['40001.8:uint8', fc.integer({ min: 0, max: 255 })],
    ['40001:int16', fc.integer({ min: -32_768, max: 32_767 })],
    ['40001:uint16', fc.integer({ min: 0, max: 65_535 })],
    ['40001:int32', fc.integer()],
    ['40001:uint32', fc.integer({ min: 0, max: 2 ** 32 - 1 })],
    ['40001:int64', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
    ['40001:uint64', fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
    ['40001:float32', fc.float({ noNaN: true })],
    ['40001:float64', fc.double({ noNaN: true })],
    ['40001:datetime', fc.nat(2 ** 31 - 1).map((seconds) => seconds * 1000)],
    ['40001:datetime64', fc.integer({ min: -8.64e15, max: 8.64e15 })],
    ['40001:bool', fc.boolean()],
    ['40001.15:bool', fc.boolean()],
    ['40001.5:bool[30]', fc.array(fc.boolean(), { minLength: 30, maxLength: 30 })],
    ['40001:int8[7]', fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 7, maxLength: 7 })],
    ['40001:int16[5]', fc.array(fc.integer({ min: -32_768, max: 32_767 }), { minLength: 5, maxLength: 5 })],
    ['40001:float32[3]', fc.array(fc.float({ noNaN: true }), { minLength: 3, maxLength: 3 })],
    ['40001:uint64[2]', fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 2, maxLength: 2 })],
    ['40001:string[255]', text],
    ['40001:string[64][2]', fc.tuple(text, text)],
    ['40001:bytes[9]', fc.uint8Array({ minLength: 9, maxLength: 9 })],
  ]
  const layout = fc.record({
    wordOrder: fc.constantFrom(...wordOrders),
    swaps16: fc.boolean(),
    stringOrder: fc.constantFrom('AB', 'BA' as const),
    textEncoding: fc.constant('utf-8' as const),
  })

  test.each(values.map(([address, value]) => ({ address, value })))('$address', ({ address, value }) => {
    fc.assert(
      fc.property(value, layout, fc.nat(5), (written, how, lead) => {
        const codec = codecOf(address, how)
        const encoded = codec.encode(written)
        if (!encoded.ok) throw new Error(encoded.message)
        const bytes = Buffer.concat([Buffer.alloc(lead * 2, 0xa5), encoded.bytes, Buffer.alloc(2, 0x5a)])
        expect(codec.decode(bytes, lead * 2)).toStrictEqual(written)
      }),
    )
  })
})

describe('bits and bytes that are not the value’s own keep what they hold', () => {
  test.each([
    ['40001.3:bool', true, '0008', '0008'],
    ['40001.12:bool[8]', Array(8).fill(true), 'f000000f', 'f000000f'],
    ['40001:int8', -1, '00ff', '00ff'],
    ['40001.8:int8', -1, 'ff00', 'ff00'],
    ['40001:string[3]', 'abc', '61626300', 'ffffff00'],
    ['40001:bytes[1]', Uint8Array.of(7), '0700', 'ff00'],
  ] as const)('%s', (address, value, bytes, mask) => {
    const encoded = codecOf(address).encode(value as TagValue)
    expect(encoded.ok && encoded.bytes.toString('hex')).toBe(bytes)
    expect(encoded.ok && encoded.mask?.toString('hex')).toBe(mask)
  })

  test('in the order BA the spare byte of an odd text is the high one', () => {
    const encoded = codecOf('40001:string[3]', { stringOrder: 'BA' }).encode('abc')
    expect(encoded.ok && encoded.bytes.toString('hex')).toBe('62610063')
    expect(encoded.ok && encoded.mask?.toString('hex')).toBe('ffff00ff')
  })
})

describe('texts', () => {
  test('end at the first NUL and keep their blanks', () => {
    expect(codecOf('40001:string[8]').decode(Buffer.from('ab \0zzzz'), 0)).toBe('ab ')
  })

  test('latin1 and UTF-8 read the same bytes differently', () => {
    const bytes = Buffer.from('b043', 'hex')
    expect(codecOf('40001:string[2]', { textEncoding: 'latin1' }).decode(bytes, 0)).toBe('°C')
    expect(codecOf('40001:string[2]').decode(bytes, 0)).toBe('\ufffdC')
  })
})

describe('a value that does not fit is refused, never cut', () => {
  test.each<[string, TagValue, number, RegExp]>([
    ['40001:int16', 32_768, StatusCodes.BadOutOfRange, /32768 is outside -32768 to 32767 of int16/],
    ['40001:uint16', -1, StatusCodes.BadOutOfRange, /-1 is outside 0 to 65535/],
    ['40001:int16', 1.5, StatusCodes.BadTypeMismatch, /whole number/],
    ['40001:int16', 'one', StatusCodes.BadTypeMismatch, /number is expected/],
    ['40001:uint64', 2n ** 64n, StatusCodes.BadOutOfRange, /outside/],
    ['40001:float32', 1e300, StatusCodes.BadOutOfRange, /too large for float32/],
    ['40001:string[3]', 'äöü', StatusCodes.BadOutOfRange, /6 bytes long, there is room for 3/],
    ['40001:string[3]', 'a\0', StatusCodes.BadOutOfRange, /NUL/],
    ['40001:bytes[3]', Uint8Array.of(1), StatusCodes.BadOutOfRange, /3 bytes are expected, 1 were given/],
    ['40001:int16[2]', [1], StatusCodes.BadTypeMismatch, /2 elements are expected, 1 were given/],
    ['40001:int16[2]', [1, 70_000], StatusCodes.BadOutOfRange, /element 1: 70000/],
    ['40001:int16[2]', 1, StatusCodes.BadTypeMismatch, /an array of 2/],
    ['40001.1:bool', 2, StatusCodes.BadTypeMismatch, /true or false/],
    ['40001:datetime', -1, StatusCodes.BadOutOfRange, /1970-01-01 to 2106/],
  ])('%s does not take %s', (address, value, statusCode, sentence) => {
    const encoded = codecOf(address).encode(value)
    expect(encoded).toMatchObject({ ok: false, statusCode })
    expect(encoded.ok ? '' : encoded.message).toMatch(sentence)
  })

  test('latin1 has no Chinese characters', () => {
    expect(codecOf('40001:string[8]', { textEncoding: 'latin1' }).encode('灌装')).toMatchObject({ ok: false })
  })
})
