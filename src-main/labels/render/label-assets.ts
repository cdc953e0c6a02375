// Where the files are that labels are made with: fonts and the program of the decoder. From the sources they lie in their
// packages, in the build beside its code (electron.config.ts puts them there).
import { fileURLToPath } from 'node:url'

const isBuilt = !import.meta.url.endsWith('.ts')

/** Folder of the build with all of them. */
const builtFolder = './label-assets/'

/** Program of the decoder (WebAssembly). */
export function decoderFile(): string {
  return isBuilt
    ? fileURLToPath(new URL(`${builtFolder}zxing_reader.wasm`, import.meta.url))
    : fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'))
}

/** A file of the font: `latin-400`, `chinese-simplified-700` … */
export function fontFile(name: string): string {
  const file = `noto-sans-sc-${name}-normal.woff`
  return isBuilt
    ? fileURLToPath(new URL(builtFolder + file, import.meta.url))
    : fileURLToPath(import.meta.resolve(`@fontsource/noto-sans-sc/files/${file}`))
}
