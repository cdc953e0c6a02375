// From the keys of a tag to its definition: device, address, type, scaling, limits, all made to fit each other.

import { didYouMean } from '../../shared/closest-name.ts'
import type { DeviceDefinition } from '../../shared/plant.ts'
import type { ProtocolKeys } from '../../shared/protocol.ts'
import {
  type DataType,
  isNumericType,
  type TagDefinition,
  usualTagHistory,
  type WrittenAlarm,
} from '../../shared/tag.ts'
import type { AlarmedTag } from '../alarms/alarm-build.ts'
import type { Origin } from '../source/origin.ts'
import { textIn } from '../source/plant-text.ts'
import { checkSchema, keysAt, unknownKey } from '../source/schema-check.ts'
import { type TagEntry, tagEntries, tagSchema } from './tag-file.ts'

/** A device with what its protocol says about addresses. */
export interface KnownDevice {
  readonly definition: DeviceDefinition
  readonly protocol: ProtocolKeys
}

/** A tag whose type may still have to be found from its expression. */
export interface TagDraft extends AlarmedTag {
  /** `dataType` counts only if `hasType`. */
  readonly definition: { -readonly [Key in keyof TagDefinition]: TagDefinition[Key] }
  hasType: boolean
  /** Gives the tag the type that was found from its expression, and what hangs on it. */
  setType(dataType: DataType): void
}

/** Where tags look devices up, and the language of plain texts. */
export interface DeviceTable {
  get(name: string): KnownDevice | undefined
  names(): Iterable<string>
  /** True when a device file could not be read: then a missing device is no news. */
  isIncomplete(): boolean
  /** The plant's first language. */
  readonly language: string
}

const commonKeys: ReadonlySet<string> = new Set(Object.keys(tagEntries))
/** A calculated tag has no scan of its own; this is only what lists show. */
const calculatedScanMs = 1000

/** Checks the keys of one tag. Faults go to the origin; null when the tag cannot be built at all. */
export function buildTag(
  value: unknown,
  origin: Origin,
  devices: DeviceTable,
  equipment: string | null,
): TagDraft | null {
  const entry = checkSchema(tagSchema, value, origin)
  if (entry === null) return null
  const draft = draftFrom(entry, origin, devices, equipment)
  if (draft === null) return null
  if (entry.alarms.length > 0) draft.definition.alarms = writtenAlarms(value)
  if (typeof entry.description !== 'string') {
    draft.definition.descriptions = entry.description
    draft.definition.description = textIn(entry.description, devices.language)
  }
  return draft
}

function draftFrom(entry: TagEntry, origin: Origin, devices: DeviceTable, equipment: string | null): TagDraft | null {
  if (entry.expression !== undefined) return buildCalculated(entry, origin, equipment)
  if (entry.device === undefined && entry.address === undefined) {
    origin.at([], `tag ${entry.name} needs a device and an address, or an expression`)
    return null
  }
  if (entry.device === undefined || entry.address === undefined) {
    origin.at(
      [],
      `tag ${entry.name} has ${entry.device === undefined ? 'an address but no device' : 'a device but no address'}`,
    )
    return null
  }
  return buildConnected(entry, entry.device, entry.address, origin, devices, equipment)
}

function buildCalculated(entry: TagEntry, origin: Origin, equipment: string | null): TagDraft | null {
  let isRight = true
  const refuse = (key: string, message: string) => {
    isRight = false
    origin.atKey([key], message)
  }
  for (const key of ['device', 'address', 'scaling'] as const)
    if (entry[key] !== undefined) refuse(key, `a calculated tag (expression) has no ${key}`)
  if (entry.writable === true) refuse('writable', 'a calculated tag (expression) cannot be written')
  for (const key of Object.keys(entry)) if (!commonKeys.has(key)) refuse(key, unknownKey(key, [...commonKeys]))
  if (!isRight) return null
  const given = splitType(entry.dataType)
  const draft = draftOf(
    entry,
    origin,
    equipment,
    given.dataType ?? 'float64',
    given.arrayLength,
    false,
    calculatedScanMs,
  )
  draft.hasType = given.dataType !== null
  if (draft.hasType) checkNumbers(draft)
  return draft
}

function buildConnected(
  entry: TagEntry,
  deviceName: string,
  address: string,
  origin: Origin,
  devices: DeviceTable,
  equipment: string | null,
): TagDraft | null {
  const device = devices.get(deviceName)
  if (device === undefined) {
    if (!devices.isIncomplete())
      origin.at(['device'], `there is no device "${deviceName}"${didYouMean(deviceName, devices.names())}`)
    return null
  }
  const options = checkOptions(entry, device.protocol, origin)
  const { scanRates } = device.definition
  const scanIntervalMs = Object.hasOwn(scanRates, entry.scan) ? scanRates[entry.scan] : undefined
  if (scanIntervalMs === undefined) {
    const rates = Object.keys(scanRates).join(', ')
    origin.at(['scan'], `device ${deviceName} has no scan rate "${entry.scan}"; it has ${rates}`)
  }
  const given = splitType(entry.dataType)
  const check = device.protocol.checkAddress(address, given.dataType, given.arrayLength)
  if (!check.ok) {
    origin.at(['address'], check.message)
    return null
  }
  const dataType = check.dataType ?? given.dataType
  if (dataType === null) {
    origin.at([], `tag ${entry.name} needs a dataType: the address "${address}" does not tell it`)
    return null
  }
  const arrayLength = check.arrayLength ?? given.arrayLength
  if (entry.writable === true && !check.writable) origin.at(['writable'], `the address "${address}" can only be read`)
  if (options === null || scanIntervalMs === undefined) return null
  const draft = draftOf(entry, origin, equipment, dataType, arrayLength, entry.writable ?? false, scanIntervalMs)
  draft.definition.device = deviceName
  draft.definition.address = address
  draft.definition.addressOptions = options
  if (entry.interlock !== undefined && entry.writable !== true)
    origin.atKey(['interlock'], 'an interlock guards writes; the tag is not writable')
  checkNumbers(draft)
  return draft
}

const noOptions = new WeakMap<ProtocolKeys, Readonly<Record<string, unknown>>>()

/** The protocol's own keys of the tag, or null after faults. */
function checkOptions(
  entry: TagEntry,
  protocol: ProtocolKeys,
  origin: Origin,
): Readonly<Record<string, unknown>> | null {
  const own: Record<string, unknown> = {}
  let count = 0
  let isRight = true
  for (const key in entry) {
    if (commonKeys.has(key)) continue
    const allowed = keysAt(protocol.tagOptions, [])
    if (allowed.includes(key)) {
      own[key] = (entry as Record<string, unknown>)[key]
      count++
    } else {
      isRight = false
      origin.atKey([key], `${unknownKey(key, [...commonKeys, ...allowed])} (protocol ${protocol.name})`)
    }
  }
  if (!isRight) return null
  const known = count === 0 ? noOptions.get(protocol) : undefined
  if (known !== undefined) return known
  const options = checkSchema(protocol.tagOptions, own, origin)
  if (count === 0 && options !== null) noOptions.set(protocol, options)
  return options
}

function draftOf(
  entry: TagEntry,
  origin: Origin,
  equipment: string | null,
  dataType: DataType,
  arrayLength: number | null,
  writable: boolean,
  scanIntervalMs: number,
): TagDraft {
  const definition: TagDraft['definition'] = {
    name: entry.name,
    description: typeof entry.description === 'string' ? entry.description : '',
    device: null,
    address: null,
    addressOptions: {},
    expression: entry.expression ?? null,
    dataType,
    arrayLength,
    unit: entry.unit,
    writable,
    scanIntervalMs,
    scaling: entry.scaling ?? null,
    limits: { low: entry.limits?.low ?? null, high: entry.limits?.high ?? null },
    deadband: entry.deadband,
    readBackTimeoutMs: entry.readBackTimeout,
    interlock: entry.interlock ?? null,
    decimals: entry.decimals ?? null,
    states: entry.states ?? null,
    history: historyOf(entry, dataType),
    alarms: noAlarms,
    equipment,
  }
  if (entry.signal !== undefined) definition.signal = entry.signal
  if (entry.alarmLevels !== undefined) definition.alarmLevels = entry.alarmLevels
  return {
    definition,
    hasType: true,
    origin,
    alarms: entry.alarms,
    signal: entry.signal ?? null,
    hasExclusiveLevels: entry.alarmLevels === 'exclusive',
    setType(found) {
      definition.dataType = found
      definition.history = historyOf(entry, found)
    },
  }
}

/** Structures and bytes are not recorded unless somebody asks for it. */
function historyOf(entry: TagEntry, dataType: DataType): TagDefinition['history'] {
  if (entry.history === false) return false
  const isAsked = typeof entry.history === 'object'
  if (!isAsked && (dataType === 'structure' || dataType === 'bytes')) return false
  const usual = usualTagHistory(dataType, entry.scaling ?? null)
  const { deadband, compression, retention, interpolation } = typeof entry.history === 'object' ? entry.history : {}
  return {
    deadband: deadband ?? usual.deadband,
    compression: compression ?? usual.compression,
    retentionMs: retention ?? usual.retentionMs,
    interpolation: interpolation ?? usual.interpolation,
  }
}

const noAlarms: readonly WrittenAlarm[] = []

/** As the file writes them; they fit the schema already. */
function writtenAlarms(value: unknown): readonly WrittenAlarm[] {
  return (value as { readonly alarms: readonly WrittenAlarm[] }).alarms
}

/** `int16[8]` → int16, 8. */
function splitType(text: string | undefined): { dataType: DataType | null; arrayLength: number | null } {
  if (text === undefined) return { dataType: null, arrayLength: null }
  const match = /^(\w+?)(?:\[(\d+)\])?$/.exec(text)!
  return { dataType: match[1] as DataType, arrayLength: match[2] === undefined ? null : Number(match[2]) }
}

/** Scaling, limits and deadbands fit the type and each other. */
export function checkNumbers({ definition, origin }: TagDraft): void {
  const { dataType, scaling, limits } = definition
  const isNumber = isNumericType(dataType) && dataType !== 'bool'
  const needsNumber = (key: string, what: string) =>
    origin.atKey([key], `${what} is for numbers; ${definition.name} is ${dataType}`)
  if (definition.arrayLength === 0) origin.at(['dataType'], 'an array has at least one element')
  if (scaling !== null) {
    if (!isNumber) needsNumber('scaling', 'scaling')
    if (scaling.rawLow === scaling.rawHigh)
      origin.at(['scaling', 'rawHigh'], 'rawLow and rawHigh are the same: nothing can be scaled')
    if (scaling.low === scaling.high)
      origin.at(['scaling', 'high'], 'low and high are the same: writes could not be scaled back')
  }
  if (limits.low !== null || limits.high !== null) {
    if (!isNumber) needsNumber('limits', 'a limit')
    if (limits.low !== null && limits.high !== null && limits.low >= limits.high)
      origin.at(['limits', 'high'], `the high limit ${limits.high} is not above the low limit ${limits.low}`)
  }
  if (definition.deadband > 0 && !isNumber) needsNumber('deadband', 'a deadband')
  if (definition.history !== false && !isNumber) {
    if (definition.history.deadband > 0) needsNumber('history', 'a history deadband')
    if (definition.history.compression > 0) needsNumber('history', 'compression of history')
    if (definition.history.interpolation === 'sloped') needsNumber('history', 'sloped interpolation')
  }
  if (definition.decimals !== null && !isNumber) needsNumber('decimals', 'a number of decimals')
  if (definition.states !== null && !isNumericType(dataType)) needsNumber('states', 'a table of states')
}
