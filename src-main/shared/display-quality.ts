// How good a display is by the rules of high-performance HMI (ISA-101, docs/hmi-style-guide.md): findings with place, and a score.

/** Rules of the display check; each is explained in docs/display-quality.md. */
export const displayRules = [
  'tooManyColours',
  'alarmColourMisused',
  'saturatedGround',
  'decoration',
  'smallText',
  'contrast',
  'colourAlone',
  'noOverview',
  'controlOnOverview',
  'alarmWithoutDisplay',
  'deadEnd',
  'tooFar',
  'unboundElement',
  'valueWithoutUnit',
  'crowded',
  'missingLanguage',
  'missingTitle',
  'overlap',
  'offGround',
] as const
export type DisplayRule = (typeof displayRules)[number]

/** One thing to mend. */
export interface DisplayFinding {
  readonly rule: DisplayRule
  /** `error` costs most; `hint` is a matter of taste of the standard. */
  readonly severity: 'error' | 'warning' | 'hint'
  /** Relative to the plant folder. */
  readonly file: string
  readonly line: number
  readonly column: number
  /** Id of the element; null when it has none or the whole display is meant. */
  readonly element: string | null
  /** English sentence, for the command line and logs. */
  readonly message: string
  /** What the sentence is made of, so that screens say it in their language. */
  readonly details: Readonly<Record<string, string | number>>
}

/** What the check says of one display. */
export interface DisplayQuality {
  readonly mimic: string
  /** 0 … 100. */
  readonly score: number
  readonly findings: readonly DisplayFinding[]
}

/** What it says of the plant. */
export interface PlantDisplayQuality {
  readonly displays: readonly DisplayQuality[]
  /** Of no display in particular: no overview, alarms that no display shows. */
  readonly findings: readonly DisplayFinding[]
  /** Mean of the displays' scores less what the plant's own findings cost; null = there are no displays. */
  readonly score: number | null
}
