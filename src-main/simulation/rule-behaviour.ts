// What each kind of rule with a memory does in one step: lags, sums, delays, machines, sequences (docs/simulation.md).
import type { TagValue } from '../shared/data-value.ts'
import type { RuleKind } from '../shared/simulation.ts'
import { packmlStates } from '../shared/simulation.ts'
import type { CompiledRule } from '../shared/simulation-rules.ts'
import { PackmlMachine, secondsOf } from './packml-machine.ts'
import { exponential, gaussian, type Random } from './random.ts'

/** The plant around a rule while it takes its step. */
export interface RuleSurroundings {
  /** Number, or 0 and 1 for false and true, of an expression of the rule; `otherwise` where the rule has none there. */
  number(path: string, otherwise: number): number
  isTrue(path: string): boolean
  /** Drives what a link (`elapsed`, `faultCode`, `command`) names. */
  drive(link: string, value: number): void
}

/** A rule with a memory. */
export interface RuleBehaviour {
  /** One step of `seconds`; gives the new value, before it is fitted to the tag's type. */
  step(seconds: number, around: RuleSurroundings): number | boolean
  /** A client wrote the tag this rule drives. */
  write(value: TagValue): void
  /** A client wrote what a link of this rule names. */
  writeLink?(link: string, value: number): void
}

/** Seconds after which a machine takes a command back to 0, so that the same one can be given again. */
const commandSeconds = 3
/** Longest delay. */
const longestDelaySeconds = 3600

/** Makes the behaviour of a rule that starts at `initial`; null for rules that only remember what is written. */
export function createBehaviour(rule: CompiledRule, initial: TagValue, random: Random): RuleBehaviour | null {
  const { kind } = rule
  return kind === null || kind === 'value' ? null : makers[kind](rule, initial, random)
}

type Maker = (rule: CompiledRule, initial: TagValue, random: Random) => RuleBehaviour

const makers: Readonly<Record<Exclude<RuleKind, 'value'>, Maker>> = {
  lag: (rule, initial) => {
    const timeConstant = Math.max(secondsOf(rule.entry.rule.lag!.timeConstant), 0.001)
    return remembering(initial, (state, seconds, around) => {
      const target = around.number('to', 0)
      return target + (state - target) * Math.exp(-seconds / timeConstant)
    })
  },
  ramp: (_rule, initial) =>
    remembering(initial, (state, seconds, around) => {
      const most = Math.max(around.number('rate', 0), 0) * seconds
      return state + bound(around.number('to', 0) - state, -most, most)
    }),
  integrate: (_rule, initial) =>
    remembering(initial, (state, seconds, around, start) => {
      if (around.isTrue('reset')) return start
      const sum = state + around.number('rate', 0) * seconds
      return bound(sum, around.number('low', -Infinity), around.number('high', Infinity))
    }),
  count: (_rule, initial) => {
    let was = true
    return remembering(initial, (state, _seconds, around, start) => {
      const is = around.isTrue('when')
      const rose = is && !was
      was = is
      if (around.isTrue('reset')) return start
      return rose ? state + 1 : state
    })
  },
  delay: (_rule, initial) => new Delay(Number(initial)),
  latch: (_rule, initial) => {
    let state = initial === true
    return {
      step: (_seconds, around) => {
        state = !around.isTrue('reset') && (state || around.isTrue('set'))
        return state
      },
      write: (value) => {
        state = value === true
      },
    }
  },
  pulse: (rule, initial) => {
    const rest = initial === true || initial === false ? initial : Number(initial)
    const seconds = secondsOf(rule.entry.rule.pulse!.for)
    let state = rest
    let remaining = 0
    return {
      step: (passed) => {
        remaining -= passed
        if (remaining <= 0) state = rest
        return state
      },
      write: (value) => {
        state = typeof rest === 'boolean' ? value === true : Number(value)
        remaining = seconds
      },
    }
  },
  event: (rule, _initial, random) => new RandomEvent(rule, random),
  randomWalk: (_rule, initial, random) =>
    remembering(initial, (state, seconds, around) => {
      const low = around.number('low', 0)
      const high = around.number('high', 0)
      const change = around.number('step', 0) * Math.sqrt(seconds) * gaussian(random)
      return bound(state + change, low, high)
    }),
  sine: (rule) => {
    const period = Math.max(secondsOf(rule.entry.rule.sine!.period), 0.001)
    let time = 0
    return {
      step: (seconds, around) => {
        time += seconds
        const low = around.number('low', 0)
        return low + ((around.number('high', 0) - low) * (1 - Math.cos((2 * Math.PI * time) / period))) / 2
      },
      write: () => undefined,
    }
  },
  sequence: (rule) => new Sequence(rule),
  packml: (rule, _initial, random) => new PackmlRule(rule, random),
}

/** A number that grows out of itself; what a client writes is where it goes on from. */
function remembering(
  initial: TagValue,
  next: (state: number, seconds: number, around: RuleSurroundings, start: number) => number,
): RuleBehaviour {
  const start = Number(initial)
  let state = start
  return {
    step: (seconds, around) => {
      state = next(state, seconds, around, start)
      return state
    },
    write: (value) => {
      state = Number(value)
    },
  }
}

function bound(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}

/** Remembers when its input changed, for as long as that can matter. */
class Delay implements RuleBehaviour {
  readonly #initial: number
  /** Changes, oldest first: from `from[i]` on the input was `value[i]`. */
  #changes: { from: number; value: number }[] = []
  #time = 0

  constructor(initial: number) {
    this.#initial = initial
  }

  step(seconds: number, around: RuleSurroundings): number {
    this.#time += seconds
    const value = around.number('of', 0)
    if (this.#changes.at(-1)?.value !== value) this.#changes.push({ from: this.#time, value })
    const at = this.#time - bound(around.number('by', 0), 0, longestDelaySeconds)
    this.#forget()
    // The newest change is the likeliest place for short delays, but a belt's are long: halving finds it in any case.
    let low = 0
    let high = this.#changes.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#changes[middle]!.from <= at) low = middle + 1
      else high = middle
    }
    return low === 0 ? this.#initial : this.#changes[low - 1]!.value
  }

  write(): void {
    // A transport delay cannot be written; the next step says again what it is.
  }

  /** Drops what is older than the longest delay, in one go now and then. */
  #forget(): void {
    const oldest = this.#time - longestDelaySeconds
    if (this.#changes.length < 2000 || this.#changes[1000]!.from > oldest) return
    this.#changes = this.#changes.slice(1000)
  }
}

class RandomEvent implements RuleBehaviour {
  readonly #meanSeconds: number
  readonly #durationSeconds: number
  readonly #always: boolean
  readonly #random: Random
  #untilNext: number
  #remaining = 0

  constructor(rule: CompiledRule, random: Random) {
    const event = rule.entry.rule.event!
    this.#meanSeconds = secondsOf(event.meanTimeBetween)
    this.#durationSeconds = secondsOf(event.duration)
    this.#always = event.when === undefined
    this.#random = random
    this.#untilNext = exponential(random, this.#meanSeconds)
  }

  step(seconds: number, around: RuleSurroundings): boolean {
    if (this.#remaining > 0) this.#remaining -= seconds
    else if (this.#always || around.isTrue('when')) this.#untilNext -= seconds
    if (this.#untilNext <= 0) {
      this.#untilNext = exponential(this.#random, this.#meanSeconds)
      this.#remaining = this.#durationSeconds
    }
    return this.#remaining > 0
  }

  /** Writing true makes it happen now, false ends it. */
  write(value: TagValue): void {
    this.#remaining = value === true ? this.#durationSeconds : 0
  }
}

class Sequence implements RuleBehaviour {
  readonly #steps: readonly { readonly value: number; readonly seconds: number; readonly until: string | null }[]
  readonly #rest: number
  /** Index of the present step, -1 while it rests. */
  #index = -1
  #elapsed = 0

  constructor(rule: CompiledRule) {
    const sequence = rule.entry.rule.sequence!
    this.#rest = sequence.rest
    this.#steps = sequence.steps.map((step, index) => ({
      value: step.value,
      seconds: step.for === undefined ? 0 : secondsOf(step.for),
      until: step.until === undefined ? null : `steps.${index}.until`,
    }))
  }

  step(seconds: number, around: RuleSurroundings): number {
    if (this.#index >= 0 && around.isTrue('abort')) this.#goTo(-1)
    else if (this.#index < 0) {
      if (around.isTrue('start') && !around.isTrue('abort')) this.#goTo(0)
    } else if (!around.isTrue('hold')) this.#advance(seconds, around)
    around.drive('elapsed', Math.floor(this.#elapsed + 1e-9))
    return this.#steps[this.#index]?.value ?? this.#rest
  }

  /** A written number jumps to the step that shows it. */
  write(value: TagValue): void {
    this.#goTo(this.#steps.findIndex((step) => step.value === Number(value)))
  }

  #advance(seconds: number, around: RuleSurroundings): void {
    const step = this.#steps[this.#index]!
    this.#elapsed += seconds
    if (this.#elapsed < step.seconds || (step.until !== null && !around.isTrue(step.until))) return
    this.#goTo(this.#index + 1 < this.#steps.length ? this.#index + 1 : -1)
  }

  #goTo(index: number): void {
    this.#index = index
    this.#elapsed = 0
  }
}

const packmlNumbers = new Map(Object.entries(packmlStates).map(([number, state]) => [state, Number(number)]))

class PackmlRule implements RuleBehaviour {
  readonly #machine: PackmlMachine
  #commandAge = Number.POSITIVE_INFINITY

  constructor(rule: CompiledRule, random: Random) {
    this.#machine = new PackmlMachine(rule.entry.rule.packml!, random)
  }

  step(seconds: number, around: RuleSurroundings): number {
    this.#machine.step(seconds, {
      suspend: around.isTrue('suspendWhen'),
      hold: around.isTrue('holdWhen'),
      abort: around.isTrue('abortWhen'),
      complete: around.isTrue('completeWhen'),
    })
    around.drive('faultCode', this.#machine.faultCode)
    const wasShown = this.#commandAge < commandSeconds
    this.#commandAge += seconds
    if (wasShown && this.#commandAge >= commandSeconds) around.drive('command', 0)
    return packmlNumbers.get(this.#machine.state)!
  }

  write(): void {
    // The state follows from commands alone.
  }

  writeLink(link: string, value: number): void {
    if (link !== 'command') return
    this.#commandAge = 0
    this.#machine.command(value)
  }
}
