// What is said of a scheme that the plant does not have, wherever it is named.

const mostNamed = 20

/** Names those it has, so that a program's author finds the right one. */
export function missingScheme(name: string, known: readonly string[]): string {
  const further = known.length > mostNamed ? ' …' : ''
  const there = known.length === 0 ? 'it has none' : `it has ${known.slice(0, mostNamed).join(', ')}${further}`
  return `The plant has no scheme ${name.slice(0, 100)} that identifiers could be given out by; ${there}.`
}
