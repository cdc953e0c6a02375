// Prefixes that nobody owns, meant for tests and examples. What else is given out belongs to somebody, and the plant has to say that
// it is them (`licensed: true`).
import type { IdentifierKind } from '../../shared/identifier.ts'

/** Keys of GS1 that begin with a digit before the company prefix: SSCC, GTIN, contained GTIN, GRAI, ITIP. */
const afterOneDigit = ['00', '01', '02', '03', '8003', '8006', '8026']
/** Keys of GS1 that begin with the company prefix. */
const atOnce = [
  '253',
  '255',
  '401',
  '402',
  '410',
  '411',
  '412',
  '413',
  '414',
  '415',
  '416',
  '417',
  '8004',
  '8010',
  '8013',
  '8017',
  '8018',
]
const exampleHost = /^(?:[a-z0-9-]+\.)*(?:example\.(?:com|net|org)|test|example|invalid|localhost)$/i

/** The template gives out identifiers of a test prefix only. Kinds without prefixes (opaque) belong to nobody: true. */
export function hasTestPrefix(kind: IdentifierKind, template: string): boolean {
  switch (kind) {
    case 'gs1':
      return keysOf(template.matchAll(/\((\d{2,4})\)([^(]*)/g))
    case 'gs1-dl':
      return isExampleHost(template) && keysOf(template.matchAll(/\/(\d{2,4})\/([^/?]*)/g))
    case 'epc':
      return /^(urn:epc:(id|tag|class|idpat):[a-z0-9-]+:)([0-7]\.)?952/.test(template)
    case 'vaa':
      return /^88\.123\./.test(template)
    case 'oid':
      return /^(urn:oid:)?2\.999(\.|$)/.test(template)
    case 'handle':
      return /^20\.500\.12345\//.test(template)
    case 'iec61406':
      return isExampleHost(template)
    case 'did':
      return (
        /^did:example:/.test(template) || (/^did:web:/.test(template) && exampleHost.test(template.split(':')[2] ?? ''))
      )
    case 'iso15434':
      return hasTestMessage(template)
    case 'opaque':
      return true
    default:
      return false
  }
}

function keysOf(elements: Iterable<RegExpMatchArray>): boolean {
  let hasKey = false
  for (const [, ai = '', value = ''] of elements) {
    const isLater = afterOneDigit.includes(ai)
    if (!isLater && !atOnce.includes(ai)) continue
    if (!value.startsWith('952', isLater ? 1 : 0)) return false
    hasKey = true
  }
  return hasKey
}

function isExampleHost(template: string): boolean {
  const host = /^https?:\/\/([^/?#:]+)/i.exec(template)?.[1]
  return host !== undefined && exampleHost.test(host)
}

/** A message of ISO/IEC 15434 whose GS1 key, or the data identifier that says whose it is, has a test prefix. */
function hasTestMessage(template: string): boolean {
  const [, record = ''] = template.split('\u001e')
  const [format = '', ...groups] = record.split('\u001d')
  if (format === '05')
    return /^(?:(?:0[0-3]|8006|8026)\d952|80030952|(?:25[35]|41[0-7]|8004|801[0378]|40[12])952)/.test(groups[0] ?? '')
  return groups.some((group) => /^\d{0,3}[A-Z](?:UN)?952/.test(group) || /^25SVAA88\.123\./.test(group))
}
