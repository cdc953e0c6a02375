// What a person can write in an expression besides tags: functions and questions with their signature and a sentence.
// Language: docs/expressions.md. A test compiles every sample.
import type { Language } from '../i18n.svelte.ts'

export interface ExpressionWord {
  readonly name: string
  readonly signature: string
  /** Written into the expression; the caret stands where `|` is. */
  readonly insert: string
  readonly help: Readonly<Record<Language, string>>
}

function word(name: string, parameters: string, result: string, en: string, zh: string): ExpressionWord {
  const insert = parameters === '' ? `${name}()|` : `${name}(|)`
  return { name, signature: `${name}(${parameters}): ${result}`, insert, help: { en, 'zh-CN': zh } }
}

/** Functions of docs/expressions.md, by what they are for. */
export const expressionWords: readonly ExpressionWord[] = [
  word(
    'format',
    'x, decimals',
    'text',
    'A number as text with so many decimals.',
    '把数字写成文本，带指定的小数位数。',
  ),
  word('round', 'x, decimals', 'number', 'Rounded, half away from zero.', '四舍五入。'),
  word('floor', 'x', 'number', 'The whole number below.', '向下取整。'),
  word('ceil', 'x', 'number', 'The whole number above.', '向上取整。'),
  word('trunc', 'x', 'number', 'Without its decimals.', '去掉小数部分。'),
  word('abs', 'x', 'number', 'Without its sign.', '绝对值。'),
  word('sign', 'x', 'number', '-1, 0 or 1.', '符号：-1、0 或 1。'),
  word('clamp', 'x, low, high', 'number', 'Kept between two bounds.', '限制在上下限之间。'),
  word('min', 'a, b, …', 'number', 'The least of 2 to 6 numbers, or of a list.', '2 到 6 个数或一个列表中的最小值。'),
  word(
    'max',
    'a, b, …',
    'number',
    'The greatest of 2 to 6 numbers, or of a list.',
    '2 到 6 个数或一个列表中的最大值。',
  ),
  word('sum', 'list', 'number', 'Sum of an array.', '数组之和。'),
  word('average', 'list', 'number', 'Mean of an array.', '数组的平均值。'),
  word(
    'size',
    'list',
    'number',
    'How many elements an array has, or characters a text.',
    '数组的元素个数或文本的字符数。',
  ),
  word('sqrt', 'x', 'number', 'Square root.', '平方根。'),
  word('pow', 'x, exponent', 'number', 'x to the power of the exponent.', '乘方。'),
  word('exp', 'x', 'number', 'e to the power of x.', 'e 的 x 次方。'),
  word('ln', 'x', 'number', 'Natural logarithm.', '自然对数。'),
  word('log10', 'x', 'number', 'Logarithm to base 10.', '以 10 为底的对数。'),
  word('sin', 'x', 'number', 'Sine of radians.', '正弦（弧度）。'),
  word('cos', 'x', 'number', 'Cosine of radians.', '余弦（弧度）。'),
  word('tan', 'x', 'number', 'Tangent of radians.', '正切（弧度）。'),
  word('atan2', 'y, x', 'number', 'Angle of a direction, radians.', '方向角（弧度）。'),
  word('bit', 'x, n', 'true/false', 'Bit n of a whole number, counted from 0.', '整数的第 n 位，从 0 开始。'),
  word('bitAnd', 'a, b', 'number', 'Bits that both have.', '按位与。'),
  word('bitOr', 'a, b', 'number', 'Bits that either has.', '按位或。'),
  word('bitXor', 'a, b', 'number', 'Bits that only one has.', '按位异或。'),
  word('shiftLeft', 'x, n', 'number', 'Bits moved up by n.', '左移 n 位。'),
  word('shiftRight', 'x, n', 'number', 'Bits moved down by n.', '右移 n 位。'),
  word('upper', 'text', 'text', 'In capitals.', '转为大写。'),
  word('lower', 'text', 'text', 'In small letters.', '转为小写。'),
  word('trim', 'text', 'text', 'Without blanks at its ends.', '去掉两端空格。'),
  word('string', 'x', 'text', 'Anything as text.', '转换为文本。'),
  word('double', 'x', 'number', 'Text, true/false or time as a number.', '转换为数字。'),
  word('bool', 'x', 'true/false', 'False for 0, true for other numbers.', '0 为假，其他数为真。'),
  word(
    'tag',
    '"name"',
    'tag',
    'A tag whose name has other characters than letters, digits, _ and dots.',
    '名称含特殊字符的变量。',
  ),
  word('isGood', 'tag', 'true/false', 'Is the quality Good?', '质量是否为“好”。'),
  word('isUncertain', 'tag', 'true/false', 'Is the quality Uncertain?', '质量是否为“不确定”。'),
  word('isBad', 'tag', 'true/false', 'Is the quality Bad?', '质量是否为“坏”。'),
  word('quality', 'tag', 'text', '"Good", "Uncertain" or "Bad".', '质量："Good"、"Uncertain" 或 "Bad"。'),
  word('age', 'tag', 'number', 'Seconds since the device took the value.', '距取值时间的秒数。'),
  word('timestamp', 'tag', 'time', 'When the device took the value.', '取值时间。'),
]

/** Names that stand for something at an element. */
export const elementWords: readonly ExpressionWord[] = [
  {
    name: 'value',
    signature: 'value',
    insert: 'value|',
    help: { en: 'The value of the tag of this element (ls:tag).', 'zh-CN': '此元素的变量（ls:tag）的值。' },
  },
  {
    name: 'unit',
    signature: 'unit: text',
    insert: 'unit|',
    help: { en: 'The unit of the tag of this element.', 'zh-CN': '此元素的变量的单位。' },
  },
  {
    name: 'name',
    signature: 'name: text',
    insert: 'name|',
    help: { en: 'The name of the equipment that is drawn.', 'zh-CN': '所绘设备的名称。' },
  },
]
