// Calls and feeds about equipment: its types, what state it is in, what it can be ordered to do and why not, its counters.
import { toJsonValue } from '../shared/data-value.ts'
import type { CommandHistoryRow, Equipment } from '../shared/equipment.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { invalidInput } from './api-error.ts'
import type { ApiParts } from './api-parts.ts'
import { type NounCalls, type NounFeeds, sessionOf } from './call-handlers.ts'
import { FeedPace, pacedSource } from './feed.ts'
import { printable } from './printable-text.ts'
import type { TagFeeds } from './tag-feed.ts'

/** State and health are sent at most so often. */
const watchIntervalMs = 200
/** Rows of a page of `equipment.history` when the caller names no limit. */
const usualPageLength = 100
const orderActions: readonly string[] = ['tags.write', 'equipment.command']

export function equipmentCalls(parts: ApiParts, feeds: TagFeeds): NounCalls<'equipment'> {
  const { equipment, plantStore } = parts
  return {
    'equipment.types': () => {
      const { equipmentTypes, libraries, equipment: instances } = plantStore.plant
      const counts = new Map<string, number>()
      for (const { type } of instances) counts.set(type, (counts.get(type) ?? 0) + 1)
      return {
        types: equipmentTypes.map((type) => ({ ...type, instanceCount: counts.get(type.name) ?? 0 })),
        libraries,
      }
    },
    'equipment.describe': (input) => {
      const found = instanceOf(parts, input.equipment)
      const type = plantStore.plant.equipmentTypes.find(({ name }) => name === found.type)
      if (!type) throw new RuntimeError('BadNotFound', `There is no equipment type "${found.type}"`)
      return { equipment: found, type }
    },
    'equipment.read': (input) => ({ rows: equipment.status(input.equipment) }),
    'equipment.explain': (input) => equipment.explain(input.equipment),
    'equipment.command': async (input, { note }) => {
      note.target = `${input.equipment} ${input.command}`
      const reason = printable(input.reason, 'reason')
      note.comment = reason
      const command = commandOf(instanceOf(parts, input.equipment), input.command)
      note.target = command.tag
      note.newValue = command.value
      note.comment = `${input.equipment} ${command.name}${reason === '' ? '' : `: ${reason}`}`
      note.oldValue = feeds.read(command.tag).value
      const { statusCode, confirmed, value, refusal } = await parts.writeTag(command.tag, command.value)
      return {
        statusCode,
        confirmed,
        value: toJsonValue(value),
        ...(refusal === undefined ? {} : { message: refusal }),
      }
    },
    'equipment.history': (input) => {
      const tags = Object.values(instanceOf(parts, input.equipment).members)
      const { limit = usualPageLength, cursor } = input
      const before = cursor === undefined ? undefined : Number(cursor)
      if (before !== undefined && !Number.isSafeInteger(before))
        throw invalidInput('the cursor is not one of equipment.history', 'cursor')
      const rows = parts.access.audit.readTargets({ targets: tags, actions: orderActions, limit, before })
      const commands: CommandHistoryRow[] = rows.map((row) => ({
        timestamp: row.timestamp,
        user: row.user,
        station: row.station,
        tag: row.target,
        oldValue: row.oldValue,
        newValue: row.newValue,
        statusCode: row.statusCode,
        comment: row.comment,
      }))
      const last = rows.at(-1)
      return rows.length === limit && last ? { commands, cursor: String(last.sequence) } : { commands }
    },
    'equipment.counters': (input) => ({ rows: equipment.counters(input.equipment) }),
    'equipment.resetCounter': async (input, context) => {
      const { note } = context
      note.target = `${input.equipment} ${input.counter}`
      note.comment = printable(input.reason, 'reason')
      const rows = equipment.counters(instanceOf(parts, input.equipment).name)
      note.oldValue = rows.find(({ name }) => name === input.counter)?.value ?? null
      const row = await equipment.resetCounter(input.equipment, input.counter, sessionOf(context).user)
      note.newValue = row.value
      return { row }
    },
  }
}

export function equipmentFeeds({ equipment, clock }: ApiParts): NounFeeds<'equipment'> {
  const pace = new FeedPace(watchIntervalMs)
  return {
    'equipment.watch': (input) => {
      let watch: ReturnType<typeof equipment.watch> | null = null
      const present = () => {
        const rows = watch?.take() ?? null
        return rows && { rows }
      }
      return pacedSource(clock, pace, present, (notify) => {
        watch = equipment.watch(input.equipment, notify)
        return () => watch?.close()
      })
    },
  }
}

function instanceOf({ plantStore }: ApiParts, name: string): Equipment {
  const found = plantStore.plant.equipment.find((equipment) => equipment.name === name)
  if (!found) throw new RuntimeError('BadNotFound', `No equipment is called "${name}"`)
  return found
}

function commandOf(equipment: Equipment, name: string): Equipment['commands'][number] {
  const found = equipment.commands.find((command) => command.name === name)
  if (found) return found
  const names = equipment.commands.map((command) => command.name).join(', ')
  const known = names === '' ? 'it has none' : `it has ${names}`
  throw new RuntimeError('BadNotFound', `${equipment.name} has no command "${name}": ${known}`)
}
