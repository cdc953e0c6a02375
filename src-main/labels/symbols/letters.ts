// Which letters a text is made of, as bar codes care.

const recordSeparator = '\u001e'
const endOfTransmission = '\u0004'

/** Blank to tilde, at least one. */
export function isPrintableAscii(text: string): boolean {
  return text !== '' && everyCode(text, (code) => code >= 0x20 && code < 0x7f)
}

export function isAscii(text: string): boolean {
  return everyCode(text, (code) => code < 0x80)
}

/** C0 and C1 controls and DEL. */
export function hasControls(text: string): boolean {
  return !everyCode(text, (code) => code >= 0x20 && (code < 0x7f || code > 0x9f))
}

/**
 * A message of ISO/IEC 15434: `[)>` RS, formats of two digits with their data, each closed by RS, EOT. Its separators (FS GS RS US) are
 * the only control characters that make sense on a label.
 */
export function isIso15434(text: string): boolean {
  if (!text.startsWith(`[)>${recordSeparator}`) || !text.endsWith(recordSeparator + endOfTransmission)) return false
  const formats = text.slice(4, -2).split(recordSeparator)
  return formats.every((format) => /^\d\d/.test(format) && everyCode(format, (code) => code >= 0x1c && code < 0x7f))
}

/** A text for a message: control characters as their codes. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, (letter) => `<${codeInWords(letter)}>`)
}

/** `U+4E2D`. */
export function codeInWords(letter: string): string {
  return `U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}

function everyCode(text: string, holds: (code: number) => boolean): boolean {
  for (let at = 0; at < text.length; at++) if (!holds(text.charCodeAt(at))) return false
  return true
}
