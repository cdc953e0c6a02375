// lineside simulate: a process of its own in which every device of a plant folder is a protocol-true simulator.
import { systemClock } from './base/clock.ts'
import { createLogger } from './base/logger.ts'
import { loadSimulator } from './drivers/driver-registry.ts'
import { protocolCatalog } from './drivers/protocol-catalog.ts'
import { checkReport } from './plant/check-report.ts'
import { checkPlant } from './plant/plant-check.ts'
import { RuntimeError } from './shared/runtime-error.ts'
import { startSimulation } from './simulation/simulate.ts'

export interface RunSimulationOptions {
  readonly folder: string
  readonly host: string
  /** First port to use instead of the ports of the device files; null = theirs. */
  readonly portBase: number | null
}

/** Starts the simulators, prints where each listens and then `lineside simulators ready`; runs until SIGTERM or SIGINT. */
export async function runSimulation({ folder, host, portBase }: RunSimulationOptions): Promise<void> {
  const { plant, faults } = await checkPlant(folder, protocolCatalog)
  if (!plant || faults.length > 0)
    throw new RuntimeError('BadConfigurationError', `The plant has faults:\n${checkReport(faults, false)}`)
  const simulation = await startSimulation({
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
  const stop = () => void simulation.close().finally(() => process.exit(0))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
  // Started by another Lineside process: end with it.
  if (process.connected) process.once('disconnect', stop)
}
