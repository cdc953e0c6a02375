// Identification links of IEC 61406-1:2022, as name plates carry them: a web address that identifies one thing for ever.
import { byteLength, type SchemeReading } from './scheme-reading.ts'

/** Longest link, in characters. */
const longest = 255

const allowed = /^[!#-;=?-Z[\]_a-z~]*$/
const label = /^[0-9A-Za-z](?:[-0-9A-Za-z]{0,61}[0-9A-Za-z])?$/

/** Text that begins as a web address, or as another address of a host. */
export function looksLikeLink(text: string): boolean {
  return /^https?:|^[a-z][-+.0-9a-z]{0,31}:\/\//i.test(text)
}

export function readLink(text: string): SchemeReading {
  const match = /^([A-Za-z][-+.0-9A-Za-z]{0,31}):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(text)
  if (match === null)
    return { identifier: text, parts: {}, faults: ['It is not a web address, as https://id.example.com/m/12345.'] }
  const [, scheme = '', authority = '', path = '', query, fragment] = match
  const faults: string[] = []
  if (!/^https?$/i.test(scheme)) faults.push(`It begins with ${scheme}:, not with https: or http:.`)
  faults.push(...authorityFaults(authority))
  if (!allowed.test(text))
    faults.push('It has a character that a web address cannot have as it is, as a space or a letter outside of ASCII.')
  else if (/%(?![0-9A-Fa-f]{2})/.test(text))
    faults.push('It has a percent sign without two hexadecimal digits behind it.')
  if (path.replaceAll('/', '') === '' && query === undefined && fragment === undefined && faults.length === 0)
    faults.push('It names a host, but nothing there: links of all things of the host would be the same.')
  if (byteLength(text) > longest)
    faults.push(`It has ${byteLength(text)} bytes; links on name plates have ${longest} at most.`)
  const host = authority.toLowerCase()
  const identifier = `${scheme.toLowerCase()}://${host}${text.slice(scheme.length + 3 + authority.length)}`
  const parts = {
    host,
    path,
    ...(query === undefined ? {} : { query: query.slice(1) }),
    ...(fragment === undefined ? {} : { fragment: fragment.slice(1) }),
  }
  return { identifier, parts, faults }
}

function authorityFaults(authority: string): string[] {
  if (authority === '') return ['It has no host.']
  if (authority.includes('@')) return ['It has a user name before the host.']
  const [host = '', port, ...more] = /^\[[0-9A-Fa-f:.]+\]/.test(authority)
    ? ['literal', authority.split(']:')[1]]
    : authority.split(':')
  if (more.length > 0 || (port !== undefined && !/^\d{1,5}$/.test(port)))
    return [`${JSON.stringify(authority)} is not a host with a port.`]
  return host.length <= 253 &&
    host
      .replace(/\.$/, '')
      .split('.')
      .every((part) => label.test(part))
    ? []
    : [`${JSON.stringify(host)} is not the name of a host.`]
}
