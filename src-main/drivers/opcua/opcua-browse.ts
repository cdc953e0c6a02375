// The address space of a server, one level at a time (OPC 10000-4 section 5.8): every reference with continuation points,
// lazily, below Objects and Variables alike. Paths and addresses name namespaces by URI, which survives a server's restart.
import {
  AttributeIds,
  BrowseDirection,
  type BrowseResult,
  coerceNodeId,
  type DataValue,
  NodeClass,
  type NodeId,
  type ReferenceDescription,
} from 'node-opcua-client'
import type { BrowseRow } from '../../shared/contract.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { formatAddress, type IdentifierKind, type OpcUaAddress, parseAddress } from './opcua-address.ts'
import { nameOfStatus } from './opcua-fault.ts'
import type { OpcUaLink } from './opcua-link.ts'
import type { NodeTypes } from './opcua-nodes.ts'
import { tagTypeOf } from './opcua-values.ts'

const objectsFolder = 'i=85'
const hierarchicalReferences = 'HierarchicalReferences'
const propertyType = 'i=68'
const resultMaskAll = 63
const objectsVariablesMethods = NodeClass.Object | NodeClass.Variable | NodeClass.Method
/** More children than this are not shown: a browser page of them helps nobody. */
const mostChildren = 100_000
/** Bit of AccessLevel that says the present value can be written (OPC 10000-3 table 15). */
const currentWrite = 2

const attributes = [
  AttributeIds.DataType,
  AttributeIds.ValueRank,
  AttributeIds.UserAccessLevel,
  AttributeIds.Description,
] as const

/** Rows of the children of a path, '' = the Objects folder. Throws a RuntimeError. */
export async function browseChildren(link: OpcUaLink, types: NodeTypes, path: string): Promise<readonly BrowseRow[]> {
  const parent = nodeOf(link, path === '' ? objectsFolder : path)
  const references = withoutRepeats(await allReferences(link, parent))
  const variables = references.filter(({ nodeClass }) => nodeClass === NodeClass.Variable)
  const described = await describeVariables(link, types, variables)
  const parents = await variablesWithChildren(link, variables)
  return references.map((reference) => {
    const key = reference.nodeId.toString()
    const address = addressOf(link, reference.nodeId)
    const isMethod = reference.nodeClass === NodeClass.Method
    const variable = described.get(key)
    return {
      path: isMethod ? methodPath(path === '' ? objectsFolder : path, address) : address,
      name: reference.displayName?.text ?? reference.browseName?.name ?? address,
      address: variable ? address : null,
      dataType: variable?.dataType ?? null,
      writable: variable?.writable ?? false,
      hasChildren: variable ? parents.has(key) : !isMethod,
      isMethod,
      description: variable?.description ?? '',
    }
  })
}

/** The address text of a node: namespace by URI, so that it survives a server that numbers anew. */
export function addressOf(link: OpcUaLink, nodeId: NodeId): string {
  const [, kind, identifier] = /(?:^|;)([isgb])=([\s\S]*)$/.exec(plainNodeId(nodeId).toString()) ?? []
  const address: OpcUaAddress = {
    namespace: nodeId.namespace === 0 ? 0 : (link.namespaces[nodeId.namespace] ?? nodeId.namespace),
    kind: (kind ?? 's') as IdentifierKind,
    identifier: identifier ?? '',
  }
  return formatAddress(address)
}

/** References carry ExpandedNodeIds, whose text has more parts. */
function plainNodeId(nodeId: NodeId): NodeId {
  return coerceNodeId({ identifierType: nodeId.identifierType, value: nodeId.value, namespace: nodeId.namespace })
}

/** The node a path or address names. Throws a RuntimeError BadNodeIdInvalid or BadNodeIdUnknown. */
export function nodeOf(link: OpcUaLink, path: string): NodeId {
  const parsed = parseAddress(path)
  if (!parsed.ok) throw new RuntimeError('BadNodeIdInvalid', link.text(parsed.message))
  const nodeId = link.nodeId(parsed.address)
  if (!nodeId)
    throw new RuntimeError('BadNodeIdUnknown', link.text(`the server has no namespace "${parsed.address.namespace}"`))
  return nodeId
}

/** A method belongs to an object, and one method node may belong to many: both make its path, with `|` between. */
export function methodPath(objectPath: string, methodPath: string): string {
  return `${escapeBar(objectPath)}|${escapeBar(methodPath)}`
}

/** The inverse of {@link methodPath}; the object is null when the path names the method alone. */
export function splitMethodPath(path: string): { readonly object: string | null; readonly method: string } {
  const parts = path.split('|')
  if (parts.length === 1) return { object: null, method: unescapeBar(path) }
  return { object: unescapeBar(parts[0]!), method: unescapeBar(parts.slice(1).join('|')) }
}

function escapeBar(text: string): string {
  return text.replace(/~/g, '~0').replace(/\|/g, '~1')
}

function unescapeBar(text: string): string {
  return text.replace(/~([01])/g, (_, code: string) => (code === '0' ? '~' : '|'))
}

/** All hierarchical references forward; BrowseNext until the server has no more (C8). */
async function allReferences(link: OpcUaLink, nodeId: NodeId): Promise<ReferenceDescription[]> {
  let result: BrowseResult = await link.inTime(link.session.browse(description(nodeId)))
  if (result.statusCode.isBad())
    throw new RuntimeError(
      result.statusCode.value === 0x80340000 ? 'BadNodeIdUnknown' : 'BadCommunicationError',
      link.text(`browsing ${nodeId.toString()} failed: ${nameOfStatus(result.statusCode.value)}`),
    )
  const references = [...(result.references ?? [])]
  while (result.continuationPoint && result.continuationPoint.length > 0) {
    const isEnough = references.length >= mostChildren
    result = await link.inTime(link.session.browseNext(result.continuationPoint, isEnough))
    if (isEnough || result.statusCode.isBad()) break
    references.push(...(result.references ?? []))
  }
  return references
}

function description(nodeId: NodeId) {
  return {
    nodeId,
    referenceTypeId: hierarchicalReferences,
    browseDirection: BrowseDirection.Forward,
    includeSubtypes: true,
    nodeClassMask: objectsVariablesMethods,
    resultMask: resultMaskAll,
  }
}

/** The same node may be referenced twice (Organizes and HasComponent). */
function withoutRepeats(references: readonly ReferenceDescription[]): ReferenceDescription[] {
  const seen = new Set<string>()
  return references.filter(({ nodeId }) => {
    const key = nodeId.toString()
    return !seen.has(key) && seen.add(key)
  })
}

interface DescribedVariable {
  readonly dataType: BrowseRow['dataType']
  readonly writable: boolean
  readonly description: string
}

async function describeVariables(
  link: OpcUaLink,
  types: NodeTypes,
  variables: readonly ReferenceDescription[],
): Promise<Map<string, DescribedVariable>> {
  const nodesToRead = variables.flatMap(({ nodeId }) => attributes.map((attributeId) => ({ nodeId, attributeId })))
  const values = await link.inBatches('read', nodesToRead, (batch) => link.session.read(batch))
  const described = new Map<string, DescribedVariable>()
  for (const [index, { nodeId }] of variables.entries()) {
    const [dataType, , access, text] = values.slice(index * attributes.length, (index + 1) * attributes.length)
    const type = goodValue<NodeId>(dataType)
    const builtIn = type ? await types.builtIn(type) : null
    described.set(nodeId.toString(), {
      dataType: builtIn === null ? null : tagTypeOf(builtIn),
      writable: ((goodValue<number>(access) ?? 0) & currentWrite) !== 0,
      description: goodValue<{ text?: string | null }>(text)?.text ?? '',
    })
  }
  return described
}

function goodValue<T>(dataValue: DataValue | undefined): T | null {
  return dataValue?.statusCode.isGood() ? ((dataValue.value.value as T | null) ?? null) : null
}

/** Which Variables have something below them (members of structures, properties): one reference each is enough to know. */
async function variablesWithChildren(
  link: OpcUaLink,
  variables: readonly ReferenceDescription[],
): Promise<ReadonlySet<string>> {
  const candidates = variables.filter(({ typeDefinition }) => typeDefinition?.toString() !== `ns=0;${propertyType}`)
  const results = await link.inBatches('browse', candidates, async (batch) => {
    const { session } = link
    const before = session.requestedMaxReferencesPerNode
    session.requestedMaxReferencesPerNode = 1
    const answered = session.browse(batch.map(({ nodeId }) => description(nodeId)))
    session.requestedMaxReferencesPerNode = before
    const answers = await answered
    const open = answers.map(({ continuationPoint }) => continuationPoint).filter((point) => point && point.length > 0)
    if (open.length > 0) await session.browseNext(open as Buffer[], true)
    return answers
  })
  const parents = new Set<string>()
  for (const [index, { nodeId }] of candidates.entries()) {
    const result = results[index]!
    // A server out of continuation points has found something to continue with.
    if (result.statusCode.isBad() || (result.references?.length ?? 0) > 0) parents.add(nodeId.toString())
  }
  return parents
}
