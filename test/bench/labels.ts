// TARGETS L1 to L5: drawing and reading back, the queue, taking scans apart, parts and what was there with them. Flags: --render, --queue,
// --parse, --trace-store, --station = only that.
import { run as runParse } from './labels/parse.ts'
import { run as runQueue } from './labels/queue.ts'
import { run as runRender } from './labels/render.ts'
import { run as runStation } from './labels/station.ts'
import { run as runTraceStore } from './labels/trace-store.ts'
import type { Report } from './run.ts'

const parts: Readonly<Record<string, (report: Report) => Promise<void>>> = {
  '--render': runRender,
  '--queue': runQueue,
  '--parse': runParse,
  '--trace-store': runTraceStore,
  '--station': runStation,
}

export async function run(report: Report, flags: ReadonlySet<string>): Promise<void> {
  const asked = Object.keys(parts).filter((flag) => flags.has(flag))
  for (const flag of asked.length > 0 ? asked : Object.keys(parts)) await parts[flag]!(report)
}
