import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressText, parseAddress } from '../../../../src-main/drivers/modbus/modbus-address.ts'
import { modbusProtocols } from '../../../../src-main/drivers/modbus/modbus-protocol.ts'
import type { DataType } from '../../../../src-main/shared/tag.ts'

function parsed(text: string, dataType: DataType | null = null, arrayLength: number | null = null) {
  const result = parseAddress(text, dataType, arrayLength)
  if (!result.ok) throw new Error(result.message)
  return result.address
}

function refusal(text: string, dataType: DataType | null = null, arrayLength: number | null = null): string {
  const result = parseAddress(text, dataType, arrayLength)
  return result.ok ? 'accepted' : result.message
}

describe('addresses count from one and begin with the table digit', () => {
  test.each([
    ['00001', 'coil', 0],
    ['10001', 'discreteInput', 0],
    ['30001', 'inputRegister', 0],
    ['40001', 'holdingRegister', 0],
    ['400001', 'holdingRegister', 0],
    ['49999', 'holdingRegister', 9998],
    ['410000', 'holdingRegister', 9999],
    ['465536', 'holdingRegister', 65535],
    ['000001', 'coil', 0],
  ])('%s is %s %i on the wire', (text, table, start) => {
    expect(parsed(text)).toMatchObject({ table, start })
  })
})

describe('types and lengths', () => {
  test.each([
    ['40001:float32', 'float32', 2, null],
    ['40010.3:bool', 'bool', 1, null],
    ['40010.3', 'bool', 1, null],
    ['40020:string[16]', 'string', 8, null],
    ['40020:string[15]', 'string', 8, null],
    ['40020:string[15][3]', 'string', 24, 3],
    ['40020:bytes[1]', 'bytes', 1, null],
    ['40040:int16[8]', 'int16', 8, 8],
    ['40040:int64', 'int64', 4, null],
    ['40040:float64[2]', 'float64', 8, 2],
    ['40040:int8[5]', 'int8', 3, 5],
    ['40040.8:uint8', 'uint8', 1, null],
    ['40040.12:bool[8]', 'bool', 2, 8],
    ['40040:datetime', 'datetime', 2, null],
    ['40040:datetime64', 'datetime64', 4, null],
    ['00017:bool[20]', 'bool', 20, 20],
    ['10017', 'bool', 1, null],
    ['40001', 'uint16', 1, null],
  ])('%s is %s over %i addresses', (text, type, size, arrayLength) => {
    expect(parsed(text)).toMatchObject({ type, size, arrayLength })
  })

  test('the tag file fills in what the text leaves out', () => {
    expect(parsed('40001', 'float64', 3)).toMatchObject({ type: 'float64', size: 12, arrayLength: 3 })
    expect(parsed('40001:datetime64', 'datetime')).toMatchObject({ type: 'datetime64' })
  })
})

describe('every mistake is answered with a sentence that says what to do', () => {
  test.each<[string, string | RegExp, DataType?, number?]>([
    ['', /no Modbus address/],
    ['DB1.DBW0', /no Modbus address/],
    ['4001', /has 4 digits.*40001 or 400001/],
    ['1', /in a YAML file coils need quotes/],
    ['4000001', /has 7 digits/],
    ['20001', /there is no table 2/],
    ['40000', /count from 1, the first holding register is 40001/],
    ['000000', /count from 1, the first coil is 00001/],
    ['465537', /the last holding register is 465536/],
    ['465536:float32', /2 registers long.*the table ends at 465536/],
    ['40001:flot32', /"flot32" is no Modbus type: use one of bool, int8/],
    ['40001:string', /say how many bytes long it is, as string\[16\]/],
    ['40001:string[0]', /at least 1/],
    ['40001:string[5000]', /2500 registers long, the most for one tag is 2000/],
    ['00001:bool[20000]', /20000 bits long, the most for one tag is 16000/],
    ['40001:int16[0]', /at least one element/],
    ['40001:int16[2][2]', /takes one length/],
    ['40001.16', /bit 16 does not exist: a register has bits 0/],
    ['40001.3:int16', /names a bit, which is a bool, not int16/],
    ['40001.3:uint8', /.0 \(low\) or .8 \(high\)/],
    ['40001.8:uint8[4]', /begins at a register: leave out ".8"/],
    ['40001:bool[4]', /say from which bit on/],
    ['00001.3', /one bit already: leave out ".3"/],
    ['00001:int16', /a coil is one bit: its type is bool, not int16/],
    ['10001', /a discrete input is one bit: its type is bool, not float32/, 'float32'],
    ['40001:float32', /the address says float32, dataType says int16/, 'int16'],
    ['40001:int16[8]', /the address says 8 elements, the tag says 9/, 'int16', 9],
    ['40001', /no structures/, 'structure'],
    ['40001', /say how many bytes long/, 'string'],
  ])('%s', (text, sentence, dataType, arrayLength) => {
    expect(refusal(text, dataType ?? null, arrayLength ?? null)).toMatch(sentence)
  })

  test('no text makes the parser throw, and what it accepts stays inside its table', () => {
    const pieces = fc.constantFrom(
      '4',
      '0',
      '40001',
      '465536',
      '.3',
      ':',
      'float32',
      'string',
      '[16]',
      '[',
      ']',
      '-',
      ' ',
    )
    const anyText = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(anyText, (text) => {
        const result = parseAddress(text, null, null)
        if (!result.ok) return result.message.length > 10
        return result.address.start >= 0 && result.address.start + result.address.size <= 65_536
      }),
      { numRuns: 5000 },
    )
  })
})

test('the text of an address is understood as that address', () => {
  const table = fc.constantFrom('coil', 'discreteInput', 'inputRegister', 'holdingRegister' as const)
  fc.assert(
    fc.property(table, fc.nat(65_535), (name, start) => {
      expect(parsed(addressText(name, start))).toMatchObject({ table: name, start })
    }),
  )
})

describe('device keys', () => {
  const [tcp, rtu, rtuOverTcp] = modbusProtocols as [
    (typeof modbusProtocols)[0],
    (typeof modbusProtocols)[0],
    (typeof modbusProtocols)[0],
  ]

  test.each(['10.0.0.5', '10.0.0.5:1502', 'plc-7.line.local:502', '[::1]:1502', '[fe80::1]'])(
    '%s is a TCP address',
    (text) => {
      expect(tcp.checkDeviceAddress(text)).toBeNull()
      expect(rtuOverTcp.checkDeviceAddress(text)).toBeNull()
    },
  )

  test.each(['', '10.0.0.5:0', '10.0.0.5:65536', '10.0.0.5:http', 'http://10.0.0.5', 'a b', ':502', '/dev/ttyUSB0'])(
    '%s is no TCP address',
    (text) => {
      expect(tcp.checkDeviceAddress(text)).toMatch(/give host and port, as 10\.0\.0\.5:502/)
    },
  )

  test('a serial device is a port, or a device server on the network', () => {
    for (const text of ['/dev/ttyUSB0', '/dev/serial/by-id/usb-FTDI', 'COM3', 'tcp://10.0.0.5:4001'])
      expect(rtu.checkDeviceAddress(text), text).toBeNull()
    for (const text of ['ttyUSB0', '10.0.0.5:4001', 'COM', 'tcp://'])
      expect(rtu.checkDeviceAddress(text), text).toMatch(/\/dev\/ttyUSB0 or COM3/)
  })

  test('input tables cannot be written', () => {
    expect(tcp.checkAddress('30001', null, null)).toMatchObject({ ok: true, writable: false, dataType: 'uint16' })
    expect(tcp.checkAddress('10001', null, null)).toMatchObject({ ok: true, writable: false, dataType: 'bool' })
    expect(tcp.checkAddress('40001:datetime64', null, null)).toMatchObject({ writable: true, dataType: 'datetime' })
  })
})
