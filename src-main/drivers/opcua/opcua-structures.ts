// Structures of a server (ExtensionObjects, OPC 10000-6 section 5.2.7) as plain objects with the server's field names,
// and back. The library reads the server's DataTypeDefinitions (or the old dictionaries) when it meets a structure first.
import {
  type ClientSession,
  type DataValue,
  NodeId,
  promoteOpaqueStructure,
  DataType as UaType,
  Variant,
  VariantArrayType,
} from 'node-opcua-client'
import type { TagValue, TagValueStructure } from '../../shared/data-value.ts'
import { type FromServer, type ToServer, toBigInt, toText, toWords } from './opcua-builtin.ts'

/** What is used of the library's description of a structure's field. */
interface Field {
  readonly name: string
  readonly originalName?: string
  readonly fieldType: string
  readonly isArray?: boolean
  /** Schema of the field's own type; has fields when that is a structure. */
  readonly schema?: object
}

interface Schema {
  readonly name: string
  readonly fields: readonly Field[]
  /** Schema of the structure this one extends, null at the top. */
  getBaseSchema?(): Schema | null
}

/** How deep structures may nest before they are taken for a loop. */
const deepest = 32

/** Decodes structures the library left as bytes, in place. Costs several requests for each namespace met first. */
export async function decodeStructures(session: ClientSession, dataValues: readonly DataValue[]): Promise<void> {
  await promoteOpaqueStructure(session, dataValues as DataValue[])
}

/** A plain object of an ExtensionObject; a mismatch when its type is not known. */
export function structureToTagValue(value: unknown): FromServer {
  if (value === null || value === undefined) return { ok: true, value: null }
  const schema = schemaOf(value)
  if (!schema) return { ok: false, message: 'the structure has a type that the server does not describe' }
  return { ok: true, value: plain(value as Record<string, unknown>, schema, 0) }
}

function schemaOf(value: unknown): Schema | null {
  const candidate = (value as { schema?: Schema }).schema
  if (!candidate || value?.constructor.name === 'OpaqueStructure') return null
  return Array.isArray(candidate.fields) ? candidate : null
}

function plain(value: Record<string, unknown>, schema: Schema, depth: number): TagValueStructure {
  const result: Record<string, TagValue> = {}
  if (depth > deepest) return result
  for (const field of allFields(schema)) {
    const inner = value[field.name]
    if (inner === undefined) continue
    Object.defineProperty(result, field.originalName ?? field.name, {
      value: plainField(inner, field, depth),
      enumerable: true,
    })
  }
  return result
}

/** Fields of the base structures first, as they are encoded. */
function allFields(schema: Schema): Field[] {
  const base = schema.getBaseSchema?.()
  const inherited = base && base.name !== 'ExtensionObject' && base !== schema ? allFields(base) : []
  return [...inherited, ...schema.fields]
}

function plainField(value: unknown, field: Field, depth: number): TagValue {
  if (field.isArray) {
    if (value === null) return null
    return Array.from(value as ArrayLike<unknown>, (element) => plainValue(element, field.fieldType, depth))
  }
  return plainValue(value, field.fieldType, depth)
}

function plainValue(value: unknown, fieldType: string, depth: number): TagValue {
  if (value === null || value === undefined) return null
  if ((fieldType === 'Int64' || fieldType === 'UInt64') && Array.isArray(value))
    return toBigInt(value as unknown as [number, number], fieldType === 'Int64')
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'string':
    case 'bigint':
      return value
  }
  if (value instanceof Date) return value.getTime()
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (value instanceof Variant) return plainVariant(value, depth)
  if (value instanceof NodeId || /^(LocalizedText|QualifiedName)$/.test(fieldType)) return toText(value)
  if (fieldType === 'StatusCode') return (value as { value: number }).value
  const schema = schemaOf(value)
  return schema ? plain(value as Record<string, unknown>, schema, depth + 1) : String(value)
}

function plainVariant(variant: Variant, depth: number): TagValue {
  const field = {
    name: '',
    fieldType: UaType[variant.dataType],
    isArray: variant.arrayType !== VariantArrayType.Scalar,
  }
  return plainField(variant.value, field, depth)
}

/**
 * A structure of the server's data type from a plain object. Fields left out keep the type's defaults; a field the type
 * does not have is refused. Asks the server for its types when they are not known yet.
 */
export async function toStructureVariant(session: ClientSession, value: TagValue, dataType: NodeId): Promise<ToServer> {
  if (!isStructure(value)) return mismatch('the server has a structure, the value is none')
  try {
    const empty = await session.constructExtensionObject(dataType, {})
    const schema = schemaOf(empty)
    if (!schema) return mismatch('the structure has a type that the server does not describe')
    const structure = await session.constructExtensionObject(dataType, libraryOptions(value, schema))
    return { ok: true, variant: new Variant({ dataType: UaType.ExtensionObject, value: structure }) }
  } catch (error) {
    return mismatch(error instanceof Error ? error.message.split('\n')[0]! : String(error))
  }
}

function isStructure(value: TagValue): value is TagValueStructure {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}

/** Throws an Error with a sentence when the type has no such field. */
function libraryOptions(value: TagValueStructure, schema: Schema): Record<string, unknown> {
  const fields = allFields(schema)
  const options: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    const field = fields.find(({ name, originalName }) => originalName === key || name === key)
    if (!field) throw new Error(`${schema.name} has no field "${key}", it has ${fieldNames(fields)}`)
    options[field.name] = libraryField(inner, field)
  }
  return options
}

function fieldNames(fields: readonly Field[]): string {
  return fields.map(({ name, originalName }) => originalName ?? name).join(', ')
}

function mismatch(message: string): ToServer {
  return { ok: false, code: 'BadTypeMismatch', message }
}

function libraryField(value: TagValue, field: Field): unknown {
  if (field.isArray && Array.isArray(value)) return value.map((element: TagValue) => libraryValue(element, field))
  return libraryValue(value, field)
}

function libraryValue(value: TagValue, { fieldType, schema }: Field): unknown {
  if (fieldType === 'Int64' || fieldType === 'UInt64') return toWords(BigInt(value as bigint | number | string))
  if (fieldType === 'DateTime' && typeof value === 'number') return new Date(value)
  if (fieldType === 'LocalizedText' && typeof value === 'string') return { text: value }
  if (fieldType === 'QualifiedName' && typeof value === 'string') return { namespaceIndex: 0, name: value }
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (isStructure(value) && schema && 'fields' in schema) return libraryOptions(value, schema as Schema)
  return value
}
