// `${…}` in equipment types: CEL over the parameters of the instance.
import { expect, it } from 'vitest'
import { fillTemplate, TemplateFault } from '../../../../src-main/plant/source/template-text.ts'

const parameters = { base: 40001, device: 'plc', isFast: true, name: 'P1' }

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: templates of plant files */
it.each([
  ['plain', 'plain'],
  ['${base + 1}:float32', '40002:float32'],
  ['${base}', 40001],
  ['${isFast}', true],
  ['${device}/${name}', 'plc/P1'],
  ['${isFast ? "a}b" : "c"}', 'a}b'],
  ['cost $5', 'cost $5'],
  ['$${base} stays', '${base} stays'],
  ['${base / 2}', 20000.5],
])('%s', (text, expected) => {
  expect(fillTemplate(text, parameters)).toBe(expected)
})

it.each([
  ['a ${bas}', 'no parameter named bas; did you mean base?', 4],
  ['${base', '${ has no } after it', 0],
  ['${base + device}', null, null],
  ['${[1]}', '"[1]" gives no text, number or truth value', 2],
])('%s is a fault with its place', (text, message, offset) => {
  if (message === null) return expect(fillTemplate(text, parameters)).toBe('40001plc')
  try {
    fillTemplate(text, parameters)
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(TemplateFault)
    expect(error).toMatchObject({ message, offset })
  }
})
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: templates of plant files */
