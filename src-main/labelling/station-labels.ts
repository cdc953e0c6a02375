// The labels of a running station: what people and triggers ask for becomes orders to the label thread; what the thread tells becomes
// tags of printers, alarms and what screens see. Neither values nor commands ever wait for a printer here.
import type { LabelParts } from '../api/api-parts.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { LabelReject } from '../labels/queue/label-verification.ts'
import { symbologyNames } from '../labels/symbols/symbologies.ts'
import type { ScannerStanding } from '../scanning/line-scanners.ts'
import type { AlarmEvent } from '../shared/alarm.ts'
import type { InputOf, ResultOf } from '../shared/contract.ts'
import type { JsonValue } from '../shared/data-value.ts'
import type { LabelPrinter, LabelTemplate, PrinterStatusRow, ScanRow } from '../shared/label.ts'
import type { LabelTemplateRow } from '../shared/label-calls.ts'
import type { Plant } from '../shared/plant.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import { valueTypeOf } from '../shared/tag.ts'
import type { ValueBatch } from '../shared/value-batch.ts'
import type { TagTable } from '../tags/tag-table.ts'
import { LabelBoard } from './label-board.ts'
import type { LabelNews, LabelSettings, PoolNews } from './label-message.ts'
import { LabelOrders } from './label-orders.ts'
import { LabelThread } from './label-thread.ts'
import { LineTags } from './line-tags.ts'
import { printerValues, unknownPrinters } from './printer-tags.ts'
import { StationTriggers, type StationTriggersParts } from './station-triggers.ts'

/** Jobs that screens see at once after a start. */
const firstJobs = 200

/** Templates as they are written in the plant folder (plant/plant-store.ts). */
export interface TemplateFiles {
  /** Of every template of the accepted plant. */
  labelTemplateFiles(): ReadonlyMap<
    string,
    Pick<LabelTemplateRow, 'file' | 'fileVersion'> & { readonly document?: JsonValue }
  >
  saveLabelTemplate(input: InputOf<'labels.saveTemplate'>): Promise<ResultOf<'labels.saveTemplate'>>
  deleteLabelTemplate(input: InputOf<'labels.deleteTemplate'>): Promise<ResultOf<'labels.deleteTemplate'>>
  /** A template as a document of the plant folder says it. Throws RuntimeError BadConfigurationError with its faults. */
  readLabelTemplate(document: JsonValue): Promise<LabelTemplate>
  /** Image of a template of the accepted plant, by its file relative to labels/; null = there is none. */
  labelImage(file: string): Uint8Array | null
}

export interface StationLabelsParts {
  readonly dataFolder: string
  readonly clock: Clock
  readonly logger: Logger
  readonly table: TagTable
  readonly templateFiles: TemplateFiles
  readonly journal: StationTriggersParts['journal']
  /** Values of the station's own tags. */
  readonly applyTags: (batch: ValueBatch) => void
  /** The ordinary write path. */
  readonly writeTag: (tag: string, value: unknown) => Promise<unknown>
}

/** What is wrong with labels, for alarms; '' = nothing. */
export interface LabelTroubles {
  readonly notRunning: string
  readonly stoppedPools: string
  readonly noWitness: string
  readonly rejects: string
  readonly lostScanners: string
  readonly triggers: string
}

export class StationLabels {
  readonly #parts: StationLabelsParts
  readonly thread: LabelThread
  readonly orders: LabelOrders
  readonly #board = new LabelBoard()
  readonly #triggers: StationTriggers
  readonly #lineTags: LineTags
  readonly #scanWatchers = new Set<(scan: ScanRow) => void>()
  #printers: readonly LabelPrinter[] = []
  #settings: LabelSettings
  #pools: PoolNews = { stopped: [], witnessFault: '' }
  #scanners: readonly ScannerStanding[] = []
  /** Printer → what was wrong with the label that was read behind it, until a good one is. */
  readonly #rejects = new Map<string, LabelReject>()

  constructor(parts: StationLabelsParts, plant: Plant) {
    this.#parts = parts
    this.#settings = settingsOf(plant, parts)
    this.orders = new LabelOrders(parts.table)
    const { dataFolder, clock, logger } = parts
    this.thread = new LabelThread(
      {
        dataFolder,
        clock,
        logger,
        onNews: (news) => this.#tell(news),
        onState: () => this.#threadChanged(),
      },
      this.#settings,
    )
    const { orders, thread } = this
    this.#lineTags = new LineTags({ clock, logger, table: parts.table, thread })
    this.#triggers = new StationTriggers({
      clock,
      logger,
      table: parts.table,
      orders,
      thread,
      journal: parts.journal,
      onTroubles: () => this.#board.triggersChanged(this.#triggers.troubles()),
    })
  }

  /** The labels of this plant; the tag table knows its tags already. */
  configure(plant: Plant): void {
    this.#printers = plant.labels.printers
    this.#settings = settingsOf(plant, this.#parts)
    this.orders.configure(plant.labels)
    this.thread.configure(this.#settings)
    this.#lineTags.configure(plant)
    this.#triggers.configure(plant)
    this.#applyPrinters()
  }

  /** A batch of changes, before anybody takes its columns away. */
  changes(batch: ValueBatch): void {
    this.#triggers.changes(batch)
    this.#lineTags.changes(batch)
  }

  /** Values as devices reported them, changed or not, after the tag table took them. */
  reported(batch: ValueBatch): void {
    this.#triggers.reported(batch)
  }

  alarms(events: readonly AlarmEvent[]): void {
    this.#triggers.alarms(events)
  }

  /** To be called every second. */
  secondPassed(): void {
    this.#triggers.secondPassed()
  }

  /** Each scan once it is kept. Gives back how to end it. */
  onScan(take: (scan: ScanRow) => void): () => void {
    this.#scanWatchers.add(take)
    return () => this.#scanWatchers.delete(take)
  }

  get troubles(): LabelTroubles {
    const lost = this.#scanners.filter(({ isConnected }) => !isConnected)
    return {
      notRunning: this.thread.failure,
      stoppedPools: this.#pools.stopped.map(({ scheme, refusal }) => `${scheme}: ${refusal}`).join('; '),
      noWitness: this.#pools.witnessFault,
      rejects: [...this.#rejects.values()].map(({ printer, message }) => `${printer}: ${message}`).join('; '),
      lostScanners: lost.map(({ scanner, message }) => `${scanner}: ${message}`).join('; '),
      triggers: this.#triggers.trouble,
    }
  }

  /** What the API asks. */
  get api(): LabelParts {
    return { answers: this.#answers(), watch: (notify) => this.#board.watch(notify) }
  }

  /** Figures for maintenance.health. */
  health(): JsonValue {
    const { state, failure, restartCount } = this.thread
    const sum = (of: (row: PrinterStatusRow) => number) =>
      this.#board.printers.reduce((total, row) => total + of(row), 0)
    return {
      state,
      ...(failure === '' ? {} : { message: failure }),
      restartCount,
      printerCount: this.#printers.length,
      queuedCount: sum(({ queuedCount }) => queuedCount),
      inDoubtCount: sum(({ inDoubtCount }) => inDoubtCount),
      printedCount: sum(({ printedCount }) => printedCount),
      stoppedPoolCount: this.#pools.stopped.length,
      scannerCount: this.#scanners.length,
      lostScannerCount: this.#scanners.filter(({ isConnected }) => !isConnected).length,
      ...this.#triggers.health(),
    }
  }

  /** The label under way is ended or in doubt. */
  close(): Promise<void> {
    return this.thread.close()
  }

  #answers(): LabelParts['answers'] {
    const { thread, orders } = this
    const { templateFiles } = this.#parts
    const printerOf = (name: string) => orders.printer(name)
    return {
      'labels.templates': () => this.#templates(),
      'labels.printers': () => this.#printerRows(),
      'labels.print': async (input, user) => ({
        jobs: await thread.ask('order', orders.order(input, { user }), user),
      }),
      'labels.jobs': (input, user) => thread.ask('labels.jobs', input, user),
      'labels.picture': (input, user) => thread.ask('labels.picture', input, user),
      'labels.resolve': (input, user) => thread.ask('labels.resolve', input, user),
      'labels.reprint': (input, user) => {
        if (input.printer !== undefined) printerOf(input.printer)
        return thread.ask('labels.reprint', input, user)
      },
      'labels.void': (input, user) => thread.ask('labels.void', input, user),
      'labels.cancel': (input, user) => {
        if (input.printer === undefined && input.jobs === undefined)
          throw new RuntimeError('BadInvalidArgument', 'Name a printer or jobs to cancel')
        return thread.ask('labels.cancel', input, user)
      },
      'labels.pause': (input, user) => {
        printerOf(input.printer)
        return thread.ask('labels.pause', input, user)
      },
      'labels.resume': (input, user) => {
        printerOf(input.printer)
        return thread.ask('labels.resume', input, user)
      },
      'labels.failOver': (input, user) => {
        const to = input.to ?? this.#printers.find(({ name }) => name === printerOf(input.from))?.failover
        if (to === undefined || to === null)
          throw new RuntimeError('BadInvalidState', `No printer takes over for "${input.from}": name one`)
        return thread.ask('labels.failOver', { ...input, to: printerOf(to) }, user)
      },
      'labels.preview': (input) => this.#preview(input),
      'labels.saveTemplate': (input) => templateFiles.saveLabelTemplate(input),
      'labels.deleteTemplate': (input) => templateFiles.deleteLabelTemplate(input),
      'labels.approve': async (input, user) => {
        const template = orders.template(input.template)
        if (template.digest !== input.digest)
          throw new RuntimeError(
            'BadInvalidState',
            `The template "${template.name}" is another one now: its digest is ${template.digest}`,
          )
        return thread.ask('labels.approve', input, user)
      },
      'labels.ledger': (input, user) => thread.ask('labels.ledger', input, user),
      'labels.verifyLedger': (input, user) => thread.ask('labels.verifyLedger', input, user),
      'labels.output': (input, user) => {
        printerOf(input.printer)
        return thread.ask('labels.output', input, user)
      },
      'labels.restartTrigger': async ({ trigger, makeMissed }) => {
        orders.trigger(trigger)
        return { labelCount: this.#triggers.goOn(trigger, makeMissed) }
      },
      'labels.simulate': (input, user) => {
        printerOf(input.printer)
        return thread.ask('labels.simulate', input, user)
      },
    }
  }

  async #templates(): Promise<ResultOf<'labels.templates'>> {
    const { templates, requireApproval } = this.#settings.labels
    if (templates.length === 0) return { templates: [], requireApproval, symbologies: symbologyNames }
    const files = this.#parts.templateFiles.labelTemplateFiles()
    const known = await this.thread.ask('templateStandings', {
      templates: templates.map(({ name, digest }) => ({ name, digest })),
    })
    const rows = templates.map((template, index): LabelTemplateRow => {
      const { version, approvedBy, approvedTimestamp } = known[index]!
      const { file, fileVersion, document = null } = files.get(template.name) ?? { file: '', fileVersion: '' }
      return { ...template, file, fileVersion, document, version, approvedBy, approvedTimestamp }
    })
    return { templates: rows, requireApproval, symbologies: symbologyNames }
  }

  async #printerRows(): Promise<ResultOf<'labels.printers'>> {
    if (this.#printers.length === 0) return { printers: [] }
    const rows = new Map((await this.thread.ask('printerStatus', null)).map((row) => [row.printer, row]))
    return {
      printers: this.#printers.map((printer) => ({
        ...unknownStatus(printer.name),
        ...rows.get(printer.name),
        ...printer,
      })),
    }
  }

  /** What is missing stands on the picture as its name: a template is drawn before the line runs. */
  async #preview(input: InputOf<'labels.preview'>): Promise<ResultOf<'labels.preview'>> {
    const { orders, thread } = this
    const template = await this.#previewed(input)
    const { fields, tags, faults } = orders.preview(template, input.fields)
    const picture = await thread.ask('preview', { template, fields, tags, dpi: input.dpi })
    return { ...picture, faults: [...faults, ...picture.faults], fields }
  }

  async #previewed({ template, document }: InputOf<'labels.preview'>): Promise<LabelTemplate> {
    if (document !== undefined) return this.#parts.templateFiles.readLabelTemplate(document)
    if (template === undefined)
      throw new RuntimeError('BadInvalidArgument', 'Name a template, or give the document of one')
    return this.orders.template(template)
  }

  #tell(news: LabelNews): void {
    if (news.pools !== null) this.#pools = news.pools
    if (news.scanners !== null) this.#scanners = news.scanners
    for (const reject of news.rejects) this.#reject(reject)
    for (const job of news.jobs) if (job.state === 'verified') this.#rejects.delete(job.printer)
    this.#board.changed(news.printers, news.jobs)
    if (news.printers !== null) this.#applyPrinters()
    for (const scan of news.scans) for (const take of [...this.#scanWatchers]) take(scan)
  }

  /** What carries the label has to leave the line: through the ordinary write path, with its interlocks. */
  #reject(reject: LabelReject): void {
    const { writeTag, logger } = this.#parts
    this.#rejects.set(reject.printer, reject)
    if (reject.tag === null) return
    writeTag(reject.tag, true).catch((error) =>
      logger.error(
        `the reject tag ${reject.tag} of the printer ${reject.printer} could not be set: ${messageOf(error)}`,
      ),
    )
  }

  #threadChanged(): void {
    if (this.thread.state === 'running') {
      this.#refresh().catch((error) => this.#parts.logger.warn(`labels could not be listed: ${messageOf(error)}`))
      return
    }
    this.#applyPrinters()
  }

  /** After a start of the thread screens see what is there. */
  async #refresh(): Promise<void> {
    const printers = await this.thread.ask('printerStatus', null)
    const { jobs } = await this.thread.ask('labels.jobs', { limit: firstJobs })
    this.#board.changed(printers, jobs.toReversed())
    this.#applyPrinters()
  }

  #applyPrinters(): void {
    const { table, applyTags, clock } = this.#parts
    if (this.#printers.length === 0) return
    const handleOf = (tag: string) => table.handleOf(tag)
    const isKnown = this.thread.state === 'running'
    const names = new Set(this.#printers.map(({ name }) => name))
    const rows = this.#board.printers.filter(({ printer }) => names.has(printer))
    const batch = isKnown
      ? printerValues(rows, handleOf, clock.now())
      : unknownPrinters([...names], handleOf, clock.now())
    if (batch.count > 0) applyTags(batch)
  }
}

function unknownStatus(printer: string): PrinterStatusRow {
  const counts = { queuedCount: 0, inDoubtCount: 0, printedCount: 0 }
  return { printer, conditions: ['unknown'], message: '', isPaused: false, ...counts, timestamp: 0 }
}

/** What the label thread has to know of the plant. */
function settingsOf(plant: Plant, { table, templateFiles }: StationLabelsParts): LabelSettings {
  const tagTypes: Record<string, LabelSettings['tagTypes'][string]> = {}
  if (plant.labels.templates.length > 0)
    for (const { definition } of table.entries()) tagTypes[definition.name] = valueTypeOf(definition)
  return {
    labels: plant.labels,
    images: imagesOf(plant, templateFiles),
    timeZone: plant.timeZone,
    namePlates: plant.equipment.flatMap(({ name, identifier }) =>
      identifier === undefined ? [] : [{ identifier, equipment: name }],
    ),
    tagTypes,
  }
}

function imagesOf({ labels }: Plant, files: TemplateFiles): ReadonlyMap<string, Uint8Array> {
  const images = new Map<string, Uint8Array>()
  for (const { elements } of labels.templates)
    for (const element of elements) {
      const bytes = element.type === 'image' ? files.labelImage(element.file) : null
      if (element.type === 'image' && bytes !== null) images.set(element.file, bytes)
    }
  return images
}
