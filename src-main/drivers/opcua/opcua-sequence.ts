// Sequence numbers of notification messages: unsigned 32 bit, 1 follows 4294967295, 0 never occurs (OPC 10000-4 section 7.26).

const last = 0xffffffff

/** The number after this one. */
export function nextSequence(sequenceNumber: number): number {
  return sequenceNumber >= last ? 1 : sequenceNumber + 1
}

/** True when `a` was sent after `b`, across the wrap: the shorter way round decides. */
export function isAfter(a: number, b: number): boolean {
  if (a === b) return false
  return (a - b + last) % last < last / 2
}
