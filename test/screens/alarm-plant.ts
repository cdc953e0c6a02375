// Alarms for the test plant that a test raises at will: a few that are looked at one by one, and a flood over several machines.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestStation } from './station.ts'

/** Machines of the flood. */
export const floodMachines = ['Filler', 'Capper', 'Labeller', 'Packer'] as const
/** Alarms of each machine; they come one after the other while Flood.Level rises from 0 to this. */
export const floodAlarmsEach = 60

const priorities = ['urgent', 'high', 'medium', 'medium', 'low', 'low', 'low', 'low']

function floodAlarms(machine: string): string {
  return Array.from({ length: floodAlarmsEach }, (_, index) => {
    const message = `{ en: "${machine}: station ${index + 1} blocked", zh-CN: "${machine}：${index + 1} 号工位堵塞" }`
    return `      - { condition: high, name: "station ${index + 1}", limit: ${index}, priority: ${priorities[index % 8]}, message: ${message} }`
  }).join('\n')
}

const tags = `tags:
  - name: Boiler.Pressure
    device: line
    address: "memory(pressure, initial=4)"
    dataType: float64
    unit: bar
    decimals: 1
    writable: true
    limits: { low: 0, high: 12 }
    description: Pressure of the boiler (锅炉压力)
    alarms:
      - { condition: highHigh, limit: 9, priority: urgent, message: { en: "Boiler pressure {value} {unit}: safety valve opens", zh-CN: "锅炉压力 {value} {unit}：安全阀动作" } }
      - { condition: high, limit: 8, priority: high, deadband: 0.2, message: { en: "Boiler pressure {value} {unit} above {limit}", zh-CN: "锅炉压力 {value} {unit} 高于 {limit}" } }
  - name: Boiler.Water
    device: line
    address: "memory(water, initial=60)"
    dataType: float64
    unit: "%"
    writable: true
    description: Water of the boiler (锅炉水位)
    alarms:
      - { condition: low, limit: 30, priority: medium, class: safety, message: { en: "Boiler water low", zh-CN: "锅炉水位低" } }
  - name: Boiler.Flame
    device: line
    address: "memory(flame, initial=true)"
    dataType: bool
    writable: true
    description: Flame (火焰)
    alarms:
      - { condition: discrete, name: lost, limit: 0, priority: low, latching: true, suppressedWhen: "Line.State == 0", message: { en: "Flame lost", zh-CN: "火焰熄灭" } }
  - { name: Flood.Level, device: line, address: "memory(flood, initial=0)", dataType: float64, writable: true, description: How many alarms each machine has (报警数) }
`

const equipment = `equipment:
${floodMachines.map((machine) => `  - { name: ${machine}, type: machine, description: ${machine}, place: Packing/${machine} }`).join('\n')}
`

/** One type for each machine's alarms would be the same text again: the alarms stand in the type, messages name the station. */
const machineType = `name: machine
description: Machine with many stations (多工位机器)
members:
  - name: Blocked
    expression: Flood.Level
    dataType: float64
    description: Stations that are blocked (堵塞工位数)
    alarms:
${floodAlarms('Machine')}
`

const database = `classes:
  - { name: safety, title: { en: Safety, zh-CN: 安全 }, commentRequired: true, shelvingAllowed: false, highlyManaged: true }
alarms:
  - alarm: Boiler.Pressure/highHigh
    status: approved
    consequence: { en: "The safety valve blows steam into the hall", zh-CN: "安全阀向车间喷汽" }
    severity: severe
    cause: { en: "Steam valve closed while the burner runs", zh-CN: "燃烧时蒸汽阀关闭" }
    action: { en: "Stop the burner, open the bypass", zh-CN: "停燃烧器，开旁通" }
    responseTime: 10 min
    reviewer: Mei
    date: 2026-05-04
    revision: 2
`

const mimic = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic" viewBox="0 0 1600 900">
  <text class="ls-title" x="80" y="80" font-size="32">Packing</text>
  <text class="ls-value" x="960" y="290" font-size="28" text-anchor="end" ls:tag="Capper.Blocked" ls:text="value">0</text>
</svg>
`

/** Puts them into the plant of a station and waits until it runs with them. */
export async function addAlarmPlant({ plantFolder, process }: TestStation): Promise<void> {
  mkdirSync(join(plantFolder, 'alarms'), { recursive: true })
  writeFileSync(join(plantFolder, 'alarms/database.yaml'), database)
  writeFileSync(join(plantFolder, 'tags/boiler.yaml'), tags)
  writeFileSync(join(plantFolder, 'equipment/types/machine.yaml'), machineType)
  writeFileSync(join(plantFolder, 'equipment/machines.yaml'), equipment)
  writeFileSync(join(plantFolder, 'mimics/packing.svg'), mimic)
  for (let turn = 0; turn < 100; turn++) {
    const { definitions } = await process.call('alarms.describe', {
      ids: ['Boiler.Water/low', 'Packer.Blocked/station 1'],
    })
    if (definitions.length === 2) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`the plant does not know its alarms: ${JSON.stringify(await process.call('plant.faults', {}))}`)
}
