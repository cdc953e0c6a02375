// Worker name → its driver module and simulator, imported only when asked for: an unused protocol costs nothing.

import type { StartSimulator, WorkerName } from '../shared/protocol.ts'
import type { ProtocolDriver } from './driver.ts'

/** The driver module of a worker; takes up to a second for OPC UA. */
export async function loadDriver(worker: WorkerName): Promise<ProtocolDriver> {
  switch (worker) {
    case 'modbus':
      return (await import('./modbus/modbus-driver.ts')).protocolDriver
    case 'opcua':
      return (await import('./opcua/opcua-driver.ts')).protocolDriver
    case 'mqtt':
      return (await import('./mqtt/mqtt-driver.ts')).protocolDriver
    case 'simulator':
      return (await import('./simulator/simulator-driver.ts')).protocolDriver
  }
}

/** The protocol-true simulator of a worker's protocols. The simulator protocol needs none. */
export async function loadSimulator(worker: Exclude<WorkerName, 'simulator'>): Promise<StartSimulator> {
  switch (worker) {
    case 'modbus':
      return (await import('./modbus/modbus-simulator.ts')).startSimulator
    case 'opcua':
      return (await import('./opcua/opcua-simulator.ts')).startSimulator
    case 'mqtt':
      return (await import('./mqtt/mqtt-simulator.ts')).startSimulator
  }
}
