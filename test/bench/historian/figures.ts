// What every part of the historian's benchmark says its figures with.

/** One figure of the run: what it is, its value, its unit. */
export type ReportFigure = (name: string, value: number, unit: string) => void
