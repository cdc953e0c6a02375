// `npm run schemas`: writes resources/schemas/*.json from the validators of the plant files.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { protocolCatalog } from './drivers/protocol-catalog.ts'
import { plantJsonSchemas, schemaText } from './plant/plant-json-schemas.ts'

const folder = fileURLToPath(new URL('../resources/schemas/', import.meta.url))
mkdirSync(folder, { recursive: true })
for (const [file, schema] of Object.entries(plantJsonSchemas(protocolCatalog)))
  writeFileSync(folder + file, schemaText(schema))
