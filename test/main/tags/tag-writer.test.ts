import { describe, expect, test } from 'vitest'
import type { TagValue } from '../../../src-main/shared/data-value.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import type { TagDefinition } from '../../../src-main/shared/tag.ts'
import { ValueBatchBuilder } from '../../../src-main/shared/value-batch.ts'
import { TagTable } from '../../../src-main/tags/tag-table.ts'
import { TagWriter } from '../../../src-main/tags/tag-writer.ts'
import { FakeClock, settle } from '../../fakes/fake-clock.ts'
import { tagDefinition } from '../../fakes/tag-definition.ts'

/** A device that stores what is written and reports what a test says. */
function bench(tag: TagDefinition, over: { answer?: number; interlock?: string | null } = {}) {
  const clock = new FakeClock()
  const table = new TagTable(clock)
  table.configure([tag])
  const sent: TagValue[] = []
  const writer = new TagWriter({
    table,
    clock,
    send: async (_handle, raw) => {
      sent.push(raw)
      return over.answer ?? StatusCodes.Good
    },
    interlock: () => over.interlock ?? null,
  })
  const report = (raw: TagValue) => {
    const builder = new ValueBatchBuilder()
    builder.add(table.handleOf(tag.name)!, raw, StatusCodes.Good, clock.now())
    const batch = builder.take()
    writer.observe(batch)
    table.apply(batch)
  }
  return { clock, table, writer, sent, report }
}

describe('a write', () => {
  test('is confirmed only when the device reports the written value', async () => {
    const { clock, writer, sent, report } = bench(tagDefinition('A'))
    report(1)
    const writing = writer.write('A', 5)
    await settle()
    expect(sent).toEqual([5])
    report(1)
    await settle()
    report(5)
    expect(await writing).toEqual({ statusCode: 0, confirmed: true, value: 5, oldValue: 1 })
    expect(clock.pendingCount).toBe(0)
  })

  test('that the device accepts but does not show is not confirmed after the read-back time', async () => {
    const { clock, writer, report } = bench(tagDefinition('A', { readBackTimeoutMs: 3000 }))
    report(1)
    const writing = writer.write('A', 5)
    await clock.advance(2999)
    report(1)
    await clock.advance(1)
    expect(await writing).toEqual({
      statusCode: 0,
      confirmed: false,
      value: 1,
      oldValue: 1,
      refusal: 'A: device plc took the value but did not report it back within 3000 ms',
    })
  })

  test('that the device refuses ends at once with its answer', async () => {
    const { clock, writer } = bench(tagDefinition('A'), { answer: StatusCodes.BadNoCommunication })
    expect(await writer.write('A', 5)).toMatchObject({
      statusCode: StatusCodes.BadNoCommunication,
      confirmed: false,
      value: null,
      refusal: 'A: device plc did not take the value (BadNoCommunication)',
    })
    expect(clock.pendingCount).toBe(0)
  })

  test('that the device cannot take because of its type says what to correct', async () => {
    const { writer } = bench(tagDefinition('A', { dataType: 'int64' }), { answer: StatusCodes.BadTypeMismatch })
    expect((await writer.write('A', 1)).refusal).toBe(
      "A: what device plc keeps at this address is of another type than int64 (BadTypeMismatch): correct the tag's data type",
    )
  })

  test('goes to the device in its own units and is checked in engineering units', async () => {
    const scaling = { rawLow: 0, rawHigh: 27648, low: 0, high: 100 }
    const { writer, sent, report } = bench(
      tagDefinition('A', { dataType: 'int16', scaling, limits: { low: 0, high: 100 } }),
    )
    const writing = writer.write('A', 33.3)
    await settle()
    expect(sent).toEqual([9207])
    report(9207)
    expect((await writing).confirmed).toBe(true)
    await expect(writer.write('A', 100.5)).rejects.toMatchObject({
      code: 'BadOutOfRange',
      message: 'A: 100.5 is outside its limits 0 to 100',
    })
  })

  test('with a neighbouring whole number is not the written one', async () => {
    const { clock, writer, report } = bench(tagDefinition('A', { dataType: 'uint32' }))
    const writing = writer.write('A', 16_777_216)
    await settle()
    report(16_777_217)
    await clock.advance(2000)
    expect((await writing).confirmed).toBe(false)
  })

  test('that changes less than the deadband is shown as written all the same', async () => {
    const { writer, report, table } = bench(tagDefinition('A', { deadband: 5 }))
    report(10)
    const writing = writer.write('A', 11)
    await settle()
    report(11)
    expect(await writing).toMatchObject({ confirmed: true, value: 11 })
    report(12)
    expect(table.read(table.handleOf('A')!).value).toBe(11)
  })

  test('of a single-precision number is confirmed by its rounded form', async () => {
    const { writer, report } = bench(tagDefinition('A', { dataType: 'float32' }))
    const writing = writer.write('A', 0.1)
    await settle()
    report(Math.fround(0.1))
    expect((await writing).confirmed).toBe(true)
  })

  test.each([
    ['of a wrong type', tagDefinition('A', { dataType: 'bool' }), 'yes', 'BadTypeMismatch'],
    ['that does not fit the integer', tagDefinition('A', { dataType: 'int8' }), 128, 'BadTypeMismatch'],
    ['to a read-only tag', tagDefinition('A', { writable: false }), 1, 'BadNotWritable'],
    ['to a calculated tag', tagDefinition('A', { expression: 'B', device: null, address: null }), 1, 'BadNotWritable'],
    ['with too few array elements', tagDefinition('A', { arrayLength: 3 }), [1, 2], 'BadTypeMismatch'],
    [
      'with one array element out of limits',
      tagDefinition('A', { arrayLength: 2, limits: { low: 0, high: 1 } }),
      [0, 2],
      'BadOutOfRange',
    ],
  ])('%s is refused and nothing is sent', async (_, tag, value, code) => {
    const { writer, sent } = bench(tag)
    await expect(writer.write('A', value)).rejects.toMatchObject({ code })
    expect(sent).toEqual([])
  })

  test('against an interlock is refused in the interlock’s words', async () => {
    const { writer, sent } = bench(tagDefinition('A'), { interlock: 'the door is open' })
    await expect(writer.write('A', 1)).rejects.toMatchObject({
      code: 'BadInvalidState',
      message: 'the door is open',
    })
    expect(sent).toEqual([])
  })

  test('to an unknown tag says so', async () => {
    const { writer } = bench(tagDefinition('A'))
    await expect(writer.write('B', 1)).rejects.toMatchObject({ code: 'BadNotFound' })
  })

  test('of an exact 64-bit integer stays exact', async () => {
    const { writer, sent, report } = bench(tagDefinition('A', { dataType: 'uint64' }))
    const writing = writer.write('A', '18446744073709551615')
    await settle()
    expect(sent).toEqual([18446744073709551615n])
    report(18446744073709551615n)
    expect((await writing).confirmed).toBe(true)
  })
})
