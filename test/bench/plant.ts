// How long a plant folder takes to read and check: 100,000 tags as YAML, as CSV and as equipment, without and with an alarm on each
// tag and a master alarm database; the demo plant.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { checkPlant } from '../../src-main/plant/plant-check.ts'
import { plantRules } from '../../src-main/plant-rules.ts'
import type { Report } from './run.ts'

const tagCount = 100_000
const addressOf = (index: number) => `4${String((index % 9998) + 1).padStart(4, '0')}:float32`

const base = {
  'plant.yaml': 'name: a\nline: b\nsite: c\n',
  'devices/plc.yaml': 'name: plc\nprotocol: modbus-tcp\naddress: 127.0.0.1:502\nscanRates: { fast: 100 ms }\n',
}

/** `alarms` is put to the keys of each tag. */
function yamlFiles(alarms = ''): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: 10 }, (_, file) => {
      const rows = Array.from({ length: tagCount / 10 }, (_row, row) => {
        const index = file * (tagCount / 10) + row
        return `  - { name: L.T${index}, device: plc, address: "${addressOf(index)}", unit: "%", scan: fast, limits: { low: 0, high: 100 }${alarms} }\n`
      })
      return [`tags/t${file}.yaml`, `tags:\n${rows.join('')}`]
    }),
  )
}

function csvFile(): Record<string, string> {
  const rows = Array.from({ length: tagCount }, (_, index) => `L.T${index},plc,${addressOf(index)},%,fast,0,100\n`)
  return { 'tags/t.csv': `name,device,address,unit,scan,limits.low,limits.high\n${rows.join('')}` }
}

/** 10,000 instances of a type with ten members. */
function equipmentFiles(): Record<string, string> {
  const members = Array.from(
    { length: 9 },
    (_, at) => `  - { name: M${at}, device: plc, address: "\${base + ${at * 2}}:float32" }\n`,
  )
  const instances = Array.from(
    { length: tagCount / 10 },
    (_, at) => `  - { name: P${at}, type: pump, parameters: { base: ${40_001 + (at % 9000)} } }\n`,
  )
  return {
    'equipment/types/pump.yaml': `name: pump\nparameters: { base: null }\nmembers:\n${members.join('')}  - { name: High, expression: M0 * 2 > M1 }\n`,
    'equipment/all.yaml': `equipment:\n${instances.join('')}`,
  }
}

const alarm =
  '{ condition: high, limit: 90, deadband: "2 %", onDelay: 5 s, message: { en: "Level high ({value})", zh-CN: 液位高 } }'

/** One alarm on each of 100,000 tags, 10,000 entries of the master alarm database. */
function alarmFiles(): Record<string, string> {
  const entries = Array.from(
    { length: tagCount / 10 },
    (_, index) =>
      `  - { alarm: L.T${index * 10}/high, status: approved, consequence: { en: Overflow, zh-CN: 溢流 }, severity: minor, cause: Valve, action: Close it, responseTime: 10 min, approved: { limit: 90 } }\n`,
  )
  return {
    'plant.yaml': 'name: a\nline: b\nsite: c\nlanguages: [en, zh-CN]\n',
    ...yamlFiles(`, alarms: [${alarm}]`),
    'alarms/database.yaml': `alarms:\n${entries.join('')}`,
  }
}

async function timed(report: Report, figure: string, folder: string): Promise<void> {
  const before = process.cpuUsage()
  const started = performance.now()
  const { plant, faults } = await checkPlant(folder, plantRules)
  if (plant === null) throw new Error(`the bench folder is faulty: ${faults[0]?.message}`)
  const { user, system } = process.cpuUsage(before)
  report({ bench: 'plant', figure: `${figure}: tags`, value: plant.tags.length, unit: '' })
  report({ bench: 'plant', figure: `${figure}: alarms`, value: plant.alarms.length, unit: '' })
  report({ bench: 'plant', figure: `${figure}: time`, value: Math.round(performance.now() - started), unit: 'ms' })
  report({ bench: 'plant', figure: `${figure}: processor time`, value: Math.round((user + system) / 1000), unit: 'ms' })
}

export async function run(report: Report): Promise<void> {
  await timed(report, 'demo plant', new URL('../../resources/demo-plant', import.meta.url).pathname)
  for (const [figure, files] of [
    ['YAML', yamlFiles()],
    ['CSV', csvFile()],
    ['equipment', equipmentFiles()],
    ['YAML with 100,000 alarms', alarmFiles()],
  ] as const) {
    const folder = await mkdtemp(join(tmpdir(), 'lineside-bench-'))
    try {
      for (const [file, text] of Object.entries({ ...base, ...files })) {
        await mkdir(dirname(join(folder, file)), { recursive: true })
        await writeFile(join(folder, file), text)
      }
      await timed(report, figure, folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}
