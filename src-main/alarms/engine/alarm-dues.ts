// What alarms wait for, and the key of each in the heap of due times.

/** One time of each kind for each alarm. */
const duePurposes = ['delay', 'reAlarm', 'stale', 'rate', 'pulse', 'test', 'chattering', 'device'] as const
export type DuePurpose = (typeof duePurposes)[number]

const places = Object.fromEntries(duePurposes.map((purpose, at) => [purpose, at])) as Readonly<
  Record<DuePurpose, number>
>

export function dueKey(slot: number, purpose: DuePurpose): number {
  return slot * duePurposes.length + places[purpose]
}

export function slotOfDue(key: number): number {
  return Math.floor(key / duePurposes.length)
}

export function purposeOfDue(key: number): DuePurpose {
  return duePurposes[key % duePurposes.length]!
}
