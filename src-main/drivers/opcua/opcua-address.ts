// Address texts of OPC UA tags: NodeIds as OPC 10000-6 section 5.3.1.10 writes them, with namespace index or URI.
// Light: knows no OPC UA library, so that a plant folder is checked without loading one.

/** A NodeId as its text says it; the namespace is an index or a URI, which only a connected server turns into an index. */
export interface OpcUaAddress {
  readonly namespace: number | string
  readonly kind: IdentifierKind
  /** Number for `i`, text for `s`, upper-case GUID for `g`, base64 for `b`. */
  readonly identifier: number | string
}

/** `i` numeric, `s` string, `g` GUID, `b` opaque (ByteString). */
export type IdentifierKind = 'i' | 's' | 'g' | 'b'

export type ParsedAddress =
  | { readonly ok: true; readonly address: OpcUaAddress }
  | { readonly ok: false; readonly message: string }

/** Longest identifier or namespace URI (OPC 10000-3 section 8.2.4). */
const longestIdentifier = 4096

const pattern = /^(?:ns=(?<index>\d{1,6});|nsu=(?<uri>[^;]*);)?(?<kind>[isgb])=(?<identifier>[\s\S]*)$/

/** Understands `i=2258`, `ns=2;s=Name`, `nsu=http://…;s=Name`, `g=…` and `b=…`, or says why not. */
export function parseAddress(text: string): ParsedAddress {
  const match = pattern.exec(text)
  if (!match?.groups)
    return refuse(
      `"${short(text)}" is not a NodeId: expected ns=<index>;s=<text> or nsu=<namespace URI>;s=<text> (i= number, g= GUID, b= base64)`,
    )
  const { index, uri, kind, identifier } = match.groups as Record<string, string | undefined>
  const namespace = uri === undefined ? Number(index ?? 0) : unescapeUri(uri)
  if (namespace === null || namespace === '') return refuse('the namespace URI after nsu= is empty or wrongly escaped')
  if (typeof namespace === 'number' && namespace > 0xffff) return refuse(`namespace index ${namespace} is above 65535`)
  return parseIdentifier(namespace, kind as IdentifierKind, identifier ?? '')
}

/** The text of an address; {@link parseAddress} of it gives the same address again. Namespace 0 is left out. */
export function formatAddress(address: OpcUaAddress): string {
  const { namespace, kind, identifier } = address
  const prefix =
    namespace === 0 ? '' : typeof namespace === 'number' ? `ns=${namespace};` : `nsu=${escapeUri(namespace)};`
  return `${prefix}${kind}=${identifier}`
}

function parseIdentifier(namespace: number | string, kind: IdentifierKind, text: string): ParsedAddress {
  switch (kind) {
    case 'i': {
      const identifier = Number(text)
      if (!/^\d{1,10}$/.test(text) || identifier > 0xffffffff)
        return refuse(`i=${short(text)}: a number from 0 to 4294967295 is expected`)
      return accept(namespace, kind, identifier)
    }
    case 's':
      if (text === '') return refuse('the text after s= is empty')
      if (text.length > longestIdentifier) return refuse(`the text after s= is longer than ${longestIdentifier}`)
      return accept(namespace, kind, text)
    case 'g':
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text))
        return refuse(`g=${short(text)}: a GUID like 09087e75-8e5e-499b-954f-f2a9603db28a is expected`)
      return accept(namespace, kind, text.toUpperCase())
    case 'b':
      if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text))
        return refuse(`b=${short(text)}: base64 with padding is expected`)
      if (text.length > longestIdentifier) return refuse(`the bytes after b= are more than ${longestIdentifier}`)
      return accept(namespace, kind, text)
  }
}

/** Parts of a device address. */
export interface EndpointAddress {
  readonly host: string
  readonly port: number
  /** With leading slash; '' when there is none. */
  readonly path: string
}

/** Port that OPC UA servers have when the address names none (IANA). */
const defaultPort = 4840

/** `opc.tcp://host[:port][/path]`, the scheme may be left out; or a sentence why not. */
export function parseEndpoint(text: string): EndpointAddress | string {
  const match = /^(?:opc\.tcp:\/\/)?(\[[0-9a-fA-F:.]+\]|[^\s/:[\]@?#]+)(?::(\d{1,5}))?(\/[^\s?#]*)?$/.exec(text)
  if (!match)
    return `"${short(text)}" is not an OPC UA address: expected opc.tcp://host:port or opc.tcp://host:port/path`
  const port = match[2] === undefined ? defaultPort : Number(match[2])
  if (port < 1 || port > 65535) return `port ${match[2]} is not between 1 and 65535`
  return { host: match[1]!, port, path: match[3] ?? '' }
}

export function formatEndpoint({ host, port, path }: EndpointAddress): string {
  return `opc.tcp://${host}:${port}${path}`
}

function accept(namespace: number | string, kind: IdentifierKind, identifier: number | string): ParsedAddress {
  return { ok: true, address: { namespace, kind, identifier } }
}

function refuse(message: string): ParsedAddress {
  return { ok: false, message }
}

/** `;` and `%` inside a namespace URI are written %3B and %25 (OPC 10000-6 section 5.3.1.11). */
function escapeUri(uri: string): string {
  return uri.replace(/%/g, '%25').replace(/;/g, '%3B')
}

function unescapeUri(text: string): string | null {
  if (text.length > longestIdentifier) return null
  return text.replace(/%(3B|25)/gi, (_, code: string) => (code === '25' ? '%' : ';'))
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
