// The <style> of a drawing as far as programs write it: classes, ids, element names and lists of them. Of a selector with several
// steps the last one counts; what is not understood paints nothing.

/** What a selector is matched against. */
export interface StyledElement {
  readonly name: string
  readonly id: string | null
  readonly classes: readonly string[]
}

type Declarations = readonly (readonly [property: string, value: string])[]

interface StyleRule {
  readonly name: string | null
  readonly id: string | null
  readonly classes: readonly string[]
  readonly declarations: Declarations
  readonly weight: number
}

/** More rules than any drawing program writes. */
const mostRules = 2000

export class StyleSheet {
  /** By what most likely tells an element: id, first class, name, '*'. */
  readonly #rules = new Map<string, StyleRule[]>()

  static parse(text: string): StyleSheet {
    const sheet = new StyleSheet()
    let count = 0
    const plain = text
      .replaceAll(/\/\*[\s\S]*?\*\//g, '')
      .replaceAll(/@[a-z-]+[^{;]*(;|\{(?:[^{}]|\{[^{}]*\})*\})/gi, '')
    for (const [, selectors = '', body = ''] of plain.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
      const declarations = StyleSheet.declarations(body)
      for (const selector of selectors.split(',')) {
        if (++count > mostRules) return sheet
        sheet.#add(selector, declarations)
      }
    }
    return sheet
  }

  /** `fill: red; stroke: none` as pairs. */
  static declarations(text: string): Declarations {
    if (text === '') return []
    return text
      .slice(0, 20_000)
      .split(';')
      .flatMap((declaration) => {
        const colon = declaration.indexOf(':')
        if (colon < 0) return []
        const value = declaration.slice(colon + 1).replace(/!important/i, '')
        return [[declaration.slice(0, colon).trim().toLowerCase(), value.trim()] as const]
      })
  }

  /** Declarations for an element; later ones win. */
  of({ name, id, classes }: StyledElement): Declarations {
    if (this.#rules.size === 0) return []
    const keys = ['*', name, ...classes.map((word) => `.${word}`), ...(id === null ? [] : [`#${id}`])]
    return keys
      .flatMap((key) => this.#rules.get(key) ?? [])
      .filter(
        (rule) =>
          (rule.name === null || rule.name === name) &&
          (rule.id === null || rule.id === id) &&
          rule.classes.every((word) => classes.includes(word)),
      )
      .sort((a, b) => a.weight - b.weight)
      .flatMap(({ declarations }) => declarations)
  }

  #add(selector: string, declarations: Declarations): void {
    const last =
      selector
        .trim()
        .split(/[\s>+~]+/)
        .at(-1) ?? ''
    if (last === '' || /[:[\]]/.test(last)) return
    const name = /^[A-Za-z][\w-]*/.exec(last)?.[0] ?? null
    const id = /#([\w-]+)/.exec(last)?.[1] ?? null
    const classes = [...last.matchAll(/\.([\w-]+)/g)].map((match) => match[1]!)
    const key = id !== null ? `#${id}` : classes.length > 0 ? `.${classes[0]}` : (name ?? '*')
    const weight = (id === null ? 0 : 100) + classes.length * 10 + (name === null ? 0 : 1)
    this.#rules.set(key, [...(this.#rules.get(key) ?? []), { name, id, classes, declarations, weight }])
  }
}
