// Identifiers and scans of a running station: taken apart here, given out and remembered by the label thread, and the life of each part
// put together from everything that is recorded.
import type { IdentifierParts } from '../api/api-parts.ts'
import { convertIdentifier } from '../identifiers/schemes/convert-identifier.ts'
import { parseIdentifier } from '../identifiers/schemes/parse-identifier.ts'
import type { InputOf, ResultOf } from '../shared/contract.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { PartTrace, type PartTraceParts } from './part-trace.ts'
import type { StationLabels } from './station-labels.ts'

/** Samples of a series, parts of a page, when the caller names no limit. */
const usualSamples = 1000
const usualParts = 1000

export interface StationIdentifiersParts extends PartTraceParts {
  readonly labels: StationLabels
}

export class StationIdentifiers {
  readonly #parts: StationIdentifiersParts
  readonly #trace: PartTrace

  constructor(parts: StationIdentifiersParts) {
    this.#parts = parts
    this.#trace = new PartTrace(parts)
  }

  /** What the API asks. */
  get api(): IdentifierParts {
    const { labels, clock } = this.#parts
    return {
      answers: this.#answers(),
      report: ({ text, source = 'keyboard', aimId = null, grade = null }, { user, isLookOnly }) =>
        labels.thread.ask('scan', { text, source, aimId, grade, isLookOnly, timestamp: clock.now() }, user),
      onScan: (take) => labels.onScan(take),
    }
  }

  #answers(): IdentifierParts['answers'] {
    const { thread, orders } = this.#parts.labels
    return {
      'identifiers.parse': ({ text, scheme, aimId }) =>
        parseIdentifier(text, {
          ...(scheme === undefined ? {} : { scheme }),
          ...(aimId === undefined ? {} : { aimId }),
        }),
      'identifiers.convert': ({ text, to, companyPrefixLength, filter, resolver }) => ({
        text: convertIdentifier(text, to, {
          ...(companyPrefixLength === undefined ? {} : { companyPrefixLength }),
          ...(filter === undefined ? {} : { filter }),
          ...(resolver === undefined ? {} : { resolver }),
        }),
      }),
      'identifiers.pools': (input, user) => thread.ask('identifiers.pools', input, user),
      'identifiers.gaps': (input, user) =>
        thread.ask('identifiers.gaps', { ...input, scheme: orders.scheme(input.scheme) }, user),
      'identifiers.allocate': async (asked, user) => {
        const request = { ...asked, scheme: orders.scheme(asked.scheme) }
        const identifiers = await thread.ask('allocate', { request, tags: orders.schemeTags(request.scheme) }, user)
        return { identifier: identifiers[0]!, identifiers }
      },
      'identifiers.resolve': (input, user) => thread.ask('identifiers.resolve', input, user),
      'identifiers.search': (input, user) => thread.ask('identifiers.search', input, user),
      'identifiers.setState': (input, user) => thread.ask('identifiers.setState', input, user),
      'identifiers.setValues': (input, user) => thread.ask('identifiers.setValues', input, user),
      'identifiers.releasePool': (input, user) =>
        thread.ask('identifiers.releasePool', { ...input, scheme: orders.scheme(input.scheme) }, user),
      'identifiers.place': (input, user) => {
        this.#trace.equipmentOf([input.equipment], [])
        return thread.ask('identifiers.place', input, user)
      },
      'identifiers.trace': (input, user, signal) => this.#traced(input, user, signal),
      'identifiers.affected': (input, user) => this.#affected(input, user),
      'identifiers.hold': (input, user) => thread.ask('identifiers.hold', input, user),
      'identifiers.release': (input, user) => thread.ask('identifiers.release', input, user),
      'scans.list': (input, user) => thread.ask('scans.list', input, user),
    }
  }

  async #traced(
    { identifier, tags, limit = usualSamples }: InputOf<'identifiers.trace'>,
    user: string,
    signal: AbortSignal,
  ): Promise<ResultOf<'identifiers.trace'>> {
    const part = await this.#parts.labels.thread.ask('part', { text: identifier }, user)
    return this.#trace.trace(part, { tags: tags ?? null, limit }, signal)
  }

  /** A span, an alarm, or both: then the alarm's time within the span. */
  async #affected(input: InputOf<'identifiers.affected'>, user: string): Promise<ResultOf<'identifiers.affected'>> {
    const { equipment = [], tags = [], alarm, limit = usualParts, cursor = null } = input
    if (alarm === undefined && (input.from === undefined || equipment.length + tags.length === 0))
      throw new RuntimeError('BadInvalidArgument', 'Name an alarm, or equipment or tags with the time that is meant')
    const asked = { from: input.from ?? 0, to: input.to ?? this.#parts.clock.now() }
    const found = new Set(this.#trace.equipmentOf(equipment, tags))
    let { from, to } = asked
    if (alarm !== undefined) {
      const active = await this.#trace.activeSpan(alarm, asked)
      from = Math.max(from, active.from)
      to = Math.min(to, active.to)
      const own =
        active.equipment === null
          ? this.#trace.equipmentOf([], [active.tag])
          : this.#trace.equipmentOf([active.equipment], [])
      for (const name of own) found.add(name)
    }
    if (found.size === 0) return { parts: [], from, to }
    const answer = await this.#parts.labels.thread.ask(
      'affected',
      { equipment: [...found], from, to, limit, cursor },
      user,
    )
    return { ...answer, from, to }
  }
}
