// lineside simulate: a process of its own in which every device of a plant folder is a protocol-true simulator. What is changed in
// the folder is simulated as soon as it is without faults: who draws on the screen adds equipment while the simulators run.
import { systemClock } from './base/clock.ts'
import { createLogger } from './base/logger.ts'
import { loadSimulator } from './drivers/driver-registry.ts'
import { protocolCatalog } from './drivers/protocol-catalog.ts'
import { checkReport } from './plant/check-report.ts'
import { appearanceOf, FolderWatch } from './plant/folder-watch.ts'
import { checkPlant } from './plant/plant-check.ts'
import { plantRules } from './plant-rules.ts'
import type { Plant } from './shared/plant.ts'
import { messageOf, RuntimeError } from './shared/runtime-error.ts'
import { type Simulation, startSimulation } from './simulation/simulate.ts'

export interface RunSimulationOptions {
  readonly folder: string
  readonly host: string
  /** First port to use instead of the ports of the device files; null = theirs. */
  readonly portBase: number | null
}

/** Starts the simulators, prints where each listens and then `lineside simulators ready`; runs until SIGTERM or SIGINT. */
export async function runSimulation(options: RunSimulationOptions): Promise<void> {
  const { folder } = options
  const logger = createLogger().part('simulation')
  const seen = await appearanceOf(folder)
  const { plant, faults } = await checkPlant(folder, plantRules)
  if (!plant || faults.length > 0)
    throw new RuntimeError('BadConfigurationError', `The plant has faults:\n${checkReport(faults, false)}`)
  let simulation: Simulation | null = await startOf(plant, options)
  let simulated = simulatedPartOf(plant)

  const followFolder = async (): Promise<void> => {
    const changed = await checkPlant(folder, plantRules)
    // A faulty folder changes nothing, as in the runtime.
    if (!changed.plant || changed.faults.length > 0) return
    const part = simulatedPartOf(changed.plant)
    if (part === simulated) return
    process.stdout.write('The plant has changed: its simulators start anew\n')
    simulated = part
    await simulation?.close()
    simulation = null
    simulation = await startOf(changed.plant, options)
  }
  const onRest = () =>
    followFolder().catch((error: unknown) => logger.error(`The changed plant is not simulated: ${messageOf(error)}`))
  const watch = await FolderWatch.start({ folder, clock: systemClock, logger, onRest }, seen)
  const stop = () =>
    void watch
      .close()
      .then(() => simulation?.close())
      .finally(() => process.exit(0))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
  // Started by another Lineside process: end with it.
  if (process.connected) process.once('disconnect', stop)
}

function startOf(plant: Plant, { host, portBase }: RunSimulationOptions): Promise<Simulation> {
  return startSimulation({
    plant,
    host,
    portBase,
    clock: systemClock,
    logger: createLogger().part('simulation'),
    startSimulator: async (options) => {
      const worker = protocolCatalog.get(options.device.protocol)!.worker
      if (worker === 'simulator') return null
      return (await loadSimulator(worker))(options)
    },
    onLine: (line) => process.stdout.write(`${line}\n`),
  })
}

/** What of a plant its simulators are made of, as text: what is changed elsewhere does not disturb them. */
export function simulatedPartOf({ devices, tags, equipment, simulation }: Plant): string {
  return JSON.stringify([
    devices,
    tags.map(({ name, device, address, dataType, arrayLength, scaling }) => [
      name,
      device,
      address,
      dataType,
      arrayLength,
      scaling,
    ]),
    equipment.map(({ name, members, parameters }) => [name, members, parameters]),
    simulation,
  ])
}
