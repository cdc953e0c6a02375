// What a server says of its nodes: the built-in type behind a data type, and whether a Variable is an array.
import { AttributeIds, type NodeId, DataType as UaType } from 'node-opcua-client'
import type { OpcUaLink } from './opcua-link.ts'

/** What has to be known of a Variable before it is written (C9). */
export interface VariableType {
  readonly dataType: NodeId
  /** Null when the data type is abstract (Number, BaseDataType): the present value decides. */
  readonly builtIn: UaType | null
  readonly isArray: boolean
}

/** Highest NodeId of a built-in type in namespace 0 (OPC 10000-6 table 1). */
const lastBuiltIn = 25
const enumeration = 29
const structure = 22
/** Data types form a tree of this depth at most; deeper is a loop. */
const deepestType = 32

/** Data types learnt of one session; forgotten with it. */
export class NodeTypes {
  readonly #link: OpcUaLink
  readonly #builtIns = new Map<string, UaType | null>()

  constructor(link: OpcUaLink) {
    this.#link = link
  }

  clear(): void {
    this.#builtIns.clear()
  }

  /** Type of one Variable; null when the node is none. Throws what the request throws. */
  async variable(nodeId: NodeId): Promise<VariableType | null> {
    const attributes = [AttributeIds.DataType, AttributeIds.ValueRank, AttributeIds.Value]
    const [dataType, valueRank, value] = await this.#link.inBatches(
      'read',
      attributes.map((attributeId) => ({ nodeId, attributeId })),
      (batch) => this.#link.session.read(batch),
    )
    const type: unknown = dataType?.value.value
    if (!dataType?.statusCode.isGood() || !isNodeId(type)) return null
    const rank: unknown = valueRank?.value.value
    const present = value?.value
    const declared = await this.builtIn(type)
    const builtIn = declared ?? (present && present.dataType !== UaType.Null ? present.dataType : null)
    // Rank below -1 leaves it open (OPC 10000-3 table 13): then the present value decides.
    const isArray = typeof rank === 'number' && rank >= -1 ? rank >= 0 : (present?.arrayType ?? 0) !== 0
    return { dataType: type, builtIn, isArray }
  }

  /** The built-in type a data type is encoded as; null for abstract ones. Walks up the type tree of the server. */
  async builtIn(dataType: NodeId): Promise<UaType | null> {
    const key = dataType.toString()
    const known = this.#builtIns.get(key)
    if (known !== undefined) return known
    const found = await this.#climb(dataType)
    this.#builtIns.set(key, found)
    return found
  }

  async #climb(start: NodeId): Promise<UaType | null> {
    let dataType: NodeId | null = start
    for (let depth = 0; dataType && depth < deepestType; depth++) {
      const builtIn = standardType(dataType)
      if (builtIn !== undefined) return builtIn
      dataType = await this.#supertype(dataType)
    }
    return null
  }

  async #supertype(nodeId: NodeId): Promise<NodeId | null> {
    const result = await this.#link.inTime(
      this.#link.session.browse({
        nodeId,
        referenceTypeId: 'HasSubtype',
        browseDirection: 1,
        includeSubtypes: false,
        nodeClassMask: 0,
        resultMask: 0,
      }),
    )
    return result.references?.[0]?.nodeId ?? null
  }
}

/** undefined: not one of the standard's roots, look further up. */
function standardType(dataType: NodeId): UaType | null | undefined {
  const id = dataType.value
  if (dataType.namespace !== 0 || typeof id !== 'number') return undefined
  if (id === structure) return UaType.ExtensionObject
  if (id === enumeration) return UaType.Int32
  if (id === 24 || (id >= 26 && id <= 28)) return null // BaseDataType, Number, Integer, UInteger
  if (id >= 1 && id <= lastBuiltIn) return id as UaType
  return undefined
}

function isNodeId(value: unknown): value is NodeId {
  return typeof value === 'object' && value !== null && 'identifierType' in value
}
