// Prefix codes: frequent symbols get short codes (Huffman 1952), at most 11 bits long so that one look into a table of 2048
// entries decodes; canonical, so that the lengths alone describe the code. A code of one symbol takes no bits at all.
//
// The lengths as bytes: varint number of symbols, then half bytes, low half first, filled up to a byte:
//   0..11  length of the next symbol, 0 = it does not occur      12, n  the next n + 2 symbols do not occur
import { type ByteReader, damaged } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

export const longestCode = 11
export const codeTableSize = 1 << longestCode
const zeroRun = 12
const shortestZeroRun = 2
const longestZeroRun = shortestZeroRun + 15
/** More symbols than any coder has. */
const symbolLimit = 256

/** A canonical prefix code. */
export class PrefixCode {
  /** Bits of each symbol; 0 = has no code, except the only symbol of a code of one. */
  readonly lengths: Uint8Array
  /** For each symbol its bits, first bit lowest, + 65,536 × how many. */
  readonly codes: Uint32Array
  /** The only symbol, or −1 when there are several. */
  readonly onlySymbol: number

  /** `lengths`: 0 = does not occur; the Kraft sum is 1, or one symbol occurs (its length is taken as 0), or none. BadDecodingError otherwise. */
  constructor(lengths: Uint8Array) {
    let used = 0
    let last = -1
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] === 0) continue
      used++
      last = symbol
    }
    this.onlySymbol = used === 1 ? last : -1
    this.lengths = used === 1 ? new Uint8Array(lengths.length) : lengths
    this.codes = used < 2 ? new Uint32Array(lengths.length) : canonicalCodes(lengths)
  }

  /** True when the symbol can be written with this code. */
  has(symbol: number): boolean {
    return symbol === this.onlySymbol || (symbol < this.lengths.length && this.lengths[symbol]! > 0)
  }

  /** Bits that so many occurrences of each symbol take; Infinity when one of them has no code. */
  cost(histogram: Uint32Array): number {
    let bits = 0
    for (let symbol = 0; symbol < histogram.length; symbol++) {
      const count = histogram[symbol]!
      if (count === 0) continue
      if (!this.has(symbol)) return Number.POSITIVE_INFINITY
      bits += count * this.lengths[symbol]!
    }
    return bits
  }
}

/** The 11 bits of each number the other way round. */
const reversed = Uint16Array.from({ length: codeTableSize }, (_, number) => {
  let result = 0
  for (let bit = 0; bit < longestCode; bit++) result |= ((number >>> bit) & 1) << (longestCode - 1 - bit)
  return result
})

const nextCode = new Uint16Array(longestCode + 1)

/** Short codes first, among those of the same length smaller symbols first (RFC 1951 section 3.2.2). */
function canonicalCodes(lengths: Uint8Array): Uint32Array {
  nextCode.fill(0)
  for (const length of lengths) if (length > 0) nextCode[length]! += codeTableSize >> length
  // From places per length to the first place of each length.
  let place = 0
  for (let length = 1; length <= longestCode; length++) {
    const places = nextCode[length]!
    nextCode[length] = place
    place += places
  }
  if (place !== codeTableSize) throw damaged(`a code that fills ${place} of ${codeTableSize} places`)
  const codes = new Uint32Array(lengths.length)
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!
    if (length === 0) continue
    codes[symbol] = reversed[nextCode[length]!]! | (length << 16)
    nextCode[length]! += codeTableSize >> length
  }
  return codes
}

// Work space of codeLengths: nodes of the tree; a tree of n leaves has 2n − 1 nodes.
const nodeWeight = new Float64Array(2 * symbolLimit)
const nodeParent = new Uint16Array(2 * symbolLimit)
const nodeDepth = new Uint8Array(2 * symbolLimit)
const order = new Uint16Array(symbolLimit)

/** The best lengths for symbols that occur so often. The array ends with the last symbol that occurs. */
export function codeLengths(histogram: Uint32Array): Uint8Array {
  const leafCount = sortByWeight(histogram)
  const lengths = new Uint8Array(leafCount === 0 ? 0 : lastUsed(histogram) + 1)
  if (leafCount === 1) lengths[order[0]!] = 1
  if (leafCount < 2) return lengths
  joinLightest(histogram, leafCount)
  const root = 2 * leafCount - 2
  nodeDepth[root] = 0
  for (let node = root - 1; node >= 0; node--) nodeDepth[node] = nodeDepth[nodeParent[node]!]! + 1
  for (let leaf = 0; leaf < leafCount; leaf++) lengths[order[leaf]!] = Math.min(longestCode, nodeDepth[leaf]!)
  fitLengths(lengths, leafCount)
  return lengths
}

function lastUsed(histogram: Uint32Array): number {
  let last = histogram.length - 1
  while (histogram[last] === 0) last--
  return last
}

/** Fills `order` with the symbols that occur, rarest first; how many. */
function sortByWeight(histogram: Uint32Array): number {
  let count = 0
  for (let symbol = 0; symbol < histogram.length; symbol++) {
    const weight = histogram[symbol]!
    if (weight === 0) continue
    let at = count++
    for (; at > 0 && histogram[order[at - 1]!]! > weight; at--) order[at] = order[at - 1]!
    order[at] = symbol
  }
  return count
}

/** Two queues, both rising: leaves, and joined nodes in the order they were made (van Leeuwen 1976). */
function joinLightest(histogram: Uint32Array, leafCount: number): void {
  for (let leaf = 0; leaf < leafCount; leaf++) nodeWeight[leaf] = histogram[order[leaf]!]!
  let leaf = 0
  let joined = leafCount
  for (let made = leafCount; made < 2 * leafCount - 1; made++) {
    let weight = 0
    for (let half = 0; half < 2; half++) {
      const takesLeaf = leaf < leafCount && (joined >= made || nodeWeight[leaf]! <= nodeWeight[joined]!)
      const node = takesLeaf ? leaf++ : joined++
      nodeParent[node] = made
      weight += nodeWeight[node]!
    }
    nodeWeight[made] = weight
  }
}

/** After cutting at the longest length: lengthens the rarest that can be, then shortens the most frequent that can be, until the sum is 1. */
function fitLengths(lengths: Uint8Array, leafCount: number): void {
  let places = 0
  for (let leaf = 0; leaf < leafCount; leaf++) places += codeTableSize >> lengths[order[leaf]!]!
  while (places > codeTableSize)
    for (let leaf = 0; leaf < leafCount && places > codeTableSize; leaf++) {
      const length = lengths[order[leaf]!]!
      if (length === longestCode) continue
      lengths[order[leaf]!] = length + 1
      places -= codeTableSize >> (length + 1)
    }
  while (places < codeTableSize)
    for (let leaf = leafCount - 1; leaf >= 0 && places < codeTableSize; leaf--) {
      const length = lengths[order[leaf]!]!
      if (codeTableSize >> length > codeTableSize - places) continue
      lengths[order[leaf]!] = length - 1
      places += codeTableSize >> length
    }
}

/** Appends the lengths of a code. */
export function writeCode(output: ByteWriter, code: PrefixCode): void {
  const { lengths, onlySymbol } = code
  output.varint(lengths.length)
  const halves: number[] = []
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = symbol === onlySymbol ? 1 : lengths[symbol]!
    let run = 0
    while (run < longestZeroRun && symbol + run < lengths.length - 1 && isUnused(code, symbol + run)) run++
    if (run >= shortestZeroRun) {
      halves.push(zeroRun, run - shortestZeroRun)
      symbol += run - 1
    } else halves.push(length)
  }
  for (let index = 0; index < halves.length; index += 2) output.byte(halves[index]! | ((halves[index + 1] ?? 0) << 4))
}

function isUnused(code: PrefixCode, symbol: number): boolean {
  return code.lengths[symbol] === 0 && symbol !== code.onlySymbol
}

/** Lengths as they were given to {@link PrefixCode}, of at most `limit` symbols; PrefixCode checks them. */
export function readCodeLengths(input: ByteReader, limit: number): Uint8Array {
  const lengths = new Uint8Array(input.varint(limit))
  let byte = -1
  const half = () => {
    if (byte >= 0) {
      const high = byte >> 4
      byte = -1
      return high
    }
    byte = input.byte()
    return byte & 15
  }
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const value = half()
    if (value > zeroRun) throw damaged(`a code length of ${value}`)
    if (value < zeroRun) lengths[symbol] = value
    else symbol += half() + shortestZeroRun - 1
  }
  return lengths
}
