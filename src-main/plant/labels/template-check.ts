// A label template against the rest of the plant: what it names exists, its expressions compile, everything stands on the label, and
// its bar codes can be printed and read.
import { didYouMean } from '../../shared/closest-name.ts'
import type { ExpressionScope } from '../../shared/expression.ts'
import { patternFault } from '../../shared/expression-functions.ts'
import type { PrinterResolution } from '../../shared/label.ts'
import { checkLanguages } from '../alarms/alarm-words.ts'
import type { Path } from '../source/fault-list.ts'
import type { Origin } from '../source/origin.ts'
import type { ElementEntry, FieldEntry, TemplateEntry } from './label-file.ts'
import { checkPrintable, type LabelScope, type Row } from './label-scope.ts'
import type { CheckedScheme } from './scheme-check.ts'

/** What templates refer to among labels/*.yaml. */
export interface TemplateNeighbours {
  readonly schemes: ReadonlyMap<string, CheckedScheme>
  /** Resolution of each printer. */
  readonly printers: ReadonlyMap<string, PrinterResolution>
  /** A file of labels/ could not be read: nobody knows which names it would have given. */
  readonly isIncomplete: boolean
}

/** More dots than a label of 200 × 300 mm has at 600 dpi: four megabytes for one picture. */
const mostDots = 36e6
/** Rounding of people who calculate in inches; mm. */
const tolerance = 0.05

export function checkTemplate(row: Row<TemplateEntry>, near: TemplateNeighbours, scope: LabelScope): void {
  new TemplateCheck(row, near, scope).run()
}

class TemplateCheck {
  readonly #entry: TemplateEntry
  readonly #origin: Origin
  readonly #near: TemplateNeighbours
  readonly #scope: LabelScope
  readonly #scheme: CheckedScheme | null
  readonly #elementScope: ExpressionScope

  constructor({ entry, origin }: Row<TemplateEntry>, near: TemplateNeighbours, scope: LabelScope) {
    this.#entry = entry
    this.#origin = origin
    this.#near = near
    this.#scope = scope
    this.#scheme = entry.scheme === undefined ? null : (near.schemes.get(entry.scheme) ?? null)
    this.#elementScope = { ...scope.tags, variables: scope.rules.variables }
  }

  run(): void {
    this.#checkNames()
    this.#checkSize()
    this.#checkFields()
    for (const [index, element] of this.#entry.elements.entries()) this.#checkElement(element, ['elements', index])
  }

  #checkNames(): void {
    const { scheme, printer, title, fields } = this.#entry
    const { schemes, printers, isIncomplete } = this.#near
    if (scheme !== undefined && !schemes.has(scheme) && !isIncomplete)
      this.#origin.at(['scheme'], `there is no scheme "${scheme}"${didYouMean(scheme, schemes.keys())}`)
    if (printer !== undefined && !printers.has(printer) && !isIncomplete)
      this.#origin.at(['printer'], `there is no printer "${printer}"${didYouMean(printer, printers.keys())}`)
    const { languages } = this.#scope
    if (title !== undefined) checkLanguages(title, this.#origin, ['title'], languages)
    for (const [index, field] of fields.entries())
      if (field.title !== undefined) checkLanguages(field.title, this.#origin, ['fields', index, 'title'], languages)
  }

  /** Of the printer it is made for; the coarsest there is when it has none. */
  get #dpi(): PrinterResolution {
    return this.#near.printers.get(this.#entry.printer ?? '') ?? 203
  }

  #checkSize(): void {
    const { width, height } = this.#entry.size
    const dots = (width * height * this.#dpi ** 2) / 25.4 ** 2
    if (dots > mostDots)
      this.#origin.at(
        ['size'],
        `a label of ${width} × ${height} mm is too large for ${this.#dpi} dpi: it would have ${Math.round(dots / 1e6)} million dots, ${mostDots / 1e6} are the most`,
      )
  }

  #checkFields(): void {
    const names = new Set<string>()
    for (const [index, field] of this.#entry.fields.entries()) {
      const path = ['fields', index]
      if (names.has(field.name)) this.#origin.at([...path, 'name'], `the template has a field "${field.name}" already`)
      names.add(field.name)
      this.#checkField(field, path)
    }
    for (const name of this.#scheme?.meaning?.fields ?? [])
      if (!names.has(name))
        this.#origin.at(
          ['scheme'],
          `scheme ${this.#entry.scheme} needs the field "${name}", which this template does not have${didYouMean(name, names)}`,
        )
  }

  #checkField({ value, pattern, default: usual }: FieldEntry, path: Path): void {
    if (value !== undefined) checkPrintable(this.#scope, value, this.#origin, [...path, 'value'])
    if (pattern === undefined) return
    const fault = patternFault(pattern)
    if (fault !== null) this.#origin.at([...path, 'pattern'], `${fault}: "${pattern}"`)
    else if (usual !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(usual))
      this.#origin.at([...path, 'default'], `the default "${usual}" does not fit the pattern ${pattern}`)
  }

  #checkElement(element: ElementEntry, path: Path): void {
    this.#checkPlace(element, path)
    switch (element.type) {
      case 'text':
        return this.#checkText(element, path)
      case 'barcode':
        this.#checkText(element, path)
        return this.#checkBarcode(element, path)
      case 'box':
        if (!element.filled && element.line * 2 > Math.min(element.width, element.height))
          this.#origin.at(
            [...path, 'line'],
            `lines of ${element.line} mm fill a box of ${element.width} × ${element.height} mm; say filled: true if it is to be black`,
          )
        return
      case 'image':
        return this.#checkImage(element.file, [...path, 'file'])
      case 'line':
        return
    }
  }

  /** A value or a fixed text; what a value names exists. */
  #checkText(element: Extract<ElementEntry, { type: 'text' | 'barcode' }>, path: Path): void {
    const { value, text } = element
    if ((value === undefined) === (text === undefined))
      this.#origin.at(
        path,
        value === undefined
          ? `a ${element.type} needs a value (an expression) or a text`
          : `a ${element.type} has either a value (an expression) or a text, not both`,
      )
    if (value === undefined) return
    checkPrintable(this.#scope, value, this.#origin, [...path, 'value'], this.#elementScope)
    const names = this.#entry.fields.map(({ name }) => name)
    for (const { name, offset } of fieldsIn(value))
      if (!names.includes(name))
        this.#origin.inText([...path, 'value'], offset, `the template has no field "${name}"${didYouMean(name, names)}`)
    if (this.#entry.scheme === undefined && namesIdentifier(value))
      this.#scope.hint(
        this.#origin,
        [...path, 'value'],
        `template ${this.#entry.name} has no scheme: it has an identifier only when the job brings one`,
      )
  }

  #checkBarcode(element: Extract<ElementEntry, { type: 'barcode' }>, path: Path): void {
    const { symbology: name, module, height, errorCorrection, text, value } = element
    const { rules } = this.#scope
    const symbology = rules.symbology(name)
    if (symbology === null)
      return this.#origin.at(
        [...path, 'symbology'],
        `there is no symbology "${name}"${didYouMean(name, rules.symbologyNames) || `; there are ${rules.symbologyNames.join(', ')}`}`,
      )
    const dot = 25.4 / this.#dpi
    if (module !== undefined && module < dot - 0.005)
      this.#origin.at(
        [...path, 'module'],
        `a module of ${module} mm is less than a dot, which is ${dot.toFixed(3)} mm at ${this.#dpi} dpi`,
      )
    if (height !== undefined && symbology.isTwoDimensional)
      this.#origin.atKey([...path, 'height'], `${name} has no bars: its height follows from its content`)
    const level = errorCorrection === undefined ? null : symbology.errorCorrectionFault(errorCorrection)
    if (level !== null) this.#origin.at([...path, 'errorCorrection'], level)
    const content = text === undefined ? null : symbology.contentFault(text)
    if (content !== null) this.#origin.at([...path, 'text'], `${name} cannot say this text: ${content}`)
    const kind = this.#scheme?.scheme.kind
    if (symbology.isGs1 && value !== undefined && namesIdentifier(value) && kind !== undefined && kind !== 'gs1')
      this.#origin.at(
        [...path, 'symbology'],
        `${name} needs identifiers of kind gs1; scheme ${this.#entry.scheme} gives out ${kind}`,
      )
  }

  #checkImage(file: string, path: Path): void {
    const { image, imageFiles, rules } = this.#scope
    if (/(^|\/)\.{0,2}(\/|$)|\\/.test(file) || !/\.(png|svg)$/.test(file))
      return this.#origin.at(path, `a PNG file inside labels/ is expected, as logo.png, not "${file}"`)
    const bytes = image(file)
    if (bytes === null) return this.#origin.at(path, `there is no file labels/${file}${didYouMean(file, imageFiles())}`)
    const fault = rules.imageFault(bytes)
    if (fault !== null) this.#origin.at(path, `the image labels/${file} ${fault}`)
  }

  /** What is printed beyond the edge is lost, and nobody sees what is missing. */
  #checkPlace(element: ElementEntry, path: Path): void {
    const { width, height } = this.#entry.size
    const { right, bottom } = extentOf(element)
    const across = (at: number, limit: number) => at < -tolerance || at > limit + tolerance
    const edge = (key: string, at: number, limit: number, side: string) => {
      if (across(at, limit))
        this.#origin.at(
          [...path, key],
          `this ${element.type} reaches ${rounded(at)} mm; the label is ${limit} mm ${side}`,
        )
    }
    const starts = { x: element.x, y: element.y, ...(element.type === 'line' ? endOfLine(element) : {}) }
    let isOutside = false
    for (const [key, at] of Object.entries(starts)) {
      const isAcross = key === 'x' || key === 'toX'
      isOutside ||= across(at, isAcross ? width : height)
      edge(key, at, isAcross ? width : height, isAcross ? 'wide' : 'high')
    }
    if (isOutside) return
    const turned = element.rotate === 90 || element.rotate === 270
    if (right !== null) edge(turned ? 'height' : 'width', right, width, 'wide')
    if (bottom !== null) edge(turned ? 'width' : 'height', bottom, height, 'high')
  }
}

/** Where a line ends; it is turned about its first point. */
function endOfLine(line: Extract<ElementEntry, { type: 'line' }>): { readonly toX: number; readonly toY: number } {
  const { x, y, rotate } = line
  const [right, down] = [line.toX - x, line.toY - y]
  switch (rotate) {
    case 0:
      return { toX: line.toX, toY: line.toY }
    case 90:
      return { toX: x - down, toY: y + right }
    case 180:
      return { toX: x - right, toY: y - down }
    case 270:
      return { toX: x + down, toY: y - right }
  }
}

/** Where an element ends, as far as its keys say; mm. Its upper left corner stays in its place when it is turned. */
function extentOf(element: ElementEntry): { readonly right: number | null; readonly bottom: number | null } {
  if (element.type === 'line' || element.type === 'barcode') return { right: null, bottom: null }
  const { x, y, rotate, width, height } = element
  const turned = rotate === 90 || rotate === 270
  const [across, down] = turned ? [height, width] : [width, height]
  return { right: across === undefined ? null : x + across, bottom: down === undefined ? null : y + down }
}

function rounded(at: number): string {
  return String(Math.round(at * 100) / 100)
}

/** The expression with what stands in quotes blanked out. */
function withoutTexts(expression: string): string {
  return expression.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, (text) => ' '.repeat(text.length))
}

function namesIdentifier(expression: string): boolean {
  return /(^|[^\w.])identifier(?!\w)/.test(withoutTexts(expression))
}

/** Fields that an expression names as `fields.<name>`. */
function fieldsIn(expression: string): readonly { readonly name: string; readonly offset: number }[] {
  return [...withoutTexts(expression).matchAll(/(?<![\w.])fields\.([A-Za-z_]\w*)/g)].map((match) => ({
    name: match[1]!,
    offset: match.index + 'fields.'.length,
  }))
}
