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
  const box = element.getBBox()
  const toScreen = element.getScreenCTM()
  const rootToScreen = root.getScreenCTM()
  if (!toScreen || !rootToScreen) return box
  const matrix = rootToScreen.inverse().multiply(toScreen)
  const corners = [
    [box.x, box.y],
    [box.x + box.width, box.y],
    [box.x, box.y + box.height],
    [box.x + box.width, box.y + box.height],
  ].map(([x, y]) => [matrix.a * x! + matrix.c * y! + matrix.e, matrix.b * x! + matrix.d * y! + matrix.f] as const)
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
