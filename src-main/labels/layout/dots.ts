// Millimetres of a template as dots of a printer.
import type { PrinterResolution } from '../../shared/label.ts'

/** Dots on one millimetre. Print heads of "203 dpi" have 8 dots on a millimetre exactly; 300 and 600 are those of an inch: 11.81 and 23.62. */
export function dotsPerMm(dpi: PrinterResolution): number {
  return dpi === 203 ? 8 : dpi / 25.4
}

/** A place or length in whole dots, half a dot up. */
export function toDots(mm: number, dpi: PrinterResolution): number {
  return Math.floor(mm * dotsPerMm(dpi) + 0.5)
}

/** A line, module or thing that must not vanish: at least one dot. */
export function toVisibleDots(mm: number, dpi: PrinterResolution): number {
  return Math.max(1, toDots(mm, dpi))
}
