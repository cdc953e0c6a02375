// Scanners that type like a keyboard. A scan comes as a burst of keys that no person types, ended by Enter or Tab. Keys are held for
// as long as they may belong to one: a scan never reaches the field that has the focus, and typing reaches it a moment later.

export interface KeyboardScannerOptions {
  /** A text was scanned that no field asks for. */
  readonly onScan: (text: string) => void
  /** Keys closer than this belong to one scan; ms. Scanners need 1 to 20 for a key, people 80 and more. */
  readonly largestGapMs?: number
  /** Shorter bursts are typing. */
  readonly shortestLength?: number
  /** Where keys are listened for; usually `window`. */
  readonly target: EventTarget
}

const groupSeparator = '\x1d'
/** More than any symbol holds. */
const longestScan = 8192
/** The shortest number on goods has eight digits (GTIN-8). */
const shortNumber = /^[+-]?\d{0,7}(?:[.,]\d*)?$/
/** So many keys that close make it a scan; what follows may take its time on a busy computer. */
const surelyScanned = 4
const patienceMs = 200
/** Keys that make no character and come in the middle of a scan: upper case, and the separator of GS1. */
const shiftKeys: ReadonlySet<string> = new Set(['Shift', 'CapsLock', 'AltGraph', 'Control', 'Alt'])

interface HeldKey {
  readonly text: string
  readonly key: string
  readonly at: EventTarget | null
}

/** Listens from when it is made until {@link close}. */
export class KeyboardScanner {
  readonly #options: KeyboardScannerOptions
  readonly #gapMs: number
  readonly #shortest: number
  #held: HeldKey[] = []
  #timer: ReturnType<typeof setTimeout> | null = null
  #isReplaying = false

  constructor(options: KeyboardScannerOptions) {
    this.#options = options
    this.#gapMs = options.largestGapMs ?? 40
    this.#shortest = options.shortestLength ?? 5
    options.target.addEventListener('keydown', this.#onKey, { capture: true })
    options.target.addEventListener('pointerdown', this.#release, { capture: true })
  }

  close(): void {
    this.#release()
    this.#options.target.removeEventListener('keydown', this.#onKey, { capture: true })
    this.#options.target.removeEventListener('pointerdown', this.#release, { capture: true })
  }

  readonly #onKey = (event: Event): void => {
    if (this.#isReplaying || !(event instanceof KeyboardEvent) || event.isComposing || shiftKeys.has(event.key)) return
    const text = textOf(event)
    if (text !== null && (this.#held.length > 0 || mayBegin(event))) {
      take(event)
      this.#held.push({ text, key: event.key, at: event.target })
      this.#wait()
      if (this.#held.length >= longestScan) this.#release()
      return
    }
    const scanned = this.#held.map((held) => held.text).join('')
    if ((event.key === 'Enter' || event.key === 'Tab') && this.#isScan(scanned, event.target)) {
      take(event)
      this.#drop()
      this.#options.onScan(scanned)
      return
    }
    this.#release()
  }

  /** Words, and numbers that are no article's, are typed however quickly; a scanner ends where it began. */
  #isScan(text: string, at: EventTarget | null): boolean {
    if (text.length < this.#shortest || !/\d/.test(text)) return false
    return !shortNumber.test(text) && this.#held.every((held) => held.at === at)
  }

  #wait(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    const isSure = this.#held.length >= surelyScanned
    this.#timer = setTimeout(this.#release, isSure ? patienceMs : this.#gapMs)
  }

  #drop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#held = []
  }

  /** It was a person: the keys go where they were meant to. */
  readonly #release = (): void => {
    const held = this.#held
    this.#drop()
    this.#isReplaying = true
    try {
      for (const key of held) replay(key)
    } finally {
      this.#isReplaying = false
    }
  }
}

/** What a key adds to a scan; null = no text. Scanners send the separator of GS1 as Ctrl+]. */
function textOf(event: KeyboardEvent): string | null {
  if (event.ctrlKey && !event.altKey && event.key === ']') return groupSeparator
  // AltGr of many keyboards is Ctrl and Alt together, and makes characters such as @.
  if (event.metaKey || event.ctrlKey !== event.altKey) return null
  return [...event.key].length === 1 ? event.key : null
}

/** Space presses buttons and scrolls; a held key repeats; a list jumps to what begins so. */
function mayBegin(event: KeyboardEvent): boolean {
  if (event.repeat || event.ctrlKey) return false
  if (event.target instanceof HTMLSelectElement) return false
  return event.key !== ' ' || isEditable(event.target)
}

function isEditable(target: EventTarget | null): target is HTMLElement {
  if (target instanceof HTMLInputElement) return !target.readOnly && !target.disabled
  if (target instanceof HTMLTextAreaElement) return !target.readOnly && !target.disabled
  return target instanceof HTMLElement && target.isContentEditable
}

function take(event: Event): void {
  event.preventDefault()
  event.stopImmediatePropagation()
}

function replay({ text, key, at }: HeldKey): void {
  const target = at instanceof Element && at.isConnected ? at : document.body
  const isWanted = target.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, composed: true }),
  )
  if (!isWanted || !isEditable(target)) return
  // The only way to type that keeps undo and tells the page as a key would; it needs the focus, which may have gone on meanwhile.
  if (target === document.activeElement) document.execCommand('insertText', false, text)
  else if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) {
    target.value += text
    target.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText', data: text }))
  }
}
