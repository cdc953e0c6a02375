// labels/*.yaml: identifier schemes, printers, label templates, what makes labels by itself, scanners and how parts are followed
// through the line. Each file may hold any of these lists (docs/labels.md). Lengths are millimetres.
import * as v from 'valibot'
import { parseDuration } from '../../shared/duration.ts'
import { identifierKinds } from '../../shared/identifier.ts'
import { printerLanguages, printerResolutions } from '../../shared/label.ts'
import {
  duration,
  expressionText,
  freeText,
  identifier,
  nameText,
  numberValue,
  plainName,
  wordOf,
  yesNo,
} from '../source/plant-words.ts'

/** Longest side of a label; mm. */
export const longestLabel = 1000
/** Lists have so many rows at most: each row is checked against others. */
const mostRows = 1000
const mostElements = 500
const mostFields = 100

function rows<Row extends v.GenericSchema>(row: Row, what: string) {
  return v.optional(
    v.pipe(v.array(row, `a list of ${what} is expected`), v.maxLength(mostRows, `at most ${mostRows} are possible`)),
    [],
  )
}

function wholeNumber(least: number, most: number) {
  const rule = `a whole number from ${least} to ${most} is expected`
  return v.pipe(v.number(rule), v.integer(rule), v.minValue(least, rule), v.maxValue(most, rule))
}

/** A length that is something; mm. */
const length = v.pipe(
  numberValue,
  v.minValue(0.01, 'a length above 0 is expected, in mm'),
  v.maxValue(longestLabel, `at most ${longestLabel} mm are possible`),
)
/** A place; mm. */
const coordinate = v.pipe(
  numberValue,
  v.minValue(-longestLabel, `at least -${longestLabel} mm is expected`),
  v.maxValue(longestLabel, `at most ${longestLabel} mm are possible`),
)
const rotation = v.optional(v.picklist([0, 90, 180, 270], '0, 90, 180 or 270 is expected'), 0)

const titleLine = v.pipe(
  v.string('a text is expected'),
  v.minLength(1, 'a text is expected'),
  v.maxLength(200, 'at most 200 characters are possible'),
)
const title = v.optional(
  v.union([titleLine, v.record(v.string(), titleLine)], 'a title is expected, or one for each language'),
)
export type WrittenTitle = v.InferOutput<typeof title>

/** A text that may stand as a number in the file: `default: 12`. */
const textValue = v.pipe(
  v.union([v.string(), v.number(), v.boolean()], 'a text is expected'),
  v.transform(String),
  v.maxLength(4000, 'at most 4000 characters are possible'),
)

const connection = v.pipe(
  v.string('a connection is expected, as "tcp://10.0.0.7:9100"'),
  v.minLength(1, 'a connection is expected, as "tcp://10.0.0.7:9100"'),
  v.maxLength(1000, 'at most 1000 characters are possible'),
)

const signedRule = 'a duration is expected, as -45 s or 2 min'
/** Before (negative) or after; ms. */
const signedDuration = v.pipe(
  v.string(signedRule),
  v.regex(/^-?\d{1,10}(?:\.\d{1,6})? ?(ms|s|min|h|d)$/, signedRule),
  v.transform((text) => (text.startsWith('-') ? -parseDuration(text.slice(1))! : parseDuration(text)!)),
  v.minValue(-30 * 86_400_000, 'at least -30 d is expected'),
  v.maxValue(30 * 86_400_000, 'at most 30 d are possible'),
)

const limitedDuration = v.pipe(
  duration,
  v.minValue(100, 'at least 100 ms is expected'),
  v.maxValue(600_000, 'at most 10 min are possible'),
)

const counter = wholeNumber(0, Number.MAX_SAFE_INTEGER)

const scheme = v.strictObject(
  {
    name: plainName,
    description: v.optional(freeText, ''),
    kind: wordOf(identifierKinds),
    /** Literal text with `{counter:08}`, `{date:yyMMdd}`, `{check:mod10}` …; docs/identifiers.md. */
    template: v.pipe(
      v.string('the template of an identifier is expected'),
      v.minLength(1, 'the template of an identifier is expected'),
      v.maxLength(1000, 'at most 1000 characters are possible'),
    ),
    /** Counter values that are given out, both inclusive. */
    first: v.optional(counter),
    last: v.optional(counter),
    /** When the counter begins again. */
    reset: v.optional(wordOf(['never', 'day', 'month', 'year']), 'never'),
    /** The plant owns the prefix. */
    licensed: v.optional(yesNo, false),
  },
  'a scheme is expected as { name: case, kind: gs1, template: "(01)09521234543213(21){counter:08}" }',
)
export type SchemeEntry = v.InferOutput<typeof scheme>

const verification = v.strictObject(
  {
    scanner: v.optional(plainName),
    timeout: v.optional(limitedDuration, '10 s'),
    /** Writable bool tag that is set on a mismatch. */
    rejectTag: v.optional(nameText),
    /** ISO/IEC 15415: 0 to 4. */
    leastGrade: v.optional(
      v.pipe(
        numberValue,
        v.minValue(0, 'a grade from 0 to 4 is expected'),
        v.maxValue(4, 'a grade from 0 to 4 is expected'),
      ),
    ),
  },
  'verify is expected as { scanner: after-labeller, timeout: 10 s }',
)

const printer = v.strictObject(
  {
    name: plainName,
    description: v.optional(freeText, ''),
    language: v.optional(wordOf(printerLanguages)),
    connection,
    dpi: v.optional(v.picklist(printerResolutions, '203, 300 or 600 is expected'), 203),
    failover: v.optional(plainName),
    timeout: v.optional(limitedDuration, '5 s'),
    /** 0 s = it is never asked. */
    statusInterval: v.optional(v.pipe(duration, v.maxValue(600_000, 'at most 10 min are possible'))),
    verify: v.optional(verification),
  },
  'a printer is expected as { name: case-printer, language: zpl, connection: "tcp://10.0.0.7:9100" }',
)
export type PrinterEntry = v.InferOutput<typeof printer>

const field = v.strictObject(
  {
    name: identifier,
    title,
    /** CEL over tags; without it the field is asked for. */
    value: v.optional(expressionText),
    default: v.optional(textValue),
    /** Regular expression the whole text has to fit. */
    pattern: v.optional(
      v.pipe(v.string('a regular expression is expected'), v.maxLength(500, 'at most 500 characters are possible')),
    ),
  },
  'a field is expected as { name: order, value: Line.Order }',
)
export type FieldEntry = v.InferOutput<typeof field>

const placed = { x: coordinate, y: coordinate, rotate: rotation }

const textElement = v.strictObject({
  type: v.literal('text'),
  ...placed,
  /** CEL; or `text` for a fixed one. */
  value: v.optional(expressionText),
  text: v.optional(textValue),
  fontSize: v.optional(length, 4),
  bold: v.optional(yesNo, false),
  width: v.optional(length),
  height: v.optional(length),
  align: v.optional(wordOf(['left', 'center', 'right']), 'left'),
})
const barcodeElement = v.strictObject({
  type: v.literal('barcode'),
  ...placed,
  value: v.optional(expressionText),
  text: v.optional(textValue),
  /** bwip-js name. */
  symbology: v.pipe(
    v.string('the name of a symbology is expected, as gs1datamatrix'),
    v.minLength(1, 'the name of a symbology is expected, as gs1datamatrix'),
    v.maxLength(60, 'the name of a symbology is expected, as gs1datamatrix'),
  ),
  module: v.optional(length),
  height: v.optional(length),
  showText: v.optional(yesNo, false),
  errorCorrection: v.optional(
    v.pipe(
      v.union([v.string(), v.number()], 'a level of error correction is expected, as M'),
      v.transform(String),
      v.maxLength(10, 'a level of error correction is expected, as M'),
    ),
  ),
})
const boxElement = v.strictObject({
  type: v.literal('box'),
  ...placed,
  width: length,
  height: length,
  line: v.optional(length, 0.3),
  filled: v.optional(yesNo, false),
})
const lineElement = v.strictObject({
  type: v.literal('line'),
  ...placed,
  toX: coordinate,
  toY: coordinate,
  line: v.optional(length, 0.3),
})
const imageElement = v.strictObject({
  type: v.literal('image'),
  ...placed,
  /** PNG or SVG, relative to labels/. */
  file: v.pipe(
    v.string('a file is expected, as logo.png'),
    v.minLength(1, 'a file is expected, as logo.png'),
    v.maxLength(200, 'at most 200 characters are possible'),
  ),
  width: length,
  height: length,
})
const element = v.variant(
  'type',
  [textElement, barcodeElement, boxElement, lineElement, imageElement],
  'text, barcode, box, line or image is expected',
)
export type ElementEntry = v.InferOutput<typeof element>

/** A row of `templates:`; what the editor on screen draws is the same document. */
export const templateSchema = v.strictObject(
  {
    name: plainName,
    title,
    size: v.strictObject({ width: length, height: length }, 'a size is expected as { width: 100, height: 50 }, in mm'),
    rotate: rotation,
    scheme: v.optional(plainName),
    printer: v.optional(plainName),
    fields: v.optional(
      v.pipe(
        v.array(field, 'a list of fields is expected'),
        v.maxLength(mostFields, `at most ${mostFields} fields are possible`),
      ),
      [],
    ),
    elements: v.optional(
      v.pipe(
        v.array(element, 'a list of elements is expected'),
        v.maxLength(mostElements, `at most ${mostElements} elements are possible`),
      ),
      [],
    ),
  },
  'a template is expected as { name: case, size: { width: 100, height: 50 }, elements: […] }',
)
export type TemplateEntry = v.InferOutput<typeof templateSchema>

const trigger = v.strictObject(
  {
    name: plainName,
    template: plainName,
    printer: v.optional(plainName),
    when: v.optional(expressionText),
    on: v.optional(wordOf(['rising', 'change', 'increase', 'update'])),
    state: v.optional(
      v.strictObject(
        { equipment: nameText, state: v.string('a state is expected, as Complete') },
        'a state is expected as { equipment: Filler, state: Complete }',
      ),
    ),
    alarm: v.optional(nameText),
    schedule: v.optional(
      v.strictObject(
        {
          times: v.pipe(
            v.array(
              v.pipe(
                v.string('a time of day is expected in quotes, as "06:00"'),
                v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is expected, as "06:00"'),
              ),
              'a list of times is expected, as ["06:00", "14:00"]',
            ),
            v.minLength(1, 'at least one time is expected'),
            v.maxLength(1440, 'at most 1440 times are possible'),
          ),
          days: v.optional(
            v.pipe(
              v.array(wholeNumber(1, 7), 'a list of days is expected, 1 = Monday to 7 = Sunday'),
              v.maxLength(7, 'at most 7 days are possible'),
            ),
            [],
          ),
        },
        'a schedule is expected as { times: ["06:00"], days: [1, 2, 3, 4, 5] }',
      ),
    ),
    debounce: v.optional(v.pipe(duration, v.maxValue(86_400_000, 'at most 1 d is possible')), '0 s'),
    /** Field → CEL. */
    fields: v.optional(v.record(identifier, expressionText, 'fields are expected as { order: Line.Order }'), {}),
    copies: v.optional(wholeNumber(1, 1000), 1),
    catchUp: v.optional(wholeNumber(0, 10_000), 100),
  },
  'a trigger is expected as { name: case-full, template: case, when: Packer.CaseDone }',
)
export type TriggerEntry = v.InferOutput<typeof trigger>

const scanner = v.strictObject(
  {
    name: plainName,
    description: v.optional(freeText, ''),
    connection,
    equipment: v.optional(nameText),
    terminator: v.optional(
      v.pipe(
        v.string('the characters that end a scan are expected, as "\\r\\n"'),
        v.minLength(1, 'the characters that end a scan are expected, as "\\r\\n"'),
        v.maxLength(8, 'at most 8 characters are possible'),
      ),
      '\r\n',
    ),
  },
  'a scanner is expected as { name: after-labeller, connection: "tcp://10.0.0.9:51236" }',
)
export type ScannerEntry = v.InferOutput<typeof scanner>

const trackingRule = v.strictObject(
  {
    equipment: nameText,
    scheme: plainName,
    /** String tag that holds the identifier; without it by time. */
    tag: v.optional(nameText),
    from: v.optional(signedDuration),
    to: v.optional(signedDuration),
  },
  'a rule is expected as { equipment: Filler, scheme: case, from: -45 s, to: -30 s }',
)
export type TrackingEntry = v.InferOutput<typeof trackingRule>

export const labelFileSchema = v.strictObject({
  schemes: rows(scheme, 'schemes'),
  printers: rows(printer, 'printers'),
  templates: rows(templateSchema, 'templates'),
  triggers: rows(trigger, 'triggers'),
  scanners: rows(scanner, 'scanners'),
  tracking: rows(trackingRule, 'tracking rules'),
})
export type LabelFile = v.InferOutput<typeof labelFileSchema>
