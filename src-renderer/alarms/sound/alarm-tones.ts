// Sounds of alarms, made of code: nothing to load, nothing to go missing. Patterns after IEC 60601-1-8 table 3 and 4: the more
// urgent, the more pulses and the sooner again; each priority is known by its rhythm, not by its pitch alone.
import type { AlarmPriority } from '../../../src-main/shared/alarm.ts'

export interface TonePattern {
  /** Of the fundamental; Hz. Harmonics make it heard through noise. */
  readonly frequency: number
  /** Begin of each pulse; ms from the begin of the burst. */
  readonly pulses: readonly number[]
  readonly pulseMs: number
  /** From one burst to the next; ms. */
  readonly repeatMs: number
}

export const tonePatterns: Readonly<Record<AlarmPriority, TonePattern>> = {
  // Two groups of five: ●●● ●● ●●● ●●
  urgent: {
    frequency: 880,
    pulses: [0, 200, 400, 750, 950, 1500, 1700, 1900, 2250, 2450],
    pulseMs: 120,
    repeatMs: 5000,
  },
  // ●●●
  high: { frequency: 660, pulses: [0, 300, 600], pulseMs: 180, repeatMs: 8000 },
  // ● ●
  medium: { frequency: 523, pulses: [0, 450], pulseMs: 200, repeatMs: 15_000 },
  // ●
  low: { frequency: 392, pulses: [0], pulseMs: 220, repeatMs: 30_000 },
}

/** Share of the fundamental in 1, 2, 3, 4 times its frequency. */
const harmonics = [1, 0.5, 0.35, 0.2]
/** Rise and fall of a pulse; s. Without them it would crack. */
const edgeS = 0.015
const loudness = 0.22

/** Plays one burst now. Returns the way to end it before its time. */
export function playBurst(context: AudioContext, pattern: TonePattern): () => void {
  const output = context.createGain()
  output.gain.value = loudness
  output.connect(context.destination)
  const wave = context.createPeriodicWave(
    new Float32Array([0, ...harmonics.map(() => 0)]),
    new Float32Array([0, ...harmonics]),
  )
  const oscillators = pattern.pulses.map((pulseMs) => {
    const begin = context.currentTime + 0.02 + pulseMs / 1000
    const end = begin + pattern.pulseMs / 1000
    const oscillator = new OscillatorNode(context, { frequency: pattern.frequency })
    oscillator.setPeriodicWave(wave)
    const pulse = context.createGain()
    pulse.gain.setValueAtTime(0, begin)
    pulse.gain.linearRampToValueAtTime(1, begin + edgeS)
    pulse.gain.setValueAtTime(1, end - edgeS)
    pulse.gain.linearRampToValueAtTime(0, end)
    oscillator.connect(pulse).connect(output)
    oscillator.start(begin)
    oscillator.stop(end)
    return oscillator
  })
  return () => {
    for (const oscillator of oscillators) oscillator.stop()
    output.disconnect()
  }
}
