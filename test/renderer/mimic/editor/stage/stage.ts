// A page with nothing but the editor's canvas on it, for the bench.
import { flushSync, mount } from 'svelte'
import '../../../../../src-renderer/ui/theme.css'
import { PlantState } from '../../../../../src-renderer/connection/plant-state.svelte.ts'
import type { Canvas } from '../../../../../src-renderer/mimic/editor/canvas/canvas.ts'
import EditorCanvas from '../../../../../src-renderer/mimic/editor/canvas/EditorCanvas.svelte'
import { EditorCommands } from '../../../../../src-renderer/mimic/editor/commands.ts'
import { openDocument } from '../../../../../src-renderer/mimic/editor/document/mimic-document.ts'
import { Editing } from '../../../../../src-renderer/mimic/editor/editing.svelte.ts'
import { EquipmentCatalog } from '../../../../../src-renderer/mimic/editor/equipment-catalog.svelte.ts'

let editing: Editing
let canvas: Canvas

/** Nothing is asked of a runtime here. */
const silent = { call: () => new Promise<never>(() => {}), watch: () => () => {} }

const editorStage = {
  /** Milliseconds until the drawing stands on the page. */
  async open(text: string): Promise<number> {
    const begin = performance.now()
    const opened = openDocument(text)
    if (!opened.ok) throw new Error(opened.message)
    editing = new Editing(opened.document)
    const catalog = new EquipmentCatalog(silent, new PlantState(silent, () => {}))
    mount(EditorCanvas, {
      target: document.getElementById('app')!,
      props: {
        editing,
        commands: new EditorCommands(editing, catalog),
        typeOf: () => null,
        symbols: new Map(),
        onKey: () => false,
        onCanvas: (made: Canvas) => {
          canvas = made
        },
        onRefused: () => {},
        onDrop: () => {},
      },
    })
    flushSync()
    await nextPaint()
    return performance.now() - begin
  },
  /** Milliseconds from undo (or redo) to what it did being painted. */
  async step(kind: 'undo' | 'redo'): Promise<number> {
    const begin = performance.now()
    if (kind === 'undo') editing.undo()
    else editing.redo()
    flushSync()
    await nextPaint()
    return performance.now() - begin
  },
  /** Ids of what is selected. */
  selected: () => editing.selected.map((element) => editing.document.get(element, 'id')),
  canUndo: () => editing.document.canUndo,
  fit: () => canvas.fit(),
}

/** The frame after the next one has begun: what was changed before has been painted. */
function nextPaint(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
}

export type EditorStage = typeof editorStage
Object.assign(globalThis, { editorStage })
