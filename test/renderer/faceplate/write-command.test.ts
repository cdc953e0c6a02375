import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import { CallError } from '../../../src-renderer/connection/call-error.ts'
import { confirmTimeoutMs, WriteCommand, type WriteTags } from '../../../src-renderer/faceplate/write-command.svelte.ts'

describe('WriteCommand', () => {
  let calls: unknown[]
  let answer: () => Promise<unknown>
  let command: WriteCommand

  beforeEach(() => {
    vi.useFakeTimers()
    calls = []
    answer = async () => ({ statusCode: 0, confirmed: true, value: 60 })
    const client = {
      call: (_name: string, input: unknown) => {
        calls.push(input)
        return answer()
      },
    } as unknown as WriteTags
    command = new WriteCommand(client, 'Tank.Setpoint')
  })
  afterEach(() => vi.useRealTimers())

  // ISA-101 checklist H30: two steps.
  it('sends nothing before it was confirmed', async () => {
    await command.execute('')
    expect(calls).toEqual([])
    command.propose(60)
    expect(command.step).toMatchObject({ name: 'confirming', value: 60 })
    expect(calls).toEqual([])
    await command.execute('')
    expect(calls).toEqual([{ tag: 'Tank.Setpoint', value: 60 }])
  })

  it('takes the proposal back when nobody confirms it in time', async () => {
    command.propose(60)
    vi.advanceTimersByTime(confirmTimeoutMs - 1)
    expect(command.step.name).toBe('confirming')
    vi.advanceTimersByTime(1)
    expect(command.step.name).toBe('entering')
    await command.execute('')
    expect(calls).toEqual([])
  })

  it('sends once, however often the finger comes down', async () => {
    command.propose(60)
    await Promise.all([command.execute(''), command.execute(''), command.execute('')])
    expect(calls).toHaveLength(1)
  })

  it('hands the reason on to the audit trail', async () => {
    command.propose(60)
    await command.execute('hot product')
    expect(calls).toEqual([{ tag: 'Tank.Setpoint', value: 60, reason: 'hot product' }])
  })

  // H31: requested → sent → read back; what the device reports is shown, not what was wished for.
  it('shows what the device reports back, not what was asked for', async () => {
    answer = async () => ({ statusCode: 0, confirmed: true, value: 59.5 })
    command.propose(60)
    const executing = command.execute('')
    expect(command.step).toEqual({ name: 'sent', value: 60 })
    await executing
    expect(command.step).toEqual({ name: 'confirmed', value: 60, reported: 59.5 })
  })

  it('says so when the device took the value but did not report it', async () => {
    answer = async () => ({ statusCode: 0, confirmed: false, value: 12 })
    command.propose(60)
    await command.execute('')
    expect(command.step).toEqual({ name: 'notConfirmed', value: 60, reported: 12, statusCode: 0 })
  })

  it('says so when the device is away', async () => {
    answer = async () => ({ statusCode: StatusCodes.BadNoCommunication, confirmed: false, value: null })
    command.propose(60)
    await command.execute('')
    expect(command.step).toMatchObject({ name: 'failed', statusCode: StatusCodes.BadNoCommunication })
  })

  it('keeps the sentence of a refusal', async () => {
    const refusal = new CallError({
      code: 'BadOutOfRange',
      message: 'Tank.Setpoint: 160 is above 95.',
      httpStatus: 422,
    })
    answer = () => Promise.reject(refusal)
    command.propose(160)
    await command.execute('')
    expect(command.step).toEqual({ name: 'refused', value: 160, error: refusal })
    command.reset()
    expect(command.step.name).toBe('entering')
  })
})
