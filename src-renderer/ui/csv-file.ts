// CSV files for the person at the screen, saved so that their spreadsheet reads them.
import { download } from './download.ts'
import { language } from './i18n.svelte.ts'

const byteOrderMark = '\ufeff'

/** Excel in Chinese takes a file without the mark for the local code page. */
export function wantsByteOrderMark(): boolean {
  return language.current === 'zh-CN'
}

/** Hands a CSV text to the browser's downloads; a mark that the runtime put there stays. */
export function saveCsv(csv: string, fileName: string, withByteOrderMark = wantsByteOrderMark()): void {
  const mark = withByteOrderMark && !csv.startsWith(byteOrderMark) ? byteOrderMark : ''
  download(new Blob([mark, csv], { type: 'text/csv;charset=utf-8' }), fileName)
}
