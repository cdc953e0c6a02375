// What the check of a plant folder is handed of other parts: the one composition for the station, the command line and tools.
import { protocolCatalog } from './drivers/protocol-catalog.ts'
import { labelRules } from './label-rules.ts'
import type { PlantRules } from './shared/plant-rules.ts'

export const plantRules: PlantRules = { protocols: protocolCatalog, labels: labelRules }
