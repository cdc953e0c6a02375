// Labels and identifiers as the API sees them, where a test is about something else: every call is refused, feeds are silent.
import type { IdentifierParts, LabelParts } from '../../src-main/api/api-parts.ts'
import { RuntimeError } from '../../src-main/shared/runtime-error.ts'

/** `answers`: what a test wants answered. */
export function fakeLabels(answers: Partial<LabelParts['answers']> = {}): LabelParts {
  return { answers: refusing(answers), watch: () => ({ take: () => null, close: () => undefined }) }
}

export function fakeIdentifiers(answers: Partial<IdentifierParts['answers']> = {}): IdentifierParts {
  return { answers: refusing(answers), onScan: () => () => undefined }
}

function refusing<Answers extends object>(answers: Partial<Answers>): Answers {
  return new Proxy(answers, {
    get: (given, name) =>
      Reflect.get(given, name) ??
      (() => {
        throw new RuntimeError('BadNotFound', `Nothing is answered to ${String(name)} here`)
      }),
  }) as Answers
}
