// What identifiers and bar codes tell the check of a plant folder.
import { parseIdentifier } from './identifiers/schemes/parse-identifier.ts'
import { compileTemplate, type IdentifierTemplate } from './identifiers/store/identifier-template.ts'
import { mayOverlap } from './identifiers/store/template-overlap.ts'
import { hasTestPrefix } from './identifiers/store/test-prefix.ts'
import { drawImage } from './labels/render/draw-image.ts'
import { errorCorrectionFault, symbologyNames, symbologyOf } from './labels/symbols/symbologies.ts'
import type { IdentifierScheme } from './shared/identifier.ts'
import { labelVariables } from './shared/label-expression.ts'
import type { LabelRules, SchemeReading, SymbologyRules } from './shared/label-rules.ts'

export const labelRules: LabelRules = {
  variables: labelVariables,
  spellingOf: (text) => parseIdentifier(text).identifier,
  readScheme,
  mayOverlap: (one, other) => {
    const [a, b] = [compiled(one), compiled(other)]
    return a !== null && b !== null && mayOverlap(a, b)
  },
  symbology,
  symbologyNames,
  imageFault,
}

function readScheme(scheme: IdentifierScheme): SchemeReading {
  const { template, faults } = compileTemplate(scheme, { hasShifts: false })
  templates.set(scheme, template)
  if (template === null) return { meaning: null, faults }
  const { fields, tags, last } = template
  return { meaning: { fields, tags, last, isTestPrefix: hasTestPrefix(scheme.kind, scheme.template) }, faults }
}

/** Each scheme is compiled once, however many others it is held against. */
const templates = new WeakMap<IdentifierScheme, IdentifierTemplate | null>()

function compiled(scheme: IdentifierScheme): IdentifierTemplate | null {
  if (!templates.has(scheme)) readScheme(scheme)
  return templates.get(scheme) ?? null
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

function imageFault(bytes: Uint8Array): string | null {
  const drawn = drawImage(bytes, 1, 1)
  return drawn.ok ? null : drawn.fault
}
