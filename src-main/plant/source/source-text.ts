// Bytes of a plant file as text. Plant files are UTF-8; anything else is refused with the reason, never guessed.

/** A tag file with 100,000 tags has about 10 MB. */
export const largestFile = 64 * 1024 * 1024

export type SourceText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly line: number; readonly column: number; readonly message: string }

/** Text of a UTF-8 file, without a byte order mark. Line ends stay as they are. */
export function decodeSource(bytes: Uint8Array): SourceText {
  if (bytes.length > largestFile)
    return refuse(1, 1, `the file has ${bytes.length} bytes; ${largestFile} are the most, split it into several files`)
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff]))
    return refuse(1, 1, 'the file is UTF-16; save it as UTF-8')
  const content = startsWith(bytes, [0xef, 0xbb, 0xbf]) ? bytes.subarray(3) : bytes
  try {
    return checkedText(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content))
  } catch {
    const { line, column } = placeOfFirstWrongByte(content)
    const message = 'this byte is not UTF-8 (the file may be GBK, GB18030 or Windows-1252); save the file as UTF-8'
    return refuse(line, column, message)
  }
}

function checkedText(text: string): SourceText {
  const zero = text.indexOf('\u0000')
  if (zero < 0) return { ok: true, text }
  const before = text.slice(0, zero).split('\n')
  return refuse(before.length, before.at(-1)!.length + 1, 'the file holds a zero byte: it is no text file')
}

function refuse(line: number, column: number, message: string): SourceText {
  return { ok: false, line, column, message }
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte)
}

/** Halves the search: the longest start that decodes ends before the wrong byte. */
function placeOfFirstWrongByte(bytes: Uint8Array): { line: number; column: number } {
  let good = 0
  let wrong = bytes.length
  while (good < wrong) {
    const middle = (good + wrong + 1) >> 1
    if (decodes(bytes.subarray(0, middle))) good = middle
    else wrong = middle - 1
  }
  const lines = new TextDecoder('utf-8').decode(bytes.subarray(0, good)).split('\n')
  return { line: lines.length, column: lines.at(-1)!.length + 1 }
}

/** True when the bytes are UTF-8, the last character possibly cut. */
function decodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}
