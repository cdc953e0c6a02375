// From what a person or a trigger asks for to an order the label thread can carry out: the template of the plant, every field it
// wants, a Good value of every tag it reads. What is missing refuses the order with a sentence; a blank label is never made.
import { printable } from '../api/printable-text.ts'
import { compileTemplate } from '../identifiers/store/identifier-template.ts'
import { missingScheme } from '../identifiers/store/missing-scheme.ts'
import { compileLabel, textOf } from '../labels/layout/label-texts.ts'
import type { OrderedLabel } from '../labels/queue/print-orders.ts'
import type { TriggerMark } from '../labels/queue/trigger-marks.ts'
import { closestName } from '../shared/closest-name.ts'
import type { InputOf } from '../shared/contract.ts'
import { type JsonValue, type TagValue, toJsonValue } from '../shared/data-value.ts'
import { type CompiledExpression, compileExpression, type ExpressionScope } from '../shared/expression.ts'
import type { LabelField, LabelTemplate, PlantLabels } from '../shared/label.ts'
import { noLabels } from '../shared/label.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import { isBad, statusCodeName } from '../shared/status-code.ts'
import { valueTypeOf } from '../shared/tag.ts'
import type { TagTable } from '../tags/tag-table.ts'
import type { LabelOrder } from './label-message.ts'

/** Of a field; far more than any label holds. */
const longestText = 4000

type Fields = Readonly<Record<string, JsonValue>>

/** A template with everything of it that is CEL, compiled once for each plant. */
interface CompiledTemplate {
  /** Computed fields, by name. */
  readonly fields: ReadonlyMap<string, CompiledExpression>
  /** Tags its elements read, each once. */
  readonly tags: readonly string[]
}

export class LabelOrders {
  readonly #table: TagTable
  /** Where names of CEL are looked up. */
  readonly scope: ExpressionScope
  #labels: PlantLabels = noLabels
  #compiled = new Map<string, CompiledTemplate>()
  /** Scheme → tags its template names. */
  #schemeTags = new Map<string, readonly string[]>()

  constructor(table: TagTable) {
    this.#table = table
    this.scope = {
      tagType: (name) => {
        const handle = table.handleOf(name)
        const tag = handle === undefined ? undefined : table.definition(handle)
        return tag === undefined ? null : valueTypeOf(tag)
      },
      tagNames: () => table.names(),
    }
  }

  /** The labels of this plant; the tag table knows its tags already. */
  configure(labels: PlantLabels): void {
    this.#labels = labels
    this.#compiled = new Map()
    this.#schemeTags = new Map(
      labels.schemes.map((scheme) => [scheme.name, compileTemplate(scheme).template?.tags ?? []]),
    )
  }

  /** Throws RuntimeError BadNotFound. */
  template(name: string): LabelTemplate {
    const { templates } = this.#labels
    const found = templates.find((template) => template.name === name)
    if (found) return found
    throw new RuntimeError('BadNotFound', `There is no label template "${name}"${hintAt(name, templates)}`)
  }

  /** Throws RuntimeError BadNotFound. */
  printer(name: string): string {
    const { printers } = this.#labels
    if (printers.some((printer) => printer.name === name)) return name
    throw new RuntimeError('BadNotFound', `There is no printer "${name}"${hintAt(name, printers)}`)
  }

  /** Throws RuntimeError BadNotFound. */
  trigger(name: string): void {
    const { triggers } = this.#labels
    if (triggers.some((trigger) => trigger.name === name)) return
    throw new RuntimeError('BadNotFound', `There is no label trigger "${name}"${hintAt(name, triggers)}`)
  }

  /** Throws RuntimeError: BadNotFound for a template or printer that is none, anything else for what keeps the labels from being made. */
  order(request: InputOf<'labels.print'>, by: { readonly user: string; readonly mark?: TriggerMark }): LabelOrder {
    const template = this.template(request.template)
    const printer = request.printer ?? template.printer
    if (printer === null)
      throw new RuntimeError('BadInvalidState', `The template "${template.name}" has no printer of its own: name one`)
    const { copies, requestId = null, identifier = null } = request
    return {
      template,
      printer: this.printer(printer),
      copies,
      labels: this.#labelsOf(template, request),
      tags: this.tagsOf(template),
      user: by.user,
      reason: '',
      requestId,
      request: requestOf(request, identifier),
      isApprovalRequired: this.#labels.requireApproval,
      mark: by.mark ?? null,
    }
  }

  /** Good values of every tag that the template and its scheme read. Throws RuntimeError BadNoData naming one that has none. */
  tagsOf(template: LabelTemplate): Readonly<Record<string, TagValue>> {
    const names = new Set([...this.#compile(template).tags, ...(this.#schemeTags.get(template.scheme ?? '') ?? [])])
    return Object.fromEntries([...names].map((name) => [name, this.#goodValue(name)]))
  }

  /**
   * Fields and tags for a picture of a template. What is not known now stands there as its name or as 0, and is said in `faults`: a label
   * is drawn before the line runs.
   */
  preview(template: LabelTemplate, given: Fields) {
    const faults: string[] = []
    const orElse = <T>(make: () => T, otherwise: () => T): T => {
      try {
        return make()
      } catch (error) {
        faults.push(messageOf(error))
        return otherwise()
      }
    }
    const fields = template.fields.map((field): [string, string] => [
      field.name,
      orElse(
        () => this.#fieldText(template, field, given),
        () => field.name,
      ),
    ])
    const names = orElse(
      () => this.#compile(template).tags,
      () => [],
    )
    const tags = names.map((name): [string, TagValue] => [
      name,
      orElse(
        () => this.#goodValue(name),
        () => this.#standIn(name),
      ),
    ])
    return { fields: Object.fromEntries(fields), tags: Object.fromEntries(tags), faults }
  }

  /**
   * A scheme by its name, or by its kind where exactly one of the plant is of that kind: programs that know no plant ask for `gs1`. Throws
   * RuntimeError BadNotFound.
   */
  scheme(name: string): string {
    const { schemes } = this.#labels
    if (schemes.some((scheme) => scheme.name === name)) return name
    const [only, ...more] = schemes.filter(({ kind }) => kind === name)
    if (only !== undefined && more.length === 0) return only.name
    const known = schemes.map((scheme) => scheme.name)
    throw new RuntimeError('BadNotFound', `${missingScheme(name, known)}${hintAt(name, schemes)}`)
  }

  /** The same of a scheme alone. */
  schemeTags(scheme: string): Readonly<Record<string, TagValue>> {
    return Object.fromEntries((this.#schemeTags.get(scheme) ?? []).map((name) => [name, this.#goodValue(name)]))
  }

  /**
   * A text for every field of the template: what is given, else what its expression says, else its default. Throws RuntimeError naming the
   * field that has none, that the template does not have, or whose text does not fit.
   */
  fieldsOf(template: LabelTemplate, given: Fields): Readonly<Record<string, string>> {
    for (const name of Object.keys(given))
      if (!template.fields.some((field) => field.name === name))
        throw new RuntimeError(
          'BadDataEncodingInvalid',
          `The template "${template.name}" has no field "${name.slice(0, 100)}"${hintAt(name, template.fields)}`,
        )
    return Object.fromEntries(template.fields.map((field) => [field.name, this.#fieldText(template, field, given)]))
  }

  #labelsOf(template: LabelTemplate, request: InputOf<'labels.print'>): readonly OrderedLabel[] {
    const { fields, rows, count, identifier = null } = request
    if (rows !== undefined && count !== undefined && count !== rows.length)
      throw new RuntimeError('BadInvalidArgument', `${rows.length} rows and a count of ${count}: give one of them`)
    if (template.scheme === null && identifier !== null)
      throw new RuntimeError('BadInvalidState', `The template "${template.name}" has no identifier`)
    const number = rows?.length ?? count ?? 1
    if (identifier !== null && number !== 1)
      throw new RuntimeError(
        'BadInvalidState',
        `One identifier stands on one label, ${number} were asked for: use copies`,
      )
    if (rows !== undefined)
      return rows.map((row) => ({ fields: this.fieldsOf(template, { ...fields, ...row }), identifier }))
    const same = this.fieldsOf(template, fields)
    return Array.from({ length: number }, () => ({ fields: same, identifier }))
  }

  #fieldText(template: LabelTemplate, field: LabelField, given: Fields): string {
    const title = `field "${field.name}" of the template "${template.name}"`
    const value = this.#fieldValue(template, field, given)
    const isMissing = value === null || (value === '' && field.defaultValue === null && field.pattern === null)
    if (isMissing && field.defaultValue === null)
      throw new RuntimeError('BadNoData', `The ${title} is not given: nothing is printed`)
    // A whole number of that size has lost its last digits already.
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
      throw new RuntimeError('BadOutOfRange', `The ${title} has more digits than a number keeps: send it as a text`)
    const text = isMissing ? field.defaultValue : textOf(value)
    if (text === null) throw new RuntimeError('BadTypeMismatch', `The ${title} is no text and no number`)
    printable(text, title)
    if (text.length > longestText)
      throw new RuntimeError(
        'BadOutOfRange',
        `The ${title} has ${text.length} characters; at most ${longestText} are possible`,
      )
    if (field.pattern !== null && !new RegExp(`^(?:${field.pattern})$`, 'u').test(text))
      throw new RuntimeError(
        'BadOutOfRange',
        `The ${title} is "${text.slice(0, 100)}", which does not fit ${field.pattern}`,
      )
    return text
  }

  #fieldValue(template: LabelTemplate, field: LabelField, given: Fields): JsonValue {
    if (Object.hasOwn(given, field.name)) return given[field.name]!
    const expression = this.#compile(template).fields.get(field.name)
    if (expression === undefined) return null
    try {
      return toJsonValue(expression.evaluate((index) => this.#read(expression.inputs[index]!), {}))
    } catch (error) {
      throw new RuntimeError(
        'BadNoData',
        `The field "${field.name}" of the template "${template.name}" has no value: ${messageOf(error)}`,
        error,
      )
    }
  }

  #standIn(name: string): TagValue {
    const type = this.scope.tagType(name)?.dataType
    if (type === 'string') return name
    return type === 'bool' ? false : 0
  }

  #goodValue(name: string): TagValue {
    return this.#read(name).value
  }

  /** Throws RuntimeError BadNoData. */
  #read(name: string) {
    const handle = this.#table.handleOf(name)
    if (handle === undefined) throw new RuntimeError('BadNoData', `There is no tag "${name}": nothing is printed`)
    const value = this.#table.read(handle)
    if (isBad(value.statusCode))
      throw new RuntimeError('BadNoData', `The tag ${name} is ${statusCodeName(value.statusCode)}: nothing is printed`)
    return value
  }

  #compile(template: LabelTemplate): CompiledTemplate {
    const key = `${template.name}\n${template.digest}`
    const known = this.#compiled.get(key)
    if (known && template.digest !== '') return known
    const fields = new Map<string, CompiledExpression>()
    for (const field of template.fields) {
      const expression = this.#compiledField(field, template)
      if (expression !== null) fields.set(field.name, expression)
    }
    const label = compileLabel(template, this.scope)
    if (!label.ok) {
      const { element, message } = label.faults[0]!
      throw new RuntimeError(
        'BadConfigurationError',
        `Element ${element + 1} of the template "${template.name}" cannot be computed: ${message}`,
      )
    }
    const compiled = { fields, tags: label.label.inputs }
    this.#compiled.set(key, compiled)
    return compiled
  }

  #compiledField({ name, value }: LabelField, template: LabelTemplate): CompiledExpression | null {
    if (value === null) return null
    const result = compileExpression(value, this.scope)
    if (result.ok) return result.expression
    throw new RuntimeError(
      'BadConfigurationError',
      `The field "${name}" of the template "${template.name}" cannot be computed: ${result.message}`,
    )
  }
}

/** What makes two requests the same one. */
function requestOf(request: InputOf<'labels.print'>, identifier: string | null): JsonValue {
  const { template, printer = null, fields, copies, count = null, rows = null } = request
  return { template, printer, fields, copies, count, rows, identifier }
}

function hintAt(name: string, known: readonly { readonly name: string }[]): string {
  const closest = closestName(
    name,
    known.map((entry) => entry.name),
  )
  return closest === null ? '' : `; did you mean "${closest}"?`
}
