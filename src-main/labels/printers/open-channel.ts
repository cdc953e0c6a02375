// Which way leads to a printer, by its connection in the plant.
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { LabelPrinter } from '../../shared/label.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { OpenChannel } from './printer-channel.ts'
import { openVirtualChannel } from './virtual-channel.ts'
import { connectTcp } from './wire.ts'
import { WireChannel } from './wire-channel.ts'

export interface ChannelParts {
  readonly clock: Clock
  readonly logger: Logger
}

/** Opens channels; throws RuntimeError BadConfigurationError for a connection the plant check would not have let through. */
export function channelOpener({ clock, logger }: ChannelParts): OpenChannel {
  return (printer, memory) => {
    const { connection } = printer
    if (connection.startsWith('virtual:')) return openVirtualChannel(printer, memory)
    if (connection.startsWith('tcp://')) {
      const { host, port } = hostAndPort(printer, 9100)
      const connect = () => connectTcp(host, port, printer.timeoutMs, clock)
      return new WireChannel({ printer, memory, clock, logger, connect, isLine: false })
    }
    throw new RuntimeError(
      'BadConfigurationError',
      `the printer ${printer.name} has the connection ${connection}, which is not known`,
    )
  }
}

function hostAndPort(printer: LabelPrinter, usualPort: number): { readonly host: string; readonly port: number } {
  const match = /^[a-z]+:\/\/(\[[0-9A-Fa-f:.]+\]|[^\s/:@?#]+)(?::(\d{1,5}))?/.exec(printer.connection)
  const port = match?.[2] === undefined ? usualPort : Number(match[2])
  if (!match || port < 1 || port > 65_535)
    throw new RuntimeError(
      'BadConfigurationError',
      `the printer ${printer.name} has the connection ${printer.connection}: tcp://host:port is expected, as tcp://10.0.0.9:9100`,
    )
  return { host: match[1]!.replace(/^\[|\]$/g, ''), port }
}
