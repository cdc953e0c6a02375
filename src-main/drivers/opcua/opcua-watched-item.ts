// One watched tag on its way between the server's monitored item and the batches.
import { AttributeIds, type NodeId, type ReadValueIdOptions } from 'node-opcua-client'
import type { TagValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { DriverItem } from '../driver.ts'
import { type OpcUaAddress, parseAddress } from './opcua-address.ts'

/** State of one item; changed by the subscriptions (ids) and the driver (last value). */
export interface WatchedItem {
  readonly item: DriverItem
  readonly address: OpcUaAddress
  /** '' = the whole value. */
  readonly indexRange: string
  /** Number the server returns with each value; never used twice in a driver. */
  readonly clientHandle: number
  /** In the present session; null when the server does not have its namespace. */
  nodeId: NodeId | null
  /** Null until the server monitors it. */
  monitoredItemId: number | null
  /** Monotonic ms when a refused item is tried again; null when it was not refused. */
  retryAt: number | null
  /** Why it was refused. */
  refusal: number
  /** Last reported value; null before the first. */
  last: { readonly value: TagValue; readonly statusCode: number; readonly sourceTimestamp: number } | null
  /** Server type whose numbers are this item's raw values as they are; null until the first came. */
  plainType: number | null
  /** The last mismatch was logged. */
  isMismatched: boolean
}

/** Throws a RuntimeError BadNodeIdInvalid for an address that `checkAddress` would refuse. */
export function watchedItem(item: DriverItem, clientHandle: number): WatchedItem {
  const parsed = parseAddress(item.address)
  if (!parsed.ok) throw new RuntimeError('BadNodeIdInvalid', parsed.message)
  return {
    item,
    address: parsed.address,
    indexRange: typeof item.options.indexRange === 'string' ? item.options.indexRange : '',
    clientHandle,
    nodeId: null,
    monitoredItemId: null,
    retryAt: null,
    refusal: 0,
    last: null,
    plainType: null,
    isMismatched: false,
  }
}

/** What is read or monitored of an item whose node is known. */
export function readValueOf({ nodeId, indexRange }: WatchedItem): ReadValueIdOptions {
  const whole = { nodeId: nodeId!, attributeId: AttributeIds.Value }
  // The library makes a NumericRange of the text; the empty text would be a wrong one.
  return indexRange === '' ? whole : { ...whole, indexRange: indexRange as never }
}

/** True when the server need not be asked anything new. */
export function isSameItem(a: DriverItem, b: DriverItem): boolean {
  return (
    a.address === b.address &&
    a.dataType === b.dataType &&
    a.arrayLength === b.arrayLength &&
    a.scanIntervalMs === b.scanIntervalMs &&
    a.options.indexRange === b.options.indexRange
  )
}
