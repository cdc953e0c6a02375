// Protocol name → its light description. Adding a protocol = one folder + one line here and in driver-registry.ts.

import type { Protocol } from '../shared/protocol.ts'
import { modbusProtocols } from './modbus/modbus-protocol.ts'
import { mqttProtocols } from './mqtt/mqtt-protocol.ts'
import { opcuaProtocols } from './opcua/opcua-protocol.ts'
import { simulatorProtocol } from './simulator/simulator-protocol.ts'

/** All protocols this build knows, by the `protocol` key of a device file. */
export const protocolCatalog: ReadonlyMap<string, Protocol> = new Map(
  [...modbusProtocols, ...opcuaProtocols, ...mqttProtocols, simulatorProtocol].map((protocol) => [
    protocol.name,
    protocol,
  ]),
)
