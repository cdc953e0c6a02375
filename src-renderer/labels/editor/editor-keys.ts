// Keys of the label editor.
import type { LabelEditing } from './label-editing.svelte.ts'

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-0.1, 0],
  ArrowRight: [0.1, 0],
  ArrowUp: [0, -0.1],
  ArrowDown: [0, 0.1],
}

/** Does what a key says; in a field only saving is heard. */
export function onEditorKey(event: KeyboardEvent, editing: LabelEditing, onSave: () => void): void {
  if (document.querySelector('dialog[open]') || event.defaultPrevented) return
  const target = event.target instanceof Element ? event.target : null
  if (event.ctrlKey || event.metaKey) {
    const act = commandOf(event, target?.closest('input, textarea, select') != null, editing, onSave)
    if (act === null) return
    event.preventDefault()
    act()
    return
  }
  if (target?.closest('input, textarea, select')) return
  if (event.key === 'Delete' || event.key === 'Backspace') editing.remove()
  else if (event.key === 'Escape') editing.choose(null)
  else if (steps[event.key] !== undefined && editing.chosen.size > 0 && !event.altKey) {
    event.preventDefault()
    const [dx, dy] = steps[event.key]!
    const by = event.shiftKey ? 10 : 1
    editing.nudge(dx * by, dy * by)
  }
}

function commandOf(
  event: KeyboardEvent,
  isTyping: boolean,
  editing: LabelEditing,
  onSave: () => void,
): (() => void) | null {
  const key = event.key.toLowerCase()
  if (key === 's') return onSave
  if (isTyping) return null
  if (key === 'z') return () => (event.shiftKey ? editing.redo() : editing.undo())
  if (key === 'y') return () => editing.redo()
  if (key === 'd') return () => editing.duplicate()
  if (key === 'a') return () => editing.chooseAll()
  return null
}
