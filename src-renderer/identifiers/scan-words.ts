// What a scan said, in the few words that are read from far away.
import type { ScanNews } from './scan-inbox.svelte.ts'
import { t } from './texts.ts'

export interface ScanWords {
  /** `wrong` shouts and stays; `right` goes by itself; `open` stays quietly. */
  readonly kind: 'right' | 'wrong' | 'open'
  readonly sign: string
  readonly words: string
  readonly identifier: string
  /** Identifier that should have been there; null = none. */
  readonly expected: string | null
}

export function scanWords(news: ScanNews): ScanWords {
  if (news.kind === 'waiting')
    return { kind: 'open', sign: '…', words: t('scanned'), identifier: readable(news.text), expected: null }
  if (news.kind === 'problem')
    return { kind: 'wrong', sign: '✕', words: news.problem, identifier: readable(news.text), expected: null }
  const { outcome, parsed, text } = news.row
  const identifier = parsed.identifier || readable(text)
  const right = (words: string): ScanWords => ({ kind: 'right', sign: '✓', words, identifier, expected: null })
  switch (outcome.kind) {
    case 'mismatch':
      return { kind: 'wrong', sign: '✕', words: t('outcome.mismatch'), identifier, expected: outcome.expected }
    case 'unknown':
      return { kind: 'open', sign: '?', words: t('outcome.unknown'), identifier, expected: null }
    case 'equipment':
      return right(t('outcome.equipment', { equipment: outcome.equipment }))
    case 'part':
      return right(
        outcome.equipment === null ? t('outcome.part') : t('outcome.partAt', { equipment: outcome.equipment }),
      )
    case 'verified':
      return right(t('outcome.verified'))
    case 'resolved':
      return right(t('outcome.resolved'))
  }
}

/** Separators of GS1 and other control characters as people write them. */
function readable(text: string): string {
  return text.replace(/\p{Cc}/gu, (letter) => (letter === '\x1d' ? '␝' : '␣'))
}
