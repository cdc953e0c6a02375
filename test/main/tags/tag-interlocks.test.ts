import { describe, expect, test } from 'vitest'
import type { EquipmentCondition, WriteCondition } from '../../../src-main/shared/equipment.ts'
import { RuntimeError } from '../../../src-main/shared/runtime-error.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import type { TagDefinition } from '../../../src-main/shared/tag.ts'
import { ValueBatchBuilder } from '../../../src-main/shared/value-batch.ts'
import { TagInterlocks } from '../../../src-main/tags/tag-interlocks.ts'
import { TagTable } from '../../../src-main/tags/tag-table.ts'
import { TagWriter } from '../../../src-main/tags/tag-writer.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { tagDefinition } from '../../fakes/tag-definition.ts'

function bench(command: Partial<TagDefinition>) {
  const clock = new FakeClock()
  const table = new TagTable(clock)
  const tag = tagDefinition('Pump1.Command', { dataType: 'bool', ...command })
  const tags = [
    tag,
    tagDefinition('Door.Closed', { dataType: 'bool' }),
    tagDefinition('Bypass', { dataType: 'bool' }),
    tagDefinition('Tank1.Level', { unit: '%', decimals: 1 }),
    tagDefinition('Drive.State', { dataType: 'uint16', states: { 3: { en: 'Fault', 'zh-CN': '故障' } } }),
  ]
  table.configure(tags)
  const interlocks = new TagInterlocks(table)
  interlocks.configure()
  const sent: unknown[] = []
  const writer = new TagWriter({
    table,
    clock,
    send: async (_handle, raw) => {
      sent.push(raw)
      return StatusCodes.BadDeviceFailure
    },
    interlock: (written, isWritten) => interlocks.refusal(written, isWritten),
  })
  const set = (name: string, value: number, statusCode = 0) => {
    const builder = new ValueBatchBuilder()
    builder.addNumber(table.handleOf(name)!, value, statusCode, 0)
    table.apply(builder.take())
  }
  const write = async (value: unknown) => {
    sent.length = 0
    try {
      await writer.write(tag.name, value)
      return null
    } catch (error) {
      if (error instanceof RuntimeError) return `${error.code}: ${error.message}`
      throw error
    }
  }
  return { refusal: () => interlocks.refusal(tag, () => true), set, write, sent }
}

describe('an interlock', () => {
  const interlock = 'Door.Closed && Tank1.Level > 10'

  test('allows while it is true, and names itself and the values that decide while it is false', () => {
    const { refusal, set } = bench({ interlock })
    set('Door.Closed', 1)
    set('Tank1.Level', 11)
    expect(refusal()).toBeNull()
    set('Tank1.Level', 9)
    expect(refusal()).toBe(
      'Pump1.Command: the interlock is not fulfilled: Door.Closed && Tank1.Level > 10 (Tank1.Level is 9.0 %)',
    )
    set('Door.Closed', 0)
    expect(refusal()).toContain('(Door.Closed is false, Tank1.Level is 9.0 %)')
  })

  test('that depends on a Bad value refuses and says which', () => {
    const { refusal, set } = bench({ interlock: 'Door.Closed' })
    set('Door.Closed', 1)
    expect(refusal()).toBeNull()
    set('Door.Closed', 0, StatusCodes.BadNoCommunication)
    expect(refusal()).toBe(
      'Pump1.Command: its interlock cannot be decided: Door.Closed (Door.Closed is BadNoCommunication)',
    )
  })

  test('that does not compile refuses rather than allows', () => {
    expect(bench({ interlock: 'Door.Shut' }).refusal()).toContain('cannot be evaluated')
    expect(bench({ interlock: null }).refusal()).toBeNull()
  })
})

const notEmpty: EquipmentCondition = {
  kind: 'interlock',
  name: 'notEmpty',
  title: { 'zh-CN': '吸入罐不空', en: 'Suction tank is not empty' },
  condition: 'Tank1.Level > 10',
  bypass: 'Bypass',
}
const driveReady: EquipmentCondition = {
  kind: 'permissive',
  name: 'driveReady',
  title: { en: 'The drive is ready' },
  condition: 'Drive.State != 3',
  bypass: null,
}
const starts = (value: WriteCondition['value'], ...conditions: readonly EquipmentCondition[]) =>
  conditions.map((condition) => ({ value, equipment: 'Pump1', condition }))

describe('a value that starts equipment', () => {
  test('is refused while a condition is not fulfilled, with its title and the values that decide', async () => {
    const { write, set, sent } = bench({ writeConditions: starts(true, notEmpty, driveReady) })
    set('Tank1.Level', 8.2)
    set('Drive.State', 6)
    expect(await write(true)).toBe(
      'BadInvalidState: Pump1 may not start: Suction tank is not empty (Tank1.Level is 8.2 %)',
    )
    expect(sent).toEqual([])
    set('Drive.State', 3)
    expect(await write(true)).toBe(
      'BadInvalidState: Pump1 may not start: Suction tank is not empty (Tank1.Level is 8.2 %); The drive is ready (Drive.State is Fault (3))',
    )
    set('Drive.State', 6)
    set('Tank1.Level', 11)
    expect(await write(true)).toBeNull()
    expect(sent).toEqual([true])
  })

  test('never keeps another value from being written: stopping is always possible', async () => {
    const { write, set, sent } = bench({ writeConditions: starts(true, notEmpty) })
    set('Tank1.Level', 0)
    expect(await write(false)).toBeNull()
    expect(sent).toEqual([false])
  })

  test('is refused while a condition cannot be decided, or does not compile', async () => {
    const { write, set } = bench({ writeConditions: starts(true, notEmpty) })
    set('Tank1.Level', 50, StatusCodes.BadNoCommunication)
    expect(await write(true)).toContain('Suction tank is not empty (Tank1.Level is BadNoCommunication)')
    const unknown = bench({
      writeConditions: starts(true, { ...notEmpty, condition: 'Tank9.Level > 10', bypass: null }),
    })
    expect(await unknown.write(true)).toContain('Suction tank is not empty (Tank9.Level > 10)')
  })

  test('is let through by a bypass that is set, not by one that is Bad', async () => {
    const { write, set } = bench({ writeConditions: starts(true, notEmpty) })
    set('Tank1.Level', 0)
    set('Bypass', 1, StatusCodes.BadNoCommunication)
    expect(await write(true)).toContain('may not start')
    set('Bypass', 1)
    expect(await write(true)).toBeNull()
  })

  test.each([
    ['bool', true, [true, 1], [false, 0]],
    ['bool', 1, [true, 1], [false, 0]],
    ['uint16', 2, [2], [3, 0]],
    ['uint16', true, [1], [0, 2]],
    ['int64', '9007199254740993', ['9007199254740993'], ['9007199254740992', 1]],
    ['float32', 0.1, [0.1, 0.100000001], [0.2, 0]],
    ['string', 'START', ['START'], ['STOP', 'start']],
  ] as const)('of a %s tag, %j, is known however it is written', async (dataType, value, same, others) => {
    const { write, set } = bench({ dataType, writeConditions: starts(value, notEmpty) })
    set('Tank1.Level', 0)
    for (const input of same) expect(await write(input)).toContain('may not start')
    for (const input of others) expect(await write(input)).toBeNull()
  })

  test('of a scaled tag is compared as the device gets it', async () => {
    const scaling = { rawLow: 0, rawHigh: 1000, low: 0, high: 100 }
    const { write, set } = bench({ dataType: 'uint16', scaling, writeConditions: starts(20, notEmpty) })
    set('Tank1.Level', 0)
    expect(await write(20)).toContain('may not start')
    expect(await write(20.04)).toContain('may not start')
    expect(await write(20.06)).toBeNull()
    expect(await write(200)).toBeNull()
  })
})
