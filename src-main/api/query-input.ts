// Query parameters of a feed as the input its schema wants: repeated parameters are arrays, numbers and booleans are read.
import type * as v from 'valibot'
import { contract, type RowName } from '../shared/contract.ts'
import { invalidInput } from './api-error.ts'

interface AnySchema {
  readonly type: string
  readonly wrapped?: AnySchema
  readonly item?: AnySchema
}

/** Throws ApiError 400 for a parameter the row does not have, or one repeated that is not a list. */
export function queryInput(name: RowName, query: URLSearchParams): Record<string, unknown> {
  const schema = contract[name].input as v.GenericSchema & { readonly entries?: Readonly<Record<string, AnySchema>> }
  const input: Record<string, unknown> = {}
  for (const key of new Set(query.keys())) {
    const entry = schema.entries && Object.hasOwn(schema.entries, key) ? unwrap(schema.entries[key]!) : null
    if (!entry) throw invalidInput(`"${name}" has no parameter "${key.slice(0, 100)}"`, key.slice(0, 100))
    const texts = query.getAll(key)
    if (entry.type === 'array') input[key] = texts.map((text) => read(text, unwrap(entry.item ?? entry)))
    else if (texts.length > 1) throw invalidInput(`"${key}" is given ${texts.length} times, once is expected`, key)
    else input[key] = read(texts[0]!, entry)
  }
  return input
}

function unwrap(schema: AnySchema): AnySchema {
  return schema.wrapped ? unwrap(schema.wrapped) : schema
}

/** As the schema's type reads it; a text that does not fit stays a text, and the schema refuses it. */
function read(text: string, schema: AnySchema): unknown {
  if (schema.type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (schema.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return text
}
