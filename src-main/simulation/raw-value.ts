// Between a tag's engineering units and what its device holds, as a simulated device needs it.
import type { TagValue } from '../shared/data-value.ts'
import type { TagDefinition } from '../shared/tag.ts'
import { linearScaling, toEngineering, toRaw } from '../shared/tag-scaling.ts'
import { fitted } from './plant-behaviour.ts'

type ScaledTag = Pick<TagDefinition, 'scaling' | 'dataType' | 'arrayLength'>

/** Raw value of an engineering value; whole numbers are rounded and kept within the data type. */
export function rawOf(value: TagValue, tag: ScaledTag): TagValue {
  const scaling = linearScaling(tag.scaling)
  const isReal = tag.dataType.startsWith('float') || tag.dataType === 'datetime'
  const scale = (element: TagValue): TagValue => {
    if (typeof element !== 'number') return element
    const raw = tag.scaling ? toRaw(element, scaling) : element
    return isReal ? raw : Math.round(raw)
  }
  return fitted(Array.isArray(value) ? value.map(scale) : scale(value), tag)
}

/** Engineering value of a raw value. */
export function engineeringOf(raw: TagValue, tag: ScaledTag): TagValue {
  if (tag.scaling === null) return raw
  const scaling = linearScaling(tag.scaling)
  const scale = (element: TagValue): TagValue =>
    typeof element === 'number' || typeof element === 'bigint' ? toEngineering(Number(element), scaling) : element
  return Array.isArray(raw) ? raw.map(scale) : scale(raw)
}
