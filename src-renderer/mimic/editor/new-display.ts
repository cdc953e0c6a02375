// A display that was begun and not saved yet: from the form that names it to the editor that draws it.
import { mimicNamespace } from '../../../src-main/shared/mimic.ts'
import type { DisplayEntry } from './display-entry.ts'

/** Names files of displays may have. */
export const displayNamePattern = /^[\p{L}\p{N}_-]{1,64}$/u

export interface BegunDisplay {
  readonly name: string
  readonly svg: string
  readonly entry: DisplayEntry
  /** What of a file it begins with was not taken over: `script`, `onclick` … */
  readonly leftOut?: readonly string[]
}

let begun: BegunDisplay | null = null

/** Hands a display to the editor that is about to open. */
export function beginDisplay(display: BegunDisplay): void {
  begun = display
}

/** The display that was begun under this name, once. */
export function takeBegun(name: string): BegunDisplay | null {
  if (begun?.name !== name) return null
  const taken = begun
  begun = null
  return taken
}

/** An empty page: ground and title in every language that was given. */
export function emptyDisplay(title: Readonly<Record<string, string>>): string {
  const words = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const line = (text: string, language = '') =>
    `<text${language} class="ls-title" fill="#1a1a1a" x="32" y="44" font-size="26" font-weight="600">${words(text)}</text>`
  const texts = Object.entries(title)
  const last = texts.find(([language]) => language.startsWith('en')) ?? texts[0]
  const others = texts.filter((entry) => entry !== last)
  const heading =
    others.length === 0
      ? line(last?.[1] ?? '')
      : [
          '<switch>',
          ...others.map(([language, text]) => `    ${line(text, ` systemLanguage="${language.split('-')[0]}"`)}`),
          `    ${line(last?.[1] ?? '')}`,
          '  </switch>',
        ].join('\n')
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ls="${mimicNamespace}" viewBox="0 0 1600 900" font-family="Noto Sans, Noto Sans CJK SC, Microsoft YaHei, Segoe UI, sans-serif">
  <rect class="ls-ground" fill="#dadada" x="0" y="0" width="1600" height="900"/>
  ${heading}
</svg>
`
}
