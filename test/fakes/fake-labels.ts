// Labels and identifiers as the API sees them, where a test is about something else: every answer is empty, feeds are silent.
import type { IdentifierParts, LabelParts } from '../../src-main/api/api-parts.ts'

/** `answers`: what a test wants answered. */
export function fakeLabels(answers: Partial<LabelParts['answers']> = {}): LabelParts {
  return { answers: completed(answers), watch: () => ({ take: () => null, close: () => undefined }) }
}

export function fakeIdentifiers(answers: Partial<IdentifierParts['answers']> = {}): IdentifierParts {
  return {
    answers: completed(answers),
    report: () => Promise.reject(new Error('no scan is expected here')),
    onScan: () => () => undefined,
  }
}

/** What the test does not say is answered with nothing. */
function completed<Answers extends object>(answers: Partial<Answers>): Answers {
  return new Proxy(answers, { get: (given, name) => Reflect.get(given, name) ?? (async () => ({})) }) as Answers
}
