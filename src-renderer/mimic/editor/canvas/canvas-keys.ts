// Keys on the canvas. Everything a mouse can do here has a key; `?` shows them all.
import type { EditorCommands } from '../commands.ts'
import { childElements } from '../document/source-tree.ts'
import type { Editing } from '../editing.svelte.ts'

/** What keys do that is not about the selection. */
export interface KeyOutlets {
  readonly zoom: (factor: number) => void
  readonly fit: () => void
  readonly pan: (x: number, y: number) => void
  readonly cancelGesture: () => boolean
  readonly revealSelection: () => void
  readonly say: () => void
}

const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}
/** What an arrow key pans by while nothing is selected; px. */
const panStep = 60

/** Does what a key means; false when it means nothing here. */
export function pressKey(
  event: KeyboardEvent,
  editing: Editing,
  commands: EditorCommands,
  outlets: KeyOutlets,
): boolean {
  const direction = directions[event.key]
  if (direction && !event.altKey && !event.ctrlKey && !event.metaKey) {
    const [x, y] = direction
    const step = event.shiftKey ? editing.grid : 1
    if (editing.selected.length === 0) outlets.pan(-x * panStep, -y * panStep)
    else {
      commands.nudge(x * step, y * step)
      outlets.revealSelection()
    }
    return true
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  switch (event.key) {
    case 'Tab':
      return tab(event.shiftKey ? -1 : 1, editing, outlets)
    case '.':
    case ',':
      editing.selectNext(event.key === '.' ? 1 : -1)
      outlets.revealSelection()
      outlets.say()
      return true
    case 'Enter':
      return enter(editing, commands)
    case 'Escape':
      if (outlets.cancelGesture()) return true
      if (editing.tool !== 'select') editing.tool = 'select'
      else if (editing.selected.length > 0) editing.select([])
      else return editing.stepOut()
      return true
    case 'Delete':
    case 'Backspace':
      commands.remove()
      return true
    case '+':
    case '=':
      outlets.zoom(1.25)
      return true
    case '-':
      outlets.zoom(0.8)
      return true
    case '0':
      outlets.fit()
      return true
    default:
      return false
  }
}

/** Tab goes on among the things drawn while one of them is selected, and leaves the canvas after the last. */
function tab(direction: 1 | -1, editing: Editing, outlets: KeyOutlets): boolean {
  const { selected } = editing
  if (selected.length === 0) return false
  const before = selected.at(-1)!
  const next = editing.selectNext(direction)
  const all = next === null ? [] : childElements(next.parent!)
  const isAround =
    next === null ||
    (direction === 1 ? all.indexOf(next) <= all.indexOf(before) : all.indexOf(next) >= all.indexOf(before))
  if (isAround && next?.parent === before.parent) {
    editing.select([])
    return false
  }
  outlets.revealSelection()
  outlets.say()
  return true
}

/** Into a group, or into the words of a text. */
function enter(editing: Editing, commands: EditorCommands): boolean {
  const [only, more] = editing.selected
  if (!only || more) return false
  const { document } = editing
  const name = document.tagName(only)
  if (name === 'g' && document.get(only, 'ls:equipment') === null) {
    editing.stepInto(only)
    editing.selectNext(1)
  } else commands.editText(only)
  return true
}
