// Flags of marks above the lines: their signs, and which of them stand for several marks.
import type { MarkerKind } from '../../src-main/shared/trend-group.ts'
import type { TrendPicture } from './trend-picture.ts'

const markerSigns: Readonly<Record<MarkerKind, string>> = {
  write: 'W',
  operator: 'O',
  device: 'D',
  alarm: '!',
  identifier: 'ID',
  recorder: 'R',
}

/** The sign of a kind of mark, as on its flag. */
export function markerSign(kind: MarkerKind): string {
  return markerSigns[kind]
}

/** Flags that stand closer than a flag is wide, as one; `width` of the picture in CSS px. */
export function flagsOf(
  picture: Pick<TrendPicture, 'markers' | 'from' | 'to'>,
  width: number,
): readonly { readonly markers: TrendPicture['markers']; readonly x: number }[] {
  const flagPx = 22
  const flags: { markers: TrendPicture['markers'][number][]; x: number }[] = []
  for (const marker of picture.markers) {
    const x = ((marker.timestamp - picture.from) / (picture.to - picture.from)) * width
    const last = flags.at(-1)
    if (last && x - last.x < flagPx) last.markers.push(marker)
    else flags.push({ markers: [marker], x })
  }
  return flags
}
