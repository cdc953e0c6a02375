// Single properties in a `style` attribute; the others keep their spelling.

const propertyPattern = (name: string) => new RegExp(`(^|;)(\\s*${name}\\s*:\\s*)([^;]*?)(\\s*)(?=;|$)`, 'i')

/** Value of a CSS property, null when the style does not name it. */
export function styleOf(style: string | null, property: string): string | null {
  return style === null ? null : (propertyPattern(property).exec(style)?.[3] ?? null)
}

/** The style with a property set. */
export function withStyle(style: string | null, property: string, value: string): string {
  const match = style === null ? null : propertyPattern(property).exec(style)
  if (style === null || match === null) return `${style ? `${style.replace(/;?\s*$/, '')};` : ''}${property}:${value}`
  const at = match.index + match[1]!.length + match[2]!.length
  return style.slice(0, at) + value + style.slice(at + match[3]!.length)
}

/** The style without a property; null when nothing is left. */
export function withoutStyle(style: string, property: string): string | null {
  const kept = style.split(';').filter((part) => part.split(':')[0]!.trim().toLowerCase() !== property)
  const joined = kept.join(';')
  return joined.trim() === '' ? null : joined
}
