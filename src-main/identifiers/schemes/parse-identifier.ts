// Takes a scanned, written or typed text apart: finds out which scheme it belongs to, and whether it keeps the scheme's rules.
import type { IdentifierKind, ParsedIdentifier } from '../../shared/identifier.ts'
import { looksLikeEpc, readEpc } from '../epc/read-epc.ts'
import { looksLikeDigitalLink, looksLikeElements, readGs1, readGs1Link } from '../gs1/read-gs1.ts'
import { looksLikeHandle, looksLikeVaa, readHandle, readVaa } from './handle.ts'
import { isSpaceTheCheckOf, looksLikeHibc, readHibc } from './hibc.ts'
import { looksLikeLink, readLink } from './iec61406.ts'
import { looksLikeMessage, readMessage } from './iso15434.ts'
import { looksLikeOid, readOid } from './oid.ts'
import { looksLikeDid, looksLikeEcode, looksLikeMa, readDid, readEcode, readMa } from './other-schemes.ts'
import type { SchemeReading } from './scheme-reading.ts'

export interface ParseOptions {
  /** Read as this scheme, whatever the text looks like. */
  readonly scheme?: IdentifierKind
  /** Symbology identifier of the scanner (ISO/IEC 15424), where it did not send it before the text. */
  readonly aimId?: string
}

/** No symbol holds more; longer texts are not looked into. */
const longestText = 8192

interface Scheme {
  readonly kind: IdentifierKind
  readonly looksLike: (text: string, aimId: string) => boolean
  readonly read: (text: string, aimId: string) => SchemeReading
}

/** In the order in which they are asked: those with an unmistakable beginning first. */
const schemes: readonly Scheme[] = [
  { kind: 'iso15434', looksLike: looksLikeMessage, read: readMessage },
  { kind: 'gs1', looksLike: looksLikeElements, read: readGs1 },
  { kind: 'epc', looksLike: looksLikeEpc, read: readEpc },
  { kind: 'hibc', looksLike: looksLikeHibc, read: readHibc },
  { kind: 'did', looksLike: looksLikeDid, read: readDid },
  { kind: 'ma', looksLike: looksLikeMa, read: readMa },
  { kind: 'ecode', looksLike: looksLikeEcode, read: readEcode },
  { kind: 'vaa', looksLike: looksLikeVaa, read: readVaa },
  { kind: 'handle', looksLike: looksLikeHandle, read: readHandle },
  { kind: 'oid', looksLike: looksLikeOid, read: readOid },
  { kind: 'gs1-dl', looksLike: looksLikeDigitalLink, read: readGs1Link },
  { kind: 'iec61406', looksLike: looksLikeLink, read: readLink },
]
const opaque: Scheme = { kind: 'opaque', looksLike: () => true, read: readOpaque }

/** Never throws: garbage is opaque, or not valid with the reasons. `identifier` is the one spelling to store and compare. */
export function parseIdentifier(text: string, options: ParseOptions = {}): ParsedIdentifier {
  if (text.length > longestText)
    return answer('opaque', {
      identifier: '',
      parts: {},
      faults: [`It has ${text.length} characters; no symbol holds more than ${longestText}.`],
    })
  const { bare, aimId } = withoutCarrier(text, options.aimId)
  const scheme =
    schemes.find(({ kind, looksLike }) =>
      options.scheme === undefined ? looksLike(bare, aimId) : kind === options.scheme,
    ) ?? opaque
  if (bare === '')
    return answer(options.scheme ?? 'opaque', { identifier: '', parts: {}, faults: ['There is nothing.'] })
  return answer(scheme.kind, scheme.read(bare, aimId))
}

/** The text without symbology identifier and padding, and that identifier. */
export function withoutCarrier(text: string, aimId = ''): { readonly bare: string; readonly aimId: string } {
  const sent = /^(?:\s*(\][A-Za-z][0-9A-Za-z]))+/.exec(text)
  return { bare: trimmed(sent === null ? text : text.slice(sent[0].length)), aimId: sent?.[1] ?? aimId }
}

/** More is wrong with a text only where it is garbage. */
const mostFaults = 20

function answer(scheme: IdentifierKind, reading: SchemeReading): ParsedIdentifier {
  const { identifier, parts, notes } = reading
  const faults = reading.faults.length > mostFaults ? reading.faults.slice(0, mostFaults) : reading.faults
  return {
    valid: faults.length === 0,
    scheme,
    identifier,
    parts,
    faults,
    ...(notes === undefined || notes.length === 0 ? {} : { notes }),
  }
}

/** Spaces and line ends that scanners and people put around it; separators of GS1 and ISO/IEC 15434 stay, and a space that is a check character. */
function trimmed(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isPadding(text.charCodeAt(from))) from++
  while (to > from && isPadding(text.charCodeAt(to - 1))) to--
  const bare = text.slice(from, to)
  return text[to] === ' ' && isSpaceTheCheckOf(bare) ? `${bare} ` : bare
}

function isPadding(code: number): boolean {
  return (
    code === 0x20 ||
    code === 0x09 ||
    code === 0x0a ||
    code === 0x0d ||
    code === 0x00 ||
    code === 0xfeff ||
    code === 0x3000
  )
}

function readOpaque(text: string): SchemeReading {
  return { identifier: text, parts: {}, faults: [] }
}
