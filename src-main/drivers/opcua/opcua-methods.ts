// Methods of a server (OPC 10000-4 section 5.12): inputs converted by the server's own argument list, errors named by
// argument (C10).
import {
  AttributeIds,
  BrowseDirection,
  NodeClass,
  type NodeId,
  DataType as UaType,
  type Variant,
  VariantArrayType,
} from 'node-opcua-client'
import type { TagValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { coerceValue } from '../../shared/tag.ts'
import { nodeOf, splitMethodPath } from './opcua-browse.ts'
import { faultOf, nameOfStatus } from './opcua-fault.ts'
import type { OpcUaLink } from './opcua-link.ts'
import type { NodeTypes } from './opcua-nodes.ts'
import { decodeStructures, toStructureVariant } from './opcua-structures.ts'
import { fromVariant, tagTypeOf, toVariant } from './opcua-values.ts'

/** One entry of InputArguments (OPC 10000-3 section 8.6). */
interface Argument {
  readonly name?: string | null
  readonly dataType: NodeId
  readonly valueRank?: number
}

/** Calls the method of a browsed path. Throws a RuntimeError when it cannot be called; a refusal is a status code. */
export async function callMethod(
  link: OpcUaLink,
  types: NodeTypes,
  path: string,
  inputs: readonly unknown[],
): Promise<{ statusCode: number; outputs: readonly TagValue[] }> {
  const { object, method } = splitMethodPath(path)
  const methodId = nodeOf(link, method)
  try {
    const objectId = object === null ? await ownerOf(link, methodId) : nodeOf(link, object)
    const inputArguments = await toArguments(link, types, await inputsOf(link, methodId), inputs)
    const result = await link.inTime(link.session.call({ objectId, methodId, inputArguments }))
    const faulty = (result.inputArgumentResults ?? []).findIndex((status) => status.isBad())
    if (faulty >= 0)
      throw new RuntimeError(
        'BadInvalidArgument',
        link.text(
          `method ${method}, argument ${faulty + 1}: ${nameOfStatus(result.inputArgumentResults![faulty]!.value)}`,
        ),
      )
    const outputs: TagValue[] = []
    for (const output of result.outputArguments ?? []) outputs.push(await toOutput(link, output))
    return { statusCode: result.statusCode.value >>> 0, outputs }
  } catch (error) {
    throw faultOf(link.text(`calling method ${method} failed`), error)
  }
}

/** The object a method is a component of. Throws when there are none or several: then the path has to say. */
async function ownerOf(link: OpcUaLink, methodId: NodeId): Promise<NodeId> {
  const result = await link.inTime(
    link.session.browse({
      nodeId: methodId,
      referenceTypeId: 'HasComponent',
      browseDirection: BrowseDirection.Inverse,
      includeSubtypes: true,
      nodeClassMask: NodeClass.Object,
      resultMask: 63,
    }),
  )
  const owners = result.references ?? []
  if (owners.length === 1) return owners[0]!.nodeId
  throw new RuntimeError(
    'BadInvalidArgument',
    link.text(`the method belongs to ${owners.length} objects: give the path as object|method, as browsing shows it`),
  )
}

async function inputsOf(link: OpcUaLink, methodId: NodeId): Promise<readonly Argument[]> {
  const result = await link.inTime(
    link.session.browse({
      nodeId: methodId,
      referenceTypeId: 'HasProperty',
      browseDirection: BrowseDirection.Forward,
      includeSubtypes: true,
      nodeClassMask: NodeClass.Variable,
      resultMask: 63,
    }),
  )
  const property = result.references?.find(({ browseName }) => browseName?.name === 'InputArguments')
  if (!property) return []
  const value = await link.inTime(link.session.read({ nodeId: property.nodeId, attributeId: AttributeIds.Value }))
  return (value.value?.value as readonly Argument[] | null) ?? []
}

async function toArguments(
  link: OpcUaLink,
  types: NodeTypes,
  expected: readonly Argument[],
  inputs: readonly unknown[],
): Promise<Variant[]> {
  if (inputs.length !== expected.length) {
    const names = expected.map(({ name }) => name ?? '?').join(', ')
    throw new RuntimeError(
      'BadInvalidArgument',
      link.text(
        `the method takes ${expected.length} arguments${names ? ` (${names})` : ''}, ${inputs.length} were given`,
      ),
    )
  }
  const variants: Variant[] = []
  for (const [index, argument] of expected.entries())
    variants.push(await toArgument(link, types, argument, inputs[index], index))
  return variants
}

async function toArgument(
  link: OpcUaLink,
  types: NodeTypes,
  argument: Argument,
  input: unknown,
  index: number,
): Promise<Variant> {
  const refuse = (message: string) =>
    new RuntimeError('BadInvalidArgument', link.text(`argument ${index + 1} (${argument.name ?? '?'}): ${message}`))
  const builtIn = await types.builtIn(argument.dataType)
  const dataType = builtIn === null ? null : tagTypeOf(builtIn)
  if (builtIn === null || dataType === null) throw refuse('values of its type cannot be sent')
  const isArray = (argument.valueRank ?? -1) >= 0
  const coerced = coerceValue(input, dataType, isArray && Array.isArray(input) ? input.length : null)
  if (!coerced.ok) throw refuse(coerced.message)
  const sent =
    builtIn === UaType.ExtensionObject && !isArray
      ? await toStructureVariant(link.session, coerced.value, argument.dataType)
      : toVariant(coerced.value, builtIn, isArray)
  if (!sent.ok) throw refuse(sent.message)
  return sent.variant
}

/** An output as the tag type that holds the server's type; its text when there is none. */
async function toOutput(link: OpcUaLink, variant: Variant): Promise<TagValue> {
  if (variant.dataType === UaType.Null) return null
  if (variant.dataType === UaType.ExtensionObject)
    await decodeStructures(link.session, [{ value: variant } as Parameters<typeof decodeStructures>[1][number]])
  const dataType = tagTypeOf(variant.dataType)
  if (dataType === null) return String(variant.value)
  const length = variant.arrayType === VariantArrayType.Scalar ? null : ((variant.value?.length as number) ?? 0)
  const converted = fromVariant(variant, dataType, length)
  return converted.ok ? converted.value : null
}
