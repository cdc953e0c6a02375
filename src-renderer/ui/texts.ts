// Words used by every part of the screen.
import { CallError } from '../connection/call-error.ts'
import { defineTexts, language } from './i18n.svelte.ts'
import { refusalTexts } from './refusal-texts.ts'

export const t = defineTexts({
  en: {
    chooseFile: 'Choose a file …',
    noFileChosen: 'No file chosen yet.',
    close: 'Close',
    cancel: 'Cancel',
    loading: 'Loading …',
    retry: 'Try again',
    from: 'From',
    to: 'To',
    show: 'Show',
    spanTooShort: 'The end has to be after the beginning.',
    timeUnreadable: 'A date and a time are needed.',
    zoneHint: 'Time at the plant ({zone})',
    empty: 'Nothing here.',
    rowCount: '{count} {count#row|rows}',
    keypad: 'Number keypad',
    backspace: 'Delete the last digit',
    changeSign: 'Change the sign',
    decimalPoint: 'Decimal point',
    clear: 'Clear',
    showPassword: 'Show password',
    hidePassword: 'Hide password',
    notConnected: 'There is no connection to the runtime; nothing was sent.',
    connectionLost:
      'The connection to the runtime was lost before the answer came. Whether it was done is not known: look at the plant.',
    saidByRuntime: '{meant} ({said})',
    noAnswer: 'The runtime did not answer in time. Whether it was done is not known: look at the plant.',
  },
  'zh-CN': {
    chooseFile: '选择文件…',
    noFileChosen: '尚未选择文件。',
    close: '关闭',
    cancel: '取消',
    loading: '正在加载…',
    retry: '重试',
    from: '自',
    to: '至',
    show: '显示',
    spanTooShort: '结束时间必须晚于开始时间。',
    timeUnreadable: '需要日期和时间。',
    zoneHint: '工厂时间（{zone}）',
    empty: '没有内容。',
    rowCount: '{count} 行',
    keypad: '数字键盘',
    backspace: '删除最后一位',
    changeSign: '改变正负号',
    decimalPoint: '小数点',
    clear: '清除',
    showPassword: '显示密码',
    hidePassword: '隐藏密码',
    notConnected: '与运行时没有连接，未发送任何内容。',
    connectionLost: '在收到应答之前与运行时的连接中断。是否已执行不得而知，请查看现场。',
    saidByRuntime: '{meant}（运行时：{said}）',
    noAnswer: '运行时未及时应答。是否已执行不得而知，请查看现场。',
  },
})

/**
 * Why something failed: the runtime's own sentence, or ours when it could not be asked. On a screen in another language than
 * English ours comes first and the runtime's words, which name the tag and the rule, follow.
 */
export function errorText(error: unknown): string {
  if (error instanceof CallError) {
    if (error.code === 'BadNotConnected' && error.httpStatus === 503) return t('notConnected')
    if (error.code === 'BadConnectionClosed' && error.httpStatus === 503) return t('connectionLost')
    if (error.code === 'BadTimeout' && error.httpStatus === 504) return t('noAnswer')
    const said = error.path === null ? error.message : `${error.message} (${error.path})`
    if (language.current === 'en') return said
    const meant = refusalTexts[language.current][error.code]
    return meant === undefined ? said : t('saidByRuntime', { meant, said })
  }
  return error instanceof Error ? error.message : String(error)
}
