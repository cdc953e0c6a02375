// Which templates give out identifiers that belong to nobody.
import { describe, expect, it } from 'vitest'
import { hasTestPrefix } from '../../../../src-main/identifiers/store/test-prefix.ts'

describe('prefixes for tests', () => {
  it.each([
    ['gs1', '(01)09521234543213(21)', true],
    ['gs1', '(00)09521234', true],
    ['gs1', '(8004)9521234', true],
    ['gs1', '(8003)09521234543213', true],
    ['gs1', '(01)06901234567892(21)', false],
    ['gs1', '(00)00690123', false],
    ['gs1-dl', 'https://id.example.com/01/09521234543213/21/', true],
    ['gs1-dl', 'https://id.gs1.org/01/09521234543213/21/', false],
    ['gs1-dl', 'https://id.gs1.org/01/06901234567892/21/', false],
    ['vaa', '88.123.456/CASE', true],
    ['vaa', '88.1234.456/CASE', false],
    ['handle', '20.500.12345/A', true],
    ['handle', '86.1000.11/A', false],
    ['oid', '2.999.1', true],
    ['oid', '2.9991', false],
    ['iec61406', 'https://id.example.com/m/', true],
    ['iec61406', 'https://machines.test/m/', true],
    ['iec61406', 'https://localhost:8080/m/', true],
    ['iec61406', 'https://notexample.com/m/', false],
    ['iec61406', 'https://example.com.evil.de/m/', false],
    ['epc', 'urn:epc:id:sgtin:9521234.054321.', true],
    ['epc', 'urn:epc:id:sgtin:0614141.812345.', false],
    ['did', 'did:web:example.com:line', true],
    ['did', 'did:web:vendor.de', false],
    ['hibc', '+A999', false],
    ['hibc', '+H123', false],
    ['iso15434', '[)>\u001e06\u001d25SUN952', true],
    ['iso15434', '[)>\u001e06\u001d25SUN123', false],
    ['iso15434', '[)>\u001e05\u001d0109521234', true],
    ['ma', 'MA.156.1001', false],
    ['opaque', 'PALLET-', true],
  ] as const)('%s %j: %s', (kind, start, isTest) => expect(hasTestPrefix(kind, start)).toBe(isTest))
})
