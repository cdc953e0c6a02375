// npm run bench [-- name … --flag …]: runs the benchmarks of this folder, one JSON line per figure on stdout, remarks on stderr. The
// ratios count; the absolute figures are for orientation on a shared machine.
import { readdirSync } from 'node:fs'

export interface Figure {
  readonly bench: string
  readonly figure: string
  readonly value: number
  readonly unit: string
}
export type Report = (figure: Figure) => void

const folder = new URL('.', import.meta.url)
const known = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts' && !/-(device|data)\.ts$/.test(file))
  .map((file) => file.slice(0, -3))
  .sort()

const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const flags: ReadonlySet<string> = new Set(process.argv.slice(2).filter((word) => word.startsWith('--')))
const unknown = asked.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  process.stderr.write(`no benchmark is called ${unknown.join(', ')}; known are: ${known.join(', ')}\n`)
  process.exit(2)
}
process.env.LINESIDE_LOG ??= 'error'
for (const name of asked.length > 0 ? asked : known) {
  process.stderr.write(`${name} …\n`)
  const bench: { run: (report: Report, flags: ReadonlySet<string>) => Promise<void> } = await import(
    new URL(`${name}.ts`, folder).href
  )
  await bench.run((figure) => process.stdout.write(`${JSON.stringify(figure)}\n`), flags)
}
// A benchmark that leaves something open must not hold the others' figures back.
process.exit(0)
