// Address texts and device keys of OPC UA: what a plant check accepts and what it says of the rest.
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import {
  formatAddress,
  formatEndpoint,
  type OpcUaAddress,
  parseAddress,
  parseEndpoint,
} from '../../../../src-main/drivers/opcua/opcua-address.ts'
import { methodPath, splitMethodPath } from '../../../../src-main/drivers/opcua/opcua-browse.ts'
import { opcuaProtocols } from '../../../../src-main/drivers/opcua/opcua-protocol.ts'

const protocol = opcuaProtocols[0]!

describe('an OPC UA address', () => {
  test.each([
    ['i=2258', { namespace: 0, kind: 'i', identifier: 2258 }],
    ['ns=2;s=Filler.Level', { namespace: 2, kind: 's', identifier: 'Filler.Level' }],
    ['ns=3;s="DB 1"."x"[3]', { namespace: 3, kind: 's', identifier: '"DB 1"."x"[3]' }],
    ['ns=4;s=a;b=c', { namespace: 4, kind: 's', identifier: 'a;b=c' }],
    ['nsu=http://plant.example/;s=A', { namespace: 'http://plant.example/', kind: 's', identifier: 'A' }],
    ['nsu=urn:a%3Bb%25;i=1', { namespace: 'urn:a;b%', kind: 'i', identifier: 1 }],
    [
      'ns=1;g=09087e75-8e5e-499b-954f-f2a9603db28a',
      { namespace: 1, kind: 'g', identifier: '09087E75-8E5E-499B-954F-F2A9603DB28A' },
    ],
    ['ns=1;b=M/RbKBsRVkePCePcx24oRA==', { namespace: 1, kind: 'b', identifier: 'M/RbKBsRVkePCePcx24oRA==' }],
  ])('%s is understood (OPC 10000-6 section 5.3.1.10)', (text, address) => {
    expect(parseAddress(text)).toEqual({ ok: true, address })
  })

  test.each([
    ['40001', /not a NodeId.*ns=<index>;s=<text>/],
    ['', /not a NodeId/],
    ['ns=2;Level', /not a NodeId/],
    ['ns=70000;s=A', /65535/],
    ['ns=-1;s=A', /not a NodeId/],
    ['ns=2;s=', /empty/],
    ['i=4294967296', /0 to 4294967295/],
    ['i=1.5', /0 to 4294967295/],
    ['g=123', /GUID/],
    ['b=***', /base64/],
    ['nsu=;s=A', /namespace URI/],
  ])('%s is refused with a sentence', (text, message) => {
    const parsed = parseAddress(text)
    expect(parsed.ok).toBe(false)
    if (!parsed.ok) expect(parsed.message).toMatch(message)
  })

  test('written and read again is the same', () => {
    const namespace = fc.oneof(fc.integer({ min: 0, max: 65535 }), fc.string({ minLength: 1, maxLength: 80 }))
    const identifier = fc.oneof(
      fc.record({ kind: fc.constant('i' as const), identifier: fc.integer({ min: 0, max: 0xffffffff }) }),
      fc.record({
        kind: fc.constant('s' as const),
        identifier: fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }),
      }),
      fc.record({ kind: fc.constant('g' as const), identifier: fc.uuid().map((uuid) => uuid.toUpperCase()) }),
      fc.record({
        kind: fc.constant('b' as const),
        identifier: fc
          .uint8Array({ minLength: 1, maxLength: 60 })
          .map((bytes) => Buffer.from(bytes).toString('base64')),
      }),
    )
    fc.assert(
      fc.property(namespace, identifier, (place, rest) => {
        const address: OpcUaAddress = { namespace: place, ...rest }
        expect(parseAddress(formatAddress(address))).toEqual({ ok: true, address })
      }),
    )
  })

  test('of any text is understood or refused, never an exception', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const parsed = parseAddress(text)
        if (!parsed.ok) expect(parsed.message.length).toBeGreaterThan(10)
        const checked = protocol.checkAddress(text, null, null)
        expect(checked.ok).toBe(parsed.ok)
      }),
      { numRuns: 5000 },
    )
  })

  test('does not tell a type: the tag has to say it', () => {
    expect(protocol.checkAddress('ns=2;s=A', null, null)).toEqual({
      ok: true,
      dataType: null,
      arrayLength: null,
      writable: true,
    })
    expect(protocol.checkAddress('ns=2;s=A', 'int16', 4)).toMatchObject({ dataType: 'int16', arrayLength: 4 })
  })

  test('method paths keep any two addresses apart', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (object, method) => {
        expect(splitMethodPath(methodPath(object, method))).toEqual({ object, method })
      }),
    )
    expect(splitMethodPath('ns=2;s=Start')).toEqual({ object: null, method: 'ns=2;s=Start' })
  })
})

describe('an OPC UA device address', () => {
  test.each([
    ['opc.tcp://10.0.0.5:4840', 'opc.tcp://10.0.0.5:4840'],
    ['opc.tcp://plc.local', 'opc.tcp://plc.local:4840'],
    ['opc.tcp://plc:51210/UA/SampleServer', 'opc.tcp://plc:51210/UA/SampleServer'],
    ['opc.tcp://[fe80::1]:4840/x', 'opc.tcp://[fe80::1]:4840/x'],
    ['10.0.0.5:4840', 'opc.tcp://10.0.0.5:4840'],
    ['plc.local', 'opc.tcp://plc.local:4840'],
  ])('%s is %s', (text, expected) => {
    const endpoint = parseEndpoint(text)
    expect(typeof endpoint === 'string' ? endpoint : formatEndpoint(endpoint)).toBe(expected)
    expect(protocol.checkDeviceAddress(text)).toBeNull()
  })

  test.each(['', 'http://plc:4840', 'opc.tcp://', 'opc.tcp://plc:0', 'opc.tcp://plc:99999', 'opc.tcp://a b:1'])(
    '%s is refused',
    (text) => {
      expect(protocol.checkDeviceAddress(text)).toMatch(/OPC UA address|port/)
    },
  )
})

describe('the OPC UA keys of a device file', () => {
  const check = (options: unknown) => v.safeParse(protocol.deviceOptions, options)
  const messages = (options: unknown) =>
    check(options)
      .issues?.map(({ message }) => message)
      .join(' ') ?? ''

  test('have defaults', () => {
    expect(check({}).output).toEqual({ recoveryTimeMs: 10_000, sessionTimeoutMs: 60_000 })
    expect(
      check({ security: { mode: 'Sign', policy: 'Aes256_Sha256_RsaPss' }, user: 'a', passwordSecret: 'b' }).success,
    ).toBe(true)
  })

  test('are refused when they contradict each other', () => {
    expect(messages({ security: { mode: 'None', policy: 'Basic256Sha256' } })).toMatch(
      /mode None goes with policy None/,
    )
    expect(messages({ security: { mode: 'Sign', policy: 'None' } })).toMatch(/mode None goes with policy None/)
    expect(messages({ security: { mode: 'Sign', policy: 'Basic128Rsa15' } })).not.toBe('')
    expect(messages({ user: 'a' })).toMatch(/passwordSecret belong together/)
    expect(messages({ userCertificate: 'a.der' })).toMatch(/userPrivateKey belong together/)
    expect(messages({ userCertificate: '../a.der', userPrivateKey: 'a.pem' })).toMatch(/file name without folders/)
    expect(messages({ securty: {} })).not.toBe('')
  })

  test('of a tag: an index range is understood, nonsense is not', () => {
    expect(v.safeParse(protocol.tagOptions, { indexRange: '0:1,3:4' }).success).toBe(true)
    expect(v.safeParse(protocol.tagOptions, { indexRange: '1:' }).success).toBe(false)
  })
})
