// How printers of each language are asked for their state, on a wire that carries labels too.
import type { Clock } from '../../base/clock.ts'
import { sleep } from '../../base/clock.ts'
import type { PrinterCondition, PrinterLanguage } from '../../shared/label.ts'
import { keepsFromPrinting, sortedConditions } from './printer-channel.ts'
import { tsplConditions } from './tspl-status.ts'
import type { Wire } from './wire.ts'
import { hostConditions, hostStatusEnd, isBusy, parseHostErrors, parseHostStatus } from './zebra-status.ts'

/** What a printer answered. */
export interface TalkAnswer {
  readonly conditions: readonly PrinterCondition[]
  /** It still has something to print. */
  readonly isBusy: boolean
  /** Changes while it gets on with it. */
  readonly progress: string
  /** What it warns of, as a sentence; '' = nothing. */
  readonly warning: string
}

/** How one language is talked with. */
export interface PrinterTalk {
  /** null = no answer in time. Throws when the wire breaks. */
  ask(wire: Wire, timeoutMs: number): Promise<TalkAnswer | null>
  /** Makes the printer forget what a label that broke off left in its memory; '' = it has no word for that. */
  readonly forget: string
  /** It may say that it is idle before it has looked at the label: only idle for so long counts. ms. */
  readonly settleMs: number
}

/** null = a language in which nothing can be asked. */
export function talkOf(language: PrinterLanguage): PrinterTalk | null {
  if (language === 'zpl') return zplTalk
  return language === 'tspl' ? tsplTalk : null
}

const zplTalk: PrinterTalk = {
  // "Cancel All": formats in the buffer and the one begun are dropped.
  forget: '~JA',
  settleMs: 0,
  async ask(wire, timeoutMs) {
    const bytes = await wire.ask('~HS', hostStatusEnd, timeoutMs)
    if (!bytes) return null
    const status = parseHostStatus(bytes)
    if (!status) return { conditions: ['unknown'], isBusy: false, progress: '', warning: '' }
    const conditions = hostConditions(status)
    const answer = {
      isBusy: isBusy(status),
      progress: `${status.formatsInBuffer} ${status.labelsRemaining}`,
      warning: status.isLabelWaiting ? 'a label waits to be taken off' : '',
    }
    if (!conditions.some(keepsFromPrinting)) return { ...answer, conditions }
    // What exactly is wrong, where the printer knows the question.
    const errors = parseHostErrors(
      (await wire.ask('~HQES', errorsEnd, Math.min(timeoutMs, 500)))?.toString('latin1') ?? '',
    )
    return { ...answer, conditions: errors ? sortedConditions([...conditions, ...errors.conditions]) : conditions }
  },
}

/** The warnings come last. */
function errorsEnd(received: Buffer): number {
  const text = received.toString('latin1', 0, 4096)
  const match = /WARNINGS:\s*[01]\s+[0-9A-Fa-f]{8}\s+[0-9A-Fa-f]{8}\s*(?:\r?\n)?/.exec(text)
  return match ? match.index + match[0].length : 0
}

const tsplTalk: PrinterTalk = {
  // "Cancel all printing files".
  forget: '\x1b!.',
  settleMs: 100,
  async ask(wire, timeoutMs) {
    const bytes = await wire.ask('\x1b!?', (received) => Math.min(received.length, 1), timeoutMs)
    if (!bytes) return null
    const conditions = tsplConditions(bytes[0]!)
    return { conditions, isBusy: conditions.includes('printing'), progress: '', warning: '' }
  },
}

/** How often a printer is asked that still prints. */
const firstWaitMs = 2
const longestWaitMs = 100
/** A printer that is asked and answers, and has the same to print for so long, will not print it. */
const patienceMs = 60_000

/** What became of a label that was handed over. */
export type Delivery =
  | { readonly kind: 'out' }
  | { readonly kind: 'fault'; readonly conditions: readonly PrinterCondition[] }
  | { readonly kind: 'silent' }
  | { readonly kind: 'stuck' }

/**
 * Asks until the printer has put out all it was given. A printer that is held at its own keys is waited for: it prints when it is let go.
 * Throws when the wire breaks.
 */
export async function waitUntilOut(
  talk: PrinterTalk,
  wire: Wire,
  timeoutMs: number,
  clock: Clock,
  onAnswer: (answer: TalkAnswer) => void,
): Promise<Delivery> {
  let waitMs = firstWaitMs
  let progress: string | null = null
  let movedAt = clock.monotonic()
  let idleSince: number | null = null
  let hasPrinted = false
  for (;;) {
    const answer = await talk.ask(wire, timeoutMs)
    if (!answer) return { kind: 'silent' }
    onAnswer(answer)
    const now = clock.monotonic()
    const isPaused = answer.conditions.includes('paused')
    const faults = answer.conditions.filter((condition) => keepsFromPrinting(condition) && condition !== 'paused')
    if (faults.length > 0) return { kind: 'fault', conditions: answer.conditions }
    if (answer.isBusy) {
      hasPrinted = true
      idleSince = null
    } else if (!isPaused) {
      idleSince ??= now
      if (hasPrinted || now - idleSince >= talk.settleMs) return { kind: 'out' }
    }
    if (isPaused || answer.progress !== progress) movedAt = now
    progress = answer.progress
    if (now - movedAt >= patienceMs) return { kind: 'stuck' }
    await sleep(clock, waitMs)
    waitMs = Math.min(waitMs * 2, longestWaitMs)
  }
}
