// What the check of a plant folder is handed of other parts, so that it knows their keys and texts without knowing them.
import type { LabelRules } from './label-rules.ts'
import type { ProtocolTable } from './protocol.ts'

export interface PlantRules {
  readonly protocols: ProtocolTable
  readonly labels: LabelRules
}
