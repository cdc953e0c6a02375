// What TSPL printers say of themselves: one byte to <ESC>!?, four to <ESC>!S. TSC TSPL/TSPL2 Programming Manual, "Status Polling and
// Immediate Commands". Whatever comes in, nothing here throws.
import type { PrinterCondition } from '../../shared/label.ts'
import { sortedConditions } from './printer-channel.ts'

/** Bits of the answer to <ESC>!?. */
const bits: readonly (readonly [bit: number, condition: PrinterCondition])[] = [
  [0x01, 'headOpen'],
  [0x02, 'jam'],
  [0x04, 'mediaOut'],
  [0x08, 'ribbonOut'],
  [0x10, 'paused'],
  [0x20, 'printing'],
  [0x80, 'fault'],
]
/** The cover of some models; as good as an open head. */
const coverBit = 0x40

/** The answer to <ESC>!?: one byte. */
export function tsplConditions(byte: number): readonly PrinterCondition[] {
  const conditions = bits.filter(([bit]) => (byte & bit) !== 0).map(([, condition]) => condition)
  if (byte & coverBit) conditions.push('headOpen')
  return sortedConditions(conditions.length > 0 ? conditions : ['ready'])
}

/** Words of the first byte of <ESC>!S. */
const message: Readonly<Record<string, PrinterCondition>> = {
  '@': 'ready',
  '`': 'paused',
  B: 'printing',
  C: 'printing',
  E: 'printing',
  K: 'printing',
  L: 'printing',
  P: 'printing',
  W: 'printing',
}

/** Bits of the third (warnings) and second byte of <ESC>!S; the lowest six bits of each count, bit 6 is always set. */
const warningBits: readonly (readonly [bit: number, condition: PrinterCondition])[] = [[0x10, 'printing']]
const errorBits: readonly (readonly [bit: number, condition: PrinterCondition])[] = [
  [0x01, 'overheated'],
  [0x02, 'fault'],
  [0x04, 'fault'],
  [0x08, 'cutterFault'],
  [0x10, 'fault'],
  [0x20, 'fault'],
]
const mediaBits: readonly (readonly [bit: number, condition: PrinterCondition])[] = [
  [0x01, 'mediaOut'],
  [0x02, 'jam'],
  [0x04, 'ribbonOut'],
  [0x08, 'ribbonOut'],
  [0x20, 'headOpen'],
]

/** The answer to <ESC>!S, between STX and ETX or bare: four bytes; null = it is none. */
export function tsplExtendedConditions(answer: Uint8Array): readonly PrinterCondition[] | null {
  const start = answer[0] === 0x02 ? 1 : 0
  const bytes = answer.subarray(start, start + 4)
  if (bytes.length < 4) return null
  const conditions: PrinterCondition[] = []
  const word = message[String.fromCharCode(bytes[0]!)]
  if (word) conditions.push(word)
  const add = (byte: number, of: typeof errorBits): void => {
    for (const [bit, condition] of of) if ((byte & bit) !== 0) conditions.push(condition)
  }
  add(bytes[1]!, warningBits)
  add(bytes[2]!, errorBits)
  add(bytes[3]!, mediaBits)
  return sortedConditions(conditions.length > 0 ? conditions : ['fault'])
}
