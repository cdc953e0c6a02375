// What the fields for bindings have to know of the station; handed in by the editor screen.
import type { TagRow } from '../../../../src-main/shared/contract.ts'
import type { LiveTags } from '../../../tags/live-tags.svelte.ts'
import type { TagCatalog } from '../../../tags/tag-catalog.svelte.ts'

/** A name to choose, with a word about it. */
export interface NamedThing {
  readonly name: string
  readonly detail: string
}

export interface BindingSources {
  /** Rows of tags whose name or description has `search` in it, at most `limit` (`tags.browse`). */
  browseTags(search: string, limit: number): Promise<readonly TagRow[]>
  /** Rows by name; reactive. */
  readonly catalog: Pick<TagCatalog, 'row'>
  /** Present values; reactive. */
  readonly liveTags: Pick<LiveTags, 'tag'>
  /** Equipment of the plant; null while it is loaded. */
  equipment(): readonly NamedThing[] | null
  /** Displays; null while they are loaded. */
  mimics(): readonly NamedThing[] | null
  /** Members of the symbol being drawn; null in a display. */
  members?(): readonly NamedThing[] | null
}
