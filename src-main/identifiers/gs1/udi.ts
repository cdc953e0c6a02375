// Unique device identification (UDI) of medical devices in GS1's form: the device identifier (01) and the production identifiers.
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { Gs1Element } from './gs1-element.ts'
import { elementFaults } from './gs1-validity.ts'

/** What goes into a UDI. */
export interface Udi {
  /** GTIN of 14 digits. */
  readonly gtin: string
  /** yyyy-MM-dd. */
  readonly manufactured?: string
  readonly expiry?: string
  readonly lot?: string
  readonly serial?: string
}

/** Longest UDI in GS1's form as people read it (GS1 AISBL for FDA and EU): brackets counted. */
const longest = 76

/**
 * Elements in the order regulators show them: (01), (11), (17), (10), (21).
 * @throws RuntimeError BadInvalidArgument when a part breaks a rule.
 */
export function udiElements(udi: Udi): readonly Gs1Element[] {
  const elements: Gs1Element[] = [{ ai: '01', value: udi.gtin }]
  if (udi.manufactured !== undefined) elements.push({ ai: '11', value: sixDigits('manufacturing', udi.manufactured) })
  if (udi.expiry !== undefined) elements.push({ ai: '17', value: sixDigits('expiry', udi.expiry) })
  if (udi.lot !== undefined) elements.push({ ai: '10', value: udi.lot })
  if (udi.serial !== undefined) elements.push({ ai: '21', value: udi.serial })
  const fault = elementFaults(elements)[0]
  if (fault !== undefined) throw new RuntimeError('BadInvalidArgument', fault)
  const length = elements.reduce((sum, { ai, value }) => sum + ai.length + 2 + value.length, 0)
  if (length > longest)
    throw new RuntimeError(
      'BadInvalidArgument',
      `The UDI has ${length} characters with its brackets; ${longest} is the most.`,
    )
  return elements
}

function sixDigits(name: string, date: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(date))
    throw new RuntimeError('BadInvalidArgument', `The ${name} date ${JSON.stringify(date)} is none, as 2027-01-31.`)
  return date.slice(2).replaceAll('-', '')
}
