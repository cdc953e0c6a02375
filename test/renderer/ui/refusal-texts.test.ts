import { afterEach, describe, expect, it } from 'vitest'
import { CallError } from '../../../src-renderer/connection/call-error.ts'
import { language } from '../../../src-renderer/ui/i18n.svelte.ts'
import { errorText } from '../../../src-renderer/ui/texts.ts'

const interlock = new CallError({
  code: 'BadInvalidState',
  httpStatus: 422,
  message: 'V1.Command: the interlock is not fulfilled: V1.Mode == 1',
})

describe('why something was refused', () => {
  afterEach(() => language.choose('en'))

  it('is the sentence of the runtime on an English screen', () => {
    expect(errorText(interlock)).toBe('V1.Command: the interlock is not fulfilled: V1.Mode == 1')
  })
  it('is said in Chinese on a Chinese screen, before the words of the runtime that name the rule', () => {
    language.choose('zh-CN')
    expect(errorText(interlock)).toBe(
      '当前状态不允许此操作（联锁或前提条件不满足）。（运行时：V1.Command: the interlock is not fulfilled: V1.Mode == 1）',
    )
  })
  it('is at least the sentence of the runtime for a code without a translation', () => {
    language.choose('zh-CN')
    expect(errorText(new CallError({ code: 'BadSomethingNew', httpStatus: 422, message: 'no' }))).toBe('no')
  })
})
