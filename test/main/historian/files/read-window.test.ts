// Reading forwards through a file gives its bytes, whatever is asked for between, and also while the file grows.
import { appendFileSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { KeptBytes, ReadWindow } from '../../../../src-main/historian/files/read-window.ts'

const byteCount = 700_000
const content = Buffer.from(Uint8Array.from({ length: byteCount }, (_, at) => (at * 31 + (at >> 8) * 7) & 255))

describe('a window over files that are read', () => {
  let folder: string
  let descriptors: number[]

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lineside-window-'))
    writeFileSync(join(folder, 'a'), content)
    writeFileSync(join(folder, 'b'), Buffer.from(content).reverse())
    descriptors = [openSync(join(folder, 'a'), 'r'), openSync(join(folder, 'b'), 'r')]
  })

  afterEach(() => {
    for (const descriptor of descriptors) closeSync(descriptor)
    rmSync(folder, { recursive: true })
  })

  test('gives what stands in the file, forwards, backwards, in two files in turn, and less at the end', () => {
    const files = [content, Buffer.from(content).reverse()]
    const owners = [{}, {}]
    const piece = fc.tuple(
      fc.integer({ min: 0, max: 1 }),
      fc.integer({ min: -40_000, max: 60_000 }),
      fc.integer({ min: 0, max: 200_000 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const window = new ReadWindow()
        let at = 0
        for (const [file, step, length] of pieces) {
          at = Math.min(byteCount, Math.max(0, at + step))
          const bytes = window.read(owners[file]!, descriptors[file]!, at, length)
          expect(bytes.equals(files[file]!.subarray(at, at + length))).toBe(true)
        }
      }),
      { numRuns: 100 },
    )
  })

  test('sees what was appended after it came to the end', () => {
    const window = new ReadWindow()
    const owner = {}
    expect(window.read(owner, descriptors[0]!, byteCount - 10, 20)).toHaveLength(10)
    appendFileSync(join(folder, 'a'), 'more')
    expect(window.read(owner, descriptors[0]!, byteCount, 4).toString()).toBe('more')
  })

  test('knows nothing of a file that it was told to forget', () => {
    const window = new ReadWindow()
    const owner = {}
    window.read(owner, descriptors[0]!, 0, 100)
    window.forget(owner)
    expect(window.read(owner, descriptors[1]!, 0, 1)[0]).toBe(content.at(-1))
  })
})

test('copies of small pieces stay as they were', () => {
  const kept = new KeptBytes()
  const source = Buffer.from('abcdef')
  const copies = Array.from({ length: 20_000 }, (_, index) => kept.copy(source.subarray(index % 6)))
  source.fill(0)
  for (const [index, copy] of copies.entries()) expect(copy.toString()).toBe('abcdef'.slice(index % 6))
  expect(kept.copy(content).equals(content)).toBe(true)
})
