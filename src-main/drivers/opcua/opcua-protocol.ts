// OPC UA without its library: device keys, address texts. The driver is opcua-driver.ts; docs/drivers/opcua.md for plants.
import * as v from 'valibot'
import type { AddressCheck, Protocol } from '../../shared/protocol.ts'
import type { DataType } from '../../shared/tag.ts'
import { parseAddress, parseEndpoint } from './opcua-address.ts'

const milliseconds = (lowest: number, highest: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(lowest), v.maxValue(highest))

/** A file directly in the protocol's folder below the data folder, never a path. */
const fileName = v.pipe(v.string(), v.regex(/^[\w][\w.-]{0,127}$/, 'a file name without folders is expected'))

const security = v.pipe(
  v.strictObject({
    mode: v.picklist(['None', 'Sign', 'SignAndEncrypt']),
    policy: v.optional(v.picklist(['None', 'Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'])),
  }),
  v.check(
    ({ mode, policy }) => policy === undefined || (mode === 'None') === (policy === 'None'),
    'mode None goes with policy None; Sign and SignAndEncrypt need one of the other policies',
  ),
)

const deviceOptions = v.pipe(
  v.strictObject({
    /** Left out: no security. The device page then says that nothing is signed or encrypted. */
    security: v.optional(security),
    user: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(256))),
    passwordSecret: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(128))),
    /** PEM or DER file that identifies the user, and its PEM key. */
    userCertificate: v.optional(fileName),
    userPrivateKey: v.optional(fileName),
    /** How often the server sends what it sampled; by default a quarter of the scan rate, 50 to 500 ms. */
    publishingIntervalMs: v.optional(milliseconds(10, 60_000)),
    /** Samples the server keeps per tag while the link is away; by default enough for `recoveryTimeMs`. */
    queueSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000))),
    /** How long a broken link may take to be taken up again with the same session before it is made anew. */
    recoveryTimeMs: v.optional(milliseconds(1000, 600_000), 10_000),
    sessionTimeoutMs: v.optional(milliseconds(10_000, 3_600_000), 60_000),
  }),
  v.check(
    (options) => (options.user === undefined) === (options.passwordSecret === undefined),
    'user and passwordSecret belong together: the secret is stored with `lineside secret set <name>`',
  ),
  v.check(
    (options) => (options.userCertificate === undefined) === (options.userPrivateKey === undefined),
    'userCertificate and userPrivateKey belong together',
  ),
  v.check(
    (options) => options.user === undefined || options.userCertificate === undefined,
    'either user with passwordSecret or userCertificate with userPrivateKey, not both',
  ),
)

/** The protocol's own keys of a checked device file. */
export type OpcUaDeviceOptions = v.InferOutput<typeof deviceOptions>

const tagOptions = v.strictObject({
  /** Part of an array, as OPC 10000-4 section 7.27 writes it: `2`, `2:5`, `0:1,3:4`. */
  indexRange: v.optional(v.pipe(v.string(), v.regex(/^\d+(:\d+)?(,\d+(:\d+)?)*$/, 'expected like 2, 2:5 or 0:1,3:4'))),
})

/** The protocol's own keys of a checked tag. */
export type OpcUaTagOptions = v.InferOutput<typeof tagOptions>

/** The keys of a device file with their defaults, for devices made without a plant folder. */
export function readDeviceOptions(options: Readonly<Record<string, unknown>>): OpcUaDeviceOptions {
  return v.parse(deviceOptions, options)
}

const opcua: Protocol = {
  name: 'opcua',
  worker: 'opcua',
  deviceOptions,
  tagOptions,
  checkDeviceAddress(address: string): string | null {
    const endpoint = parseEndpoint(address)
    return typeof endpoint === 'string' ? endpoint : null
  },
  checkAddress(text: string, dataType: DataType | null, arrayLength: number | null): AddressCheck {
    const parsed = parseAddress(text)
    if (!parsed.ok) return parsed
    // The address does not tell the type, only the connected server does: `null` makes the plant check ask for it.
    return { ok: true, dataType, arrayLength, writable: true }
  },
}

export const opcuaProtocols: readonly Protocol[] = [opcua]
