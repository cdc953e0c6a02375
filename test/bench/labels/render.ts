// TARGETS L1: a label with a Data Matrix and five fields at 300 dpi, drawn and its bar code read back: ≤ 15 ms. Warm is the label after
// others of its template, each with another serial and other texts; cold is the first label of a thread.
import { decodeSymbols } from '../../../src-main/labels/decode/decode-symbols.ts'
import { toZpl } from '../../../src-main/labels/emit/zpl.ts'
import { type LabelRequest, renderLabel } from '../../../src-main/labels/render/render-label.ts'
import type { LabelElement, LabelTemplate } from '../../../src-main/shared/label.ts'
import type { Report } from '../run.ts'

const labelCount = 300

const field = (y: number, fontSize: number): LabelElement => ({
  type: 'text',
  x: 4,
  y,
  rotate: 0,
  value: '',
  fontSize,
  bold: fontSize > 4,
  width: null,
  height: null,
  align: 'left',
})

const template: LabelTemplate = {
  name: 'case',
  title: { en: 'Case' },
  width: 100,
  height: 50,
  rotate: 0,
  scheme: null,
  printer: null,
  fields: [],
  digest: '',
  elements: [
    field(4, 6),
    field(12, 4),
    field(18, 4),
    field(24, 4),
    field(30, 3),
    {
      type: 'barcode',
      x: 70,
      y: 8,
      rotate: 0,
      value: '',
      symbology: 'gs1datamatrix',
      module: 0.75,
      height: null,
      showText: false,
      errorCorrection: null,
    },
  ],
}

function requestOf(index: number): LabelRequest {
  const serial = String(index).padStart(8, '0')
  const texts = [
    `Case 箱 ${serial}`,
    `Order PO-${4711 + (index % 7)}`,
    `Batch AB${String(index % 100).padStart(4, '0')}`,
    `Filled 2026-11-23 06:${String(index % 60).padStart(2, '0')}`,
    `电机温度 ${20 + (index % 30)} ℃`,
    `(01)09521234543213(21)${serial}`,
  ]
  return { template, texts, dpi: 300, image: () => null }
}

async function made(index: number): Promise<{ drawMs: number; readMs: number; emitMs: number }> {
  const begin = performance.now()
  const label = renderLabel(requestOf(index))
  const drawn = performance.now()
  const decoded = await decodeSymbols(label)
  const read = performance.now()
  if (label.faults.length > 0 || decoded.some(({ fault }) => fault !== null))
    throw new Error(
      `label ${index} is not as it should be: ${[...label.faults, ...decoded.map(({ fault }) => fault)].join('; ')}`,
    )
  toZpl(label, { copies: 1 })
  return { drawMs: drawn - begin, readMs: read - drawn, emitMs: performance.now() - read }
}

export async function run(report: Report): Promise<void> {
  const figure = (name: string, value: number) =>
    report({ bench: 'labels', figure: name, value: round(value), unit: 'ms' })
  const cold = await made(0)
  figure('L1 first label of a thread: render and decode', cold.drawMs + cold.readMs)
  for (let index = 1; index <= 20; index++) await made(index)
  const times: { drawMs: number; readMs: number; emitMs: number }[] = []
  for (let index = 0; index < labelCount; index++) times.push(await made(1000 + index))
  figure('L1 render', median(times.map(({ drawMs }) => drawMs)))
  figure('L1 decode', median(times.map(({ readMs }) => readMs)))
  figure('L1 render and decode, median', median(times.map(({ drawMs, readMs }) => drawMs + readMs)))
  figure(
    'L1 render and decode, 95 of 100',
    sorted(times.map(({ drawMs, readMs }) => drawMs + readMs))[Math.floor(labelCount * 0.95)]!,
  )
  figure('ZPL of it', median(times.map(({ emitMs }) => emitMs)))
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

function median(values: readonly number[]): number {
  return sorted(values)[Math.floor(values.length / 2)]!
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
