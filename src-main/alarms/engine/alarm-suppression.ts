// Suppressed by design (ISA-18.2 clause 12.4): by the alarm's own expression, by rules of the philosophy, by its lost device, by
// its Bad value. One reason is enough; the first one that holds is shown.
import type { Clock } from '../../base/clock.ts'
import type { AlarmDefinition, AlarmPhilosophy, SuppressionRule } from '../../shared/alarm.ts'
import { isBad, StatusCodes, statusCodeName } from '../../shared/status-code.ts'
import type { AlarmDevice, AlarmTagSource } from '../alarms.ts'
import type { AlarmFormulas, FormulaIndex } from './alarm-formulas.ts'
import { wordsIn } from './alarm-message.ts'
import { type ConditionColumns, conditionKinds } from './condition-columns.ts'

/** Codes that a connection gives all tags of a device it has lost (drivers/device-connection.ts). */
const linkCodes: ReadonlySet<number> = new Set([
  StatusCodes.BadNoCommunication,
  StatusCodes.BadNotConnected,
  StatusCodes.BadOutOfService,
  StatusCodes.BadConfigurationError,
  StatusCodes.BadCertificateUntrusted,
  StatusCodes.BadCertificateInvalid,
  StatusCodes.BadSecurityChecksFailed,
  StatusCodes.BadIdentityTokenRejected,
  StatusCodes.BadIdentityTokenInvalid,
  StatusCodes.BadUserAccessDenied,
])

/** Values may come before the state of their device, or after it; so long its word is waited for. ms. */
const deviceGraceMs = 2000

/** Why an alarm is suppressed; `undecided` while what decides is not known yet. */
export type SuppressionVerdict = { readonly reason: string } | 'none' | 'undecided'

export interface AlarmSuppressionParts {
  readonly table: AlarmTagSource
  readonly clock: Clock
  readonly formulas: AlarmFormulas
  readonly columns: ConditionColumns
}

export class AlarmSuppression {
  readonly #table: AlarmTagSource
  readonly #clock: Clock
  readonly #formulas: AlarmFormulas
  readonly #columns: ConditionColumns
  readonly #devices = new Map<string, AlarmDevice>()
  /** badQuality and stale alarms of each device. */
  #slotsOfDevice = new Map<string, number[]>()
  #definitions: (AlarmDefinition | undefined)[] = []
  /** Formulas that suppress a slot, with the words for it. */
  #sources = new Map<number, { readonly formula: FormulaIndex; readonly reason: string }[]>()
  #slotsOfFormula = new Map<FormulaIndex, number[]>()

  constructor({ table, clock, formulas, columns }: AlarmSuppressionParts) {
    this.#table = table
    this.#clock = clock
    this.#formulas = formulas
    this.#columns = columns
  }

  /** Between `begin` and `finish` of the formulas. */
  configure(
    members: readonly { readonly slot: number; readonly definition: AlarmDefinition }[],
    philosophy: AlarmPhilosophy,
    languages: readonly string[],
  ): void {
    this.#definitions = []
    this.#sources = new Map()
    this.#slotsOfFormula = new Map()
    this.#slotsOfDevice = new Map()
    const first = languages[0] ?? 'en'
    const rules = philosophy.suppressions.map((rule) => ({
      fits: fittingOf(rule),
      formula: this.#formulas.add(rule.when),
      reason: wordsIn(rule.title, first, first) || rule.name,
    }))
    for (const { slot, definition } of members) {
      this.#definitions[slot] = definition
      const own = this.#formulas.add(definition.suppressedWhen)
      if (own >= 0) this.#addSource(slot, own, `${definition.suppressedWhen}`)
      for (const { fits, formula, reason } of rules)
        if (formula >= 0 && fits(definition)) this.#addSource(slot, formula, reason)
      if (definition.device !== null && isAboutData(definition)) {
        const slots = this.#slotsOfDevice.get(definition.device)
        if (slots === undefined) this.#slotsOfDevice.set(definition.device, [slot])
        else slots.push(slot)
      }
    }
  }

  /** Takes the connections over; answers which devices came to another state. */
  devices(rows: readonly AlarmDevice[]): readonly AlarmDevice[] {
    const changed: AlarmDevice[] = []
    for (const { device, state, stateTimestamp } of rows) {
      const before = this.#devices.get(device)
      if (before?.state === state && before.stateTimestamp === stateTimestamp) continue
      this.#devices.set(device, { device, state, stateTimestamp })
      changed.push(this.#devices.get(device)!)
    }
    return changed
  }

  device(name: string): AlarmDevice | undefined {
    return this.#devices.get(name)
  }

  /** badQuality and stale alarms of a device. */
  slotsOfDevice(device: string): readonly number[] {
    return this.#slotsOfDevice.get(device) ?? []
  }

  /** Alarms that a formula may suppress. */
  slotsOfFormula(formula: FormulaIndex): readonly number[] {
    return this.#slotsOfFormula.get(formula) ?? []
  }

  /** Whether this alarm can be suppressed at all. */
  hasSources(slot: number): boolean {
    const definition = this.#definitions[slot]
    if (definition === undefined) return false
    return this.#sources.has(slot) || isAboutData(definition) || definition.onBadQuality === 'suppress'
  }

  /** It is one of those that a lost device suppresses. */
  isByDevice(slot: number): boolean {
    const definition = this.#definitions[slot]
    return definition !== undefined && definition.device !== null && isAboutData(definition)
  }

  /** Present verdict. An expression that cannot be decided holds what it said last. */
  judge(slot: number): SuppressionVerdict {
    const definition = this.#definitions[slot]
    if (definition === undefined) return 'none'
    let isUndecided = false
    for (const { formula, reason } of this.#sources.get(slot) ?? []) {
      const { value } = this.#formulas.formula(formula)
      if (value === true) return { reason }
      if (value === null) isUndecided = true
    }
    if (definition.device !== null && isAboutData(definition)) {
      const lost = this.#isDeviceLost(slot, definition.device)
      if (lost === true) return { reason: `the device ${definition.device} is lost` }
      if (lost === null) isUndecided = true
    } else if (definition.onBadQuality === 'suppress' && !isAboutData(definition)) {
      const code = this.#columns.statusCode[slot]!
      if (code === StatusCodes.BadWaitingForInitialData) isUndecided = true
      else if (isBad(code)) return { reason: `${definition.tag} is ${statusCodeName(code)}` }
    }
    return isUndecided ? 'undecided' : 'none'
  }

  /** Connected, but the tag still says what the connection said when it was lost: looked at again after a while. */
  isWaitingForDevice(slot: number): boolean {
    const device = this.#definitions[slot]?.device
    if (device === undefined || device === null) return false
    return this.#devices.get(device)?.state === 'connected' && linkCodes.has(this.#columns.statusCode[slot]!)
  }

  /** null = nothing is known of the device yet. Only of alarms whose condition is true: the others hide nothing. */
  #isDeviceLost(slot: number, name: string): boolean | null {
    const columns = this.#columns
    if (columns.effective[slot] === 0) return false
    const code = columns.statusCode[slot]!
    const device = this.#devices.get(name)
    if (device === undefined) return linkCodes.has(code) ? true : null
    if (device.state !== 'connected') return true
    if (code === StatusCodes.BadWaitingForInitialData) return null
    if (columns.kind[slot] === conditionKinds.stale || !linkCodes.has(code)) return false
    const isReportedSince = this.#table.serverTimestamp(columns.handle[slot]!) > device.stateTimestamp
    return !(isReportedSince && this.#clock.monotonic() - columns.statusSince[slot]! >= deviceGraceMs)
  }

  #addSource(slot: number, formula: FormulaIndex, reason: string): void {
    const sources = this.#sources.get(slot)
    if (sources === undefined) this.#sources.set(slot, [{ formula, reason }])
    else sources.push({ formula, reason })
    const slots = this.#slotsOfFormula.get(formula)
    if (slots === undefined) this.#slotsOfFormula.set(formula, [slot])
    else slots.push(slot)
  }
}

/** It says that there is no data, which is no news while the device is lost. */
function isAboutData(definition: AlarmDefinition): boolean {
  return definition.condition === 'badQuality' || definition.condition === 'stale'
}

function fittingOf(rule: SuppressionRule): (definition: AlarmDefinition) => boolean {
  const exact = new Set(rule.ids?.filter((id) => !id.endsWith('*')))
  const beginnings = rule.ids?.filter((id) => id.endsWith('*')).map((id) => id.slice(0, -1)) ?? []
  const { area, equipment, priorities } = rule
  return (definition) =>
    (rule.ids === null || exact.has(definition.id) || beginnings.some((begin) => definition.id.startsWith(begin))) &&
    (area === null || area === '' || definition.area === area || definition.area.startsWith(`${area}/`)) &&
    (equipment === null || (definition.equipment !== null && equipment.includes(definition.equipment))) &&
    (priorities === null || priorities.includes(definition.priority))
}
