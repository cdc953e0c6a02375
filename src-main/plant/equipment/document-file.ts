// Documents of equipment types and instances (manuals, drawings): only files that the plant lists are ever read, and only
// kinds that a screen can show or save without harm.
import { open } from 'node:fs/promises'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { pathInside } from '../source/file-set.ts'

/** Bytes; more is no manual for a screen. */
export const largestDocument = 20_000_000

/** A document with what it is. */
export interface PlantDocument {
  readonly file: string
  /** IANA media type, as its content says. */
  readonly mediaType: string
  readonly bytes: Buffer
}

interface DocumentKind {
  readonly mediaType: string
  readonly endings: readonly string[]
  /** Does the content begin as such a file does? */
  readonly fits: (bytes: Buffer) => boolean
}

const begins = (signature: string) => (bytes: Buffer) =>
  bytes.subarray(0, signature.length).toString('latin1') === signature
const isText = (bytes: Buffer) => !bytes.includes(0)

/** What may be opened. Nothing that runs: no HTML, no SVG, no programs. */
const documentKinds: readonly DocumentKind[] = [
  { mediaType: 'application/pdf', endings: ['pdf'], fits: begins('%PDF-') },
  { mediaType: 'image/png', endings: ['png'], fits: begins('\x89PNG\r\n\x1a\n') },
  { mediaType: 'image/jpeg', endings: ['jpg', 'jpeg'], fits: begins('\xff\xd8\xff') },
  {
    mediaType: 'image/webp',
    endings: ['webp'],
    fits: (bytes) => begins('RIFF')(bytes) && bytes.subarray(8, 12).toString('latin1') === 'WEBP',
  },
  { mediaType: 'image/gif', endings: ['gif'], fits: begins('GIF8') },
  { mediaType: 'text/plain', endings: ['txt', 'md'], fits: isText },
  { mediaType: 'text/csv', endings: ['csv'], fits: isText },
]

/** Endings that a document may have. */
export const documentEndings: readonly string[] = documentKinds.flatMap(({ endings }) => endings)

/**
 * Reads a document of the plant folder. Throws RuntimeError BadNotFound (not there), BadNotSupported (a kind that is not opened, or
 * content of another kind), BadOutOfRange (too large), BadResourceUnavailable (it cannot be read, or a link leads out of the folder).
 * `file` is one that the plant lists.
 */
export async function readDocument(folder: string, file: string): Promise<PlantDocument> {
  const ending = /\.([A-Za-z0-9]+)$/.exec(file)?.[1]?.toLowerCase() ?? ''
  const kind = documentKinds.find(({ endings }) => endings.includes(ending))
  if (kind === undefined)
    throw new RuntimeError('BadNotSupported', `${file} cannot be opened: documents are ${documentEndings.join(', ')}`)
  const bytes = await bytesOf(await pathInside(folder, file), file)
  if (!kind.fits(bytes))
    throw new RuntimeError('BadNotSupported', `${file} cannot be opened: its content is not ${kind.mediaType}`)
  return { file, mediaType: kind.mediaType, bytes }
}

async function bytesOf(path: string, file: string): Promise<Buffer> {
  try {
    const handle = await open(path, 'r')
    try {
      const entry = await handle.stat()
      if (!entry.isFile()) throw new RuntimeError('BadNotFound', `${file} is no file`)
      if (entry.size > largestDocument)
        throw new RuntimeError(
          'BadOutOfRange',
          `${file} has ${Math.ceil(entry.size / 1_000_000)} MB; ${largestDocument / 1_000_000} MB are the most`,
        )
      return await handle.readFile()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof RuntimeError) throw error
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new RuntimeError('BadNotFound', `There is no ${file}`)
    throw new RuntimeError('BadResourceUnavailable', `${file} cannot be read: ${messageOf(error)}`, error)
  }
}
