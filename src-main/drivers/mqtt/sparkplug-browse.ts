// What was seen on a broker, for the installer who looks for a metric: groups, edge nodes, devices and metrics.
import type { BrowseRow } from '../../shared/contract.ts'
import type { EdgeNodeState, MetricOwner, MetricState } from './sparkplug-node.ts'
import { dataTypeOf } from './sparkplug-type.ts'

/** Children of `''` (groups), `group`, `group/node` (devices and metrics) or `group/node/device`; sorted by name. */
export function browseSparkplug(nodes: ReadonlyMap<string, EdgeNodeState>, path: string): readonly BrowseRow[] {
  if (path === '') return folders([...nodes.values()].map(({ group }) => [group, group, '']))
  const ids = path.split('/')
  if (ids.length === 1)
    return folders(
      [...nodes.values()].filter(({ group }) => group === path).map((node) => [node.key, node.node, stateOf(node)]),
    )
  const edgeNode = nodes.get(ids.slice(0, 2).join('/'))
  if (!edgeNode) return []
  if (ids.length > 2) {
    const device = edgeNode.devices.get(ids[2]!)
    return device ? metricRows(device) : []
  }
  const devices = folders([...edgeNode.devices.values()].map((device) => [device.key, device.device!, stateOf(device)]))
  return [...devices, ...metricRows(edgeNode)]
}

function folders(entries: readonly (readonly [path: string, name: string, description: string])[]): BrowseRow[] {
  const rows = new Map<string, BrowseRow>()
  for (const [path, name, description] of entries)
    rows.set(path, {
      path,
      name,
      address: null,
      dataType: null,
      writable: false,
      hasChildren: true,
      isMethod: false,
      description,
    })
  return [...rows.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function metricRows(owner: MetricOwner): BrowseRow[] {
  return [...owner.metrics.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(metricRow)
}

function metricRow({ name, type, owner }: MetricState): BrowseRow {
  const address = `${owner.key}#${name}`
  return {
    path: address,
    name,
    address,
    dataType: type === null ? null : dataTypeOf(type),
    writable: true,
    hasChildren: false,
    isMethod: false,
    description: type ?? 'unknown datatype',
  }
}

function stateOf({ isOnline, metrics }: MetricOwner): string {
  if (isOnline) return 'online'
  return metrics.size > 0 ? 'offline' : 'no birth seen yet'
}
