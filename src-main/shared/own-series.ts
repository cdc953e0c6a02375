// Series that the runtime writes itself, beside those of the tags. Their names begin with a word and a colon, and no tag's name may
// begin so.

/** Words in front of the colon; `alarm` is kept for the states of alarms. */
const ownPrefixes = ['device', 'write', 'alarm', 'runtime'] as const
const ownName = new RegExp(`^(${ownPrefixes.join('|')}):`)

/** States of a device, as numbers with words. */
export function deviceSeriesName(device: string): string {
  return `device:${device}:state`
}

/** What was written to a tag. */
export function writeSeriesName(tag: string): string {
  return `write:${tag}`
}

/** True while the station runs; without value from a stop or crash to the next start. */
export const runningSeriesName = 'runtime:running'

/** True for a name that only the runtime's own series may have. */
export function isOwnSeriesName(name: string): boolean {
  return ownName.test(name)
}

/** What a series is about: the device or tag in its name; a tag's series is about itself. */
export function subjectOfSeries(name: string): { readonly device: string } | { readonly tag: string } {
  const device = /^device:(.+):state$/su.exec(name)?.[1]
  if (device !== undefined) return { device }
  return { tag: /^write:(.+)$/su.exec(name)?.[1] ?? name }
}
