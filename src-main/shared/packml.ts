// PackML (ISA-TR88.00.02-2015 with the command Complete of its 2022 edition): the seventeen states and ten commands as equipment
// types, faceplates and symbols take them over. Numbers are those of the PackTags Status.StateCurrent and Command.CntrlCmd.
import type { EquipmentState, PlantText } from './equipment.ts'
import { type PackmlCommand, type PackmlState, packmlCommands, packmlStates } from './simulation.ts'

/** A command of the model: what is written, how it is called, and where it is offered. */
export interface PackmlOrder {
  /** Number of PackTags `Command.CntrlCmd`. */
  readonly value: number
  readonly name: string
  readonly title: PlantText
  /** It sets the machine going: refused while a permissive or interlock is not fulfilled. */
  readonly starts: boolean
  /** Numbers of the states in which the model has an arrow for it. */
  readonly offeredIn: readonly number[]
  /** What it does to the process beyond its title. */
  readonly consequence: PlantText
}

/** State as the standard calls it → title and what it means to an operator. */
const stateTexts: Readonly<Record<PackmlState, Pick<EquipmentState, 'kind'> & { readonly chinese: string }>> = {
  Clearing: { chinese: '清障', kind: 'fault' },
  Stopped: { chinese: '停机', kind: 'stopped' },
  Starting: { chinese: '启动中', kind: 'starting' },
  Idle: { chinese: '空闲', kind: 'idle' },
  Suspended: { chinese: '暂停', kind: 'held' },
  Execute: { chinese: '运行', kind: 'running' },
  Stopping: { chinese: '停止中', kind: 'stopping' },
  Aborting: { chinese: '中止中', kind: 'fault' },
  Aborted: { chinese: '已中止', kind: 'fault' },
  Holding: { chinese: '保持中', kind: 'held' },
  Held: { chinese: '保持', kind: 'held' },
  Unholding: { chinese: '解除保持', kind: 'starting' },
  Suspending: { chinese: '暂停中', kind: 'held' },
  Unsuspending: { chinese: '解除暂停', kind: 'starting' },
  Resetting: { chinese: '复位中', kind: 'starting' },
  Completing: { chinese: '完成中', kind: 'stopping' },
  Complete: { chinese: '完成', kind: 'stopped' },
}

const commandTexts: Readonly<
  Record<
    PackmlCommand,
    {
      readonly chinese: string
      readonly starts?: true
      readonly from: readonly PackmlState[]
      readonly consequence?: PlantText
    }
  >
> = {
  Reset: { chinese: '复位', from: ['Stopped', 'Complete'] },
  Start: { chinese: '启动', starts: true, from: ['Idle'] },
  Stop: {
    chinese: '停止',
    from: [
      ...(['Starting', 'Idle', 'Suspended', 'Execute', 'Holding', 'Held', 'Unholding', 'Suspending'] as const),
      ...(['Unsuspending', 'Resetting', 'Completing', 'Complete'] as const),
    ],
  },
  Hold: { chinese: '保持', from: ['Execute'] },
  Unhold: { chinese: '解除保持', starts: true, from: ['Held'] },
  Suspend: { chinese: '暂停', from: ['Execute'] },
  Unsuspend: { chinese: '解除暂停', starts: true, from: ['Suspended'] },
  Abort: {
    chinese: '中止',
    from: [
      ...(['Clearing', 'Stopped', 'Starting', 'Idle', 'Suspended', 'Execute', 'Stopping', 'Holding'] as const),
      ...(['Held', 'Unholding', 'Suspending', 'Unsuspending', 'Resetting', 'Completing', 'Complete'] as const),
    ],
    consequence: {
      en: 'It stops at once, as after a fault, and has to be cleared before it can run again.',
      'zh-CN': '设备像发生故障一样立即停止，必须清障后才能再次运行。',
    },
  },
  Clear: { chinese: '清障', from: ['Aborted'] },
  Complete: {
    chinese: '完成',
    from: ['Execute'],
    consequence: { en: 'It ends this run in order and does not go on.', 'zh-CN': '设备正常结束本次运行，不再继续。' },
  },
}

const stateNumbers = new Map(Object.entries(packmlStates).map(([value, name]) => [name, Number(value)]))

/** The states by their numbers, 1 to 17; 0 (undefined) is none. Names are the standard's: `Execute`. */
export const packmlStateModel: readonly EquipmentState[] = Object.entries(packmlStates).map(([value, name]) => ({
  value: Number(value),
  name,
  title: { en: name, 'zh-CN': stateTexts[name].chinese },
  kind: stateTexts[name].kind,
}))

/** The commands by their numbers, 1 to 10; 0 is no command. Names begin with a small letter: `start`. */
export const packmlOrders: readonly PackmlOrder[] = Object.entries(packmlCommands).map(([value, command]) => {
  const { chinese, starts = false, from, consequence = {} } = commandTexts[command]
  return {
    value: Number(value),
    name: command.toLowerCase(),
    title: { en: command, 'zh-CN': chinese },
    starts,
    offeredIn: from.map((state) => stateNumbers.get(state)!).sort((a, b) => a - b),
    consequence,
  }
})
