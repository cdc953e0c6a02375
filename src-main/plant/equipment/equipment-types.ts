// The equipment types of a plant: its own and those of the libraries it uses, found by the names that instances and other types
// write, each with all it takes over from the type it extends.
import { didYouMean } from '../../shared/closest-name.ts'
import type { FileOrigin } from '../source/origin.ts'
import { placeInWords } from '../source/origin.ts'
import { typeCycle } from './equipment-cycles.ts'
import type { EquipmentTypeEntry } from './equipment-file.ts'
import { type KnownType, mergeType, type TypeFile } from './equipment-type-merge.ts'
import { shippedLibraryWith } from './library-search.ts'

/** A type file that fits its schema. */
export interface ReadType {
  readonly entry: EquipmentTypeEntry
  readonly origin: FileOrigin
  /** Library it belongs to; null = the plant's own. */
  readonly library: string | null
  readonly libraryVersion: string
  /** Relative to the plant folder. */
  readonly file: string
  readonly symbolFile: string | null
}

export class TypeList {
  /** `<library>/<name>`, the plant's own as `/<name>`. */
  readonly #files = new Map<string, ReadType>()
  readonly #known = new Map<string, KnownType>()
  /** Types that would be known but for a fault already listed. */
  readonly #lost = new Set<string>()
  /** Some type file or library could not be read: a type that is missing is no news. */
  isIncomplete = false

  /** Adds a file; a second type of the same name is a fault. */
  add(read: ReadType): void {
    const key = keyOf(read.library, read.entry.name)
    const first = this.#files.get(key)
    if (first !== undefined)
      return read.origin.at(
        ['name'],
        `there is a type named ${read.entry.name} already: ${placeInWords(first.origin.where(['name']))}`,
      )
    this.#files.set(key, read)
  }

  /** Puts types and those they extend together, and refuses rings. Called once, when all files are added. */
  resolve(hint: (read: ReadType, message: string) => void): void {
    for (const read of this.#files.values()) {
      this.#resolved(read, [])
      const shadowed = read.library === null ? this.#librariesWith(read.entry.name) : []
      if (shadowed.length > 0 && !extendsOne(read, shadowed))
        hint(
          read,
          `it stands in for ${shadowed.map((library) => `${library}/${read.entry.name}`).join(' and ')}, which has to be named so where it is meant`,
        )
    }
    this.#checkNesting()
  }

  /** The type that a name means in the plant, or in a type of a library. */
  find(name: string, library: string | null = null): KnownType | undefined {
    const read = this.#fileFor(name, library)
    return read === undefined ? undefined : this.#known.get(keyOf(read.library, read.entry.name))
  }

  /** Why there is no such type; null when a fault says it already. */
  missing(name: string, library: string | null = null): string | null {
    const read = this.#fileFor(name, library)
    if (read !== undefined || this.isIncomplete) return null
    const libraries = this.#librariesWith(name)
    if (libraries.length > 1)
      return `${libraries.length} libraries have a type ${name}: write ${libraries.map((each) => `${each}/${name}`).join(' or ')}`
    const shipped = [...this.#files.values()].some((read) => read.library !== null) ? null : shippedLibraryWith(name)
    const advice = shipped === null ? didYouMean(name, this.names()) : `; libraries: [${shipped}] in plant.yaml has one`
    return `there is no equipment type "${name}"${advice}`
  }

  /** All types that are right, in the order of their files. */
  all(): readonly KnownType[] {
    return [...this.#files.keys()].flatMap((key) => this.#known.get(key) ?? [])
  }

  /** As instances write them. */
  names(): readonly string[] {
    return [...this.#files.values()].map((read) => this.#nameOf(read))
  }

  #nameOf({ library, entry }: ReadType): string {
    if (library === null) return entry.name
    const isAlone = !this.#files.has(keyOf(null, entry.name)) && this.#librariesWith(entry.name).length === 1
    return isAlone ? entry.name : `${library}/${entry.name}`
  }

  #fileFor(name: string, library: string | null): ReadType | undefined {
    const slash = name.indexOf('/')
    if (slash > 0) return this.#files.get(name)
    const own = library === null ? undefined : this.#files.get(keyOf(library, name))
    const found = own ?? this.#files.get(keyOf(null, name))
    if (found !== undefined) return found
    const libraries = this.#librariesWith(name)
    return libraries.length === 1 ? this.#files.get(keyOf(libraries[0]!, name)) : undefined
  }

  #librariesWith(name: string): readonly string[] {
    const libraries = new Set([...this.#files.values()].map((read) => read.library))
    return [...libraries].filter(
      (library): library is string => library !== null && this.#files.has(keyOf(library, name)),
    )
  }

  /** The type with what it takes over; null after a fault. `above`: types that wait for this one. */
  #resolved(read: ReadType, above: readonly ReadType[]): KnownType | null {
    const key = keyOf(read.library, read.entry.name)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.#lost.has(key)) return null
    const base = this.#baseOf(read, above)
    const file: TypeFile = { ...read, name: this.#nameOf(read) }
    const merged = base === null ? null : mergeType(file, base === 'none' ? null : base)
    if (merged === null) this.#lost.add(key)
    else this.#known.set(key, merged)
    return merged
  }

  #baseOf(read: ReadType, above: readonly ReadType[]): KnownType | 'none' | null {
    const name = read.entry.extends
    if (name === undefined) return 'none'
    const base = this.#fileFor(name, read.library)
    if (base === undefined) {
      const message = this.missing(name, read.library)
      if (message !== null) read.origin.at(['extends'], message)
      return null
    }
    const chain = [...above, read]
    if (!chain.includes(base)) return this.#resolved(base, chain)
    const ring = chain.slice(chain.indexOf(base)).map((each) => this.#nameOf(each))
    const libraries = this.#librariesWith(name)
    const way = base === read && libraries.length > 0 ? `; the library's is ${libraries[0]}/${name}` : ''
    read.origin.at(['extends'], `a type cannot extend itself: ${[...ring, ring[0]].join(' → ')}${way}`)
    return null
  }

  /** Nested types exist and do not contain each other. */
  #checkNesting(): void {
    for (const type of this.#known.values())
      for (const member of type.members.values()) {
        if (member.nested === null || this.find(member.nested.type, type.library) !== undefined) continue
        const message = this.missing(member.nested.type, type.library)
        if (message !== null) member.origin.at(['type'], message)
      }
    const ringed = new Set<KnownType>()
    for (const type of this.#known.values()) {
      if (ringed.has(type)) continue
      const cycle = typeCycle(type, (name, from) => this.find(name, from.library))
      if (cycle === null) continue
      const { ring, member } = cycle
      member.origin.at(
        ['type'],
        `a type cannot contain itself: ${[...ring, ring[0]!].map(({ name }) => name).join(' → ')}`,
      )
      for (const each of ring) ringed.add(each)
    }
    // What contains a ring would never end either.
    for (const [key, type] of this.#known)
      if (ringed.size > 0 && typeCycle(type, (name, from) => this.find(name, from.library)) !== null)
        this.#lost.add(key)
    for (const key of this.#lost) this.#known.delete(key)
  }
}

function keyOf(library: string | null, name: string): string {
  return `${library ?? ''}/${name}`
}

/** A type of one's own that builds on the library's of the same name is meant to stand in for it. */
function extendsOne({ entry }: ReadType, libraries: readonly string[]): boolean {
  return libraries.some((library) => entry.extends === `${library}/${entry.name}`)
}
