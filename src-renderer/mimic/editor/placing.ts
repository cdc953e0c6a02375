// Putting parts and equipment on the drawing: where one dropped them, or in the middle of what is seen.
import type { Point } from './canvas/canvas-viewport.ts'
import type { EditorCommands } from './commands.ts'
import { freshId, idsIn } from './document/references.ts'
import type { SourceElement } from './document/source-tree.ts'
import { encodeAttribute, encodeText } from './document/start-tag.ts'
import type { EquipmentCatalog } from './equipment-catalog.svelte.ts'
import { partTexts } from './part-texts.ts'
import { allParts, type Part } from './parts.ts'
import { t } from './texts.ts'

/** Kinds of things that are dragged from a panel to the canvas. */
export const partDrag = 'application/x-lineside-part'
export const equipmentDrag = 'application/x-lineside-equipment'

/** Space between a symbol and its name; units of the drawing. */
const labelGap = 18
const labelSize = 16

/** Places what was dropped at a point of the drawing: its middle goes there. */
export function placeDropped(data: DataTransfer, at: Point, commands: EditorCommands, catalog: EquipmentCatalog): void {
  const part = allParts.find(({ name }) => name === data.getData(partDrag))
  if (part) placePart(part, commands, catalog, at)
  const equipment = data.getData(equipmentDrag)
  if (equipment !== '') placeEquipment([equipment], commands, catalog, at)
}

/** @param at middle of the part; the middle of what is seen when left out */
export function placePart(part: Part, commands: EditorCommands, catalog: EquipmentCatalog, at?: Point): void {
  const middle = at ?? commands.freePlace(part.width, part.height)
  const corner = commands.snapPoint({ x: middle.x - part.width / 2, y: middle.y - part.height / 2 })
  const x = round(corner.x)
  const y = round(corner.y)
  commands.insert(t('stepPlace', { name: partTexts(part.name) }), part.xml(x, y, catalog.languages))
}

/** Places instances side by side, each at its symbol's natural size with its name below. */
export function placeEquipment(
  names: readonly string[],
  commands: EditorCommands,
  catalog: EquipmentCatalog,
  at?: Point,
): readonly SourceElement[] {
  const rows = names.map((name) => ({ name, size: catalog.sizeOf(catalog.typeOf(name) ?? '') }))
  const gap = 64
  const most = Math.ceil(Math.sqrt(rows.length * 2))
  const cell = {
    width: Math.max(...rows.map(({ size }) => size.width)) + gap,
    height: Math.max(...rows.map(({ size }) => size.height)) + gap,
  }
  const columns = Math.min(most, rows.length)
  const lines = Math.ceil(rows.length / columns)
  const middle = at ?? commands.freePlace(columns * cell.width - gap, lines * cell.height - gap)
  const corner = commands.snapPoint({
    x: middle.x - (columns * cell.width - gap) / 2,
    y: middle.y - (lines * cell.height - gap) / 2,
  })
  const taken = idsIn(commands.editing.document.root)
  const xml = rows.map(({ name, size }, index) => {
    const x = round(corner.x + (index % columns) * cell.width)
    const y = round(corner.y + Math.floor(index / columns) * cell.height)
    const id = freshId(name, taken)
    taken.add(id)
    const quoted = encodeAttribute(name, '"')
    return `<rect id="${id}" fill="none" stroke="#b0b0b0" x="${x}" y="${y}" width="${round(size.width)}" height="${round(size.height)}" ls:equipment="${quoted}"/>
<text class="ls-label" fill="#474747" x="${round(x + size.width / 2)}" y="${round(y + size.height + labelGap)}" font-size="${labelSize}" text-anchor="middle">${encodeText(name)}</text>`
  })
  return commands.insert(t('stepPlace', { name: names.join(', ') }), xml.join('\n'))
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
