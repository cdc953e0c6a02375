import { afterEach, describe, expect, it, vi } from 'vitest'
import { saveCsv } from '../../../src-renderer/ui/csv-file.ts'
import { language } from '../../../src-renderer/ui/i18n.svelte.ts'

const saved: Blob[] = []
URL.createObjectURL = (content) => {
  saved.push(content as Blob)
  return 'blob:here'
}
URL.revokeObjectURL = () => undefined
vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)

/** First byte of the file that was saved last: 0xef of the mark, or of the text. */
async function firstByte(): Promise<number> {
  return new Uint8Array(await saved.at(-1)!.arrayBuffer())[0]!
}

describe('a CSV file that is saved', () => {
  afterEach(() => language.choose('en'))

  it('begins with the byte order mark in Chinese, for Excel, and without it in English', async () => {
    saveCsv('Time\r\n', 'a.csv')
    expect(await firstByte()).toBe('T'.charCodeAt(0))
    language.choose('zh-CN')
    saveCsv('Time\r\n', 'a.csv')
    expect(await firstByte()).toBe(0xef)
  })

  it('has one mark, also when the runtime has put one there', async () => {
    saveCsv('\ufeffTime\r\n', 'a.csv', true)
    expect(saved.at(-1)!.size).toBe('Time\r\n'.length + 3)
  })

  it('has the mark when it is asked for in any language', async () => {
    saveCsv('Time\r\n', 'a.csv', true)
    expect(await firstByte()).toBe(0xef)
  })
})
