// What the CSV export needs besides the tags: names of scan rates, and what protocols fill in by themselves.
import * as v from 'valibot'
import type { Plant } from '../../shared/plant.ts'
import type { ProtocolTable } from '../../shared/protocol.ts'
import type { ExportContext } from './tag-csv.ts'

/** Context for the tags of a plant. */
export function exportContext(plant: Plant, protocols: ProtocolTable): ExportContext {
  const devices = new Map(plant.devices.map((device) => [device.name, device]))
  const defaults = new Map<string, Readonly<Record<string, unknown>>>()
  return {
    scanName(device, intervalMs) {
      const rates = Object.entries(devices.get(device)?.scanRates ?? {})
      if (rates.some(([name, interval]) => name === 'normal' && interval === intervalMs)) return ''
      return rates.find(([, interval]) => interval === intervalMs)?.[0] ?? ''
    },
    defaultOptions(device) {
      const name = devices.get(device)?.protocol ?? ''
      const known = defaults.get(name)
      if (known !== undefined) return known
      const schema = protocols.get(name)?.tagOptions
      const result = schema === undefined ? null : v.safeParse(schema, {})
      const options = result?.success === true ? result.output : {}
      defaults.set(name, options)
      return options
    },
  }
}
