// What jsdom lacks of a page and a mimic needs: geometry of SVG elements, pointer capture, observers of size, adopted style
// sheets.

export function providePageParts(): void {
  const box = { x: 10, y: 20, width: 40, height: 30 }
  Object.assign(SVGElement.prototype, { getBBox: () => box, getScreenCTM: () => null })
  Object.assign(Element.prototype, { setPointerCapture: () => {} })
  globalThis.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  }
  if (!('adoptedStyleSheets' in document)) Object.assign(document, { adoptedStyleSheets: [] })
}

/** An SVG with Lineside's namespace around these elements. */
export function svg(elements: string, attributes = ''): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ls="https://lineside.dev/ns/mimic" viewBox="0 0 400 300" ${attributes}>${elements}</svg>`
}
