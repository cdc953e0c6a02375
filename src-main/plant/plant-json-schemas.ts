// JSON Schemas of all plant files, generated from the validators, so that editors complete and check what people write:
// `# yaml-language-server: $schema=…/resources/schemas/tags.json` as the first line, or a setting of the editor.
import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import type { ProtocolTable } from '../shared/protocol.ts'
import { simulationFileSchema } from '../shared/simulation.ts'
import { accessFileSchema } from './access-file.ts'
import { alarmFileSchema } from './alarms/alarm-file.ts'
import { deviceEntries } from './device-file.ts'
import { navigationFileSchema } from './displays/navigation-file.ts'
import {
  commandSchema,
  conditionSchema,
  counterSchema,
  equipmentFileSchema,
  equipmentTypeSchema,
  healthSchema,
  nestedSchema,
  statesSchema,
} from './equipment/equipment-file.ts'
import { libraryFileSchema } from './equipment/library-file.ts'
import { labelFileSchema } from './labels/label-file.ts'
import { plantFileSchema } from './plant-file.ts'
import { tagEntries } from './tags/tag-file.ts'
import { trendFileSchema } from './trends/trend-file.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

const draft = 'http://json-schema.org/draft-07/schema#'

/** File name → schema. The keys of the protocols are part of devices.json and tags.json. */
export function plantJsonSchemas(protocols: ProtocolTable): Readonly<Record<string, JsonSchema>> {
  const tag = tagSchemaOf(protocols)
  const device = deviceSchemaOf(protocols)
  const type = jsonOf(equipmentTypeSchema)
  return {
    'plant.json': titled('plant.yaml: which line this is', jsonOf(plantFileSchema)),
    'device.json': titled('devices/*.yaml: one connection, or a list of them', {
      if: { required: ['devices'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: {
        type: 'object',
        properties: { devices: { type: 'array', items: device } },
        required: ['devices'],
        additionalProperties: false,
      },
      else: device,
    }),
    'tags.json': titled('tags/*.yaml: free tags', {
      type: 'object',
      properties: { tags: { type: 'array', items: tag } },
      required: ['tags'],
      additionalProperties: false,
    }),
    'equipment-type.json': titled('equipment/types/*.yaml: an equipment type', withMembers(type, templated(tag))),
    'library.json': titled('library.yaml: a library of equipment types', jsonOf(libraryFileSchema)),
    'equipment.json': titled('equipment/*.yaml: instances of equipment types', jsonOf(equipmentFileSchema)),
    'navigation.json': titled('mimics/navigation.yaml: the display hierarchy', jsonOf(navigationFileSchema)),
    'access.json': titled('access.yaml: what each role may do', jsonOf(accessFileSchema)),
    'alarms.json': titled(
      'alarms/*.yaml: classes, suppressions, philosophy and the master alarm database',
      jsonOf(alarmFileSchema),
    ),
    'labels.json': titled(
      'labels/*.yaml: identifier schemes, printers, label templates, triggers, scanners, tracking',
      jsonOf(labelFileSchema),
    ),
    'trend.json': titled('trends/*.yaml: a trend group', jsonOf(trendFileSchema)),
    'simulation.json': titled('simulation/*.yaml: behaviour for lineside simulate', jsonOf(simulationFileSchema)),
  }
}

/** As the file in resources/schemas has it. */
export function schemaText(schema: JsonSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`
}

function titled(title: string, schema: JsonSchema): JsonSchema {
  return { $schema: draft, title, ...schema }
}

/** What people write (before defaults and conversions); rules JSON Schema cannot say are left to `lineside check`. */
function jsonOf(schema: v.GenericSchema): JsonSchema {
  const { $schema: _, ...rest } = toJsonSchema(schema as never, {
    typeMode: 'input',
    errorMode: 'ignore',
    target: 'draft-07',
  })
  return rest
}

function tagSchemaOf(protocols: ProtocolTable): JsonSchema {
  const common = jsonOf(v.strictObject(tagEntries))
  return withProperties(
    common,
    [...protocols.values()].map((protocol) => jsonOf(protocol.tagOptions)),
  )
}

function deviceSchemaOf(protocols: ProtocolTable): JsonSchema {
  const common = jsonOf(v.strictObject(deviceEntries))
  const all = withProperties(
    common,
    [...protocols.values()].map((protocol) => jsonOf(protocol.deviceOptions)),
  )
  const names = { type: 'string', enum: [...protocols.keys()] }
  return { ...all, properties: { ...(all.properties as object), protocol: names } }
}

/** Adds the keys of all protocols; a key that several have may look as in any of them. */
function withProperties(common: JsonSchema, others: readonly JsonSchema[]): JsonSchema {
  const added = new Map<string, Map<string, unknown>>()
  for (const other of others)
    for (const [key, schema] of Object.entries((other.properties as object | undefined) ?? {})) {
      const variants = added.get(key) ?? new Map<string, unknown>()
      added.set(key, variants.set(JSON.stringify(schema), schema))
    }
  const extra = [...added].map(([key, variants]) => [
    key,
    variants.size === 1 ? [...variants.values()][0] : { anyOf: [...variants.values()] },
  ])
  return { ...common, properties: { ...(common.properties as object), ...Object.fromEntries(extra) } }
}

/** Members and rows of a type; they may hold only what differs from the type that is extended, null takes a key away. */
function withMembers(type: JsonSchema, tag: JsonSchema): JsonSchema {
  const address = { anyOf: [{ type: 'string' }, { type: 'object' }] }
  const when = { type: ['string', 'boolean'] }
  const member = { ...tag, properties: { ...(tag.properties as object), address, when } }
  const rows = {
    members: list({ anyOf: [partial(member), partial(jsonOf(nestedSchema))] }),
    states: { ...jsonOf(statesSchema), type: ['object', 'null'], required: [] },
    commands: list(partial(jsonOf(commandSchema))),
    permissives: list(partial(jsonOf(conditionSchema))),
    interlocks: list(partial(jsonOf(conditionSchema))),
    health: list(partial(jsonOf(healthSchema))),
    counters: list(partial(jsonOf(counterSchema))),
  }
  return { ...type, properties: { ...(type.properties as object), ...rows }, required: ['name'] }
}

function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items }
}

/** Only the name is needed. */
function partial(row: JsonSchema): JsonSchema {
  const properties = Object.entries(row.properties as Record<string, unknown>).map(([key, schema]) => [
    key,
    key === 'name' ? schema : { anyOf: [schema, { type: 'null' }] },
  ])
  return { ...row, properties: Object.fromEntries(properties), required: ['name'] }
}

/** In a type every value may be a text with `${…}` instead, those of alarms too. */
function templated(tag: JsonSchema): JsonSchema {
  const properties = { ...(tag.properties as Record<string, JsonSchema>) }
  const { alarms } = properties
  if (alarms !== undefined) properties.alarms = { ...alarms, items: withTemplates(alarms.items as JsonSchema, []) }
  return withTemplates({ ...tag, properties }, ['name'])
}

function withTemplates(group: JsonSchema, fixed: readonly string[]): JsonSchema {
  const template = { type: 'string', pattern: '\\$\\{' }
  const entries = Object.entries(group.properties as Record<string, unknown>)
  const properties = Object.fromEntries(
    entries.map(([key, schema]) => [key, fixed.includes(key) ? schema : { anyOf: [schema, template] }]),
  )
  return { ...group, properties }
}
