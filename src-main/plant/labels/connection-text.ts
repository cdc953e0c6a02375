// Connections of printers and scanners: which ways in there are, and how each is written.

/** Why a text is no connection of a printer, as a sentence; null = it is one. */
export function printerConnectionFault(text: string): string | null {
  return connectionFault(text, printerChannels, 'a printer')
}

/** The same of a scanner. */
export function scannerConnectionFault(text: string): string | null {
  return connectionFault(text, scannerChannels, 'a scanner')
}

/** What stands in front of the first colon: `tcp`, `virtual` …; '' = nothing does. */
export function channelOf(connection: string): string {
  return /^([a-z][a-z-]*):/.exec(connection)?.[1] ?? ''
}

/** Tag of a `tag:<name>` connection; null = it is another one. */
export function tagOfConnection(connection: string): string | null {
  return channelOf(connection) === 'tag' ? connection.slice('tag:'.length) : null
}

interface Channel {
  /** As people write it. */
  readonly example: string
  /** Why what stands behind the colon is wrong; null = it is right. */
  readonly fault: (rest: string) => string | null
}

const printerChannels: Readonly<Record<string, Channel>> = {
  tcp: { example: 'tcp://10.0.0.7:9100', fault: (rest) => hostAndPortFault(rest, true) },
  ipp: { example: 'ipp://10.0.0.7:631/ipp/print', fault: (rest) => webFault(rest) },
  ipps: { example: 'ipps://10.0.0.7:631/ipp/print', fault: (rest) => webFault(rest) },
  cups: {
    example: 'cups:labels',
    fault: (rest) => nameFault(rest, /^[^\s/#?'"\p{Cc}]{1,127}$/u, 'the name of a queue'),
  },
  windows: {
    example: 'windows:ZDesigner ZD421',
    fault: (rest) => nameFault(rest, /^[^\s,!\p{Cc}](?:[^,!\p{Cc}]{0,218}[^\s,!\p{Cc}])?$/u, 'the name of a printer'),
  },
  serial: { example: 'serial:/dev/ttyUSB0?baud=9600', fault: serialFault },
  file: { example: 'file:/var/lib/labels', fault: folderFault },
  virtual: {
    example: 'virtual:',
    fault: (rest) => (rest === '' ? null : 'nothing stands behind virtual: it is shown on screen'),
  },
}

const scannerChannels: Readonly<Record<string, Channel>> = {
  tcp: { example: 'tcp://10.0.0.9:51236', fault: (rest) => hostAndPortFault(rest, true) },
  'tcp-listen': { example: 'tcp-listen://0.0.0.0:51236', fault: (rest) => hostAndPortFault(rest, true) },
  serial: { example: 'serial:/dev/ttyACM0?baud=9600', fault: serialFault },
  tag: {
    example: 'tag:Labeller.Scan',
    fault: (rest) => (rest.trim() === '' ? 'the name of a string tag is expected behind tag:' : null),
  },
}

function connectionFault(text: string, channels: Readonly<Record<string, Channel>>, what: string): string | null {
  if (/[\p{Cc}\p{Cf}]/u.test(text)) return 'the connection has control characters in it'
  const name = channelOf(text)
  const channel = Object.hasOwn(channels, name) ? channels[name]! : null
  if (channel === null) {
    const examples = Object.values(channels).map(({ example }) => example)
    return `"${shortened(text)}" is no connection of ${what}; possible are ${examples.join(', ')}`
  }
  const fault = channel.fault(text.slice(name.length + 1))
  return fault === null ? null : `${fault}, as ${channel.example}`
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

const hostText =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]{2,45}\])$/

/** `//host:port`. */
function hostAndPortFault(rest: string, needsPort: boolean): string | null {
  const match = /^\/\/(\[[^\]]*\]|[^:/?#[\]]*)(?::([^/?#]*))?$/.exec(rest)
  if (match === null) return 'host and port are expected'
  const [, host = '', port] = match
  if (host.length > 253 || !hostText.test(host)) return `"${shortened(host)}" is no host`
  if (port === undefined) return needsPort ? 'the port is missing' : null
  return portFault(port)
}

function portFault(port: string): string | null {
  const isPort = /^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535
  return isPort ? null : `"${shortened(port)}" is no port; a port is a number from 1 to 65535`
}

/** `//host:port/path`, the port and the path may be missing; nothing that goes wrong unseen: no user, no query. */
function webFault(rest: string): string | null {
  const match = /^(\/\/[^/?#@]*)(\/[A-Za-z0-9._~/-]*)?$/.exec(rest)
  if (match === null) return 'host, port and path are expected'
  return hostAndPortFault(match[1]!, false)
}

function nameFault(rest: string, pattern: RegExp, what: string): string | null {
  return pattern.test(rest) ? null : `${what} is expected`
}

/** `/dev/ttyUSB0?baud=9600` or `COM3?baud=9600`. */
function serialFault(rest: string): string | null {
  const [port = '', ...queries] = rest.split('?')
  if (!/^(?:\/dev\/[A-Za-z0-9._/-]{1,100}|COM[1-9]\d{0,2})$/.test(port) || port.includes('..'))
    return 'the name of a serial port is expected'
  if (queries.length === 0) return null
  if (queries.length > 1) return 'settings are divided by &'
  for (const setting of queries[0]!.split('&')) {
    const [key = '', value = ''] = setting.split('=')
    const allowed = serialSettings[key]
    if (allowed === undefined)
      return `there is no setting "${shortened(key)}"; there are ${Object.keys(serialSettings).join(', ')}`
    if (!allowed.includes(value))
      return `${key} is ${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}, not "${shortened(value)}"`
  }
  return null
}

const serialSettings: Readonly<Record<string, readonly string[]>> = {
  baud: ['1200', '2400', '4800', '9600', '19200', '38400', '57600', '115200'],
  parity: ['none', 'even', 'odd'],
  dataBits: ['7', '8'],
  stopBits: ['1', '2'],
}

/** A folder that stands by itself: where it would be must not depend on where the station was started. */
function folderFault(rest: string): string | null {
  const path = rest.replace(/^\/\/(?=\/)/, '')
  return /^(?:\/|[A-Za-z]:[\\/])/.test(path) ? null : 'a whole path to a folder is expected'
}
