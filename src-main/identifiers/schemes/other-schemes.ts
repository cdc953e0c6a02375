// Schemes of which little is to be known on a line: DIDs, MA identifiers (IDcode) and Ecode, taken apart as far as their public rules go.
import type { SchemeReading } from './scheme-reading.ts'

export function looksLikeDid(text: string): boolean {
  return /^did:/i.test(text)
}

/** W3C Decentralized Identifiers 1.0, section 3.1. */
export function readDid(text: string): SchemeReading {
  const match = /^did:([^:]*):([^/?#]*)(\/[^?#]*)?(\?[^#]*)?(#.*)?$/s.exec(text)
  if (match === null)
    return { identifier: text, parts: {}, faults: ['It is not of the form did:method:id, with did in small letters.'] }
  const [, method = '', id = '', path, query, fragment] = match
  const faults: string[] = []
  if (!/^[0-9a-z]+$/.test(method))
    faults.push(`The method ${JSON.stringify(method)} does not consist of small letters and digits.`)
  if (!/^[-%.0-9:A-Z_a-z]+$/.test(id) || /%(?![0-9A-Fa-f]{2})/.test(id) || id.endsWith(':'))
    faults.push(`The method's own part ${JSON.stringify(id)} is empty or has a character it cannot have.`)
  if (!/^[!#-;=?-Z_a-z~]*$/.test(`${path ?? ''}${query ?? ''}${fragment ?? ''}`))
    faults.push('Behind the id there is a character that a URI cannot have.')
  const parts = {
    method,
    id,
    ...(path === undefined ? {} : { path }),
    ...(query === undefined ? {} : { query: query.slice(1) }),
    ...(fragment === undefined ? {} : { fragment: fragment.slice(1) }),
  }
  return { identifier: text, parts, faults }
}

export function looksLikeMa(text: string): boolean {
  return /^MA\./i.test(text)
}

/** MA identifiers (ISO/IEC 15459 agency MA, idcode.org.cn): codes between points, then what the holder appends behind slashes. */
export function readMa(text: string): SchemeReading {
  const [codes = '', ...rest] = text.split('/')
  const arcs = codes.split('.')
  const faults: string[] = []
  if (arcs[0] !== 'MA') faults.push('It does not begin with MA in capital letters.')
  if (arcs.length < 3 || arcs.slice(1).some((arc) => !/^[0-9A-Za-z]+$/.test(arc)))
    faults.push('Behind MA there are not two codes of letters and digits at least, as MA.156.1001.')
  if (/[\s\p{Cc}]/u.test(text)) faults.push('It has a space or a control character.')
  return {
    identifier: text,
    parts: { codes: arcs.slice(1), ...(rest.length === 0 ? {} : { suffix: rest.join('/') }) },
    faults,
  }
}

export function looksLikeEcode(text: string): boolean {
  return /^(?:urn:)?ecode:/i.test(text)
}

/** Ecode (GB/T 31866-2023): the version, 0 to 4, then number system and master data, whose widths the standard keeps to itself. */
export function readEcode(text: string): SchemeReading {
  const bare = text.replace(/^(?:urn:)?ecode:/i, '')
  const faults: string[] = []
  if (!/^[0-4]/.test(bare)) faults.push('It does not begin with the version, a digit from 0 to 4.')
  if (bare.length < 2) faults.push('There is nothing behind the version.')
  if (/^[0-2]/.test(bare) && !/^\d+$/.test(bare)) faults.push(`Version ${bare[0]} has digits only.`)
  if (/[\s\p{Cc}]/u.test(bare)) faults.push('It has a space or a control character.')
  return { identifier: bare, parts: bare === '' ? {} : { version: bare[0]!, data: bare.slice(1) }, faults }
}
