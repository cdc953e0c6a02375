// The Lineside version, from package.json above the sources (src-main/) or the built tree (out/main/).
import { existsSync, readFileSync } from 'node:fs'

const places = [new URL('../package.json', import.meta.url), new URL('../../package.json', import.meta.url)]
const file = places.find((place) => existsSync(place))
const parsed = file === undefined ? null : (JSON.parse(readFileSync(file, 'utf8')) as { version?: string })

/** As in package.json. */
export const version: string = parsed?.version ?? '0.0.0'
