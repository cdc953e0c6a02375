// Which way leads to a printer, by its connection in the plant.
import type { Clock } from '../../base/clock.ts'
import type { LabelPrinter } from '../../shared/label.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { FileChannel, folderOf } from './file-channel.ts'
import { cupsAddress, IppChannel, ippAddress } from './ipp-channel.ts'
import type { OpenChannel, PrinterChannel } from './printer-channel.ts'
import { openSerialWire, parseSerialConnection } from './serial-wire.ts'
import { openVirtualChannel } from './virtual-channel.ts'
import { WindowsChannel } from './windows-channel.ts'
import { connectTcp, type Wire } from './wire.ts'
import { WireChannel } from './wire-channel.ts'

export interface ChannelParts {
  readonly clock: Clock
  /** Folders of `file:` connections that are not absolute are below it. */
  readonly dataFolder?: string
}

/** Opens channels; throws RuntimeError BadConfigurationError for a connection the plant check would not have let through. */
export function channelOpener({ clock, dataFolder = '.' }: ChannelParts): OpenChannel {
  return (printer, memory) => {
    const { connection, timeoutMs } = printer
    const channel = connection.slice(0, Math.max(0, connection.indexOf(':')))
    const wired = (connect: () => Promise<Wire>, isLine: boolean): PrinterChannel =>
      new WireChannel({ printer, memory, clock, connect, isLine })
    switch (channel) {
      case 'tcp': {
        const { host, port } = hostAndPort(printer, 9100)
        return wired(() => connectTcp(host, port, timeoutMs, clock), false)
      }
      case 'serial': {
        const line = parseSerialConnection(connection)
        return wired(() => openSerialWire(line, timeoutMs, clock), true)
      }
      case 'ipp':
      case 'ipps':
        return new IppChannel(ippAddress(printer), timeoutMs, clock)
      case 'cups':
        return new IppChannel(cupsAddress(printer), timeoutMs, clock)
      case 'windows':
        return new WindowsChannel(printer)
      case 'file':
        return new FileChannel(printer, folderOf(connection, dataFolder))
      case 'virtual':
        return openVirtualChannel(printer, memory)
      default:
        throw new RuntimeError(
          'BadConfigurationError',
          `the printer ${printer.name} has the connection ${connection}, which is not known`,
        )
    }
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
