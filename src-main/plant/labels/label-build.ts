// What rows of labels/*.yaml mean once what they leave out is filled in.
import type { PlantText } from '../../shared/equipment.ts'
import type { IdentifierScheme, TrackingRule } from '../../shared/identifier.ts'
import type {
  LabelElement,
  LabelPrinter,
  LabelTemplate,
  LabelTrigger,
  LineScanner,
  PrinterLanguage,
} from '../../shared/label.ts'
import type {
  ElementEntry,
  PrinterEntry,
  ScannerEntry,
  SchemeEntry,
  TemplateEntry,
  TrackingEntry,
  TriggerEntry,
  WrittenTitle,
} from './label-file.ts'

/** Highest value of a counter whose template says no width. */
const usualLast = Number.MAX_SAFE_INTEGER

/** Module that scanners of hands and lines read well; mm. */
const usualModule = 0.375
/** Bars of linear symbols; mm. */
const usualBarHeight = 12
/** How often a printer that can answer is asked; ms. */
const usualStatusIntervalMs = 2000

/** `most`: the largest counter the template has room for; null = not known. */
export function schemeOf(entry: SchemeEntry, most: number | null): IdentifierScheme {
  const { name, description, kind, template, first = 1, last = most ?? usualLast, reset, licensed } = entry
  return { name, description, kind, template, first, last, reset, licensed }
}

export function printerOf(entry: PrinterEntry): LabelPrinter {
  const { name, description, connection, dpi, failover = null, timeout, verify } = entry
  const channel = connection.slice(0, Math.max(0, connection.indexOf(':')))
  const canAnswer = ['tcp', 'serial', 'ipp', 'ipps'].includes(channel)
  return {
    name,
    description,
    language: entry.language ?? usualLanguage(channel),
    connection,
    dpi,
    failover,
    timeoutMs: timeout,
    statusIntervalMs: entry.statusInterval ?? (canAnswer ? usualStatusIntervalMs : 0),
    verify:
      verify === undefined
        ? null
        : {
            scanner: verify.scanner ?? null,
            timeoutMs: verify.timeout,
            rejectTag: verify.rejectTag ?? null,
            leastGrade: verify.leastGrade ?? null,
          },
  }
}

function usualLanguage(channel: string): PrinterLanguage {
  if (channel === 'virtual') return 'png'
  return channel === 'file' || channel === 'ipp' || channel === 'ipps' ? 'pdf' : 'zpl'
}

/** A template without its digest. */
export type BareTemplate = Omit<LabelTemplate, 'digest'>

/** `isTwoDimensional`: does the symbology have no bars? */
export function templateOf(
  entry: TemplateEntry,
  language: string,
  isTwoDimensional: (symbology: string) => boolean,
): BareTemplate {
  const { name, title, size, rotate, scheme = null, printer = null, fields, elements } = entry
  return {
    name,
    title: titleOf(title, name, language),
    width: size.width,
    height: size.height,
    rotate,
    scheme,
    printer,
    fields: fields.map((field) => ({
      name: field.name,
      title: titleOf(field.title, field.name, language),
      value: field.value ?? null,
      defaultValue: field.default ?? null,
      pattern: field.pattern ?? null,
    })),
    elements: elements.map((element) => elementOf(element, isTwoDimensional)),
  }
}

function titleOf(title: WrittenTitle, name: string, language: string): PlantText {
  return typeof title === 'object' ? title : { [language]: title ?? name }
}

/** A fixed text as the expression that gives it. */
export function fixedText(text: string): string {
  return JSON.stringify(text)
}

function elementOf(entry: ElementEntry, isTwoDimensional: (symbology: string) => boolean): LabelElement {
  switch (entry.type) {
    case 'text': {
      const { type, x, y, rotate, fontSize, bold, width = null, height = null, align } = entry
      return { type, x, y, rotate, value: textOf(entry), fontSize, bold, width, height, align }
    }
    case 'barcode': {
      const { type, x, y, rotate, symbology, module = usualModule, showText, errorCorrection = null } = entry
      const height = isTwoDimensional(symbology) ? null : (entry.height ?? usualBarHeight)
      return { type, x, y, rotate, value: textOf(entry), symbology, module, height, showText, errorCorrection }
    }
    case 'box':
    case 'line':
    case 'image':
      return entry
  }
}

function textOf({ value, text }: { readonly value?: string | undefined; readonly text?: string | undefined }): string {
  return value ?? fixedText(text ?? '')
}

export function triggerOf(entry: TriggerEntry): LabelTrigger {
  const { name, template, printer = null, when = null, on = 'rising', state = null, alarm = null } = entry
  const { schedule = null, debounce, fields, copies, catchUp } = entry
  return { name, template, printer, when, on, state, alarm, schedule, debounceMs: debounce, fields, copies, catchUp }
}

export function scannerOf(entry: ScannerEntry): LineScanner {
  const { name, description, connection, equipment = null, terminator } = entry
  return { name, description, connection, equipment, terminator }
}

export function trackingOf(entry: TrackingEntry): TrackingRule {
  const { equipment, scheme, tag = null, from = 0, to = 0 } = entry
  return { equipment, scheme, tag, fromMs: from, toMs: to }
}
