// Reads symbols from the pictures of a camera, in the page: the decoder comes with the station, nothing is fetched from elsewhere and no
// picture leaves the computer.
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import decoder from 'zxing-wasm/reader/zxing_reader.wasm?url'

/** What a symbol says, with the symbology identifier a scanner would send (ISO/IEC 15424). */
export interface CameraReading {
  readonly text: string
  readonly aimId: string | null
}

prepareZXingModule({ overrides: { locateFile: () => decoder }, fireImmediately: false })

/** The first symbol in the picture; null = none. */
export async function readPicture(picture: ImageData): Promise<CameraReading | null> {
  const [found] = await readBarcodes(picture, { tryHarder: true, maxNumberOfSymbols: 1, textMode: 'Plain' })
  if (found === undefined || !found.isValid || found.text === '') return null
  return {
    text: found.text,
    aimId: /^\][A-Za-z][0-9A-Za-z]$/.test(found.symbologyIdentifier) ? found.symbologyIdentifier : null,
  }
}
