// equipment/types/*.yaml and libraries/<name>/types/*.yaml: one type each, its members written once; equipment/*.yaml: instances,
// forty pumps in forty lines (docs/equipment-types.md).
import * as v from 'valibot'
import { healthStates, stateKinds } from '../../shared/equipment.ts'
import { equipmentSimulationSchema } from '../../shared/simulation.ts'
import { words } from '../alarms/alarm-words.ts'
import {
  expressionText,
  freeText,
  identifier,
  nameText,
  numberValue,
  place,
  plainName,
  typeName,
  wordOf,
  yesNo,
} from '../source/plant-words.ts'

const titleText = v.pipe(
  v.string('a text is expected; put it into quotes'),
  v.minLength(1, 'a text is expected'),
  v.maxLength(200, 'at most 200 characters are possible'),
)
const helpText = v.pipe(v.string('a text is expected'), v.maxLength(20_000, 'at most 20000 characters are possible'))
const title = words(titleText)

const parameterRule = 'a text, a number, true or false is expected'
const parameterValue = v.union([v.string(), v.number(), v.boolean()], parameterRule)
const parameterValues = v.record(identifier, parameterValue, 'parameters are expected as { base: 40001 }')

/** A parameter: its default (null = who needs it has to say), or `{ default, title }`. */
const parameterSchema = v.union(
  [
    v.nullable(parameterValue),
    v.strictObject({ default: v.optional(v.nullable(parameterValue), null), title: v.optional(title) }),
  ],
  `${parameterRule}, or { default: 10, title: Rated current }`,
)

/** `when`: CEL over parameters; a truth value may stand without quotes. */
const condition = expressionText
/** `${…}` in the place of a number. */
const filledIn = v.pipe(v.string('a number is expected'), v.regex(/\$\{/, 'a number is expected'))

export const commandSchema = v.strictObject(
  {
    name: plainName,
    title: v.optional(title),
    /** Member that is written. */
    write: nameText,
    value: v.union([v.number(), v.boolean(), v.string()], 'a number, true, false or a text is expected'),
    starts: v.optional(yesNo, false),
    when: v.optional(condition),
    consequence: v.optional(words(freeText)),
  },
  'a command is expected as { name: start, write: Command, value: 1 }',
)
export type CommandEntry = v.InferOutput<typeof commandSchema>

export const conditionSchema = v.strictObject(
  {
    name: plainName,
    /** What has to be. */
    title,
    condition,
    /** Member that, while true, lets the condition count as fulfilled. */
    bypass: v.optional(nameText),
  },
  'a condition is expected as { name: ready, title: The drive is ready, condition: Ready }',
)
export type ConditionEntry = v.InferOutput<typeof conditionSchema>

export const healthSchema = v.strictObject(
  { name: plainName, state: wordOf(healthStates), title, condition },
  'a health rule is expected as { name: hot, state: outOfSpecification, title: Too hot, condition: Temperature > 80 }',
)
export type HealthEntry = v.InferOutput<typeof healthSchema>

export const counterSchema = v.pipe(
  v.strictObject(
    {
      name: plainName,
      title: v.optional(title),
      tag: v.optional(nameText),
      hours: v.optional(condition),
      count: v.optional(condition),
      travel: v.optional(nameText),
      unit: v.optional(v.pipe(v.string('a unit is expected'), v.maxLength(40, 'a unit has at most 40 characters'))),
      due: v.optional(v.union([numberValue, filledIn], 'a number is expected')),
      reset: v.optional(nameText),
    },
    'a counter is expected as { name: overhaul, hours: Running, due: 8000 }',
  ),
  v.check(
    ({ tag, hours, count, travel }) => [tag, hours, count, travel].filter((each) => each !== undefined).length === 1,
    'a counter has one of tag, hours, count and travel',
  ),
)
export type CounterEntry = v.InferOutput<typeof counterSchema>

const stateSchema = v.strictObject(
  {
    value: v.union(
      [v.pipe(v.number(), v.integer('a whole number is expected')), v.boolean()],
      'a whole number, true or false is expected',
    ),
    name: plainName,
    title: v.optional(title),
    /** Left out: the name is the word of a kind. */
    kind: v.optional(wordOf(stateKinds)),
  },
  'a state is expected as { value: 2, name: running }',
)
export type StateEntry = v.InferOutput<typeof stateSchema>

export const statesSchema = v.strictObject(
  {
    /** Member that says which state. */
    of: nameText,
    model: v.optional(v.literal('packml', 'packml is expected; states of your own are listed in list')),
    /** PackML: member that takes the commands of the model. */
    command: v.optional(nameText),
    list: v.optional(
      v.pipe(v.array(stateSchema, 'a list of states is expected'), v.minLength(1, 'at least one state is expected')),
    ),
  },
  'states are expected as { of: State, model: packml } or { of: State, list: [ … ] }',
)
export type StatesEntry = v.InferOutput<typeof statesSchema>

const memberNames = v.optional(v.array(nameText, 'a list of members is expected'))
export const faceplateParts = ['overview', 'setpoints', 'trend', 'details'] as const
export type FaceplatePart = (typeof faceplateParts)[number]
const faceplateSchema = v.strictObject(
  { overview: memberNames, setpoints: memberNames, trend: memberNames, details: memberNames },
  'a faceplate is expected as { overview: [Speed], setpoints: [SpeedSetpoint] }',
)

export const documentSchema = v.pipe(
  v.strictObject(
    {
      title,
      /** Relative to the folder of the file that names it. */
      file: v.optional(
        v.pipe(
          v.string('a file is expected'),
          v.minLength(1, 'a file is expected'),
          v.maxLength(512, 'at most 512 characters are possible'),
          v.regex(/^[^\\:\p{Cc}]*$/u, 'a file below the plant folder is expected, with / between folders'),
        ),
      ),
      url: v.optional(
        v.pipe(
          v.string('a link is expected'),
          v.maxLength(2000, 'at most 2000 characters are possible'),
          v.regex(/^https?:\/\/[^\s\p{Cc}]+$/u, 'a link is expected, as https://maker.example/manual'),
        ),
      ),
    },
    'a document is expected as { title: Manual, file: manual.pdf }',
  ),
  v.check(({ file, url }) => (file === undefined) !== (url === undefined), 'a document has a file or a url'),
)
export type DocumentEntry = v.InferOutput<typeof documentSchema>

const documents = v.optional(v.array(documentSchema, 'a list of documents is expected'), [])

/** Member → keys that replace the type's; false leaves the member out. */
const overrides = v.optional(
  v.record(
    nameText,
    v.union(
      [v.literal(false), v.record(v.string(), v.unknown())],
      'keys of a tag are expected, or false to leave the member out',
    ),
    'overrides are expected as { Speed: { limits: { low: 0, high: 60 } } }',
  ),
  {},
)
/** Member → address; false leaves the member out. */
const addresses = v.optional(
  v.record(
    nameText,
    v.union([v.literal(false), v.string(), v.number()], 'an address is expected, or false to leave the member out'),
    'addresses are expected as { Speed: "40110:float32" }',
  ),
  {},
)

/** A member that is an instance of another type. */
export const nestedSchema = v.strictObject({
  name: nameText,
  type: typeName,
  description: v.optional(words(freeText)),
  when: v.optional(condition),
  parameters: v.optional(parameterValues, {}),
  overrides,
  addresses,
})
export type NestedEntry = v.InferOutput<typeof nestedSchema>

const rows = (what: string) => v.optional(v.array(v.unknown(), `a list of ${what} is expected`), [])

/** Lists hold rows that may take over those of the type it extends: they are checked once they are complete. */
export const equipmentTypeSchema = v.strictObject({
  name: plainName,
  version: v.optional(v.pipe(v.union([v.string(), v.number()], 'a version is expected'), v.transform(String))),
  title: v.optional(title),
  description: v.optional(words(freeText)),
  /** What an installer has to know. */
  help: v.optional(words(helpText)),
  /** Type whose parameters, members, rows, symbol … it takes over. */
  extends: v.optional(typeName),
  /** Names of members and rows that it does not take over. */
  without: v.optional(v.array(nameText, 'a list of names is expected'), []),
  parameters: v.optional(
    v.record(identifier, parameterSchema, 'parameters are expected as { device: filler-plc, base: 40001 }'),
    {},
  ),
  /** Texts may hold `${parameter + 1}`. */
  members: rows('members'),
  states: v.optional(
    v.nullable(v.record(v.string(), v.unknown(), 'states are expected as { of: State, model: packml }')),
  ),
  commands: rows('commands'),
  permissives: rows('conditions'),
  interlocks: rows('conditions'),
  health: rows('health rules'),
  counters: rows('counters'),
  faceplate: v.optional(faceplateSchema),
  documents,
  simulation: v.optional(equipmentSimulationSchema),
})

export type EquipmentTypeEntry = v.InferOutput<typeof equipmentTypeSchema>

/** The fault of a type file with nothing in it: without one its instances would be gone and nobody told. */
export const emptyTypeFile = 'the file is empty; the least a type has is its name'

const namePlateRule = 'what the name plate says is expected, as "https://id.example.com/m/filler"'
const namePlate = v.pipe(
  v.string(namePlateRule),
  v.maxLength(2048, 'at most 2048 characters are possible'),
  v.regex(/^[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u, namePlateRule),
)

export const instanceSchema = v.strictObject(
  {
    name: nameText,
    type: typeName,
    description: v.optional(words(freeText)),
    place: v.optional(place, ''),
    parameters: v.optional(parameterValues, {}),
    overrides,
    addresses,
    /** Added to the type's. */
    permissives: v.optional(v.array(conditionSchema, 'a list of conditions is expected'), []),
    interlocks: v.optional(v.array(conditionSchema, 'a list of conditions is expected'), []),
    documents,
    /** What its name plate says: a scan of it opens its faceplate. */
    identifier: v.optional(namePlate),
    simulation: v.optional(equipmentSimulationSchema),
  },
  'an instance is expected as { name: Filler.Pump, type: pump, parameters: { … } }',
)
export type InstanceEntry = v.InferOutput<typeof instanceSchema>

export const equipmentFileSchema = v.strictObject({
  equipment: v.array(instanceSchema, 'a list of instances is expected'),
})
