// Alarms for the test plant: a boiler whose values a test writes, a master alarm database that is not finished, a rule, a class.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestStation } from './station.ts'

const type = `name: boiler
description: Steam boiler (蒸汽锅炉)
members:
  - name: Pressure
    device: line
    address: "memory(boilerPressure, initial=4)"
    dataType: float64
    unit: bar
    decimals: 1
    writable: true
    limits: { low: 0, high: 10 }
    description: Pressure of the boiler (锅炉压力)
    alarms:
      - { condition: highHigh, limit: 9, priority: urgent, firstOut: boiler, message: { en: "Boiler pressure {value} {unit}: safety valve opens", zh-CN: "锅炉压力 {value} {unit}：安全阀动作" } }
      - { condition: high, limit: 8, priority: high, deadband: 0.2, message: { en: "Boiler pressure {value} {unit} above {limit}", zh-CN: "锅炉压力 {value} {unit} 高于 {limit}" } }
      - { condition: low, limit: 2, priority: low, onDelay: 5 s, message: { en: "Boiler pressure low", zh-CN: "锅炉压力低" } }
  - name: Burner
    device: line
    address: "memory(boilerBurner, initial=true)"
    dataType: bool
    writable: true
    states: { 0: { en: "Off", zh-CN: "停" }, 1: { en: "Burning", zh-CN: "燃烧" } }
    description: Burner (燃烧器)
    alarms:
      - { condition: discrete, name: flame lost, limit: 0, priority: urgent, firstOut: boiler, latching: true, suppressedWhen: "Line.State == 0", message: { en: "Flame lost", zh-CN: "火焰熄灭" } }
  - name: Water
    device: line
    address: "memory(boilerWater, initial=60)"
    dataType: float64
    unit: "%"
    decimals: 0
    writable: true
    description: Water level of the boiler (锅炉水位)
    alarms:
      - { condition: low, limit: 30, priority: medium, firstOut: boiler, class: safety, message: { en: "Boiler water low", zh-CN: "锅炉水位低" } }
`
const equipment = `equipment:
  - { name: Boiler, type: boiler, description: Boiler of the hall (车间锅炉), place: Energy/Boilers }
`
const symbol = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic" viewBox="0 0 120 80">
  <rect class="ls-body" x="2" y="10" width="116" height="68" rx="30" fill="#a6a6a6" stroke="#4a4a4a" stroke-width="2"/>
  <text class="ls-state" x="60" y="50" text-anchor="middle" font-size="18" fill="#1a1a1a" ls:text="self.Burner">Off</text>
</svg>
`
const mimic = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="https://lineside.dev/ns/mimic" viewBox="0 0 1600 900">
  <text class="ls-title" x="80" y="80" font-size="32">Boilers</text>
  <rect ls:equipment="Boiler" x="200" y="200" width="360" height="240"/>
  <text class="ls-label" x="700" y="290" font-size="24">Pressure</text>
  <text class="ls-value" x="960" y="290" font-size="28" text-anchor="end" ls:tag="Boiler.Pressure" ls:text="value">0</text>
  <text class="ls-unit" x="972" y="290" font-size="24">bar</text>
  <text class="ls-label" x="700" y="350" font-size="24">Water</text>
  <text class="ls-value" x="960" y="350" font-size="28" text-anchor="end" ls:tag="Boiler.Water" ls:text="value">0</text>
  <text class="ls-unit" x="972" y="350" font-size="24">%</text>
  <text class="ls-label" x="700" y="410" font-size="24">Away</text>
  <text class="ls-value" x="960" y="410" font-size="28" text-anchor="end" ls:tag="Away.Level" ls:text="value">0</text>
</svg>
`
const database = `# Agreed with production in May.
classes:
  - { name: safety, title: { en: Safety, zh-CN: 安全 }, commentRequired: true, shelvingAllowed: false, highlyManaged: true }
suppressions:
  - { name: stopped, title: { en: Line stopped, zh-CN: 线停 }, when: "Line.State == 0", area: "", priorities: [low] }
alarms:
  - alarm: Boiler.Pressure/highHigh
    status: approved
    consequence: { en: "The safety valve blows steam into the hall", zh-CN: "安全阀向车间喷汽" }
    severity: severe
    cause: { en: "Steam valve closed while the burner runs", zh-CN: "燃烧时蒸汽阀关闭" }
    action: { en: "Stop the burner, open the bypass", zh-CN: "停燃烧器，开旁通" }
    responseTime: 2 min
    reviewer: Mei
    date: 2026-05-04
    revision: 2
    approved: { priority: urgent, limit: 9.5 }
  - { alarm: Boiler.Pressure/high, status: draft, severity: major, responseTime: 20 min }
`

/** Puts them into the plant of a station and waits until it runs with them. */
export async function addAlarms({ plantFolder, process }: TestStation): Promise<void> {
  mkdirSync(join(plantFolder, 'alarms'), { recursive: true })
  writeFileSync(join(plantFolder, 'equipment/types/boiler.yaml'), type)
  writeFileSync(join(plantFolder, 'equipment/types/boiler.svg'), symbol)
  writeFileSync(join(plantFolder, 'equipment/boiler.yaml'), equipment)
  writeFileSync(join(plantFolder, 'mimics/boilers.svg'), mimic)
  appendFileSync(
    join(plantFolder, 'mimics/navigation.yaml'),
    '  - { name: boilers, title: { en: Boilers, zh-CN: 锅炉 }, level: 2, parent: overview }\n',
  )
  writeFileSync(join(plantFolder, 'alarms/database.yaml'), database)
  for (let turn = 0; turn < 100; turn++) {
    const { rows } = await process.call('alarms.database', {})
    if (rows.some(({ definition }) => definition.id === 'Boiler.Water/low')) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`the plant does not know its alarms: ${JSON.stringify(await process.call('plant.faults', {}))}`)
}
