// Versions of label templates: another digest is another version, and has to be approved anew.
import { createHash } from 'node:crypto'
import type { IdentifierScheme } from '../../shared/identifier.ts'
import type { BareTemplate } from './label-build.ts'

/**
 * SHA-256, hexadecimal, of everything that decides what stands on the label and how it looks: size, elements, the values of fields, how
 * its identifiers are made, and the pictures. Titles, the usual printer, comments and the order of keys in the file are none of it.
 * `imageHash`: SHA-256 of an image file; null = there is none.
 */
export function templateDigest(
  template: BareTemplate,
  scheme: IdentifierScheme | null,
  imageHash: (file: string) => string | null,
): string {
  const { width, height, rotate, fields, elements } = template
  const look = {
    width,
    height,
    rotate,
    scheme: scheme === null ? null : { kind: scheme.kind, template: scheme.template },
    fields: fields.map(({ name, value, defaultValue, pattern }) => ({ name, value, defaultValue, pattern })),
    elements: elements.map((element) =>
      element.type === 'image' ? { ...element, image: imageHash(element.file) } : element,
    ),
  }
  return createHash('sha256')
    .update(JSON.stringify(sorted(look)))
    .digest('hex')
}

/** The same value with keys in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}
