// What a scanner or verifier sent, taken apart: the text of the symbol, the symbology identifier in front of it (ISO/IEC 15424), and
// the grade that a verifier puts behind or beside it (ISO/IEC 15415, 15416). Lenient, for no two verifiers write alike.

export interface ScanText {
  /** What stands in the symbol; the separators of GS1 (GS, 0x1D) and ISO/IEC 15434 are kept. */
  readonly text: string
  /** `]C1`; null = none was sent. */
  readonly aimId: string | null
  /** 0 to 4; null = none was sent. */
  readonly grade: number | null
}

/** Overall grade / aperture / wavelength (/ angle), as `2.5/08/660` or `B/10/660/45`; brackets and words around it do no harm. */
const formalGrade =
  /[\s,;|:]+(?:(?:overall\s*)?(?:symbol\s*)?grade\s*[:=]?\s*)?\(?([A-DF]|[0-4](?:[.,]\d{1,2})?)\s*\/\s*\d{2,3}\s*\/\s*(?:[A-Z]?\d{2,4}|[A-Z]{1,3})(?:\s*\/\s*\w{1,4})?\)?\s*$/i
/** Characters of a grade with everything around it. */
const longestGrade = 80
/** `grade=B`, `Grade: 2.5` in a line of fields. */
const namedGrade = /^(?:overall)?[\s_-]*(?:symbol)?[\s_-]*grade\s*[:=]\s*(.+)$/i
const namedText = /^(?:data|text|code|content|decoded|barcode|value)\s*[:=]\s*(.+)$/is

/** Keys of JSON that hold the text or the grade. */
const textKeys = ['data', 'text', 'code', 'content', 'decoded', 'decodedData', 'barcode', 'value']
const gradeKeys = ['grade', 'overallGrade', 'overall', 'symbolGrade']

/** Never throws; what cannot be taken apart is all text. */
export function readScanText(sent: string): ScanText {
  const { text, grade } = fromJson(sent) ?? fromFields(sent) ?? withGradeBehind(sent) ?? { text: sent, grade: null }
  const aimId = /^\][A-Za-z][0-9A-Za-z]/.exec(text)?.[0] ?? null
  return { text: aimId === null ? text : text.slice(aimId.length), aimId, grade }
}

/** Letter grades of ISO/IEC 15416 as numbers; null = it is no grade. */
export function gradeOf(text: string): number | null {
  const letters: Readonly<Record<string, number>> = { A: 4, B: 3, C: 2, D: 1, F: 0 }
  const word = text.trim().split('/')[0]!.trim().replace(',', '.')
  const letter = letters[word.toUpperCase()]
  if (letter !== undefined) return letter
  if (!/^\d(\.\d{1,3})?$/.test(word)) return null
  const number = Number(word)
  return number <= 4 ? number : null
}

type TextAndGrade = Pick<ScanText, 'text' | 'grade'>

function withGradeBehind(sent: string): TextAndGrade | null {
  // Only the end is looked at: a text of nothing but spaces costs no more than any other.
  const begin = Math.max(0, sent.length - longestGrade)
  const found = formalGrade.exec(sent.slice(begin))
  if (found === null || begin + found.index === 0) return null
  return { text: sent.slice(0, begin + found.index), grade: gradeOf(found[1]!) }
}

function fromJson(sent: string): TextAndGrade | null {
  if (!/^\s*\{/.test(sent)) return null
  let fields: Readonly<Record<string, unknown>>
  try {
    fields = Object(JSON.parse(sent)) as Readonly<Record<string, unknown>>
  } catch {
    // It only looks like JSON: a text with a brace in front.
    return null
  }
  const text = textKeys.map((key) => fields[key]).find((value) => typeof value === 'string')
  if (typeof text !== 'string') return null
  const grade = gradeKeys
    .map((key) => fields[key])
    .find((value) => typeof value === 'string' || typeof value === 'number')
  return { text, grade: grade === undefined ? null : gradeOf(String(grade)) }
}

/** `0109521234543213…,grade=B` or `data=…;grade=2.5/08/660`. Without a named grade it is one text, whatever signs are in it. */
function fromFields(sent: string): TextAndGrade | null {
  // 1,7/08/660 is one number where people write a comma.
  const split = sent.replace(/(\d),(\d{1,2}\/)/g, '$1.$2').split(/[,;|\t]/)
  const at = split.findIndex((field) => namedGrade.test(field.trim()))
  if (at < 0 || split.length === 1) return null
  const grade = gradeOf(namedGrade.exec(split[at]!.trim())![1]!)
  const text =
    split.map((field) => namedText.exec(field.trim())?.[1]).find((field) => field !== undefined) ??
    split[at === 0 ? 1 : 0]
  return text === undefined ? null : { text, grade }
}
