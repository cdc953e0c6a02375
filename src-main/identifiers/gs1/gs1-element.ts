// One element of a GS1 element string.

/** An application identifier with its value, without brackets and separators. */
export interface Gs1Element {
  readonly ai: string
  readonly value: string
}
