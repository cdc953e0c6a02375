// Is the expression of an element right? The same rules as when the label is printed; said while it is typed.

import type { ExpressionScope } from '../../../src-main/shared/expression.ts'
import { compileLabelText } from '../../../src-main/shared/label-expression.ts'

export type ValueCheck =
  | { readonly state: 'right' }
  /** A tag is still being asked for. */
  | { readonly state: 'unknown' }
  | { readonly state: 'wrong'; readonly message: string; readonly offset: number }

/** `tagType`: null = there is no such tag, undefined = not known yet. */
export function checkValue(
  text: string,
  fieldNames: readonly string[],
  tagType: (name: string) => ReturnType<ExpressionScope['tagType']> | undefined,
): ValueCheck {
  let isWaiting = false
  const result = compileLabelText(
    text,
    {
      tagType: (name) => {
        const type = tagType(name)
        if (type === undefined) isWaiting = true
        return type ?? null
      },
    },
    fieldNames,
  )
  if (isWaiting) return { state: 'unknown' }
  return result.ok ? { state: 'right' } : { state: 'wrong', message: result.message, offset: result.offset }
}
