// Values between an OPC UA server and tags: a Variant becomes the tag's data type only where every value of the server's
// type fits without loss, else it is a mismatch, never a wrong number (OPC 10000-6 section 5.1.2, built-in types).
import { DataType as UaType, Variant, VariantArrayType } from 'node-opcua-client'
import type { TagValue } from '../../shared/data-value.ts'
import type { DataType } from '../../shared/tag.ts'
import { type FromServer, type ToServer, toBigInt, toText, toWords } from './opcua-builtin.ts'
import { structureToTagValue } from './opcua-structures.ts'

/** Tag types that hold every value of a server's type exactly. A type that is not here has no tag type. */
const accepted: Readonly<Partial<Record<UaType, readonly DataType[]>>> = {
  [UaType.Boolean]: ['bool'],
  [UaType.SByte]: ['int8', 'int16', 'int32', 'int64', 'float32', 'float64'],
  [UaType.Byte]: ['uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64'],
  [UaType.Int16]: ['int16', 'int32', 'int64', 'float32', 'float64'],
  [UaType.UInt16]: ['uint16', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64'],
  [UaType.Int32]: ['int32', 'int64', 'float64'],
  [UaType.UInt32]: ['uint32', 'int64', 'uint64', 'float64'],
  [UaType.Int64]: ['int64'],
  [UaType.UInt64]: ['uint64'],
  [UaType.Float]: ['float32', 'float64'],
  [UaType.Double]: ['float64'],
  [UaType.String]: ['string'],
  [UaType.DateTime]: ['datetime'],
  [UaType.Guid]: ['string'],
  [UaType.ByteString]: ['bytes'],
  [UaType.XmlElement]: ['string'],
  [UaType.NodeId]: ['string'],
  [UaType.ExpandedNodeId]: ['string'],
  [UaType.StatusCode]: ['uint32', 'int64', 'uint64', 'float64'],
  [UaType.QualifiedName]: ['string'],
  [UaType.LocalizedText]: ['string'],
  [UaType.ExtensionObject]: ['structure'],
}

/** The tag type that holds exactly a server's built-in type; null where there is none (Variant, DiagnosticInfo). */
export function tagTypeOf(type: UaType): DataType | null {
  return accepted[type]?.[0] ?? null
}

/** True when a tag of this type holds every value of the server's type. */
export function accepts(type: UaType, dataType: DataType): boolean {
  return accepted[type]?.includes(dataType) ?? false
}

/**
 * The value of a Variant as the tag wants it: one value when `arrayLength` is null, else an array of exactly that
 * length; a matrix is taken row by row.
 */
export function fromVariant(variant: Variant, dataType: DataType, arrayLength: number | null): FromServer {
  const { dataType: type, arrayType } = variant
  if (type === UaType.Variant && arrayType !== VariantArrayType.Scalar)
    return fromVariantArray(variant, dataType, arrayLength)
  if (!accepts(type, dataType)) return mismatch(variant, dataType, arrayLength)
  if (arrayType === VariantArrayType.Scalar)
    return arrayLength === null ? fromElement(variant.value, type, dataType) : mismatch(variant, dataType, arrayLength)
  const elements = arrayElements(variant.value)
  if (elements.length !== arrayLength) return mismatch(variant, dataType, arrayLength)
  const values: TagValue[] = []
  for (const element of elements) {
    const value = fromElement(element, type, dataType)
    if (!value.ok) return value
    values.push(value.value)
  }
  return { ok: true, value: values }
}

/** An array of Variants: each element has its own type. */
function fromVariantArray(variant: Variant, dataType: DataType, arrayLength: number | null): FromServer {
  const elements = arrayElements(variant.value) as Variant[]
  if (elements.length !== arrayLength) return mismatch(variant, dataType, arrayLength)
  const values: TagValue[] = []
  for (const element of elements) {
    const value = fromVariant(element, dataType, null)
    if (!value.ok) return value
    values.push(value.value)
  }
  return { ok: true, value: values }
}

function arrayElements(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return []
  return Array.isArray(value) ? value : Array.from(value as ArrayLike<unknown>)
}

function mismatch(variant: Variant, dataType: DataType, arrayLength: number | null): FromServer {
  return {
    ok: false,
    message: `the server has ${describeVariant(variant)}, the tag says ${dataType}${arrayLength === null ? '' : `[${arrayLength}]`}`,
  }
}

/** A Variant's type as a person writes it: `Int32`, `Double[3]`, `Float[2x4]`. */
export function describeVariant(variant: Variant): string {
  const name = UaType[variant.dataType]
  if (variant.arrayType === VariantArrayType.Scalar) return name
  if (variant.arrayType === VariantArrayType.Matrix && variant.dimensions)
    return `${name}[${variant.dimensions.join('x')}]`
  return `${name}[${arrayElements(variant.value).length}]`
}

function fromElement(value: unknown, type: UaType, dataType: DataType): FromServer {
  switch (type) {
    case UaType.Int64:
    case UaType.UInt64:
      return { ok: true, value: toBigInt(value as readonly [number, number], type === UaType.Int64) }
    case UaType.DateTime:
      return { ok: true, value: value instanceof Date ? value.getTime() : null }
    case UaType.StatusCode:
      return integer((value as { value: number }).value, dataType)
    case UaType.ExtensionObject:
      return structureToTagValue(value)
    case UaType.Boolean:
    case UaType.Float:
    case UaType.Double:
      return { ok: true, value: value as number | boolean }
    case UaType.ByteString:
      return { ok: true, value: value instanceof Uint8Array ? new Uint8Array(value) : null }
    default:
      return accepted[type]?.[0] === 'string' ? { ok: true, value: toText(value) } : integer(value as number, dataType)
  }
}

function integer(value: number, dataType: DataType): FromServer {
  return { ok: true, value: dataType === 'int64' || dataType === 'uint64' ? BigInt(value) : value }
}

/** Bounds of the server's integer types. */
const integerBounds: Readonly<Partial<Record<UaType, readonly [bigint, bigint]>>> = {
  [UaType.SByte]: [-0x80n, 0x7fn],
  [UaType.Byte]: [0n, 0xffn],
  [UaType.Int16]: [-0x8000n, 0x7fffn],
  [UaType.UInt16]: [0n, 0xffffn],
  [UaType.Int32]: [-0x80000000n, 0x7fffffffn],
  [UaType.UInt32]: [0n, 0xffffffffn],
  [UaType.Int64]: [-(1n << 63n), (1n << 63n) - 1n],
  [UaType.UInt64]: [0n, (1n << 64n) - 1n],
}

/** The Variant of the server's type that says exactly this value. Structures are built by opcua-structures.ts. */
export function toVariant(value: TagValue, type: UaType, isArray: boolean): ToServer {
  if (!isArray) {
    const element = toElement(value, type)
    return element.ok ? { ok: true, variant: scalarVariant(type, element.value) } : element
  }
  if (!Array.isArray(value)) return refuse('BadTypeMismatch', `the server has an array of ${UaType[type]}`)
  const elements: unknown[] = []
  for (const [index, one] of (value as readonly TagValue[]).entries()) {
    const element = toElement(one, type)
    if (!element.ok) return { ...element, message: `element ${index}: ${element.message}` }
    elements.push(element.value)
  }
  return { ok: true, variant: new Variant({ dataType: type, arrayType: VariantArrayType.Array, value: elements }) }
}

function scalarVariant(type: UaType, value: unknown): Variant {
  return new Variant({ dataType: type, arrayType: VariantArrayType.Scalar, value })
}

type Element =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: 'BadTypeMismatch' | 'BadOutOfRange'; readonly message: string }

function toElement(value: TagValue, type: UaType): Element {
  const bounds = integerBounds[type]
  if (bounds) return toInteger(value, type, bounds)
  switch (type) {
    case UaType.Boolean:
      if (typeof value === 'boolean') return { ok: true, value }
      return value === 0 || value === 1 ? { ok: true, value: value === 1 } : wrong(value, type)
    case UaType.Float:
    case UaType.Double:
      return toReal(value, type)
    case UaType.String:
    case UaType.XmlElement:
      return typeof value === 'string' ? { ok: true, value } : wrong(value, type)
    case UaType.LocalizedText:
      return typeof value === 'string' ? { ok: true, value: { text: value } } : wrong(value, type)
    case UaType.QualifiedName:
      return typeof value === 'string' ? { ok: true, value: { namespaceIndex: 0, name: value } } : wrong(value, type)
    case UaType.Guid:
      return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
        ? { ok: true, value }
        : wrong(value, type)
    case UaType.DateTime:
      return typeof value === 'number' && Number.isFinite(value)
        ? { ok: true, value: new Date(value) }
        : wrong(value, type)
    case UaType.ByteString:
      return value instanceof Uint8Array ? { ok: true, value: Buffer.from(value) } : wrong(value, type)
    default:
      return refuse('BadTypeMismatch', `values of the server's type ${UaType[type]} cannot be written`)
  }
}

function toInteger(value: TagValue, type: UaType, [low, high]: readonly [bigint, bigint]): Element {
  if (typeof value !== 'bigint' && !(typeof value === 'number' && Number.isSafeInteger(value)))
    return wrong(value, type)
  const whole = BigInt(value)
  if (whole < low || whole > high)
    return refuse('BadOutOfRange', `${whole} is outside ${low} … ${high} of the server's type ${UaType[type]}`)
  return { ok: true, value: type === UaType.Int64 || type === UaType.UInt64 ? toWords(whole) : Number(whole) }
}

function toReal(value: TagValue, type: UaType): Element {
  if (typeof value !== 'number') return wrong(value, type)
  if (type === UaType.Float && Number.isFinite(value) && !Number.isFinite(Math.fround(value)))
    return refuse('BadOutOfRange', `${value} is too large for the server's type Float`)
  return { ok: true, value }
}

function wrong(value: TagValue, type: UaType): Element {
  const given = value === null ? 'no value' : value instanceof Uint8Array ? 'bytes' : typeof value
  return refuse('BadTypeMismatch', `the server's type is ${UaType[type]}, the value is ${given}`)
}

function refuse(code: 'BadTypeMismatch' | 'BadOutOfRange', message: string): Extract<ToServer, { ok: false }> {
  return { ok: false, code, message }
}
