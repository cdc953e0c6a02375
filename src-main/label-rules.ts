// What identifiers and bar codes tell the check of a plant folder.
import { compileTemplate } from './identifiers/store/identifier-template.ts'
import { errorCorrectionFault, symbologyNames, symbologyOf } from './labels/symbols/symbologies.ts'
import type { IdentifierScheme } from './shared/identifier.ts'
import type { LabelRules, SchemeReading, SymbologyRules } from './shared/label-rules.ts'

export const labelRules: LabelRules = { readScheme, symbology, symbologyNames }

function readScheme(scheme: IdentifierScheme): SchemeReading {
  const { template, faults } = compileTemplate(scheme, { hasShifts: false })
  if (template === null) return { meaning: null, faults }
  const { fields, tags, last } = template
  return { meaning: { fields, tags, last, isTestPrefix: true }, faults }
}

function symbology(name: string): SymbologyRules | null {
  const found = symbologyOf(name)
  if (found === undefined) return null
  return {
    isTwoDimensional: found.kind === 'modules',
    isGs1: found.aimId !== null,
    errorCorrectionFault: (level) => errorCorrectionFault(found, level),
    contentFault: found.fault,
  }
}
