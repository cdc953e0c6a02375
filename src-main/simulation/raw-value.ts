// Between a tag's engineering units and what its device holds: the same line as the runtime's scaling, walked both ways.
import type { TagValue } from '../shared/data-value.ts'
import type { TagDefinition } from '../shared/tag.ts'
import { fitted } from './plant-behaviour.ts'

type ScaledTag = Pick<TagDefinition, 'scaling' | 'dataType' | 'arrayLength'>

/** Raw value of an engineering value; whole numbers are rounded and kept within the data type. */
export function toRaw(value: TagValue, tag: ScaledTag): TagValue {
  const { scaling } = tag
  const scale = (element: TagValue): TagValue => {
    if (typeof element !== 'number') return element
    const raw = scaling
      ? scaling.rawLow + ((element - scaling.low) * (scaling.rawHigh - scaling.rawLow)) / (scaling.high - scaling.low)
      : element
    return tag.dataType.startsWith('float') || tag.dataType === 'datetime' ? raw : Math.round(raw)
  }
  return fitted(Array.isArray(value) ? value.map(scale) : scale(value), tag)
}

/** Engineering value of a raw value. */
export function fromRaw(raw: TagValue, { scaling }: ScaledTag): TagValue {
  if (scaling === null) return raw
  const scale = (element: TagValue): TagValue =>
    typeof element === 'number' || typeof element === 'bigint'
      ? scaling.low +
        ((Number(element) - scaling.rawLow) * (scaling.high - scaling.low)) / (scaling.rawHigh - scaling.rawLow)
      : element
  return Array.isArray(raw) ? raw.map(scale) : scale(raw)
}
