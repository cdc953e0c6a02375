import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../../../src-renderer')
const files = globSync('**/*texts.ts', { cwd: folder })

/** Chinese sentences have these marks by right. */
const hanOrFullWidth = /[\u3000-\u9fff\uff00-\uffef]/

describe('English words of the screens', () => {
  it('have the quotes of the keyboard: fonts of Chinese draw the others as wide as a character', () => {
    expect(files.length).toBeGreaterThan(20)
    const wide = files.flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .filter((line) => /[‘’“”]/.test(line) && !hanOrFullWidth.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    )
    expect(wide).toEqual([])
  })
})
