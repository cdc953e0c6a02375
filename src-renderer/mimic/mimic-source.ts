// Where a mimic view gets what it draws. App.svelte hands it in, made of the runtime client; tests hand in a fake.
import type { AlarmRow } from '../../src-main/shared/alarm.ts'
import type { EquipmentRow, TagRow } from '../../src-main/shared/contract.ts'
import type { JsonValue } from '../../src-main/shared/data-value.ts'
import type { TagFrame } from '../../src-main/shared/tag-frame.ts'

/** Documents and descriptions of the plant. A rejected promise is shown with its message. */
export interface MimicSource {
  /** SVG text of a display (`plant.mimic`). */
  loadMimic(name: string): Promise<string>
  /** SVG text of an equipment type's symbol (`plant.symbol`). */
  loadSymbol(type: string): Promise<string>
  /** All equipment instances (`plant.equipment`); asked for at each opening, so keep the answer until the plant changes. */
  loadEquipment(): Promise<readonly EquipmentRow[]>
  /** Rows of those of the names that are tags (`tags.describe`); names that are not tags are left out. */
  describeTags(names: readonly string[]): Promise<readonly TagRow[]>
}

/** The part of LiveTags a mimic needs: many tags, one call per frame. `frame.index` = position in `names`. */
export interface TagWatcher {
  watch(names: readonly string[], onFrame: (frame: TagFrame) => void): () => void
}

/** Alarms of tags: now, and all of them anew whenever one changed. Returns the way to stop. */
export interface AlarmWatcher {
  watch(tags: readonly string[], onRows: (rows: readonly AlarmRow[]) => void): () => void
}

/** Layer → shown or hidden, where the user has it other than drawn. */
export type LayerChoices = Readonly<Record<string, boolean>>

/** Where the layers a user has chosen are kept, display by display. */
export interface LayerMemory {
  /** Never rejects: what cannot be read is as drawn. */
  load(mimic: string): Promise<LayerChoices>
  save(mimic: string, choices: LayerChoices): void
}

/** What a click or Enter on a mimic can ask for. */
export type FaceplateTarget = { readonly equipment: string } | { readonly tag: string }

/** A write asked for by an element with `ls:write`; nothing is written before the operator has confirmed it outside. */
export interface MimicWrite {
  readonly tag: string
  readonly value: JsonValue
}
