// The simulator protocol: a device inside Lineside for training and first steps, no network. Address texts are signals:
//   sine(period=10 s, low=0, high=100)    ramp(…)    triangle(…)    toggle(period=2 s)
//   walk(low=0, high=100, step=1)          lag(of=<memory name>, timeConstant=5 s)      memory(name, initial=0)
import * as v from 'valibot'
import type { AddressCheck, Protocol } from '../../shared/protocol.ts'
import type { DataType } from '../../shared/tag.ts'

/** A parsed address. Times in s. */
export type Signal =
  | {
      readonly kind: 'sine' | 'ramp' | 'triangle'
      readonly period: number
      readonly low: number
      readonly high: number
    }
  | { readonly kind: 'toggle'; readonly period: number }
  | { readonly kind: 'walk'; readonly low: number; readonly high: number; readonly step: number }
  | { readonly kind: 'lag'; readonly of: string; readonly timeConstant: number }
  | { readonly kind: 'memory'; readonly name: string; readonly initial: number | string | boolean }

type Parsed = { readonly ok: true; readonly signal: Signal } | { readonly ok: false; readonly message: string }

const kinds = ['sine', 'ramp', 'triangle', 'toggle', 'walk', 'lag', 'memory'] as const
const shape = /^\s*([a-z]+)\s*(?:\(([^()]*)\))?\s*$/

/** The signal an address text describes, or a sentence why it describes none. */
export function parseSignal(address: string): Parsed {
  const match = shape.exec(address)
  const kind = kinds.find((known) => known === match?.[1])
  if (!match || !kind) return refuse(`"${address}" is not a simulated signal; known are ${kinds.join(', ')}`)
  const given = readArguments(match[2] ?? '')
  if (typeof given === 'string') return refuse(`"${address}": ${given}`)
  return buildSignal(kind, given, address)
}

function readArguments(text: string): Map<string, string> | string {
  const given = new Map<string, string>()
  for (const [index, part] of text.split(',').entries()) {
    if (part.trim() === '') continue
    const [left, ...right] = part.split('=')
    const key = right.length === 0 ? (index === 0 ? 'name' : null) : left!.trim()
    if (key === null) return `"${part.trim()}" wants to be name=value`
    if (given.has(key)) return `"${key}" is given twice`
    given.set(key, (right.length === 0 ? left! : right.join('=')).trim())
  }
  return given
}

function buildSignal(kind: Signal['kind'], given: Map<string, string>, address: string): Parsed {
  const problems: string[] = []
  const number = (key: string, otherwise: number): number => {
    const text = given.get(key)
    given.delete(key)
    if (text === undefined) return otherwise
    const value = Number(text)
    if (text === '' || !Number.isFinite(value)) problems.push(`${key}=${text} is not a number`)
    return value
  }
  const seconds = (key: string, otherwise: number): number => {
    const text = given.get(key)
    given.delete(key)
    if (text === undefined) return otherwise
    const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min|h)$/.exec(text)
    if (!match) problems.push(`${key}=${text} is not a time such as 500 ms, 10 s or 2 min`)
    const unit = { ms: 0.001, s: 1, min: 60, h: 3600 }[match?.[2] ?? 's']!
    const value = Number(match?.[1] ?? otherwise) * unit
    if (value <= 0) problems.push(`${key} must be longer than 0`)
    return value
  }
  const name = (key: string): string => {
    const text = given.get(key) ?? ''
    given.delete(key)
    if (!/^[\w.-]+$/.test(text)) problems.push(`${key} must be a name of letters, digits, dots, dashes`)
    return text
  }
  const signal = ((): Signal => {
    switch (kind) {
      case 'toggle':
        return { kind, period: seconds('period', 2) }
      case 'walk':
        return { kind, low: number('low', 0), high: number('high', 100), step: number('step', 1) }
      case 'lag':
        return { kind, of: name('of'), timeConstant: seconds('timeConstant', 5) }
      case 'memory': {
        const initial = readInitial(given.get('initial') ?? '0')
        given.delete('initial')
        return { kind, name: name('name'), initial }
      }
      default:
        return { kind, period: seconds('period', 10), low: number('low', 0), high: number('high', 100) }
    }
  })()
  for (const key of given.keys()) problems.push(`${kind} has no argument "${key}"`)
  if ('low' in signal && signal.low >= signal.high) problems.push('low must be less than high')
  return problems.length > 0 ? refuse(`"${address}": ${problems.join('; ')}`) : { ok: true, signal }
}

function readInitial(text: string): number | string | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

function refuse(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message }
}

function checkAddress(address: string, dataType: DataType | null, arrayLength: number | null): AddressCheck {
  const parsed = parseSignal(address)
  if (!parsed.ok) return parsed
  const { signal } = parsed
  if (arrayLength !== null) return refuse('a simulated signal is a single value, not an array')
  if (dataType === 'bytes' || dataType === 'structure' || dataType === 'datetime')
    return refuse(`a simulated signal cannot be of type ${dataType}`)
  if (dataType === 'string' && signal.kind !== 'memory') return refuse(`${signal.kind} gives numbers, not texts`)
  const implied: DataType =
    signal.kind === 'toggle' ? 'bool' : typeof initialOf(signal) === 'string' ? 'string' : 'float64'
  return { ok: true, dataType: dataType ?? implied, arrayLength: null, writable: signal.kind === 'memory' }
}

function initialOf(signal: Signal): number | string | boolean {
  return signal.kind === 'memory' ? signal.initial : 0
}

export const simulatorProtocol: Protocol = {
  name: 'simulator',
  worker: 'simulator',
  deviceOptions: v.strictObject({}),
  tagOptions: v.strictObject({}),
  checkDeviceAddress: () => null,
  checkAddress,
}
