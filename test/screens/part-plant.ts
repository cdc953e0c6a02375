// Parts for the test plant: a machine with values, states and an alarm, cases that were in it before their label was printed.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import type { LabelJob } from '../../src-main/shared/label.ts'
import type { TestStation } from './station.ts'

const sealerType = `name: sealer
title: { en: Sealer, zh-CN: 封口机 }
description: Seals cases (封箱)
members:
  - { name: Heat, device: line, address: "memory(heat, initial=140)", dataType: float64, unit: Cel, decimals: 1, writable: true, description: Temperature (封口温度), limits: { low: 0, high: 300 }, history: { deadband: 0 }, alarms: [ { condition: high, limit: 180, priority: high, message: { en: "Sealer too hot", zh-CN: "封口温度过高" } } ] }
  - { name: Mode, device: line, address: "memory(mode, initial=1)", dataType: uint8, writable: true, description: Mode (模式), states: { 0: Stopped, 1: Running, 2: Cleaning } }
  - { name: Foil, device: line, address: "memory(foil, initial=F-2041)", dataType: string, writable: true, description: Foil (膜卷) }
  - { name: Wave, device: line, address: "sine(period=6 s, low=2, high=3)", dataType: float64, unit: bar, decimals: 2, description: Air (气压) }
`

const labels = `# Written by hand: this comment stays.
schemes:
  - { name: case, kind: gs1, template: "(01)09521234543213(21){counter:06}", description: Cases (箱) }
printers:
  - { name: tray, connection: "virtual:", statusInterval: 250 ms, description: Behind the packer (装箱机后) }
tracking:
  - { equipment: Sealer, scheme: case, from: -6 s, to: 0 s }
  - { equipment: Packer, scheme: case, from: 0 s, to: 20 s }
templates:
  # The case label, as agreed with the shop.
  - name: case
    title: { en: Case label, zh-CN: 箱标签 } # both languages
    size: { width: 80, height: 50 }
    scheme: case
    printer: tray
    fields:
      - { name: order, title: { en: Order, zh-CN: 订单 }, default: PO-1 }
    elements:
      - { type: box, x: 1, y: 1, width: 78, height: 48, line: 0.4 }
      - { type: text, x: 4, y: 4.50, fontSize: 5, value: "'Order 订单 ' + fields.order", width: 44, height: 7 } # asked for
      # The code the shop scans.
      - { type: barcode, x: 52, y: 6, symbology: gs1datamatrix, module: 1, value: identifier }
      - { type: text, x: 4, y: 41, fontSize: 4, value: identifier, width: 72, height: 5 }
  - name: shelf
    size: { width: 60, height: 20 }
    elements:
      - { type: text, x: 4, y: 4, fontSize: 8, text: Shelf 货架, width: 52, height: 10 }
`

const equipment = `equipment:
  - { name: Sealer, type: sealer, description: Seals the cases (封箱机), place: Packing/Sealer, identifier: 88.123.456/SEALER1 }
  - { name: Packer, type: sealer, description: Packs the cases (装箱机), place: Packing/Packer }
`

/** Puts the machine and its labels into the plant of a station and waits until it runs with them. */
export async function addParts({ plantFolder, process }: TestStation): Promise<void> {
  mkdirSync(join(plantFolder, 'labels'), { recursive: true })
  writeFileSync(join(plantFolder, 'equipment/types/sealer.yaml'), sealerType)
  writeFileSync(join(plantFolder, 'equipment/sealers.yaml'), equipment)
  writeFileSync(join(plantFolder, 'labels/labels.yaml'), labels)
  await expect
    .poll(async () => (await process.call('labels.printers', {})).printers.map(({ conditions }) => conditions[0]))
    .toEqual(['ready'])
}

/** A case whose label is printed now. */
export async function printCase({ process }: TestStation, order = 'PO-4711'): Promise<LabelJob> {
  const { jobs } = await process.call('labels.print', { template: 'case', fields: { order }, count: 1, copies: 1 })
  return jobs[0]!
}
