// What a faceplate is about: one tag or one equipment instance.

export type FaceplateTarget = { readonly tag: string } | { readonly equipment: string }

/** The same for equal targets: `tag Filler.Level`, `equipment Filler`. */
export function targetKey(target: FaceplateTarget): string {
  return 'tag' in target ? `tag ${target.tag}` : `equipment ${target.equipment}`
}
