// Address texts of Sparkplug tags: `<group>/<edge node>#<metric>` or `<group>/<edge node>/<device>#<metric>`. The three
// ids never hold '/', '+' or '#' (Sparkplug 3.0 section 4.2), metric names may: the first '#' divides.

/** `device` is null for metrics of the edge node itself. */
export interface SparkplugAddress {
  readonly group: string
  readonly node: string
  readonly device: string | null
  readonly metric: string
}

export type ParsedSparkplugAddress =
  | ({ readonly ok: true } & SparkplugAddress)
  | { readonly ok: false; readonly message: string }

const example = 'as in Bottling/Filler/Pump1#Speed or Bottling/Filler#Temperature'

/** The address a text describes, or a sentence why it describes none. */
export function parseSparkplugAddress(text: string): ParsedSparkplugAddress {
  const divide = text.indexOf('#')
  if (divide < 0) return refuse(text, `the metric is missing: <group>/<edge node>[/<device>]#<metric>, ${example}`)
  const ids = text.slice(0, divide).split('/')
  const metric = text.slice(divide + 1)
  if (metric === '') return refuse(text, `the name of the metric after "#" is missing, ${example}`)
  const [group, node, device, ...more] = ids
  if (!group || !node || device === '' || more.length > 0)
    return refuse(
      text,
      `before "#" stand two or three ids with "/" between: <group>/<edge node>[/<device>], ${example}`,
    )
  const wrong = ids.map(checkSparkplugId).find((problem) => problem !== null)
  if (wrong) return refuse(text, wrong)
  return { ok: true, group, node, device: device ?? null, metric }
}

/** The text that {@link parseSparkplugAddress} reads back. */
export function formatSparkplugAddress({ group, node, device, metric }: SparkplugAddress): string {
  return `${group}/${node}${device === null ? '' : `/${device}`}#${metric}`
}

/** A sentence why a text cannot be a group, edge node, device or host id, or null. */
export function checkSparkplugId(id: string): string | null {
  if (id === '') return 'an id is empty'
  if (/[+#/]/.test(id) || id.includes('\u0000')) return `"${id}" holds one of + # / which Sparkplug ids never do`
  return null
}

function refuse(text: string, why: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message: `"${text}": ${why}` }
}
