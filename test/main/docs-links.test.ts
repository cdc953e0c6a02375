// Documents lead where they say: links between pages and to headings, pictures, and the source files that ARCHITECTURE.md names.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pages = ['README.md', ...globSync('{docs,src-main,src-renderer,resources,test}/**/*.md', { cwd: root })].sort()

/** The text of a page without what is an example of code. */
function proseOf(page: string): string {
  return readFileSync(join(root, page), 'utf8').replace(/^(```|~~~)[\s\S]*?^\1/gm, '')
}

/** Targets of its links and pictures. */
function linksOf(page: string): readonly string[] {
  const prose = proseOf(page).replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map(([, target]) => target!)
}

/** A heading's anchor as GitHub makes it. */
function anchorOf(heading: string): string {
  const said = heading.replace(/`/g, '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
  return said
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
}

function anchorsOf(page: string): readonly string[] {
  return [...proseOf(page).matchAll(/^#{1,6}\s+(.*)$/gm)].map(([, heading]) => anchorOf(heading!))
}

/** What is wrong with a link of a page; null when it leads somewhere. */
function faultOf(page: string, link: string): string | null {
  if (/^[a-z]+:/i.test(link)) return null
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : join(dirname(page), decodeURIComponent(path))
  if (!existsSync(join(root, target))) return `${page}: ${link}: there is no ${target}`
  if (anchor === undefined || !target.endsWith('.md')) return null
  return anchorsOf(target).includes(anchor) ? null : `${page}: ${link}: ${target} has no heading #${anchor}`
}

describe('documents', () => {
  it('are found, with their links', () => {
    expect(pages).toContain('docs/ARCHITECTURE.md')
    expect(linksOf('README.md')).toContain('docs/ARCHITECTURE.md')
    expect(faultOf('README.md', 'docs/nowhere.md')).not.toBeNull()
    expect(faultOf('README.md', 'docs/ARCHITECTURE.md#nowhere')).not.toBeNull()
    expect(faultOf('README.md', 'docs/ARCHITECTURE.md#a-value-up')).toBeNull()
  })

  it('lead somewhere with every link', () => {
    expect(pages.flatMap((page) => linksOf(page).map((link) => faultOf(page, link))).filter(Boolean)).toEqual([])
  })

  it('are all reached from the README or from each other', () => {
    const linked = new Set(
      pages.flatMap((page) => linksOf(page).map((link) => join(dirname(page), link.split('#')[0] ?? ''))),
    )
    const isReached = (page: string) => linked.has(page) || linked.has(dirname(page)) || linked.has(`${dirname(page)}/`)
    expect(pages.filter((page) => page.startsWith('docs/') && !isReached(page))).toEqual([])
  })

  it('of the architecture name files that are there', () => {
    const files = globSync('{src-main,src-renderer,resources,test}/**/*.{ts,svelte,mjs,md}', { cwd: root })
    const named = [...proseOf('docs/ARCHITECTURE.md').matchAll(/`([\w./-]+\.(?:ts|svelte|mjs))`/g)].map(
      ([, name]) => name!,
    )
    expect(named.length).toBeGreaterThan(30)
    expect(
      named.filter((name) => !existsSync(join(root, name)) && !files.some((file) => file.endsWith(`/${name}`))),
    ).toEqual([])
  })
})
