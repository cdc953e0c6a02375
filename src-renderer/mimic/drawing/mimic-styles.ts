// CSS of a drawing: only properties that paint, only values that stay inside the drawing, only selectors below it.
// Parsed by the browser's own CSS object model; what is kept is written from that model, never from the foreign text.

/** Properties a drawing may set. Everything that could place, cover, load or animate is left out. */
const paintProperty =
  /^(?:fill|fill-opacity|fill-rule|stroke|stroke-(?:width|opacity|linecap|linejoin|miterlimit|dasharray|dashoffset)|opacity|color|display|visibility|font|font-(?:family|size|style|weight|stretch|variant|variant-\w+|feature-settings|size-adjust|kerning)|letter-spacing|word-spacing|text-anchor|text-align|text-decoration(?:-line|-color|-style)?|text-rendering|dominant-baseline|alignment-baseline|baseline-shift|writing-mode|white-space|line-height|shape-rendering|color-rendering|image-rendering|paint-order|vector-effect|clip-path|clip-rule|mask|mask-type|marker|marker-(?:start|mid|end)|stop-color|stop-opacity|mix-blend-mode|isolation|transform|transform-origin|transform-box|overflow)$/

/**
 * True when a CSS or attribute value loads something: any function that takes an address other than `url(#id)`. A
 * backslash before a bracket could spell `url` in escapes and counts as one.
 */
export function refersOutside(value: string): boolean {
  if (value.includes('\\') && value.includes('(')) return true
  const inside = value.replaceAll(/url\(\s*(["']?)#[^"'()\s]+\1\s*\)/gi, '')
  return (
    /(?:url|src|image|image-set|cross-fade|element|paint|expression)\s*\(/i.test(inside) || /javascript:/i.test(inside)
  )
}

/** Removes from the element's style attribute what may not be there; returns those declarations that painted or loaded. */
export function cleanInlineStyle(element: SVGElement): readonly string[] {
  const dropped: string[] = []
  const text = element.getAttribute('style') ?? ''
  if (refersOutside(text) || /@import/i.test(text)) {
    // The parser drops what it does not know; say so all the same when it would have loaded something.
    const outside = text.split(';').filter((declaration) => refersOutside(declaration))
    dropped.push(...outside)
  }
  const { style } = element
  for (const property of [...style]) {
    const value = style.getPropertyValue(property)
    if (paintProperty.test(property) && !refersOutside(value)) continue
    style.removeProperty(property)
    if (/^(?:position|z-index|animation|cursor|background)/.test(property)) dropped.push(`${property}: ${value}`)
  }
  if (style.length === 0) element.removeAttribute('style')
  return [...new Set(dropped)]
}

/** Rules of a style sheet that may stay, and the texts of those that may not. */
export function cleanStyleSheet(text: string): {
  readonly rules: readonly string[]
  readonly dropped: readonly string[]
} {
  const outside = /@(?:import|namespace|charset)[^;{}]*;?/gi
  const dropped: string[] = [...(text.match(outside) ?? [])]
  const sheet = new CSSStyleSheet()
  try {
    sheet.replaceSync(text.replaceAll(outside, ''))
  } catch (error) {
    return { rules: [], dropped: [`${error}`] }
  }
  const rules: string[] = []
  for (const rule of sheet.cssRules) {
    // `&` could reach out of the scope the rules are nested in.
    if (!(rule instanceof CSSStyleRule) || rule.selectorText.includes('&')) {
      dropped.push(rule.cssText)
      continue
    }
    const declarations: string[] = []
    for (const property of [...rule.style]) {
      const value = rule.style.getPropertyValue(property)
      if (paintProperty.test(property) && !refersOutside(value)) declarations.push(`${property}: ${value}`)
      else dropped.push(`${rule.selectorText} { ${property}: ${value} }`)
    }
    if (declarations.length > 0) rules.push(`${rule.selectorText} { ${declarations.join('; ')} }`)
  }
  return { rules, dropped }
}

/** Layers that are not the drawing's: no rule of a drawing hides a mark of quality, an alarm, or what was looked for. */
const ownLayers = '.ls-marks, .ls-alarms, .ls-found'

/**
 * Puts the rules into the page for everything below elements of the class but Lineside's own layers; returns the way to take them
 * out. A constructed sheet needs no `unsafe-inline` in the Content-Security-Policy.
 */
export function adoptStyleRules(rules: readonly string[], scopeClass: string): () => void {
  if (rules.length === 0) return () => {}
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`@scope (.${scopeClass}) to (${ownLayers}) { :scope { ${rules.join('\n')} } }`)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet)
  }
}
