// Where an element of a mimic stands, in the coordinates of the drawing.

/** A rectangle in units of the drawing. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Box of an element in the coordinates of its drawing, transforms in between included. Reads the layout. */
export function boxInDrawing(root: SVGSVGElement, element: SVGGraphicsElement): Box {
  return boxesInDrawing(root, [element])[0]!
}

/** Boxes of many elements at once. Reads the layout; what is not displayed has no width and no height. */
export function boxesInDrawing(root: SVGSVGElement, elements: readonly SVGGraphicsElement[]): readonly Box[] {
  const fromScreen = root.getScreenCTM()?.inverse() ?? null
  return elements.map((element) => {
    const box = element.getBBox()
    const toScreen = element.getScreenCTM()
    return toScreen && fromScreen ? boxThrough(fromScreen.multiply(toScreen), box) : box
  })
}

function boxThrough({ a, b, c, d, e, f }: DOMMatrix, box: Box): Box {
  const corners = [
    [box.x, box.y],
    [box.x + box.width, box.y],
    [box.x, box.y + box.height],
    [box.x + box.width, box.y + box.height],
  ].map(([x, y]) => [a * x! + c * y! + e, b * x! + d * y! + f] as const)
  const xs = corners.map((corner) => corner[0])
  const ys = corners.map((corner) => corner[1])
  const x = Math.min(...xs)
  const y = Math.min(...ys)
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y }
}

/** Area that two boxes share. */
export function sharedArea(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return width > 0 && height > 0 ? width * height : 0
}

/** True when `inner` lies wholly in `outer`. */
export function contains(outer: Box, inner: Box): boolean {
  return (
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height
  )
}
