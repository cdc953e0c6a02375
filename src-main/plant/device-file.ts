// devices/*.yaml: one connection, or several under `devices:`. Keys beyond these belong to the protocol.
import * as v from 'valibot'
import { alarmPriorities } from '../shared/alarm.ts'
import { delay } from './alarms/alarm-entry.ts'
import { line, words } from './alarms/alarm-words.ts'
import { freeText, interval, place, plainName, wordOf, yesNo } from './source/plant-words.ts'

/** The alarm that comes when the device is lost; what is left out is as the plant's philosophy says. */
const deviceAlarmSchema = v.strictObject(
  {
    priority: v.optional(wordOf(alarmPriorities)),
    onDelay: v.optional(delay),
    message: v.optional(words(line)),
    class: v.optional(plainName),
    area: v.optional(place),
  },
  'an alarm is expected as { priority: high, onDelay: 5 s }, or false for none',
)
export type DeviceAlarmEntry = v.InferOutput<typeof deviceAlarmSchema>

/** Keys every device has, whatever its protocol. */
export const deviceEntries = {
  name: plainName,
  description: v.optional(freeText, ''),
  protocol: v.pipe(
    v.string('the name of a protocol is expected'),
    v.minLength(1, 'the name of a protocol is expected'),
  ),
  /** Host and port, endpoint, serial port … as the protocol takes it; only the simulator has none. */
  address: v.optional(v.pipe(v.union([v.string(), v.number()], 'an address is expected'), v.transform(String)), ''),
  /** Bound of a connect and of each request. */
  timeout: v.optional(interval, '2 s'),
  /** Name → interval; `normal` is 1 s where it is not given. */
  scanRates: v.optional(v.record(plainName, interval, 'scan rates are expected as { normal: 1 s, fast: 100 ms }'), {}),
  enabled: v.optional(yesNo, true),
  alarm: v.optional(
    v.union(
      [v.literal(false), deviceAlarmSchema],
      'an alarm is expected as { priority: high, onDelay: 5 s }, or false for none',
    ),
  ),
} as const

export const deviceSchema = v.objectWithRest(deviceEntries, v.unknown(), 'the keys of a device are expected')
export type DeviceEntry = v.InferOutput<typeof deviceSchema>

export const deviceListSchema = v.strictObject({
  devices: v.array(v.unknown(), 'a list of devices is expected'),
})
