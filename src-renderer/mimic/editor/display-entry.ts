// What navigation.yaml says of a display.

/** Row of navigation.yaml. */
export interface DisplayEntry {
  readonly title: Readonly<Record<string, string>>
  readonly level: number
  readonly parent: string | null
}
