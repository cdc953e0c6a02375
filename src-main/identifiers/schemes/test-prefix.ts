// Prefixes that nobody owns: what Lineside ships uses them only, and a plant that gives out others says that they are its own.
import type { IdentifierKind } from '../../shared/identifier.ts'

/** Hosts that are nobody's (RFC 2606, RFC 6761). */
const testHost = /^(?:[-0-9A-Za-z.]{0,240}\.)?(?:example\.(?:com|net|org)|example|test|invalid|localhost)\.?$/i

/**
 * Begins an identifier, or a template of identifiers up to its first brace, with a prefix meant for tests: GS1 952…, VAA 88.123.*, OID 2.999,
 * handle 20.500.12345, hosts example.com, *.test, localhost. `opaque` has no owner and is always one.
 */
export function isTestPrefix(kind: IdentifierKind, start: string): boolean {
  const text = start.trim()
  switch (kind) {
    case 'opaque':
      return true
    case 'vaa':
      return /^88\.123(?:[./]|$)/.test(text)
    case 'handle':
      return /^(?:hdl:)?20\.500\.12345(?:[./]|$)/i.test(text)
    case 'oid':
      return /^(?:(?:urn:)?oid:)?2\.999(?:\.|$)/i.test(text)
    case 'gs1':
      return hasTestKey(text)
    case 'iso15434':
      return hasTestMessage(text)
    case 'gs1-dl':
      return /\/(?:01|00|8006)\/\d952|\/(?:8003)\/0952|\/(?:414|417|253|255|8004|8010|8013|8017|8018|415)\/952/.test(
        text,
      )
    case 'epc':
      return /^urn:epc:(?:id|class):[a-z]+:952\d*\./.test(text) || /^urn:epc:tag:[-a-z0-9]+:\d\.952\d*\./.test(text)
    case 'iec61406':
      return testHost.test(/^https?:\/\/([^/?#:{]*)/i.exec(text)?.[1] ?? '')
    case 'hibc':
      return text.startsWith('+A999')
    case 'did':
      return (
        /^did:example:/.test(text) || testHost.test(/^did:web:([^:]*)/.exec(text)?.[1]?.replace(/%3A\d+$/i, '') ?? '')
      )
    case 'ma':
    case 'ecode':
      return false
  }
}

/** A GS1 key with the prefix 952, in brackets or without, behind the indicator or extension digit where there is one. */
function hasTestKey(text: string): boolean {
  return (
    /^\(?(?:0[0-3]|8006|8026)\)?\d952/.test(text) ||
    /^\(?8003\)?0952/.test(text) ||
    /^\(?(?:253|255|41[0-7]|8004|8010|8013|8017|8018|40[12])\)?952/.test(text)
  )
}

/** A message whose GS1 key, or the one data identifier that says whose it is, has a test prefix. */
function hasTestMessage(text: string): boolean {
  const [, record = ''] = text.split('\u001e')
  const [format = '', ...groups] = record.split('\u001d')
  if (format === '05') return hasTestKey(groups[0] ?? '')
  return groups.some((group) => /^\d{0,3}[A-Z](?:UN)?952/.test(group) || /^25SVAA88\.123[./]/.test(group))
}
