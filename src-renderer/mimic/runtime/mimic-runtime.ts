// A mimic at work: frames of tags come in, once per animation frame the bindings they touch are computed, and what changed
// is written. No reactive framework in here: five thousand bindings have four milliseconds (docs/mimics.md, "How fast").
import type { TagValue } from '../../../src-main/shared/data-value.ts'
import type { ExpressionInput } from '../../../src-main/shared/expression.ts'
import { messageOf } from '../../../src-main/shared/runtime-error.ts'
import { isBad, StatusCodes } from '../../../src-main/shared/status-code.ts'
import type { TagFrame } from '../../../src-main/shared/tag-frame.ts'
import { type ValueState, valueStateOf } from '../../tags/value-state.ts'
import type { MimicFault } from '../drawing/mimic-drawing.ts'
import type { TagWatcher } from '../mimic-source.ts'
import { frameValue } from './frame-value.ts'
import type { Binding, BindingPlan, BoundExpression } from './mimic-bindings.ts'
import { MimicSight } from './mimic-sight.ts'
import type { ResultWriter } from './mimic-writers.ts'

/** What is drawn at an element: a value's state, or that its binding cannot work. */
export type MarkState = ValueState | 'unknown' | 'fault'

/** Which state wins where several tags meet; the later, the worse. */
const ranks: readonly MarkState[] = [
  'good',
  'manual',
  'substituted',
  'uncertain',
  'outOfRange',
  'stale',
  'waiting',
  'bad',
  'unknown',
  'fault',
]
const rankOf = Object.fromEntries(ranks.map((state, rank) => [state, rank])) as Readonly<Record<MarkState, number>>

/** A change of what is drawn at an owner. `tag` and `statusCode` are those of its worst input, '' when there is none. */
export interface MarkChange {
  readonly ownerIndex: number
  readonly state: MarkState
  readonly tag: string
  readonly statusCode: number
}

/** Draws marks; see mimic-marks.ts. */
export interface MarkLayer {
  /** Owners whose state changed. */
  show(changes: readonly MarkChange[]): void
  /** Owners whose elements may have moved. */
  moved(ownerIndexes: ReadonlySet<number>): void
}

/** What the runtime needs of the page; tests hand in their own. */
export interface FrameScheduler {
  request(run: () => void): number
  cancel(handle: number): void
}

const animationFrames: FrameScheduler = {
  request: (run) => requestAnimationFrame(run),
  cancel: (handle) => cancelAnimationFrame(handle),
}

/** After this a tag without a value is marked; before, a display being opened would flicker with marks. ms. */
const firstValueGraceMs = 1000
/** How often expressions that use age() are computed without a change of their tags; ms. */
const timeStepMs = 1000

/** One mimic on screen. Owned by its view, which calls `close`. */
export class MimicRuntime {
  readonly #plan: BindingPlan
  readonly #marks: MarkLayer
  readonly #sight: MimicSight
  readonly #scheduler: FrameScheduler
  readonly #onFault: (fault: MimicFault) => void

  readonly #values: TagValue[]
  readonly #statusCodes: Uint32Array
  readonly #sourceTimestamps: Float64Array
  readonly #isDirtyTag: Uint8Array
  readonly #dirtyTags: number[] = []
  /** Tag → bindings that read it. */
  readonly #bindingsOf: readonly (readonly number[])[]
  /** Owner → its bindings. */
  readonly #bindingsOfOwner: readonly (readonly number[])[]
  readonly #timedBindings: readonly number[]
  readonly #isQueued: Uint8Array
  /** Touched while it could not be seen: computed in the frame it comes into view. */
  readonly #isPutOff: Uint8Array
  readonly #queue: number[] = []
  /** What most bindings are, in columns: theirs is the way that is walked thousands of times a second. */
  readonly #writers: readonly (ResultWriter | null)[]
  /** The only tag a binding depends on; -1 = several or none. */
  readonly #onlyInput: Int32Array
  /** The tag whose value is the result; -1 = it is computed. */
  readonly #direct: Int32Array
  /** 1 = its result means something for other elements: a condition, or what stands on an element that moves. */
  readonly #hasEffects: Uint8Array
  /** Present state of each binding and the input it comes from (-1 = none). */
  readonly #bindingRank: Uint8Array
  readonly #bindingCause: Int32Array
  readonly #ownerRank: Uint8Array
  readonly #ownerCause: Int32Array
  readonly #touchedOwners = new Set<number>()
  readonly #movedOwners = new Set<number>()
  readonly #reportedFaults = new Set<number>()
  readonly #single: TagValue[] = [null]

  #stopWatching: (() => void) | null = null
  #frameHandle: number | null = null
  #graceTimer: ReturnType<typeof setTimeout> | null = null
  #timeTimer: ReturnType<typeof setInterval> | null = null
  #isGraceOver = false
  #isClosed = false

  /** @param sight what can be seen; without it everything can */
  constructor(
    plan: BindingPlan,
    marks: MarkLayer,
    onFault: (fault: MimicFault) => void,
    sight = new MimicSight(plan, []),
    scheduler = animationFrames,
  ) {
    this.#plan = plan
    this.#sight = sight
    sight.onChange = () => this.#schedule()
    this.#marks = marks
    this.#onFault = onFault
    this.#scheduler = scheduler
    const tagCount = plan.tags.length
    this.#values = new Array<TagValue>(tagCount).fill(null)
    this.#statusCodes = new Uint32Array(tagCount).fill(StatusCodes.BadWaitingForInitialData)
    this.#sourceTimestamps = new Float64Array(tagCount)
    this.#isDirtyTag = new Uint8Array(tagCount)
    this.#bindingsOf = indexBindings(plan.bindings, tagCount)
    this.#bindingsOfOwner = indexOwners(plan)
    this.#timedBindings = plan.bindings.flatMap((binding, index) =>
      binding.expressions.some((part) => part.asksTime) ? [index] : [],
    )
    this.#isQueued = new Uint8Array(plan.bindings.length)
    this.#isPutOff = new Uint8Array(plan.bindings.length)
    this.#writers = plan.bindings.map(({ writer }) => writer)
    this.#onlyInput = Int32Array.from(plan.bindings, ({ inputs }) => (inputs.length === 1 ? inputs[0]! : -1))
    this.#direct = Int32Array.from(plan.bindings, ({ expressions }) =>
      expressions.length === 1 ? expressions[0]!.direct : -1,
    )
    this.#hasEffects = Uint8Array.from(plan.bindings, ({ writer }) =>
      writer?.isShowing || writer?.movesElement ? 1 : 0,
    )
    this.#bindingRank = new Uint8Array(plan.bindings.length)
    this.#bindingCause = new Int32Array(plan.bindings.length).fill(-1)
    this.#ownerRank = new Uint8Array(plan.owners.length)
    this.#ownerCause = new Int32Array(plan.owners.length).fill(-1)
  }

  /** Watches the tags and shows what comes. Before the first frame every element looks as drawn, texts say "no value". */
  start(watcher: TagWatcher): void {
    for (const [index, binding] of this.#plan.bindings.entries()) if (binding.inputs.length === 0) this.#enqueue(index)
    for (const ownerIndex of this.#plan.brokenOwners.keys()) this.#touchedOwners.add(ownerIndex)
    this.#schedule()
    if (this.#plan.tags.length > 0) this.#stopWatching = watcher.watch(this.#plan.tags, (frame) => this.#take(frame))
    this.#graceTimer = setTimeout(() => this.#endGrace(), firstValueGraceMs)
    if (this.#timedBindings.length > 0) this.#timeTimer = setInterval(() => this.#stepTime(), timeStepMs)
  }

  /** Nothing comes, and nothing is written, after this. */
  close(): void {
    this.#isClosed = true
    this.#stopWatching?.()
    this.#stopWatching = null
    if (this.#frameHandle !== null) this.#scheduler.cancel(this.#frameHandle)
    this.#frameHandle = null
    if (this.#graceTimer !== null) clearTimeout(this.#graceTimer)
    if (this.#timeTimer !== null) clearInterval(this.#timeTimer)
    this.#graceTimer = null
    this.#timeTimer = null
  }

  /** Present result of an expression of an action (`ls:write`). Throws RuntimeError when there is none. */
  evaluate(expression: BoundExpression): TagValue {
    return expression.evaluate(this.#read)
  }

  #take(frame: TagFrame): void {
    if (this.#isClosed) return
    const { index, value, statusCode, sourceTimestamp, others } = frame
    const hasOthers = others.size > 0
    for (let row = 0; row < frame.count; row++) {
      const tag = index[row]!
      if (tag >= this.#values.length) continue
      const other = hasOthers ? others.get(row) : undefined
      const number = value[row]!
      this.#values[tag] = frameValue(number, other, this.#plan.rows[tag] ?? null)
      this.#statusCodes[tag] = statusCode[row]!
      this.#sourceTimestamps[tag] = sourceTimestamp[row]!
      if (this.#isDirtyTag[tag] === 0) {
        this.#isDirtyTag[tag] = 1
        this.#dirtyTags.push(tag)
      }
    }
    this.#schedule()
  }

  #schedule(): void {
    if (this.#frameHandle !== null || this.#isClosed) return
    this.#frameHandle = this.#scheduler.request(() => {
      this.#frameHandle = null
      this.#flush()
    })
  }

  #flush(): void {
    this.#look()
    for (const tag of this.#dirtyTags) {
      this.#isDirtyTag[tag] = 0
      for (const binding of this.#bindingsOf[tag]!) this.#enqueue(binding)
    }
    this.#dirtyTags.length = 0
    while (this.#queue.length > 0) {
      for (const binding of this.#queue) {
        this.#isQueued[binding] = 0
        this.#run(binding)
      }
      this.#queue.length = 0
      // Conditions that became true uncover what waited behind them.
      this.#look()
    }
    if (this.#touchedOwners.size > 0) this.#updateOwners()
    if (this.#movedOwners.size > 0) {
      this.#marks.moved(this.#movedOwners)
      this.#movedOwners.clear()
    }
  }

  /** What has come into view is brought up to date; marks on what was covered go. */
  #look(): void {
    const { bindings, owners } = this.#sight.update()
    for (const binding of bindings) if (this.#isPutOff[binding] === 1) this.#enqueue(binding)
    for (const owner of owners) this.#touchedOwners.add(owner)
  }

  #enqueue(bindingIndex: number): void {
    if (!this.#sight.isSeen(bindingIndex)) {
      this.#isPutOff[bindingIndex] = 1
      return
    }
    if (this.#isQueued[bindingIndex] === 1) return
    this.#isQueued[bindingIndex] = 1
    this.#queue.push(bindingIndex)
  }

  /** Computes one binding and shows it. */
  #run(bindingIndex: number): void {
    this.#isPutOff[bindingIndex] = 0
    let rank = 0
    let cause = -1
    let hasBadInput = false
    const only = this.#onlyInput[bindingIndex]!
    // All is good most of the time: one comparison.
    if (only < 0 || this.#statusCodes[only] !== 0 || this.#values[only] === null) {
      for (const input of this.#plan.bindings[bindingIndex]!.inputs) {
        const statusCode = this.#statusCodes[input]!
        if (statusCode === 0 && this.#values[input] !== null) continue
        hasBadInput ||= isBad(statusCode) || this.#values[input] === null
        const inputRank = this.#rankOfInput(input, statusCode)
        if (inputRank <= rank && cause >= 0) continue
        rank = inputRank
        cause = input
      }
    }
    const failure = this.#show(bindingIndex, hasBadInput)
    if (failure === 'outOfRange') rank = Math.max(rank, rankOf.outOfRange)
    else if (failure !== null && !hasBadInput) {
      rank = rankOf.fault
      this.#report(bindingIndex, failure.fault)
    }
    if (this.#bindingRank[bindingIndex] !== rank || this.#bindingCause[bindingIndex] !== cause) {
      this.#bindingRank[bindingIndex] = rank
      this.#bindingCause[bindingIndex] = cause
      this.#touchedOwners.add(this.#plan.bindings[bindingIndex]!.ownerIndex)
    }
    if (this.#hasEffects[bindingIndex] === 1) this.#noteEffects(bindingIndex)
  }

  /** What the result of a binding means for other elements. */
  #noteEffects(bindingIndex: number): void {
    const writer = this.#writers[bindingIndex]!
    if (writer?.isShowing) this.#sight.setCondition(bindingIndex, writer.isShowing())
    const { ownerIndex } = this.#plan.bindings[bindingIndex]!
    if (writer?.movesElement && this.#ownerRank[ownerIndex] !== 0) this.#movedOwners.add(ownerIndex)
  }

  #rankOfInput(input: number, statusCode: number): number {
    const state = valueStateOf(statusCode, true)
    if (state === 'good') return this.#values[input] === null ? rankOf.bad : 0
    return state === 'waiting' && !this.#isGraceOver ? 0 : rankOf[state]
  }

  /** Null = shown (or cleared because an input is Bad). */
  #show(bindingIndex: number, hasBadInput: boolean): 'outOfRange' | { readonly fault: string } | null {
    const writer = this.#writers[bindingIndex]!
    if (!writer) return null
    if (hasBadInput && !this.#plan.bindings[bindingIndex]!.expressions.some((part) => part.asksQuality)) {
      writer.clear()
      return null
    }
    try {
      const outcome = writer.write(this.#resultsOf(bindingIndex))
      if (outcome === 'shown') return null
      if (outcome !== 'outOfRange') writer.clear()
      return outcome
    } catch (error) {
      writer.clear()
      return { fault: messageOf(error) }
    }
  }

  /** One per expression; to be used before the next call. */
  #resultsOf(bindingIndex: number): readonly TagValue[] {
    const direct = this.#direct[bindingIndex]!
    if (direct >= 0) {
      this.#single[0] = this.#values[direct]!
      return this.#single
    }
    const { expressions } = this.#plan.bindings[bindingIndex]!
    if (expressions.length > 1) return expressions.map((part) => part.evaluate(this.#read))
    this.#single[0] = expressions[0]!.evaluate(this.#read)
    return this.#single
  }

  /** One object for all reads: an expression takes out what it needs before it reads the next, and a frame makes no garbage. */
  readonly #input: { value: TagValue; statusCode: number; sourceTimestamp: number } = {
    value: null,
    statusCode: 0,
    sourceTimestamp: 0,
  }
  readonly #read = (tag: number): ExpressionInput => {
    const input = this.#input
    input.value = this.#values[tag]!
    input.statusCode = this.#statusCodes[tag]!
    input.sourceTimestamp = this.#sourceTimestamps[tag]!
    return input
  }

  #report(bindingIndex: number, message: string): void {
    if (this.#reportedFaults.has(bindingIndex)) return
    this.#reportedFaults.add(bindingIndex)
    const binding = this.#plan.bindings[bindingIndex]!
    this.#onFault({ place: `${binding.place} ls:${binding.attribute}`, message })
  }

  #updateOwners(): void {
    const changes: MarkChange[] = []
    for (const ownerIndex of this.#touchedOwners) {
      const isOpen = this.#sight.isOwnerOpen(ownerIndex)
      const broken = isOpen ? this.#plan.brokenOwners.get(ownerIndex) : undefined
      let rank = broken ? rankOf[broken] : 0
      let cause = -1
      for (const binding of isOpen ? this.#bindingsOfOwner[ownerIndex]! : []) {
        if (this.#bindingRank[binding]! < rank || (this.#bindingRank[binding] === rank && cause >= 0)) continue
        rank = this.#bindingRank[binding]!
        cause = this.#bindingCause[binding]!
      }
      if (this.#ownerRank[ownerIndex] === rank && this.#ownerCause[ownerIndex] === cause && !broken) continue
      this.#ownerRank[ownerIndex] = rank
      this.#ownerCause[ownerIndex] = cause
      changes.push({
        ownerIndex,
        state: ranks[rank]!,
        tag: cause < 0 ? '' : this.#plan.tags[cause]!,
        statusCode: cause < 0 ? 0 : this.#statusCodes[cause]!,
      })
    }
    this.#touchedOwners.clear()
    if (changes.length > 0) this.#marks.show(changes)
  }

  #endGrace(): void {
    this.#graceTimer = null
    this.#isGraceOver = true
    for (const [tag, statusCode] of this.#statusCodes.entries()) {
      if (statusCode === StatusCodes.BadWaitingForInitialData)
        for (const binding of this.#bindingsOf[tag]!) this.#enqueue(binding)
    }
    this.#schedule()
  }

  #stepTime(): void {
    for (const binding of this.#timedBindings) this.#enqueue(binding)
    this.#schedule()
  }
}

function indexBindings(bindings: readonly Binding[], tagCount: number): number[][] {
  const lists = Array.from({ length: tagCount }, (): number[] => [])
  for (const [index, binding] of bindings.entries()) for (const input of binding.inputs) lists[input]!.push(index)
  return lists
}

function indexOwners(plan: BindingPlan): number[][] {
  const lists = Array.from({ length: plan.owners.length }, (): number[] => [])
  for (const [index, binding] of plan.bindings.entries()) lists[binding.ownerIndex]!.push(index)
  return lists
}
