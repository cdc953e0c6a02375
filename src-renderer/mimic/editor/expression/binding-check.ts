// Is what is written into a binding attribute right? The same rules as the check of the plant folder (docs/mimics.md).
import {
  type CompiledExpression,
  compileExpression,
  type ExpressionScope,
} from '../../../../src-main/shared/expression.ts'
import { typeInWords } from '../../../../src-main/shared/expression-functions.ts'
import {
  type BindingAttribute,
  bindingAttributes,
  bindingExpressions,
  bindingScope,
  fitsResult,
  levelDirections,
  memberPrefix,
  parseOpenTarget,
} from '../../../../src-main/shared/mimic.ts'

/** Type of a tag; null = there is none, undefined = not known yet. */
export type TagTypeOf = (name: string) => ReturnType<ExpressionScope['tagType']> | undefined

export interface BindingSurroundings {
  readonly tagType: TagTypeOf
  /** Tag that `value` means at the element; null where there is none. */
  readonly tag: string | null
  /** Members of the symbol being drawn; null in a display. */
  readonly members: readonly string[] | null
  /** Does equipment of that name exist? Undefined = not known yet. */
  readonly hasEquipment: (name: string) => boolean | undefined
  /** Does a display of that name exist? Undefined = not known yet. */
  readonly hasMimic: (name: string) => boolean | undefined
}

export type BindingCheck =
  /** `expressions`: those to be shown as "now: …". */
  | { readonly state: 'right'; readonly expressions: readonly CompiledExpression[] }
  /** Something is still being asked of the station. */
  | { readonly state: 'unknown' }
  /** `offset` and `length` of what is wrong in the text; `name` = the name nobody has, for suggestions. */
  | {
      readonly state: 'wrong'
      readonly message: string
      readonly offset: number
      readonly length: number
      readonly name: string | null
    }

function wrong(message: string, text: string, name: string | null = null): BindingCheck {
  return { state: 'wrong', message, offset: 0, length: text.length, name }
}

const right: BindingCheck = { state: 'right', expressions: [] }

/** Checks a binding's text. */
export function checkBinding(attribute: BindingAttribute, text: string, around: BindingSurroundings): BindingCheck {
  const { kind } = bindingAttributes[attribute]
  const plain = text.trim()
  if (plain === '') return wrong('nothing is written here', text)
  switch (kind) {
    case 'expression':
      return checkExpressions(attribute, text, around)
    case 'tagName':
      return checkTag(plain, text, around)
    case 'equipmentName':
      return checkKnown(plain, text, 'equipment', plain.startsWith(memberPrefix) ? true : around.hasEquipment(plain))
    case 'openTarget':
      return checkTarget(text, around)
    case 'direction':
      return (levelDirections as readonly string[]).includes(plain)
        ? right
        : wrong(`${levelDirections.join(', ')} are possible`, text)
    case 'number':
      return Number.isFinite(Number(plain)) ? right : wrong('a number is expected', text)
    case 'name':
      return /^[\p{L}\p{N}_.\- ]+$/u.test(plain) ? right : wrong('letters, digits, _ - . and blanks are expected', text)
    case 'connection':
      return right
  }
}

function checkTag(name: string, text: string, around: BindingSurroundings): BindingCheck {
  if (around.members !== null && name.startsWith(memberPrefix)) {
    const member = name.slice(memberPrefix.length)
    return around.members.includes(member) ? right : wrong(`no member named ${member}`, text, name)
  }
  const type = around.tagType(name)
  return checkKnown(name, text, 'tag', type === undefined ? undefined : type !== null)
}

function checkKnown(name: string, text: string, what: string, exists: boolean | undefined): BindingCheck {
  if (exists === undefined) return { state: 'unknown' }
  return exists ? right : wrong(`no ${what} named ${name}`, text, name)
}

function checkTarget(text: string, around: BindingSurroundings): BindingCheck {
  const target = parseOpenTarget(text)
  if (target === null) return wrong('nothing is written here', text)
  if (target.kind === 'mimic') return checkKnown(target.name, text, 'display', around.hasMimic(target.name))
  if (target.of === null) return right
  const equipment = around.hasEquipment(target.of)
  if (equipment === true) return right
  const tag = around.tagType(target.of)
  if (equipment === undefined || tag === undefined) return { state: 'unknown' }
  return tag !== null ? right : wrong(`no equipment or tag named ${target.of}`, text, target.of)
}

function checkExpressions(attribute: BindingAttribute, text: string, around: BindingSurroundings): BindingCheck {
  const expressions: CompiledExpression[] = []
  let start = 0
  for (const part of bindingExpressions(attribute, text)) {
    const checked = checkExpression(attribute, part, around)
    if (checked.state === 'unknown') return checked
    if (checked.state === 'wrong') return { ...checked, offset: checked.offset + start }
    expressions.push(...checked.expressions)
    start += part.length + 1
  }
  return { state: 'right', expressions }
}

/** One expression in the scope of its element. */
function checkExpression(attribute: BindingAttribute, text: string, around: BindingSurroundings): BindingCheck {
  let isWaiting = false
  const members =
    around.members === null ? null : Object.fromEntries(around.members.map((name) => [name, memberPrefix + name]))
  const scope = bindingScope({
    tag: around.tag,
    members,
    tagType: (name) => {
      const type = around.tagType(name)
      if (type === undefined) isWaiting = true
      return type ?? null
    },
  })
  const compiled = compileExpression(text, scope)
  if (isWaiting) return { state: 'unknown' }
  if (!compiled.ok) return faultIn(text, compiled.message, compiled.offset)
  const { result } = bindingAttributes[attribute]
  if (result !== null && !fitsResult(compiled.expression.type, result))
    return wrong(
      `ls:${attribute} needs ${resultWords[result]}; the result here is of type ${typeInWords(compiled.expression.type)}`,
      text,
    )
  return { state: 'right', expressions: [compiled.expression] }
}

const resultWords = {
  text: 'a text',
  color: 'a text with a colour',
  bool: 'true or false',
  number: 'a number',
  pair: 'one or two numbers',
  words: 'a text with class names',
  any: 'a value',
} as const

function faultIn(text: string, message: string, at: number): BindingCheck {
  const offset = Math.min(at, text.length)
  const word = /^(?:[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*|\S)/u.exec(text.slice(offset))?.[0] ?? ''
  const isName = /^no tag named /.test(message)
  const start = word === '' ? Math.max(0, offset - 1) : offset
  return { state: 'wrong', message, offset: start, length: Math.max(1, word.length), name: isName ? word : null }
}
