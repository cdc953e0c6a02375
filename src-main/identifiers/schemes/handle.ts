// Handles (RFC 3651) and VAA identifiers, which are handles below 88 given out by China's ISO/IEC 15459 agency VAA: prefix, slash, suffix.
import { byteLength, type SchemeReading } from './scheme-reading.ts'

/** Longest VAA identifier, in bytes of UTF-8. */
const longestVaa = 255
/** Longest handle, in bytes of UTF-8 (RFC 3651 leaves it open; servers take so much). */
const longestHandle = 2048

const vaaPrefix = /^88(\.[0-9A-Za-z]{1,16}){1,3}$/
const spaceOrControl = /[\s\p{Cc}]/u
const carriers = /^(?:hdl:|info:hdl\/|doi:|https?:\/\/(?:hdl\.handle\.net|(?:dx\.)?doi\.org)\/)/i

/** A handle without `hdl:`, resolver and index, and the index (`300:` of `300:88.111.1/test`) it was written with. */
export interface WrittenHandle {
  readonly handle: string
  readonly index: number | null
}

/** Takes off what a handle is carried in. */
export function bareHandle(text: string): WrittenHandle {
  const carrier = carriers.exec(text)?.[0] ?? ''
  let handle = text.slice(carrier.length)
  if (carrier.startsWith('http') || carrier.startsWith('HTTP')) handle = percentDecoded(handle.replace(/[?#].*$/s, ''))
  const index = /^(\d{1,10}):(?=[^/:]*\/)/.exec(handle)
  return index === null ? { handle, index: null } : { handle: handle.slice(index[0].length), index: Number(index[1]) }
}

/** Text that is carried as a handle or looks like one: `hdl:…`, `86.1000.11/abc`. Dates and addresses of the internet do not. */
export function looksLikeHandle(text: string): boolean {
  if (/^\d{1,2}\.\d{1,2}\.\d{4}$|^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return false
  return (
    carriers.test(text) || /^(?:\d{1,10}:)?(?:\d{2,8}(?:\.[^/\s.]*)+|0\.NA)(?:\/|$)/i.test(text) || /^\/[^/]/.test(text)
  )
}

/** Text that is carried as a VAA identifier or looks like one. */
export function looksLikeVaa(text: string): boolean {
  return /^88(?:\.|\/)/.test(bareHandle(text).handle)
}

export function readVaa(text: string): SchemeReading {
  const { handle, index } = bareHandle(text)
  const { prefix, suffix } = halvesOf(handle)
  const faults: string[] = []
  if (suffix === null) faults.push('There is no slash between prefix and suffix.')
  if (!vaaPrefix.test(prefix))
    faults.push(
      `The prefix ${JSON.stringify(prefix)} is not 88 with one to three codes of 1 to 16 letters and digits, as 88.123.456.`,
    )
  faults.push(...suffixFaults(suffix))
  if (suffix?.startsWith('/')) faults.push('The suffix begins with a slash.')
  const bytes = byteLength(handle)
  if (bytes > longestVaa) faults.push(`It has ${bytes} bytes; VAA identifiers have ${longestVaa} at most.`)
  return { identifier: handle, parts: partsOf(prefix, suffix, index), faults }
}

export function readHandle(text: string): SchemeReading {
  const { handle, index } = bareHandle(text)
  const { prefix, suffix } = halvesOf(handle)
  const faults: string[] = []
  if (suffix === null) faults.push('There is no slash between prefix and suffix.')
  if (prefix === '') faults.push('There is no prefix before the slash.')
  else if (prefix.split('.').includes(''))
    faults.push(`The prefix ${JSON.stringify(prefix)} has an empty part between its points.`)
  else if (spaceOrControl.test(prefix)) faults.push('The prefix has a space or a control character.')
  faults.push(...suffixFaults(suffix))
  const bytes = byteLength(handle)
  if (bytes > longestHandle) faults.push(`It has ${bytes} bytes; handles have ${longestHandle} at most.`)
  return { identifier: handle, parts: partsOf(prefix, suffix, index), faults }
}

function halvesOf(handle: string): { prefix: string; suffix: string | null } {
  const slash = handle.indexOf('/')
  return slash < 0
    ? { prefix: handle, suffix: null }
    : { prefix: handle.slice(0, slash), suffix: handle.slice(slash + 1) }
}

function suffixFaults(suffix: string | null): string[] {
  if (suffix === null) return []
  if (suffix === '') return ['There is no suffix behind the slash.']
  return spaceOrControl.test(suffix) ? ['The suffix has a space or a control character.'] : []
}

function partsOf(prefix: string, suffix: string | null, index: number | null): SchemeReading['parts'] {
  return { prefix, ...(suffix === null ? {} : { suffix }), ...(index === null ? {} : { index }) }
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
