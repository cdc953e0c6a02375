// The Lineside version, from package.json above the sources (src-main/base/) or the built tree (out/main/).
import { existsSync, readFileSync } from 'node:fs'

const place = new URL('../../package.json', import.meta.url)
const file = existsSync(place) ? place : undefined
const parsed = file === undefined ? null : (JSON.parse(readFileSync(file, 'utf8')) as { version?: string })

/** As in package.json. */
export const version: string = parsed?.version ?? '0.0.0'
