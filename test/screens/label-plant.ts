// Labels for the test plant: two virtual printers, a label with fields that are asked for, and a small one without.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import type { LabelJob, LabelJobState } from '../../src-main/shared/label.ts'
import type { TestStation } from './station.ts'

const labels = `schemes:
  - { name: case, kind: gs1, template: "(01)09521234543213(21){counter:06}", description: Cases (箱) }
printers:
  - { name: tray, connection: "virtual:", failover: spare, statusInterval: 250 ms, description: Behind the packer (装箱机后) }
  - { name: spare, connection: "virtual:", statusInterval: 250 ms, description: Takes over (备用) }
templates:
  - name: case
    title: { en: Case label, zh-CN: 箱标签 }
    size: { width: 80, height: 50 }
    scheme: case
    printer: tray
    fields:
      - { name: order, title: { en: Order, zh-CN: 订单 } }
      - { name: batch, title: { en: Batch, zh-CN: 批次 }, pattern: "[A-Z]{2}\\\\d{4}", default: AB0001 }
    elements:
      - { type: box, x: 1, y: 1, width: 78, height: 48, line: 0.4 }
      - { type: text, x: 4, y: 4, fontSize: 5, value: "'Order 订单 ' + fields.order", width: 44, height: 12 }
      - { type: text, x: 4, y: 20, fontSize: 5, value: "'Batch 批次 ' + fields.batch", width: 44, height: 6 }
      - { type: barcode, x: 52, y: 6, symbology: gs1datamatrix, module: 1, value: identifier }
      - { type: text, x: 4, y: 41, fontSize: 4, value: identifier, width: 72, height: 5 }
  - name: shelf
    title: { en: Shelf label, zh-CN: 货架标签 }
    size: { width: 60, height: 20 }
    elements:
      - { type: text, x: 4, y: 4, fontSize: 8, text: Shelf 货架, width: 52, height: 10 }
`

/** Writes the labels into the plant folder and waits until the station prints with them and all printers are well. */
export async function addLabels({ plantFolder, process }: TestStation): Promise<void> {
  mkdirSync(join(plantFolder, 'labels'), { recursive: true })
  writeFileSync(join(plantFolder, 'labels/labels.yaml'), labels)
  const printers = async () => (await process.call('labels.printers', {})).printers
  await expect.poll(async () => (await printers()).map(({ name }) => name)).toEqual(['tray', 'spare'])
  for (const printer of ['tray', 'spare']) await process.call('labels.simulate', { printer, fault: 'none' })
  await expect.poll(async () => (await printers()).map(({ conditions }) => conditions[0])).toEqual(['ready', 'ready'])
}

/** Prints cases as a program would. */
export async function printCases({ process }: TestStation, order: string, count: number): Promise<readonly LabelJob[]> {
  const { jobs } = await process.call('labels.print', { template: 'case', fields: { order }, count, copies: 1 })
  return jobs
}

/** Waits until a job has come to this state. */
export async function untilState({ process }: TestStation, id: string, state: LabelJobState): Promise<LabelJob> {
  await expect.poll(async () => (await process.call('labels.jobs', { ids: [id] })).jobs[0]?.state).toBe(state)
  return (await process.call('labels.jobs', { ids: [id] })).jobs[0]!
}

/** A label that tore on its way: nobody knows whether it can be used. */
export async function tearCase(station: TestStation, order: string): Promise<LabelJob> {
  await station.process.call('labels.simulate', { printer: 'tray', fault: 'tear' })
  const [job] = await printCases(station, order, 1)
  const torn = await untilState(station, job!.id, 'inDoubt')
  await station.process.call('labels.simulate', { printer: 'tray', fault: 'none' })
  return torn
}

/** One printed label and one in doubt, for whoever only looks at screens. */
export async function labelsToLookAt(station: TestStation): Promise<void> {
  await addLabels(station)
  const { jobs } = await station.process.call('labels.jobs', { states: ['inDoubt'], limit: 1 })
  if (jobs.length > 0) return
  const [job] = await printCases(station, 'PO-SHOWN', 1)
  await untilState(station, job!.id, 'printed')
  await tearCase(station, 'PO-TORN')
}
