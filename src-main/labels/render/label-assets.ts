// Where the files are that labels are made with: fonts and the program of the decoder. From the sources they lie in their
// packages, in the build beside its code (electron.config.ts puts them there).
import { fileURLToPath } from 'node:url'

/** The fonts of labels, in the order they are asked for a letter. */
export const fontFamilies = ['noto-sans-sc', 'noto-sans'] as const
export type FontFamily = (typeof fontFamilies)[number]

/** 400 = regular, 700 = bold. */
export type FontWeight = 400 | 700

const isBuilt = !import.meta.url.endsWith('.ts')

/** Program of the decoder (WebAssembly). */
export function decoderFile(): string {
  return isBuilt ? builtFile('zxing_reader.wasm') : packageFile('zxing-wasm/reader/zxing_reader.wasm')
}

/** Which letters each file of a family has: `{ "greek": "U+0370-0377,…" }`. */
export function fontRangesFile(family: FontFamily): string {
  return isBuilt ? builtFile(`${family}.json`) : packageFile(`@fontsource/${family}/unicode.json`)
}

/** A file of a family: `latin`, `[101]` … as its ranges name it. */
export function fontFile(family: FontFamily, subset: string, weight: FontWeight): string {
  const file = `${family}-${subset.replaceAll(/[[\]]/g, '')}-${weight}-normal.woff`
  return isBuilt ? builtFile(file) : packageFile(`@fontsource/${family}/files/${file}`)
}

function builtFile(name: string): string {
  return fileURLToPath(new URL(`./label-assets/${name}`, import.meta.url))
}

function packageFile(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier))
}
