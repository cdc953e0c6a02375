// Errors of a predictor as a prefix code of their tokens, one after another: for signals that move all the time.
// Decoding looks up to three small errors in one look into a table.
import { bits, bitsAt } from './bit-reader.ts'
import { codeTableSize, longestCode, type PrefixCode } from './huffman.ts'
import { directLimit, extraBits, tokenBase, tokenCount, tokenOf } from './token.ts'

/** Adds the tokens of `count` errors (zigzag) from `from` on to the histogram (of {@link tokenCount}). */
export function countTokens(errors: Int32Array, from: number, count: number, histogram: Uint32Array): void {
  for (let index = from; index < from + count; index++) {
    const error = errors[index]!
    histogram[error >>> 0 < directLimit ? error : tokenOf(error)]!++
  }
}

/** Extra bits that so many occurrences of each token take. */
export function extraCost(histogram: Uint32Array): number {
  let bits = 0
  for (let token = directLimit; token < tokenCount; token++) bits += histogram[token]! * extraBits[token]!
  return bits
}

// An entry of the table, for the next 11 bits:
//   bits  0..3   bits of all errors of the entry        bits 4..7   bits of the first one
//   bits  8..9   how many errors it gives, 1 to 3; 0 = a token with extra bits, in bits 10..17
//   bits 10..16, 17..23, 24..30   the errors, signed
const largestEntryCount = 3

/** The decoding table of a code: 2048 entries as described above. */
export function denseTable(code: PrefixCode): Uint32Array {
  const single = singleTable(code)
  const table = new Uint32Array(codeTableSize)
  for (let place = 0; place < codeTableSize; place++) {
    const firstLength = (single[place]! >>> 6) & 15
    let token = single[place]! >>> 10
    if (token >= directLimit) {
      table[place] = firstLength | (firstLength << 4) | (token << 10)
      continue
    }
    let entry = 0
    let length = 0
    let count = 0
    while (count < largestEntryCount && token < directLimit) {
      const next = single[(place >> length) & (codeTableSize - 1)]!
      token = next >>> 10
      if (token >= directLimit || length + (next & 63) > longestCode) break
      const error = (token >>> 1) ^ -(token & 1)
      entry |= (error & 127) << (10 + 7 * count)
      length += next & 63
      count++
    }
    table[place] = entry | (count << 8) | (firstLength << 4) | length
  }
  return table
}

/** For the next 11 bits: bits 0..5 bits of code and extra bits together, bits 6..9 those of the code alone, bits 10..17 the token. */
function singleTable(code: PrefixCode): Uint32Array {
  const table = new Uint32Array(codeTableSize)
  if (code.onlySymbol >= 0) return table.fill(singleEntry(code.onlySymbol, 0))
  sortByLength(code.lengths)
  // With each bit more the table doubles: the new half repeats the old one, except where codes of that length end.
  for (let length = 1, size = 1, next = 0; length <= longestCode; length++) {
    table.copyWithin(size, 0, size)
    size *= 2
    for (const end = symbolsUpTo[length]!; next < end; next++) {
      const symbol = symbolsByLength[next]!
      table[code.codes[symbol]! & 0xffff] = singleEntry(symbol, length)
    }
  }
  return table
}

const smallBits = 8
const smallSize = 1 << smallBits
const branchSize = 1 << (longestCode - smallBits)
/** In place of a length: the code is longer than 8 bits. */
const isLong = 15

/**
 * For the next 8 bits: bits 0..3 length of the code, above them the token; or, where the code is longer, 15 and above it where the entries for the
 * 3 bits after those 8 begin. Half a KB for most codes: a table that was not used just now is not in the nearest memory of the processor,
 * and of a large one each of a few hundred looks would have to wait.
 */
export function smallTable(code: PrefixCode): Uint16Array {
  if (code.onlySymbol >= 0) return new Uint16Array(smallSize).fill(code.onlySymbol << 4)
  sortByLength(code.lengths)
  if (symbolsUpTo[longestCode] === 0) return new Uint16Array(smallSize)
  let size = 1
  let next = 0
  for (let length = 1; length <= smallBits; length++) {
    smallPlaces.copyWithin(size, 0, size)
    size *= 2
    for (const end = symbolsUpTo[length]!; next < end; next++) {
      const symbol = symbolsByLength[next]!
      smallPlaces[code.codes[symbol]! & 0xffff] = (symbol << 4) | length
    }
  }
  let end = smallSize
  for (; next < symbolsUpTo[longestCode]!; next++) {
    const symbol = symbolsByLength[next]!
    const place = code.codes[symbol]! & 0xffff
    const length = code.codes[symbol]! >>> 16
    const root = place & (smallSize - 1)
    // Longer codes come after all others, so what stands there is a branch, or left over from shorter bits of another code.
    if (branches[root] === 0) {
      branches[root] = end
      end += branchSize
    }
    for (let rest = place >>> smallBits; rest < branchSize; rest += 1 << (length - smallBits))
      smallPlaces[branches[root]! + rest] = (symbol << 4) | length
  }
  for (let root = 0; end > smallSize && root < smallSize; root++) {
    if (branches[root] === 0) continue
    smallPlaces[root] = (branches[root]! << 4) | isLong
    branches[root] = 0
  }
  return smallPlaces.slice(0, end)
}

const smallPlaces = new Uint16Array(smallSize + codeTableSize)
/** Where the entries of a root's longer codes begin; 0 = it has none. */
const branches = new Uint16Array(smallSize)

const symbolsByLength = new Uint8Array(256)
/** How many symbols have a code of at most so many bits. */
const symbolsUpTo = new Uint16Array(longestCode + 1)
const nextOfLength = new Uint16Array(longestCode + 1)

/** Fills `symbolsByLength` with the symbols that have a code, shortest first. */
function sortByLength(lengths: Uint8Array): void {
  symbolsUpTo.fill(0)
  for (const length of lengths) if (length > 0) symbolsUpTo[length]!++
  let count = 0
  for (let length = 1; length <= longestCode; length++) {
    nextOfLength[length] = count
    count += symbolsUpTo[length]!
    symbolsUpTo[length] = count
  }
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!
    if (length > 0) symbolsByLength[nextOfLength[length]!++] = symbol
  }
}

function singleEntry(token: number, length: number): number {
  return (token << 10) | (length << 6) | (length + extraBits[token]!)
}

/** Reads `count` errors from the loaded bits into `into` (room for two more), signed; the position behind them. */
export function readDense(table: Uint32Array, from: number, count: number, into: Int32Array): number {
  let position = from
  let index = 0
  const lastWhole = count - largestEntryCount
  while (index <= lastWhole) {
    const entry = table[(bits.getUint32(position >>> 3, true) >>> (position & 7)) & (codeTableSize - 1)]!
    const found = (entry >>> 8) & 3
    if (found === 0) {
      const token = (entry >>> 10) & 255
      position += entry & 15
      into[index++] = unzigzag(tokenBase[token]! + readExtra(position, extraBits[token]!))
      position += extraBits[token]!
      continue
    }
    into[index] = (entry << 15) >> 25
    into[index + 1] = (entry << 8) >> 25
    into[index + 2] = (entry << 1) >> 25
    index += found
    position += entry & 15
  }
  while (index < count) {
    const entry = table[(bits.getUint32(position >>> 3, true) >>> (position & 7)) & (codeTableSize - 1)]!
    position += (entry >>> 4) & 15
    if (((entry >>> 8) & 3) === 0) {
      const token = (entry >>> 10) & 255
      into[index++] = unzigzag(tokenBase[token]! + readExtra(position, extraBits[token]!))
      position += extraBits[token]!
    } else into[index++] = (entry << 15) >> 25
  }
  return position
}

/** The same with the table of {@link smallTable}. */
export function readSmall(table: Uint16Array, from: number, count: number, into: Int32Array): number {
  let position = from
  for (let index = 0; index < count; index++) {
    const next = bits.getUint32(position >>> 3, true) >>> (position & 7)
    let entry = table[next & (smallSize - 1)]!
    if ((entry & 15) === isLong) entry = table[(entry >>> 4) + ((next >>> smallBits) & (branchSize - 1))]!
    const token = entry >>> 4
    position += entry & 15
    if (token < directLimit) into[index] = unzigzag(token)
    else {
      into[index] = unzigzag(tokenBase[token]! + readExtra(position, extraBits[token]!))
      position += extraBits[token]!
    }
  }
  return position
}

/** The entry of {@link smallTable} for the code at a position of the loaded bits: bits 0..3 its length, above them the token. */
export function smallEntryAt(table: Uint16Array, position: number): number {
  const next = bits.getUint32(position >>> 3, true) >>> (position & 7)
  const entry = table[next & (smallSize - 1)]!
  return (entry & 15) === isLong ? table[(entry >>> 4) + ((next >>> smallBits) & (branchSize - 1))]! : entry
}

/** The number whose code, with this entry of {@link smallEntryAt}, stands at a position of the loaded bits. */
export function numberAt(entry: number, position: number): number {
  const token = entry >>> 4
  return token < directLimit ? token : tokenBase[token]! + readExtra(position + (entry & 15), extraBits[token]!)
}

/** Bits that code and extra bits with this entry take. */
export function bitsOf(entry: number): number {
  return (entry & 15) + extraBits[entry >>> 4]!
}

/** Up to 29 bits at a position of the loaded ones. */
function readExtra(position: number, count: number): number {
  if (count <= 16) return bitsAt(position, count)
  return bitsAt(position, 16) + 65_536 * bitsAt(position + 16, count - 16)
}

/** −2^31 to 2^31 − 1 from its zigzag number. */
function unzigzag(number: number): number {
  return (number >>> 1) ^ -(number & 1)
}
