// A real OPC UA server on loopback that stands in for a device: the items of a plant at their own addresses, one folder
// with a structure and methods to try. For `lineside simulate` and the driver's tests.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  coerceNodeId,
  coerceQualifiedName,
  type DataValue,
  MessageSecurityMode,
  type NodeId,
  SecurityPolicy,
  type StatusCode,
  StatusCodes,
  DataType as UaType,
  Variant,
} from 'node-opcua-client'
import { nodesets } from 'node-opcua-nodesets'
import { OPCUAServer, type OPCUAServerOptions } from 'node-opcua-server'
import type { TagValue } from '../../shared/data-value.ts'
import type { DeviceSimulator, SimulatedItem, SimulatorOptions, StartSimulator } from '../../shared/protocol.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import type { DataType } from '../../shared/tag.ts'
import { formatAddress, type OpcUaAddress, parseAddress, parseEndpoint } from './opcua-address.ts'
import { ownCertificate } from './opcua-certificates.ts'
import { fromVariant, toVariant } from './opcua-values.ts'

/** What tests add to a simulated device. */
export interface OpcUaSimulatorExtras {
  /** Users and their passwords; by default every user is let in with any password. */
  readonly users?: Readonly<Record<string, string>>
  /** False refuses clients without a user. Default true. */
  readonly allowAnonymous?: boolean
  /** Operation limits the server names and enforces; 0 = none. */
  readonly maxNodesPerRead?: number
  readonly maxMonitoredItemsPerCall?: number
  readonly maxNodesPerBrowse?: number
  /** Folder of the server's certificate; by default a new one for each start, removed at the end. */
  readonly certificateFolder?: string
}

export interface OpcUaSimulator extends DeviceSimulator {
  /** Port it listens on. */
  readonly port: number
  /** Thumbprint folder: certificate of the server in DER. */
  readonly certificate: Buffer
  /** Ends every session and subscription, as a server does that lost them. */
  forgetSessions(): Promise<void>
}

type AddressSpace = NonNullable<NonNullable<OPCUAServer['engine']>['addressSpace']>
type Namespace = ReturnType<AddressSpace['getOwnNamespace']>
type Variable = ReturnType<Namespace['addVariable']>

/** One served item. */
interface Served {
  readonly item: SimulatedItem
  readonly variable: Variable
  readonly type: UaType
}

/** The type a server has for each tag type. */
const serverTypes: Readonly<Record<DataType, UaType>> = {
  bool: UaType.Boolean,
  int8: UaType.SByte,
  uint8: UaType.Byte,
  int16: UaType.Int16,
  uint16: UaType.UInt16,
  int32: UaType.Int32,
  uint32: UaType.UInt32,
  int64: UaType.Int64,
  uint64: UaType.UInt64,
  float32: UaType.Float,
  float64: UaType.Double,
  string: UaType.String,
  datetime: UaType.DateTime,
  bytes: UaType.ByteString,
  structure: UaType.ExtensionObject,
}

/** Children of one folder; the library is slow with more siblings. */
const folderSize = 2000
/** Namespace of the folder with a structure and methods. */
export const simulatorNamespace = 'urn:lineside:simulator'

export const startSimulator: StartSimulator = (options) => startOpcUaSimulator(options)

/** Starts a server. Throws a RuntimeError when the port is taken or an item cannot be served. */
export async function startOpcUaSimulator(
  options: SimulatorOptions,
  extras: OpcUaSimulatorExtras = {},
): Promise<OpcUaSimulator> {
  const ownFolder = extras.certificateFolder === undefined
  const folder = extras.certificateFolder ?? (await mkdtemp(join(tmpdir(), 'lineside-opcua-')))
  const own = await ownCertificate(folder)
  const endpoint = parseEndpoint(options.device.address)
  const path = typeof endpoint === 'string' ? '' : endpoint.path
  const port = options.port === 0 ? await freePort(options.host) : options.port
  const server = new OPCUAServer({
    host: options.host,
    hostname: options.host,
    nodesets: [nodesets.standard, { name: 'examples.xml', source: exampleNodes }],
    port,
    resourcePath: path,
    serverInfo: { applicationUri: own.applicationUri, productUri: simulatorNamespace },
    buildInfo: { productName: 'Lineside simulator' },
    certificateFile: join(folder, 'own', 'certificate.der'),
    privateKeyFile: join(folder, 'own', 'private-key.pem'),
    serverCertificateManager: acceptingStore(),
    userCertificateManager: acceptingStore(),
    allowAnonymous: extras.allowAnonymous ?? true,
    userManager: {
      isValidUser: (user: string, password: string) => extras.users === undefined || extras.users[user] === password,
    },
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    securityPolicies: [
      SecurityPolicy.None,
      SecurityPolicy.Basic256Sha256,
      SecurityPolicy.Aes128_Sha256_RsaOaep,
      SecurityPolicy.Aes256_Sha256_RsaPss,
    ],
    maxConnectionsPerEndpoint: 50,
    allowAnonymousSubscriptionTransferOnUnsecuredChannel: true,
    serverCapabilities: {
      maxSessions: 50,
      operationLimits: {
        maxNodesPerRead: extras.maxNodesPerRead ?? 0,
        maxNodesPerBrowse: extras.maxNodesPerBrowse ?? 0,
        maxMonitoredItemsPerCall: extras.maxMonitoredItemsPerCall ?? 0,
      },
    },
  } as OPCUAServerOptions)
  const removeFolder = async () => {
    if (ownFolder) await rm(folder, { recursive: true, force: true })
  }
  try {
    await server.initialize()
    const served = serve(server.engine.addressSpace!, options)
    await server.start()
    return new Simulator(server, port, path, options, served, own.der, removeFolder)
  } catch (error) {
    await server.shutdown(0).catch(() => undefined) // it may not have begun to listen
    await removeFolder()
    if (error instanceof RuntimeError) throw error
    throw new RuntimeError(
      'BadConfigurationError',
      `OPC UA simulator of device "${options.device.name}" on ${options.host}:${port}: ${messageOf(error)}`,
      error,
    )
  }
}

class Simulator implements OpcUaSimulator {
  readonly address: string
  readonly port: number
  readonly certificate: Buffer
  readonly #server: OPCUAServer
  readonly #served: ReadonlyMap<number, Served>
  readonly #removeFolder: () => Promise<void>
  /** Set while the simulator itself changes a value: that is no write of a client. */
  #isSetting = false

  constructor(
    server: OPCUAServer,
    port: number,
    path: string,
    options: SimulatorOptions,
    served: ReadonlyMap<number, Served>,
    certificate: Buffer,
    removeFolder: () => Promise<void>,
  ) {
    this.#server = server
    this.#served = served
    this.#removeFolder = removeFolder
    this.port = port
    this.address = `opc.tcp://${options.host}:${port}${path}`
    this.certificate = certificate
    for (const [handle, one] of served)
      one.variable.on('value_changed', (dataValue: DataValue) => {
        if (!this.#isSetting && dataValue.statusCode.isGood()) options.onWrite(handle, this.#valueOf(one, dataValue))
      })
  }

  set(handle: number, value: TagValue): void {
    const one = this.#one(handle)
    const variant = variantFor(one, value)
    this.#isSetting = true
    try {
      one.variable.setValueFromSource(variant, StatusCodes.Good, new Date())
    } finally {
      this.#isSetting = false
    }
  }

  get(handle: number): TagValue {
    const one = this.#one(handle)
    return this.#valueOf(one, one.variable.readValue())
  }

  async forgetSessions(): Promise<void> {
    for (const session of Object.values((this.#server.engine as unknown as EngineSessions)._sessions))
      this.#server.engine.closeSession(session.authenticationToken, true, 'Timeout')
  }

  async close(): Promise<void> {
    await this.#server.shutdown(0)
    await this.#removeFolder()
  }

  #one(handle: number): Served {
    const one = this.#served.get(handle)
    if (!one) throw new RuntimeError('BadNotFound', `the simulator serves no item with the handle ${handle}`)
    return one
  }

  #valueOf({ item }: Served, { value }: DataValue): TagValue {
    const converted = fromVariant(value, item.dataType, item.arrayLength)
    return converted.ok ? converted.value : null
  }
}

interface EngineSessions {
  readonly _sessions: Readonly<Record<string, { readonly authenticationToken: NodeId }>>
}

/** Creates every item's Variable and the folder to try things with. */
function serve(addressSpace: AddressSpace, options: SimulatorOptions): Map<number, Served> {
  const parsed = options.items.map((item) => ({ item, address: addressOf(item) }))
  const namespaceOf = registerNamespaces(
    addressSpace,
    parsed.map(({ address }) => address),
  )
  const examples = addExamples(addressSpace, namespaceOf(simulatorNamespace))
  const served = new Map<number, Served>()
  const folders = new Map<string, ReturnType<Namespace['addFolder']>>()
  const byNode = new Map<string, Served>()
  for (const [index, { item, address }] of parsed.entries()) {
    const namespace = namespaceOf(address.namespace)
    const key = `${namespace.index} ${Math.floor(index / folderSize)}`
    let folder = folders.get(key)
    if (!folder) {
      const name = `${options.device.name} ${folders.size + 1}`
      folder = namespace.addFolder('ObjectsFolder', { browseName: name, nodeId: `s=folder-${randomUUID()}` })
      folders.set(key, folder)
    }
    const nodeId = coerceNodeId(
      formatAddress({ ...address, namespace: namespace.index }).replace(/^(?=[isgb]=)/, 'ns=0;'),
    )
    const one = byNode.get(nodeId.toString()) ?? addItem(addressSpace, namespace, folder, nodeId, item, examples)
    byNode.set(nodeId.toString(), one)
    served.set(item.handle, { ...one, item })
  }
  return served
}

function addressOf(item: SimulatedItem): OpcUaAddress {
  const parsed = parseAddress(item.address)
  if (!parsed.ok)
    throw new RuntimeError('BadNodeIdInvalid', `the simulator cannot serve ${item.address}: ${parsed.message}`)
  return parsed.address
}

/** Indices the plant's addresses name get their places; URIs come behind them. */
function registerNamespaces(addressSpace: AddressSpace, addresses: readonly OpcUaAddress[]) {
  const indices = addresses.map(({ namespace }) => namespace).filter((one) => typeof one === 'number')
  const highest = Math.max(1, ...indices)
  if (highest > 1000)
    throw new RuntimeError(
      'BadConfigurationError',
      `namespace index ${highest} is more than the simulator fills (1000)`,
    )
  for (let index = addressSpace.getNamespaceArray().length; index <= highest; index++)
    addressSpace.registerNamespace(`urn:lineside:simulated:${index}`)
  return (namespace: number | string): Namespace =>
    typeof namespace === 'number'
      ? (addressSpace.getNamespace(namespace) as Namespace)
      : ((addressSpace.getNamespaceIndex(namespace) >= 0
          ? addressSpace.getNamespace(namespace)
          : addressSpace.registerNamespace(namespace)) as Namespace)
}

function addItem(
  addressSpace: AddressSpace,
  namespace: Namespace,
  folder: ReturnType<Namespace['addFolder']>,
  nodeId: NodeId,
  item: SimulatedItem,
  examples: Examples,
): Served {
  const type = serverTypes[item.dataType]
  const existing = addressSpace.findNode(nodeId)
  if (existing) return { item, variable: existing as Variable, type }
  const variable = namespace.addVariable({
    nodeId,
    browseName: coerceQualifiedName({ namespaceIndex: namespace.index, name: String(nodeId.value) }),
    organizedBy: folder,
    dataType: type === UaType.ExtensionObject ? examples.structureType : UaType[type],
    valueRank: item.arrayLength === null ? -1 : 1,
    arrayDimensions: item.arrayLength === null ? null : [item.arrayLength],
    accessLevel: item.writable ? 'CurrentRead | CurrentWrite' : 'CurrentRead',
    userAccessLevel: item.writable ? 'CurrentRead | CurrentWrite' : 'CurrentRead',
    minimumSamplingInterval: 10,
  })
  const one: Served = { item, variable, type }
  variable.setValueFromSource(
    type === UaType.ExtensionObject ? new Variant({ dataType: type, value: examples.structure() }) : firstValue(one),
    StatusCodes.Good,
    new Date(),
  )
  return one
}

function firstValue(one: Served): Variant {
  const zero = zeroOf(one.item.dataType)
  const { arrayLength } = one.item
  return variantFor(one, arrayLength === null ? zero : Array.from({ length: arrayLength }, () => zero))
}

function zeroOf(dataType: DataType): TagValue {
  if (dataType === 'string') return ''
  if (dataType === 'bytes') return new Uint8Array()
  return dataType === 'bool' ? false : 0
}

function variantFor({ item, type, variable }: Served, value: TagValue): Variant {
  if (type === UaType.ExtensionObject) return structureVariant(variable, value)
  const variant = toVariant(value, type, item.arrayLength !== null)
  if (variant.ok) return variant.variant
  throw new RuntimeError(variant.code, `the simulator cannot serve ${item.address}: ${variant.message}`)
}

function structureVariant(variable: Variable, value: TagValue): Variant {
  const structure = variable.addressSpace.constructExtensionObject(variable.dataType, value as Record<string, unknown>)
  return new Variant({ dataType: UaType.ExtensionObject, value: structure })
}

/** What the example folder lends to structure items. */
interface Examples {
  readonly structureType: NodeId
  readonly structure: () => object
}

/** Node set of {@link simulatorNamespace}: structure Recipe { Name, Speed, Count } with its binary encoding. */
const exampleNodes = `<?xml version="1.0" encoding="utf-8"?>
<UANodeSet xmlns="http://opcfoundation.org/UA/2011/03/UANodeSet.xsd">
  <NamespaceUris><Uri>${simulatorNamespace}</Uri></NamespaceUris>
  <Models><Model ModelUri="${simulatorNamespace}" Version="1.0.0" PublicationDate="2026-01-01T00:00:00Z"/></Models>
  <UADataType NodeId="ns=1;i=3001" BrowseName="1:Recipe">
    <DisplayName>Recipe</DisplayName>
    <References><Reference ReferenceType="i=45" IsForward="false">i=22</Reference></References>
    <Definition Name="1:Recipe">
      <Field Name="Name" DataType="i=12"/>
      <Field Name="Speed" DataType="i=11"/>
      <Field Name="Count" DataType="i=8"/>
    </Definition>
  </UADataType>
  <UAObject NodeId="ns=1;i=3002" BrowseName="Default Binary" SymbolicName="DefaultBinary">
    <DisplayName>Default Binary</DisplayName>
    <References>
      <Reference ReferenceType="i=40">i=76</Reference>
      <Reference ReferenceType="i=38" IsForward="false">ns=1;i=3001</Reference>
    </References>
  </UAObject>
</UANodeSet>`

/** Folder "Examples": methods Add (two numbers) and Fail. */
function addExamples(addressSpace: AddressSpace, namespace: Namespace): Examples {
  const folder = namespace.addObject({ browseName: 'Examples', nodeId: 's=Examples', organizedBy: 'ObjectsFolder' })
  const number = { dataType: UaType.Double, valueRank: -1 }
  const add = namespace.addMethod(folder, {
    browseName: 'Add',
    nodeId: 's=Examples.Add',
    inputArguments: [
      { name: 'a', ...number },
      { name: 'b', ...number },
    ],
    outputArguments: [{ name: 'sum', ...number }],
  })
  add.bindMethod((inputs, _, answer) => {
    const sum = inputs.reduce((total, { value }) => total + Number(value), 0)
    answer(null, {
      statusCode: StatusCodes.Good,
      outputArguments: [new Variant({ dataType: UaType.Double, value: sum })],
    })
  })
  const fail = namespace.addMethod(folder, { browseName: 'Fail', nodeId: 's=Examples.Fail' })
  fail.bindMethod((_, __, answer) => answer(null, { statusCode: StatusCodes.BadInvalidState, outputArguments: [] }))
  const structureType = addressSpace.findDataType('Recipe', namespace.index)!
  return {
    structureType: structureType.nodeId,
    structure: () => addressSpace.constructExtensionObject(structureType, { name: '', speed: 0, count: [0, 0] }),
  }
}

/** Every client and user certificate is welcome: this is a device to try things with. */
function acceptingStore(): NonNullable<OPCUAServerOptions['serverCertificateManager']> {
  return {
    referenceCounter: 0,
    initialize: async () => undefined,
    dispose: async () => undefined,
    // The library asks for user certificates with a callback, for others with a promise.
    checkCertificate: (_: unknown, answer?: (error: null, status: StatusCode) => void) =>
      answer ? answer(null, StatusCodes.Good) : Promise.resolve(StatusCodes.Good),
    verifyCertificate: async () => 'Good',
    getTrustStatus: async () => StatusCodes.Good,
    trustCertificate: async () => undefined,
    rejectCertificate: async () => undefined,
    addIssuer: async () => undefined,
    addRevocationList: async () => undefined,
  } as unknown as NonNullable<OPCUAServerOptions['serverCertificateManager']>
}

/** The library does not say which port it got for port 0. */
async function freePort(host: string): Promise<number> {
  const probe = createServer()
  probe.listen(0, host)
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}
