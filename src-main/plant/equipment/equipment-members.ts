// The members of one instance: parameters filled into their texts, the address of the device's protocol chosen, short names in
// expressions written in full.
import { ExpressionFault, type NameMeaning, qualifyNames } from '../../shared/expression-names.ts'
import type { Path } from '../source/fault-list.ts'
import { type Origin, RedirectedOrigin } from '../source/origin.ts'
import type { ParameterValue } from '../source/template-text.ts'
import type { DeviceTable } from '../tags/tag-build.ts'
import { type InstanceParameters, PlacedFault } from './equipment-parameters.ts'
import { isGroup, type TypePart } from './equipment-type-merge.ts'

/** An expression with the names of members written in full. */
export interface QualifiedText {
  readonly text: string
  /** A member it names that the instance does not have; null = none. */
  readonly absent: string | null
}

/** What the short names of an instance stand for. */
export class MemberNames {
  /** Member name → tag; those of nested instances as `Drive.Speed`. */
  readonly members: Readonly<Record<string, string>>
  /** Members of the type that this instance does not have. */
  readonly absent: ReadonlySet<string>

  constructor(members: Readonly<Record<string, string>>, absent: ReadonlySet<string>) {
    this.members = members
    this.absent = absent
  }

  /** Tag of a member; null when there is none of that name. */
  tagOf(member: string): string | null {
    return Object.hasOwn(this.members, member) ? this.members[member]! : null
  }

  /** Is it a member of the type, or a part of one, that this instance does not have? */
  isAbsent(member: string): boolean {
    if (this.absent.has(member)) return true
    for (let dot = member.lastIndexOf('.'); dot > 0; dot = member.lastIndexOf('.', dot - 1))
      if (this.absent.has(member.slice(0, dot))) return true
    return false
  }

  /** An expression with the names of members written in full. Throws ExpressionFault. */
  qualify(text: string): QualifiedText {
    let absent: string | null = null
    const qualified = qualifyNames(text, (segments): NameMeaning => {
      for (let count = segments.length; count > 0; count--) {
        const member = segments.slice(0, count).join('.')
        const tag = this.tagOf(member)
        if (tag !== null) return { kind: 'tag', tag, segments: count }
        if (this.absent.has(member)) absent ??= member
      }
      return { kind: 'unknown' }
    })
    return { text: qualified, absent }
  }
}

/** Keys of a member that hold CEL, in which the names of sibling members are written short. */
const expressionKeys: ReadonlySet<string> = new Set(['expression', 'interlock', 'limit', 'suppressedWhen'])

/** Keys of a member that are not keys of its tag. */
const memberKeys: ReadonlySet<string> = new Set(['when'])

/** A member's keys as those of a tag, and where they stand. */
export interface FilledMember {
  readonly keys: Readonly<Record<string, unknown>>
  readonly origin: Origin
}

export class MemberFiller {
  readonly #names: MemberNames
  readonly #parameters: InstanceParameters
  readonly #devices: DeviceTable

  constructor(names: MemberNames, parameters: InstanceParameters, devices: DeviceTable) {
    this.#names = names
    this.#parameters = parameters
    this.#devices = devices
  }

  /** null after faults. */
  fill(member: TypePart): FilledMember | null {
    const chosen = isGroup(member.value.address) ? this.#chooseAddress(member) : member
    if (chosen === null) return null
    const keys: Record<string, unknown> = {}
    let isRight = true
    for (const [key, value] of Object.entries(chosen.value)) {
      if (memberKeys.has(key)) continue
      try {
        keys[key] = this.#value(value, [key])
      } catch (error) {
        if (!(error instanceof PlacedFault)) throw error
        isRight = false
        error.tell(chosen.origin)
      }
    }
    return isRight ? { keys, origin: chosen.origin } : null
  }

  /** Of addresses for several protocols the one of the member's device. */
  #chooseAddress(member: TypePart): TypePart | null {
    const { address, ...others } = member.value
    const written = address as Readonly<Record<string, unknown>>
    const { device } = others
    if (device === undefined) {
      member.origin.at(['address'], 'addresses for several protocols need a device, which tells the protocol')
      return null
    }
    const name = this.#filledDevice(member)
    if (name === null) return null
    const known = this.#devices.get(name)
    // The tag says what is wrong with its device; which address it would have had does not matter any more.
    if (known === undefined) return { value: { ...others, address: 'none' }, origin: member.origin }
    const { protocol } = known.definition
    const key = [protocol, familyOf(protocol)].find((each) => Object.hasOwn(written, each))
    if (key === undefined) {
      const there = Object.keys(written).join(', ')
      const isGiven = typeof device === 'string' && device.includes('${')
      member.origin.at(
        [isGiven ? 'device' : 'address'],
        `no address for the protocol ${protocol} of device ${name}; there is one for ${there}`,
      )
      return null
    }
    const value = written[key]
    const keys = isGroup(value) ? value : { address: value }
    const origin = new RedirectedOrigin(member.origin, (path) => {
      const [first] = path
      if (typeof first !== 'string' || !Object.hasOwn(keys, first)) return path
      return isGroup(value) ? ['address', key, ...path] : ['address', key, ...path.slice(1)]
    })
    return { value: { ...others, ...keys }, origin }
  }

  #filledDevice({ value, origin }: TypePart): string | null {
    try {
      return String(this.#parameters.fillAll(value.device, ['device']))
    } catch (error) {
      if (!(error instanceof PlacedFault)) throw error
      error.tell(origin)
      return null
    }
  }

  #value(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return this.#text(value, path)
    if (Array.isArray(value)) return value.map((element, index) => this.#value(element, [...path, index]))
    if (!isGroup(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.#value(inner, [...path, key])]))
  }

  #text(text: string, path: Path): ParameterValue {
    const filled = this.#parameters.fill(text, path)
    if (typeof filled !== 'string' || !expressionKeys.has(String(path.at(-1)))) return filled
    try {
      const { text: qualified, absent } = this.#names.qualify(filled)
      if (absent === null) return qualified
      throw new PlacedFault(`the instance has no member ${absent}`, path, Math.max(0, filled.indexOf(absent)))
    } catch (error) {
      if (error instanceof ExpressionFault) throw new PlacedFault(error.message, path, error.offset)
      throw error
    }
  }
}

/** `modbus` for modbus-tcp and modbus-rtu: protocols of a family share their addresses. */
export function familyOf(protocol: string): string {
  return protocol.split('-')[0]!
}
