// The decoder of bar codes (zxing-cpp as WebAssembly), loaded from the installation when it is first needed; nothing is fetched.
import { readFileSync } from 'node:fs'
import type { ReaderOptions, ReadResult } from 'zxing-wasm/reader'
import { decoderFile } from '../render/label-assets.ts'

/** Pixels as the decoder takes them: red, green, blue, opacity. */
export interface PixelImage {
  readonly data: Uint8ClampedArray<ArrayBuffer>
  readonly width: number
  readonly height: number
  readonly colorSpace: 'srgb'
}

type ReadBarcodes = (image: PixelImage, options: ReaderOptions) => Promise<ReadResult[]>

let loading: Promise<ReadBarcodes> | null = null

/** Resolves with the decoder; the same one each time. Rejects when its program cannot be read. */
export function symbolReader(): Promise<ReadBarcodes> {
  loading ??= load().catch((error: unknown) => {
    loading = null
    throw error
  })
  return loading
}

async function load(): Promise<ReadBarcodes> {
  const reader = await import('zxing-wasm/reader')
  const wasmBinary = new Uint8Array(readFileSync(decoderFile())).buffer
  await reader.prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true })
  return reader.readBarcodes
}
