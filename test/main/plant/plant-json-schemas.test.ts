// The schemas that editors use are those of the validators, and they accept the demo plant.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { protocolCatalog } from '../../../src-main/drivers/protocol-catalog.ts'
import { plantJsonSchemas, schemaText } from '../../../src-main/plant/plant-json-schemas.ts'

const folder = new URL('../../../resources/schemas/', import.meta.url).pathname
const schemas = plantJsonSchemas(protocolCatalog)

it('resources/schemas holds what `npm run schemas` writes, and nothing else', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(schemas).sort())
  for (const [file, schema] of Object.entries(schemas))
    expect(readFileSync(folder + file, 'utf8'), `${file}: run npm run schemas`).toBe(schemaText(schema))
})

it('a tag has the keys of INTERFACES and those of every protocol', () => {
  const tags = schemas['tags.json'] as {
    properties: { tags: { items: { properties: object; additionalProperties: boolean } } }
  }
  const { properties, additionalProperties } = tags.properties.tags.items
  expect(Object.keys(properties)).toEqual(
    expect.arrayContaining([
      'name',
      'device',
      'address',
      'unit',
      'limits',
      'scan',
      'history',
      'alarms',
      'dataType',
      'writable',
      'scaling',
      'deadband',
      'expression',
      'wordOrder',
      'timestampPath',
      'writeAddress',
    ]),
  )
  expect(additionalProperties).toBe(false)
})
