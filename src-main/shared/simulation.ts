// How simulated equipment behaves, as plant files say it: `simulation:` of an equipment type or instance, and the files
// simulation/*.yaml for what stands between the units. Used by `lineside simulate` only (docs/simulation.md).
import * as v from 'valibot'
import { durationRule } from './duration.ts'

/** A name as plant files write it: a member, a hidden value or a tag. */
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(256))

/** CEL; a plain number or truth value may stand without quotes. */
const expression = v.union([v.pipe(v.string(), v.minLength(1), v.maxLength(4000)), v.number(), v.boolean()])

/** `100 ms`, `1.5 s`, `20 min`, `8 h`. */
const duration = v.pipe(v.string(durationRule), v.regex(/^\d{1,9}(\.\d{1,6})? ?(ms|s|min|h|d)$/, durationRule))

/** The 17 states of PackML by their numbers (ISA-TR88.00.02-2015, table of PackTags `Status.StateCurrent`). */
export const packmlStates = {
  1: 'Clearing',
  2: 'Stopped',
  3: 'Starting',
  4: 'Idle',
  5: 'Suspended',
  6: 'Execute',
  7: 'Stopping',
  8: 'Aborting',
  9: 'Aborted',
  10: 'Holding',
  11: 'Held',
  12: 'Unholding',
  13: 'Suspending',
  14: 'Unsuspending',
  15: 'Resetting',
  16: 'Completing',
  17: 'Complete',
} as const
export type PackmlState = (typeof packmlStates)[keyof typeof packmlStates]
const packmlStateNames = Object.values(packmlStates)

/** What a PackML machine can be told, by the numbers of PackTags `Command.CntrlCmd` (ISA-TR88.00.02). */
export const packmlCommands = {
  1: 'Reset',
  2: 'Start',
  3: 'Stop',
  4: 'Hold',
  5: 'Unhold',
  6: 'Suspend',
  7: 'Unsuspend',
  8: 'Abort',
  9: 'Clear',
  10: 'Complete',
} as const
export type PackmlCommand = (typeof packmlCommands)[keyof typeof packmlCommands]

const packmlFault = v.strictObject({
  /** Number shown in the fault code tag while the fault is there; not 0. */
  code: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)),
  /** For people who read the file; the line's texts belong to the tag's `states`. */
  name,
  /** Of running time (Execute); how long it really takes is random with this mean. */
  meanTimeBetween: duration,
  duration,
  /** abort: Aborting → Aborted; hold: Holding → Held. */
  response: v.optional(v.picklist(['abort', 'hold']), 'abort'),
})
export type PackmlFault = v.InferOutput<typeof packmlFault>

const packml = v.strictObject({
  initial: v.optional(v.picklist(packmlStateNames), 'Idle'),
  /** Writable whole number: 1 Reset, 2 Start, 3 Stop … (PackTags CntrlCmd). Set back to 0 some seconds later. */
  command: v.optional(name),
  /** External reason to wait (starved, blocked): Execute → Suspended while true. */
  suspendWhen: v.optional(expression),
  /** Internal reason to wait (material, door): Execute → Held while true. */
  holdWhen: v.optional(expression),
  /** Aborts at once, from every state; cleared by hand, or by `restart`. */
  abortWhen: v.optional(expression),
  /** Execute → Completing while true (an order or batch is done). */
  completeWhen: v.optional(expression),
  /** How long acting states last; 2 s where nothing is said. */
  times: v.optional(v.record(v.picklist(packmlStateNames), duration)),
  faults: v.optional(v.array(packmlFault)),
  /** Whole number that shows the code of the present fault, 0 = none. */
  faultCode: v.optional(name),
  /** A simulated operator clears, resets and starts again after a fault has gone; never after a Stop command. */
  restart: v.optional(v.boolean(), true),
})
export type PackmlBehaviour = v.InferOutput<typeof packml>

const sequenceStep = v.strictObject({
  /** What the tag shows during this step. */
  value: v.pipe(v.number(), v.integer()),
  /** At least this long; with neither `for` nor `until` a step is passed at once. */
  for: v.optional(duration),
  /** And until this is true. */
  until: v.optional(expression),
})

const sequence = v.strictObject({
  /** Taken while the sequence rests. */
  start: expression,
  /** Back to rest at once. */
  abort: v.optional(expression),
  /** Time stands still while true. */
  hold: v.optional(expression),
  rest: v.optional(v.pipe(v.number(), v.integer()), 0),
  steps: v.pipe(v.array(sequenceStep), v.minLength(1), v.maxLength(1000)),
  /** Number that shows the seconds spent in the present step. */
  elapsed: v.optional(name),
})
export type SequenceBehaviour = v.InferOutput<typeof sequence>

/** The kinds of rules; a rule has at most one of them. */
export const ruleKinds = {
  /** Present value of an expression. */
  value: expression,
  /** First-order lag: follows `to`, 63 % of the way in one time constant. */
  lag: v.strictObject({ to: expression, timeConstant: duration }),
  /** Moves to `to` at no more than `rate` units per second (valve travel, run-up of a drive). */
  ramp: v.strictObject({ to: expression, rate: expression }),
  /** Sum of `rate` (units per second) over time, kept within `low` and `high`; back to `initial` while `reset`. */
  integrate: v.strictObject({
    rate: expression,
    low: v.optional(expression),
    high: v.optional(expression),
    reset: v.optional(expression),
  }),
  /** One more each time `when` becomes true; back to `initial` while `reset`. */
  count: v.strictObject({ when: expression, reset: v.optional(expression) }),
  /** What `of` was `by` seconds ago (transport on a belt, in a pipe); `by` may change, at most one hour. */
  delay: v.strictObject({ of: expression, by: expression }),
  /** Becomes true with `set`, false with `reset`; `reset` wins. */
  latch: v.strictObject({ set: expression, reset: expression }),
  /** Keeps what a client writes for this long, then goes back to `initial`: a command that can be given again. */
  pulse: v.strictObject({ for: duration }),
  /** True now and then: after a random time with this mean, counted while `when` (always where nothing is said). */
  event: v.strictObject({ meanTimeBetween: duration, duration, when: v.optional(expression) }),
  /** Wanders between `low` and `high`; `step` is the typical change in one second. */
  randomWalk: v.strictObject({ low: expression, high: expression, step: expression }),
  sine: v.strictObject({ low: expression, high: expression, period: duration }),
  sequence,
  packml,
} as const
export type RuleKind = keyof typeof ruleKinds
export const ruleKindNames = Object.keys(ruleKinds) as RuleKind[]

/** One rule as written. With none of the kinds the value only remembers what a client writes. */
export const simulationRuleSchema = v.pipe(
  v.strictObject({
    value: v.optional(ruleKinds.value),
    lag: v.optional(ruleKinds.lag),
    ramp: v.optional(ruleKinds.ramp),
    integrate: v.optional(ruleKinds.integrate),
    count: v.optional(ruleKinds.count),
    delay: v.optional(ruleKinds.delay),
    latch: v.optional(ruleKinds.latch),
    pulse: v.optional(ruleKinds.pulse),
    event: v.optional(ruleKinds.event),
    randomWalk: v.optional(ruleKinds.randomWalk),
    sine: v.optional(ruleKinds.sine),
    sequence: v.optional(ruleKinds.sequence),
    packml: v.optional(ruleKinds.packml),
    /** Value at the start: CEL over the instance's parameters alone; 0, false or '' where nothing is said. */
    initial: v.optional(expression),
    /** Standard deviation of measuring noise, over parameters too: on the wire only, other rules read the true value. */
    noise: v.optional(expression),
    /** Type of a hidden value: a number unless this says bool or string. */
    dataType: v.optional(v.picklist(['bool', 'float64', 'string'])),
  }),
  v.check(
    (rule) => ruleKindNames.filter((kind) => rule[kind] !== undefined).length <= 1,
    () => `a rule has one kind only, one of ${ruleKindNames.join(', ')}`,
  ),
)
export type SimulationRule = v.InferOutput<typeof simulationRuleSchema>

const rules = v.record(name, simulationRuleSchema)

/**
 * `simulation:` of an equipment type, and of an instance (there it replaces rules of the type, name by name). Names in
 * expressions are looked up as parameters, then members and hidden values of the instance, then tags of the plant.
 */
export const equipmentSimulationSchema = v.strictObject({
  /** Values without a tag, one set for each instance; from elsewhere they are read as `<instance>.<name>`. */
  hidden: v.optional(rules, {}),
  members: v.optional(rules, {}),
})
export type EquipmentSimulation = v.InferOutput<typeof equipmentSimulationSchema>

/** A file `simulation/*.yaml`. */
export const simulationFileSchema = v.strictObject({
  /** Values without a tag, by full name. */
  hidden: v.optional(rules, {}),
  tags: v.optional(rules, {}),
})
export type SimulationFile = v.InferOutput<typeof simulationFileSchema>

/** A rule of a checked plant, one for each simulated tag and hidden value. */
export interface SimulationEntry {
  /** Tag it drives; for a hidden value of equipment `<instance>.<name>`. Unique among all entries. */
  readonly name: string
  /** True when there is no tag of this name. */
  readonly hidden: boolean
  /** Instance whose parameters, members and hidden values its names mean first; null for files simulation/*.yaml. */
  readonly equipment: string | null
  readonly rule: SimulationRule
}

/** What is wrong with a rule. */
export interface SimulationFault {
  /** Place of the entry in the list that was checked. */
  readonly index: number
  readonly message: string
}
