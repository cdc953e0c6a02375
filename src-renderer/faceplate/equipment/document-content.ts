// Documents of equipment on screen: only what cannot run anything is shown here; everything else is saved as a file.

/** What is shown in place. SVG is an image here: an image runs no script and loads nothing. */
const shownImages: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/svg+xml',
])
const shownTexts: ReadonlySet<string> = new Set(['text/plain', 'text/markdown', 'text/csv'])
/** Longer texts are saved: a page that holds them is slow. Characters */
const longestText = 500_000

export interface DocumentFile {
  readonly file: string
  readonly mediaType: string
  readonly base64: string
}

/** How a document is seen. */
export type DocumentView =
  | { readonly kind: 'image'; readonly content: Blob }
  | { readonly kind: 'text'; readonly content: Blob; readonly text: string }
  /** Not shown here. */
  | { readonly kind: 'file'; readonly content: Blob }

/** Throws an Error when it is not base64. */
export function documentView({ mediaType, base64 }: DocumentFile): DocumentView {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  const type = mediaType.split(';')[0]!.trim().toLowerCase()
  if (shownImages.has(type)) return { kind: 'image', content: new Blob([bytes], { type }) }
  // Whatever it is called, the browser is told that it is nothing to run.
  const content = new Blob([bytes], { type: 'application/octet-stream' })
  if (!shownTexts.has(type)) return { kind: 'file', content }
  const text = new TextDecoder().decode(bytes)
  return text.length > longestText ? { kind: 'file', content } : { kind: 'text', content, text }
}

/** The link if it leads to a web page, else null: nothing of the plant folder may run in this page. */
export function webLink(url: string): URL | null {
  const parsed = URL.canParse(url) ? new URL(url) : null
  return parsed !== null && (parsed.protocol === 'https:' || parsed.protocol === 'http:') ? parsed : null
}

/** `libraries/standard/types/motor.pdf` → `motor.pdf`. */
export function fileNameOf(file: string): string {
  return file.split('/').at(-1) ?? file
}
