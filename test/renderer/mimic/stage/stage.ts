// A page with nothing but a mimic on it, for the bench and for looking at artwork: values are pushed in from outside.
import { flushSync, mount, unmount } from 'svelte'
import '../../../../src-renderer/ui/theme.css'
import type { AlarmRow } from '../../../../src-main/shared/alarm.ts'
import type { EquipmentRow, TagRow } from '../../../../src-main/shared/contract.ts'
import type { JsonValue } from '../../../../src-main/shared/data-value.ts'
import type { TagFrame } from '../../../../src-main/shared/tag-frame.ts'
import MimicView from '../../../../src-renderer/mimic/MimicView.svelte'
import { type Language, language } from '../../../../src-renderer/ui/i18n.svelte.ts'
import { StageShown, StageTags } from './stage-tags.svelte.ts'

/** What is shown; everything a runtime would answer. */
export interface StagePlant {
  readonly mimics: Readonly<Record<string, string>>
  readonly symbols: Readonly<Record<string, string>>
  readonly equipment: readonly EquipmentRow[]
  readonly tags: readonly TagRow[]
}

/** A value pushed in: a number or JSON, with its status code (0 = Good). */
export type StageValue = readonly [value: JsonValue, statusCode: number]

let plant: StagePlant
const tags = new StageTags()
const shown = new StageShown()
let view: ReturnType<typeof mount> | null = null
const opened: string[] = []
const writes: unknown[] = []

const rowOf = new Map<string, TagRow>()
let alarms: readonly AlarmRow[] = []
const alarmWatches = new Set<() => void>()

const stage = {
  /** Values pushed so far are the first frame of every watch. */
  values: tags.values,
  opened,
  writes,
  define(given: StagePlant): void {
    plant = given
    rowOf.clear()
    for (const row of given.tags) rowOf.set(row.tag, row)
  },
  async open(name: string, chosen: Language = 'en'): Promise<void> {
    if (language.current !== chosen) language.choose(chosen)
    if (view) await unmount(view)
    shown.name = name
    view = mount(MimicView, {
      target: document.getElementById('app')!,
      props: {
        get name() {
          return shown.name
        },
        get show() {
          return shown.target
        },
        source: {
          loadMimic: async (mimic: string) => plant.mimics[mimic] ?? Promise.reject(new Error(`no mimic ${mimic}`)),
          loadSymbol: async (type: string) => plant.symbols[type] ?? Promise.reject(new Error(`no symbol of ${type}`)),
          loadEquipment: async () => plant.equipment,
          describeTags: async (names: readonly string[]) =>
            names.flatMap((tag) => {
              const row = rowOf.get(tag)
              return row ? [row] : []
            }),
        },
        liveTags: tags,
        alarms: {
          watch: (wanted: readonly string[], onRows: (rows: readonly AlarmRow[]) => void) => {
            const known = new Set(wanted)
            const tell = () => onRows(alarms.filter(({ tag }) => known.has(tag)))
            alarmWatches.add(tell)
            queueMicrotask(tell)
            return () => alarmWatches.delete(tell)
          },
        },
        onOpenMimic: (mimic: string) => opened.push(mimic),
        onOpenFaceplate: (target: object) => opened.push(JSON.stringify(target)),
        onWrite: (write: unknown) => writes.push(write),
      },
    })
    flushSync()
  },
  /** Another mimic in the same view, as navigation does it. */
  show(name: string): void {
    shown.name = name
    flushSync()
  },
  /** Looks for a tag or equipment on it. */
  reveal(target: string): void {
    shown.target = target
    flushSync()
  },
  async close(): Promise<void> {
    if (view) await unmount(view)
    view = null
  },
  push(changes: Readonly<Record<string, StageValue>>): void {
    tags.push(changes)
  },
  /** Pushes a frame that is already made to every watch; for measuring. */
  pushFrame(frame: TagFrame): void {
    tags.pushFrame(frame)
  },
  /** All alarms there are. */
  setAlarms(rows: readonly AlarmRow[]): void {
    alarms = rows
    for (const tell of alarmWatches) tell()
  },
  setLive(isLive: boolean): void {
    tags.setLive(isLive)
    flushSync()
  },
  watchCount: () => tags.watchCount,
}

export type Stage = typeof stage
Object.assign(globalThis, { stage })
