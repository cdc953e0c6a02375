// What plant files may say of MQTT and Sparkplug devices and their tags. Loads no protocol library.
import * as v from 'valibot'
import type { AddressCheck, Protocol } from '../../shared/protocol.ts'
import type { DataType } from '../../shared/tag.ts'
import { parseJsonPath } from './json-path.ts'
import { checkTopic, parseMqttAddress } from './mqtt-address.ts'
import { checkSparkplugId, parseSparkplugAddress } from './sparkplug-address.ts'

const text = (maximum = 1000) => v.pipe(v.string(), v.minLength(1), v.maxLength(maximum))

const duration = v.pipe(
  v.string(),
  v.regex(/^\d{1,9}(\.\d{1,6})? ?(ms|s|min|h)$/, 'a duration is expected, as 500 ms, 2.5 s, 20 min or 8 h'),
)

const topic = v.pipe(
  text(4096),
  v.check(
    (given) => checkTopic(given) === null,
    ({ input }) => `"${input}": ${checkTopic(input) ?? ''}`,
  ),
)

const address = v.pipe(
  text(4096),
  v.check(
    (given) => parseMqttAddress(given).ok,
    ({ input }) => problemOf(parseMqttAddress(input)),
  ),
)

const jsonPath = v.pipe(
  text(4096),
  v.check(
    (given) => parseJsonPath(given).ok,
    ({ input }) => problemOf(parseJsonPath(input)),
  ),
)

const sparkplugId = v.pipe(
  text(256),
  v.check(
    (given) => checkSparkplugId(given) === null,
    ({ input }) => checkSparkplugId(input) ?? '',
  ),
)

const qos = v.picklist([0, 1, 2], 'qos is 0, 1 or 2')

/** Certificates are PEM text or the path of a PEM file, relative to the protocol's folder in the data folder. */
const tls = v.strictObject({
  /** Who signed the broker's certificate; without it the well-known authorities are trusted. */
  ca: v.optional(text(200_000)),
  certificate: v.optional(text(200_000)),
  /** Path of the private key; or `keySecret`, the name of the secret that holds it. */
  key: v.optional(text()),
  keySecret: v.optional(text()),
  keyPassphraseSecret: v.optional(text()),
  /** Name the certificate must carry, where the address is an IP address. */
  serverName: v.optional(text()),
})

/** Larger payloads are not read; bytes. */
const maximumPayload = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64 * 1024 * 1024))

const connectionEntries = {
  /** `auto` asks for MQTT 5 and takes 3.1.1 where the broker knows no better. */
  protocolVersion: v.optional(v.picklist(['auto', 5, '5', '3.1.1']), 'auto'),
  /** Must be unique on the broker; without it one is made up for every connection. */
  clientId: v.optional(text(256)),
  user: v.optional(text()),
  passwordSecret: v.optional(text()),
  tls: v.optional(tls),
  /** How long the broker waits without a word before it takes the station for dead. */
  keepAlive: v.optional(duration, '10 s'),
}

/** Device keys of `protocol: mqtt`. */
export const mqttDeviceOptions = v.strictObject({
  ...connectionEntries,
  maximumPayload: v.optional(maximumPayload, 1024 * 1024),
  qos: v.optional(qos, 1),
  /** Where the source says that it is online, as its last will does that it is not: `topic` or `topic#$.path`. */
  statusTopic: v.optional(address),
  /** Texts that mean online; every other text means offline. */
  onlineTexts: v.optional(v.pipe(v.array(text(256)), v.minLength(1), v.maxLength(20)), [
    'online',
    'true',
    '1',
    'on',
    'connected',
    'ready',
  ]),
  /** A tag without a message for so long is Uncertain, and Bad after three times as long. */
  staleAfter: v.optional(duration),
  /** Where the station itself says `online`, and its last will `offline`, retained. */
  presenceTopic: v.optional(topic),
})
export type MqttDeviceOptions = v.InferOutput<typeof mqttDeviceOptions>

/** Tag keys of `protocol: mqtt`. */
export const mqttTagOptions = v.strictObject({
  /** What the payload is; without it JSON where the address has a path, else plain text. */
  payload: v.optional(v.picklist(['json', 'text', 'binary'])),
  /** Of binary payloads: where the value starts, and the order of its bytes. */
  byteOffset: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(16 * 1024 * 1024))),
  byteOrder: v.optional(v.picklist(['little-endian', 'big-endian'])),
  /** Source time within the same JSON payload: RFC 3339 text, or ms (or s) since 1970. */
  timestampPath: v.optional(jsonPath),
  /** Texts of a bool beside true/false, on/off, yes/no, 1/0; also what is written. */
  trueText: v.optional(text(256)),
  falseText: v.optional(text(256)),
  /** What a message without the path means: `bad` (no value), or `keep` for sources that send only what changed. */
  missing: v.optional(v.picklist(['bad', 'keep'])),
  statusTopic: v.optional(address),
  staleAfter: v.optional(duration),
  qos: v.optional(qos),
  /** Where writes go; without it the topic of the address, unless that has a path. */
  writeAddress: v.optional(address),
  /** Payload of a write with `{value}` in it, as {"speed": {value}}. */
  writeTemplate: v.optional(v.pipe(text(4096), v.includes('{value}', 'writeTemplate must hold {value}'))),
  /** Whether the broker keeps what is written for those that come later. */
  retain: v.optional(v.boolean()),
})
export type MqttTagOptions = v.InferOutput<typeof mqttTagOptions>

/** Device keys of `protocol: sparkplug`. */
export const sparkplugDeviceOptions = v.strictObject({
  ...connectionEntries,
  /** Births name every metric of a node: they are larger than the messages of plain MQTT. */
  maximumPayload: v.optional(maximumPayload, 16 * 1024 * 1024),
  /** Listen to this group only; without it to all. */
  groupId: v.optional(sparkplugId),
  /** Announce the station as host application of this name (STATE messages). */
  hostId: v.optional(sparkplugId),
})
export type SparkplugDeviceOptions = v.InferOutput<typeof sparkplugDeviceOptions>

const schemes = ['mqtt:', 'mqtts:', 'ws:', 'wss:']

/** The address of a broker as a URL; `host:port` alone is plain `mqtt://`. Null where it cannot be read. */
export function brokerUrl(given: string): URL | null {
  return URL.parse(given.includes('://') ? given : `mqtt://${given}`)
}

/** A sentence why a device address is none, or null. */
function checkBrokerAddress(given: string): string | null {
  const how = 'mqtt://host:1883, mqtts://host:8883, ws://host:port/path or wss://host:port/path'
  const url = brokerUrl(given)
  if (!url || !schemes.includes(url.protocol) || url.hostname === '')
    return `"${given}" is not the address of a broker: ${how}`
  if (url.username !== '' || url.password !== '')
    return 'the address must not hold a user or a password: use the keys user and passwordSecret'
  if ((url.protocol === 'mqtt:' || url.protocol === 'mqtts:') && url.pathname.length > 1)
    return `"${given}": only ws:// and wss:// addresses have a path`
  return null
}

function checkMqttTag(given: string, dataType: DataType | null, arrayLength: number | null): AddressCheck {
  const parsed = parseMqttAddress(given)
  if (!parsed.ok) return parsed
  return { ok: true, dataType, arrayLength, writable: !parsed.topic.startsWith('$SYS/') }
}

function checkSparkplugTag(given: string, dataType: DataType | null, arrayLength: number | null): AddressCheck {
  const parsed = parseSparkplugAddress(given)
  return parsed.ok ? { ok: true, dataType, arrayLength, writable: true } : parsed
}

function problemOf(parsed: { readonly ok: true } | { readonly ok: false; readonly message: string }): string {
  return parsed.ok ? '' : parsed.message
}

/** `mqtt` and `sparkplug`; both run in the same worker. */
export const mqttProtocols: readonly Protocol[] = [
  {
    name: 'mqtt',
    worker: 'mqtt',
    deviceOptions: mqttDeviceOptions,
    tagOptions: mqttTagOptions,
    checkDeviceAddress: checkBrokerAddress,
    checkAddress: checkMqttTag,
  },
  {
    name: 'sparkplug',
    worker: 'mqtt',
    deviceOptions: sparkplugDeviceOptions,
    tagOptions: v.strictObject({}),
    checkDeviceAddress: checkBrokerAddress,
    checkAddress: checkSparkplugTag,
  },
]
