// What a refusal of the runtime means, in languages it does not speak: its own sentences are English.
import type { Language } from './i18n.svelte.ts'

/** Sentences by the code of a refusal (shared/link.ts), as complete as a person in front of the screen needs them. */
export const refusalTexts: Readonly<Record<Exclude<Language, 'en'>, Readonly<Record<string, string>>>> = {
  'zh-CN': {
    BadCertificateUntrusted: '证书未受信任。',
    BadCommunicationError: '与设备的通信失败。',
    BadConfigurationError: '配置有误。',
    BadEntryExists: '已经存在。',
    BadEventIdUnknown: '找不到所指的那一次报警。',
    BadInternalError: '运行时内部出错，请查看其日志。',
    BadInvalidArgument: '输入的内容不被接受。',
    BadInvalidState: '当前状态不允许此操作（联锁或前提条件不满足）。',
    BadNoCommunication: '与设备没有通信。',
    BadNoData: '没有相关记录。',
    BadNodeIdUnknown: '没有这个报警或变量。',
    BadNotFound: '找不到该对象。',
    BadNotSupported: '设备不支持此操作。',
    BadNotWritable: '此变量不可写入。',
    BadOutOfRange: '超出允许的范围。',
    BadRequestInterrupted: '请求在应答之前中断。',
    BadRequestTooLarge: '一次请求的内容过多。',
    BadResourceUnavailable: '所需资源暂不可用，请稍后重试。',
    BadResponseTooLarge: '结果过多，请缩小范围。',
    BadShelvingTimeOutOfRange: '搁置时长超出此类别允许的范围。',
    BadShutdown: '运行时正在关闭。',
    BadTimeout: '未及时应答。',
    BadTooManyOperations: '一次操作的数量过多。',
    BadTypeMismatch: '数据类型不符。',
    BadUserAccessDenied: '没有权限，或当前密码错误。',
    Forbidden: '您的角色无权执行此操作。',
    InvalidInput: '输入不符合要求。',
    Locked: '密码错误次数过多，此登录已暂时锁定。',
    TooManyRequests: '尝试过多，请稍后重试。',
    Unauthorized: '请重新登录：会话已结束。',
  },
}
