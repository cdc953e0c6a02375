// Series that the runtime writes itself, beside those of the tags. Their names begin with a word and a colon, and no tag's name may
// begin so.

/** Words in front of the colon. */
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

/** States of an alarm, as numbers with words (alarmStateValues). */
export function alarmSeriesName(id: string): string {
  return `alarm:${id}`
}

/** True while the station runs; without value from a stop or crash to the next start. */
export const runningSeriesName = 'runtime:running'

/** True for a name that only the runtime's own series may have. */
export function isOwnSeriesName(name: string): boolean {
  return ownName.test(name)
}

/** What a series is about: the device or tag in its name; a tag's series is about itself, that of an alarm about what the alarm watches. */
export function subjectOfSeries(name: string): { readonly device: string } | { readonly tag: string } {
  const alarm = /^alarm:(.+)$/su.exec(name)?.[1]
  if (alarm !== undefined) {
    const watched = alarm.includes('/') ? alarm.slice(0, alarm.lastIndexOf('/')) : alarm
    const lost = /^device:(.+)$/su.exec(watched)?.[1]
    return lost === undefined ? { tag: watched } : { device: lost }
  }
  const device = /^device:(.+):state$/su.exec(name)?.[1]
  if (device !== undefined) return { device }
  return { tag: /^write:(.+)$/su.exec(name)?.[1] ?? name }
}
