// What a tag is, in the language of the screen.
import type { TagRow } from '../../src-main/shared/contract.ts'
import { plantText } from '../ui/i18n.svelte.ts'

/** Its description in the screen's language where the plant gives it, else as the plant writes it; '' = none. Reactive. */
export function tagDescription(row: Pick<TagRow, 'description' | 'descriptions'>): string {
  return plantText(row.descriptions ?? {}, row.description)
}
