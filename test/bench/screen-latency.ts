// V2: from the answer of a Modbus device to the value in a screen's live tag, 10,000 tags changing once a second. Device, station and
// screen are three processes; the clock is the machine's, which all three share.
import { fork } from 'node:child_process'
import { rmSync } from 'node:fs'
import { openSocketLink } from '../../src-renderer/connection/open-link.ts'
import { RuntimeClient } from '../../src-renderer/connection/runtime-client.ts'
import { StationProcess, writeFolder } from '../runtime/station-process.ts'
import type { Report } from './run.ts'

const tagCount = 10_000
const measureMs = 20_000
const settleMs = 3_000

export async function run(report: Report): Promise<void> {
  const device = fork(new URL('./screen-latency-device.ts', import.meta.url), [String(tagCount)])
  const port = await new Promise<number>((resolve) => device.once('message', (message) => resolve(message as number)))
  const folder = writeFolder(plantFiles(port))
  const station = await StationProcess.start(folder)
  try {
    const address = new URL('/api/v1/link', station.url.replace('http', 'ws'))
    let token: string | null = station.token
    const client = new RuntimeClient({
      openLink: () => openSocketLink(address),
      tokens: {
        get: () => token,
        set: (next) => {
          token = next
        },
      },
    })
    client.start()
    const delays = await measure(client)
    client.close()
    delays.sort((a, b) => a - b)
    const at = (share: number) => delays[Math.min(delays.length - 1, Math.floor(share * delays.length))]!
    report({ bench: 'screen-latency', figure: 'V2 device answer to live tag, p50', value: round(at(0.5)), unit: 'ms' })
    report({ bench: 'screen-latency', figure: 'V2 device answer to live tag, p99', value: round(at(0.99)), unit: 'ms' })
    report({
      bench: 'screen-latency',
      figure: 'V2 updates seen by the screen',
      value: Math.round(delays.length / (measureMs / 1000)),
      unit: '1/s',
    })
  } finally {
    await station.stop()
    device.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

function measure(client: RuntimeClient): Promise<number[]> {
  const names = Array.from({ length: tagCount }, (_, index) => `Line.Tag${index}`)
  const delays: number[] = []
  const begin = performance.now()
  return new Promise((resolve) => {
    const close = client.watch('tags.watch', { tags: names }, (frame) => {
      const elapsed = performance.now() - begin
      if (elapsed < settleMs) return
      const now = performance.timeOrigin + performance.now()
      for (let row = 0; row < frame.count; row++)
        if (frame.statusCode[row] === 0) delays.push(now - frame.sourceTimestamp[row]!)
      if (elapsed > settleMs + measureMs) {
        close()
        resolve(delays)
      }
    })
  })
}

function plantFiles(port: number): Record<string, string> {
  const tags = Array.from({ length: tagCount }, (_, index) => {
    const table = index < 9_000 ? 40_001 + index : 30_001 + index - 9_000
    return `  - { name: Line.Tag${index}, device: plc, address: "${table}:uint16" }`
  })
  return {
    'plant.yaml': 'name: Latency\nline: L1\nsite: Bench\n',
    'devices/plc.yaml': `name: plc\nprotocol: modbus-tcp\naddress: 127.0.0.1:${port}\nscanRates: { normal: 1 s }\n`,
    'tags/line.yaml': `tags:\n${tags.join('\n')}\n`,
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
