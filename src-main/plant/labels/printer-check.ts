// Printers and scanners of the plant: how they are reached, and what they name.
import { didYouMean } from '../../shared/closest-name.ts'
import type { Path } from '../source/fault-list.ts'
import type { Origin } from '../source/origin.ts'
import { channelOf, printerConnectionFault, scannerConnectionFault, tagOfConnection } from './connection-text.ts'
import { printerOf } from './label-build.ts'
import type { PrinterEntry, ScannerEntry } from './label-file.ts'
import type { LabelScope, Row } from './label-scope.ts'

/** Which printers and scanners there are; `isIncomplete`: a file could not be read, so that nobody knows. */
export interface PrinterNeighbours {
  readonly printers: readonly Row<PrinterEntry>[]
  readonly scanners: readonly Row<ScannerEntry>[]
  readonly isIncomplete: boolean
}

export function checkPrinter({ entry, origin }: Row<PrinterEntry>, near: PrinterNeighbours, scope: LabelScope): void {
  const { name, connection, verify } = entry
  const fault = printerConnectionFault(connection)
  if (fault !== null) origin.at(['connection'], fault)
  const { language, dpi } = printerOf(entry)
  const channel = channelOf(connection)
  if (language === 'png' && channel !== 'virtual' && channel !== 'file')
    origin.at(['language'], `no printer prints png; it is for virtual: and file: (${name} is reached by ${channel}:)`)
  checkFailover(entry, dpi, origin, near)
  if (verify === undefined) return
  const scanners = near.scanners.map((scanner) => scanner.entry.name)
  if (verify.scanner !== undefined && !scanners.includes(verify.scanner) && !near.isIncomplete)
    origin.at(['verify', 'scanner'], `there is no scanner "${verify.scanner}"${didYouMean(verify.scanner, scanners)}`)
  if (verify.rejectTag !== undefined) checkRejectTag(verify.rejectTag, origin, ['verify', 'rejectTag'], scope)
}

function checkFailover(
  { name, failover }: PrinterEntry,
  dpi: number,
  origin: Origin,
  { printers, isIncomplete }: PrinterNeighbours,
): void {
  if (failover === undefined) return
  if (failover === name) return origin.at(['failover'], 'a printer cannot take over from itself')
  const other = printers.find(({ entry }) => entry.name === failover)
  if (other === undefined) {
    const names = printers.map(({ entry }) => entry.name)
    if (!isIncomplete) origin.at(['failover'], `there is no printer "${failover}"${didYouMean(failover, names)}`)
    return
  }
  const otherDpi = printerOf(other.entry).dpi
  if (otherDpi !== dpi)
    origin.at(
      ['failover'],
      `${failover} has ${otherDpi} dpi and ${name} ${dpi}: labels made for one do not fit the other`,
    )
}

function checkRejectTag(name: string, origin: Origin, path: Path, scope: LabelScope): void {
  const tag = scope.tag(name)
  if (tag === 'lost') return
  if (tag === null) return origin.at(path, `there is no tag "${name}"${didYouMean(name, scope.tagNames())}`)
  if (tag.dataType !== 'bool' || tag.isArray) origin.at(path, `a bool tag is expected; ${name} is ${tag.dataType}`)
  else if (!tag.writable) origin.at(path, `a writable tag is expected; ${name} can only be read`)
}

export function checkScanner({ entry, origin }: Row<ScannerEntry>, scope: LabelScope): void {
  const { connection, equipment } = entry
  const fault = scannerConnectionFault(connection)
  const tag = fault === null ? tagOfConnection(connection) : null
  if (fault !== null) origin.at(['connection'], fault)
  if (tag !== null) checkStringTag(tag, origin, ['connection'], scope)
  if (equipment !== undefined) checkEquipment(equipment, origin, ['equipment'], scope)
}

/** A tag whose value is one text. */
export function checkStringTag(name: string, origin: Origin, path: Path, scope: LabelScope): void {
  const tag = scope.tag(name)
  if (tag === 'lost') return
  if (tag === null) return origin.at(path, `there is no tag "${name}"${didYouMean(name, scope.tagNames())}`)
  if (tag.dataType !== 'string' || tag.isArray) origin.at(path, `a string tag is expected; ${name} is ${tag.dataType}`)
}

export function checkEquipment(name: string, origin: Origin, path: Path, scope: LabelScope): void {
  if (scope.equipment(name) === null)
    origin.at(path, `there is no equipment "${name}"${didYouMean(name, scope.equipmentNames())}`)
}
