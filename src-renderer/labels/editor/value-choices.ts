// What can stand in the expression of an element: the identifier, the fields of the label, tags and functions.
import { type Completion, nameCompletions, wordCompletions } from '../../ui/expression/completion.ts'
import type { Language } from '../../ui/i18n.svelte.ts'

export interface Named {
  readonly name: string
  readonly detail: string
}

/** Functions on one page of the list; tags have a page of their own. */
const mostFunctions = 12

/** Those that begin with what is typed, the label's own names first. `own`: names with a word about each. */
export function valueChoices(
  typed: string,
  own: readonly Named[],
  tags: readonly Named[],
  locale: Language,
): readonly Completion[] {
  const wanted = typed.toLowerCase()
  const fitting = own.filter(({ name }) => name.toLowerCase().includes(wanted))
  return [
    ...nameCompletions('member', typed, fitting),
    ...nameCompletions('tag', typed, tags),
    ...wordCompletions(typed, false, locale)
      .filter(({ kind }) => kind === 'function')
      .slice(0, mostFunctions),
  ]
}
