// Simulated MQTT and Sparkplug devices: an embedded broker (aedes, MQTT 3.1.1) on a free port, and a source that speaks
// MQTT to it. One broker for each device of the plant file: `startSimulator` is called once for each.
import { createServer, type Server, type Socket } from 'node:net'
import { Aedes } from 'aedes'
import mqtt, { type MqttClient } from 'mqtt'
import type { TagValue } from '../../shared/data-value.ts'
import type { DeviceSimulator, SimulatorOptions, StartSimulator } from '../../shared/protocol.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { simulatedEdgeNodes } from './simulated-edge-node.ts'
import { SimulatedTopics, statusAnnouncements } from './simulated-topics.ts'

interface Broker {
  readonly address: string
  /** Called for what other clients than the simulated source itself publish. */
  onForeignMessage: (topic: string, payload: Buffer) => void
  close(): Promise<void>
}

const sourceClientId = 'simulated-source'

/** Starts a device simulator; its `address` is plain `mqtt://`, whatever the plant file says. */
export const startSimulator: StartSimulator = async (options) => {
  const broker = await startBroker(options.host, options.port)
  try {
    return options.device.protocol === 'sparkplug'
      ? await simulateNodes(options, broker)
      : await simulateTopics(options, broker)
  } catch (error) {
    await broker.close()
    throw error
  }
}

async function simulateTopics(options: SimulatorOptions, broker: Broker): Promise<DeviceSimulator> {
  const [will] = statusAnnouncements(options, false)
  const client = await connectSource(broker.address, will)
  const topics = new SimulatedTopics(options, {
    publish: (topic, payload, retain) => void client.publish(topic, payload, { qos: 1, retain }),
  })
  // Taken from the broker itself, because the source would also hear its own values on topics that are read and written.
  broker.onForeignMessage = (topic, payload) => topics.take(topic, payload)
  return {
    address: broker.address,
    set: (handle, value) => topics.set(handle, value),
    get: (handle) => topics.get(handle),
    async close() {
      topics.close()
      await client.endAsync(true)
      await broker.close()
    },
  }
}

async function simulateNodes(options: SimulatorOptions, broker: Broker): Promise<DeviceSimulator> {
  const nodes = simulatedEdgeNodes(options)
  for (const node of nodes) await node.start(broker.address)
  return {
    address: broker.address,
    set(handle: number, value: TagValue) {
      for (const node of nodes) if (node.set(handle, value)) return
    },
    get: (handle) => nodes.map((node) => node.get(handle)).find((value) => value !== undefined) ?? null,
    async close() {
      for (const node of nodes) await node.stop()
      await broker.close()
    },
  }
}

async function connectSource(
  address: string,
  will: { readonly topic: string; readonly payload: Buffer } | undefined,
): Promise<MqttClient> {
  const client = mqtt.connect(address, {
    protocolVersion: 4,
    clientId: sourceClientId,
    clean: true,
    reconnectPeriod: 0,
    ...(will ? { will: { ...will, qos: 1 as const, retain: true } } : {}),
  })
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('error', reject)
  })
  client.on('error', () => undefined)
  return client
}

async function startBroker(host: string, port: number): Promise<Broker> {
  const aedes = await Aedes.createBroker()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    aedes.handle(socket)
  })
  await listen(server, host, port)
  const bound = server.address()
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port
  const broker: Broker = {
    address: `mqtt://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    onForeignMessage: () => undefined,
    close: async () => {
      await new Promise<void>((resolve) => aedes.close(resolve))
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  aedes.on('publish', (packet, client) => {
    if (client && client.id !== sourceClientId) broker.onForeignMessage(packet.topic, Buffer.from(packet.payload))
  })
  return broker
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new RuntimeError(
          'BadResourceUnavailable',
          `the simulated broker cannot listen on ${host}:${port}: ${messageOf(error)}`,
          error,
        ),
      ),
    )
    server.listen(port, host, resolve)
  })
}
