// A message is kept once for all its occurrences: the numbers that vary ("Level 93.2 % above 90 %") stand in the row, the rest of
// the text in the dictionary.

/** Stands in the text for each number that varies; no message of a plant contains it. */
const figureMark = '\u0001'

const figure = /\d+(?:\.\d+)?/g

export interface SplitMessage {
  /** With {@link figureMark} for each number that varies. */
  readonly text: string
  /** Those numbers with spaces between; null when there are none. */
  readonly figures: string | null
}

/** @param constant texts whose numbers belong to the message and do not vary, as the name of a tag (`LT-101`) */
export function splitMessage(message: string, constant: ReadonlySet<string>): SplitMessage {
  // A mark of its own in the message cannot be told from ours: it stays whole.
  if (message.includes(figureMark)) return { text: message, figures: null }
  const figures: string[] = []
  const text = message.replace(figure, (number) => {
    if (constant.has(number)) return number
    figures.push(number)
    return figureMark
  })
  return figures.length === 0 ? { text: message, figures: null } : { text, figures: figures.join(' ') }
}

/** The numbers in texts. */
export function figuresOf(texts: Iterable<string>): ReadonlySet<string> {
  const figures = new Set<string>()
  for (const text of texts) for (const [number] of text.matchAll(figure)) figures.add(number)
  return figures
}

/** The message again. */
export function joinedMessage(text: string, figures: string | null): string {
  if (figures === null) return text
  const numbers = figures.split(' ')
  let index = 0
  return text.replaceAll(figureMark, () => numbers[index++] ?? '')
}

/** Whether messages of this text contain what is looked for: all of them, some by their numbers, none. `wanted` is lower case. */
export function textFit(text: string, wanted: string): 'all' | 'some' | 'none' {
  const lower = text.toLowerCase()
  if (!lower.includes(figureMark)) return lower.includes(wanted) ? 'all' : 'none'
  for (const part of lower.split(figureMark)) if (part.includes(wanted)) return 'all'
  return mayFit(wanted).test(lower) ? 'some' : 'none'
}

/** Whether a number looked for may reach from one of the message's numbers into another, as in `1.2.3`. */
export function hasJoinedFigures(text: string): boolean {
  return joinedFigures.test(text)
}

const joinedFigures = new RegExp(`[\\d${figureMark}]\\.[\\d${figureMark}]`)

let lastWanted = ''
let lastPattern = /(?:)/

/** Digits and points of what is looked for may come from a number of the row. */
function mayFit(wanted: string): RegExp {
  if (wanted !== lastWanted) {
    lastWanted = wanted
    const parts = wanted.split(/[\d.]+/).map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
    // Without digits or points nothing can come from a number.
    lastPattern = parts.length === 1 ? /(?!)/ : new RegExp(parts.join(`[${figureMark}\\d.]+`))
  }
  return lastPattern
}
