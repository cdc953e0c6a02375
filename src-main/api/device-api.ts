// Calls and feeds about the connections to devices, and the tools to find a broken one.
import type { Timer } from '../base/clock.ts'
import { toJsonValue } from '../shared/data-value.ts'
import type { ApiParts } from './api-parts.ts'
import type { NounCalls, NounFeeds } from './call-handlers.ts'
import { stateSource } from './feed.ts'

/** The list is compared and sent at most this often, and only while somebody watches it. */
const listIntervalMs = 1000

export function deviceCalls(parts: ApiParts): NounCalls<'devices'> {
  const { devices } = parts
  return {
    'devices.list': () => ({ devices: devices.list() }),
    'devices.reconnect': async ({ device }, { note }) => {
      note.target = device
      await devices.reconnect(device)
      return {}
    },
    'devices.browse': async ({ device, path }) => ({ rows: await devices.browse(device, path) }),
    'devices.readTest': async ({ device, address, dataType, arrayLength }) => {
      const outcome = await devices.readTest(device, address, dataType, arrayLength)
      return { ...outcome, value: toJsonValue(outcome.value) }
    },
    'devices.callMethod': async ({ device, path, inputs }, { note }) => {
      note.target = `${device} ${path}`
      note.newValue = inputs
      const { statusCode, outputs } = await devices.callMethod(device, path, inputs)
      return { statusCode, outputs: outputs.map(toJsonValue) }
    },
    'devices.certificates': async () => ({ certificates: await devices.certificates() }),
    'devices.trustCertificate': async ({ thumbprint }, { note }) => {
      note.target = thumbprint
      await devices.setCertificateTrust(thumbprint, true)
      return {}
    },
    'devices.rejectCertificate': async ({ thumbprint }, { note }) => {
      note.target = thumbprint
      await devices.setCertificateTrust(thumbprint, false)
      return {}
    },
  }
}

export function deviceFeeds(parts: ApiParts): NounFeeds<'devices'> {
  const watchers = new Set<() => void>()
  let timer: Timer | null = null
  let last = ''
  const look = () => {
    const now = JSON.stringify(parts.devices.list())
    if (now === last) return
    last = now
    for (const notify of watchers) notify()
  }
  const subscribe = (notify: () => void) => {
    watchers.add(notify)
    timer ??= parts.clock.every(listIntervalMs, look)
    return () => {
      watchers.delete(notify)
      if (watchers.size > 0) return
      timer?.cancel()
      timer = null
    }
  }
  return { 'devices.watch': () => stateSource(() => ({ devices: parts.devices.list() }), subscribe) }
}
