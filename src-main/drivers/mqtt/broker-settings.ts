// How to reach and log in to a broker, from the device file, the secrets and the certificate files.
import { readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import type { DriverEnvironment } from '../driver.ts'
import { brokerUrl, type MqttDeviceOptions, type SparkplugDeviceOptions } from './mqtt-protocol.ts'

/** Everything a connect needs; secrets included, so it is never logged. */
export interface BrokerSettings {
  /** The address as the plant file writes it, for sentences. */
  readonly address: string
  readonly scheme: 'mqtt' | 'mqtts' | 'ws' | 'wss'
  readonly host: string
  readonly port: number
  /** Of WebSocket addresses, else ''. */
  readonly path: string
  readonly protocolVersion: 'auto' | 5 | 4
  readonly clientId: string
  readonly user: string | undefined
  readonly password: string | undefined
  readonly keepAliveS: number
  /** null for mqtt:// and ws://. */
  readonly tls: TlsSettings | null
}

export interface TlsSettings {
  readonly ca: string | undefined
  readonly certificate: string | undefined
  readonly key: string | undefined
  readonly passphrase: string | undefined
  readonly serverName: string | undefined
}

const defaultPorts = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 } as const
const unitMs = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 } as const
/** MQTT counts keep-alive in whole seconds up to 65,535. */
const maximumKeepAliveS = 65_535

/** `2.5 s` → 2500. The text was accepted by the protocol's schema. */
export function durationMs(text: string): number {
  const match = /^([\d.]+) ?(ms|s|min|h)$/.exec(text)
  if (!match) throw new RuntimeError('BadConfigurationError', `"${text}" is not a duration, as 500 ms or 2.5 s`)
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
}

/** Throws a RuntimeError BadConfigurationError that names the missing secret or file. */
export async function readBrokerSettings(environment: DriverEnvironment): Promise<BrokerSettings> {
  const { device } = environment
  const options = device.options as MqttDeviceOptions | SparkplugDeviceOptions
  const url = brokerUrl(device.address)
  if (!url)
    throw new RuntimeError('BadConfigurationError', `Device "${device.name}": "${device.address}" is not an address`)
  const scheme = url.protocol.slice(0, -1) as BrokerSettings['scheme']
  const isSecure = scheme === 'mqtts' || scheme === 'wss'
  const version = options.protocolVersion
  return {
    address: device.address,
    scheme,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? defaultPorts[scheme] : Number(url.port),
    path: scheme === 'ws' || scheme === 'wss' ? url.pathname + url.search : '',
    protocolVersion: version === '3.1.1' ? 4 : version === 5 || version === '5' ? 5 : 'auto',
    clientId: options.clientId ?? inventClientId(device.name),
    user: options.user,
    password: options.passwordSecret === undefined ? undefined : requireSecret(environment, options.passwordSecret),
    keepAliveS: Math.min(maximumKeepAliveS, Math.max(1, Math.round(durationMs(options.keepAlive ?? '10 s') / 1000))),
    tls: isSecure ? await readTls(environment, options.tls ?? {}) : null,
  }
}

async function readTls(
  environment: DriverEnvironment,
  tls: NonNullable<MqttDeviceOptions['tls']>,
): Promise<TlsSettings> {
  return {
    ca: await readPem(environment, tls.ca, 'the certificate of the authority (tls.ca)'),
    certificate: await readPem(environment, tls.certificate, 'the client certificate (tls.certificate)'),
    key:
      tls.keySecret === undefined
        ? await readPem(environment, tls.key, 'the private key (tls.key)')
        : requireSecret(environment, tls.keySecret),
    passphrase: tls.keyPassphraseSecret === undefined ? undefined : requireSecret(environment, tls.keyPassphraseSecret),
    serverName: tls.serverName,
  }
}

async function readPem(
  { device, folder }: DriverEnvironment,
  given: string | undefined,
  what: string,
): Promise<string | undefined> {
  if (given === undefined || given.includes('-----BEGIN')) return given
  const file = isAbsolute(given) ? given : join(folder, given)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new RuntimeError(
      'BadConfigurationError',
      `Device "${device.name}": ${what} cannot be read from ${file}: ${messageOf(error)}`,
      error,
    )
  }
}

function requireSecret({ device, secret }: DriverEnvironment, name: string): string {
  const value = secret(name)
  if (value !== null) return value
  throw new RuntimeError(
    'BadConfigurationError',
    `Device "${device.name}": there is no secret named "${name}"; store it with: lineside secret set ${name}`,
  )
}

/** Unique for every connection: two clients of one id throw each other off the broker (MQTT 5.0 section 3.1.4). */
function inventClientId(deviceName: string): string {
  const readable = deviceName.replace(/[^0-9A-Za-z]/g, '').slice(0, 10)
  return `ls-${readable}-${Math.floor(Math.random() * 36 ** 8).toString(36)}`
}
