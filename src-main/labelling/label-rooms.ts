// What runs in the label thread, put together: identifiers, print queue and scans over one database, printers, scanners, and the thread
// that draws. Everything it acknowledges is on the disk; what it tells the runtime is put together for a tenth of a second.
import { join } from 'node:path'
import type { Clock, Timer } from '../base/clock.ts'
import { Closing } from '../base/closing.ts'
import type { Logger } from '../base/logger.ts'
import { parseIdentifier } from '../identifiers/schemes/parse-identifier.ts'
import { IdentityStore } from '../identifiers/store/identity-store.ts'
import type { AllocationRequest } from '../identifiers/store/serial-pools.ts'
import { stateFolder } from '../identifiers/store/state-folder.ts'
import { channelOpener } from '../labels/printers/open-channel.ts'
import { PrintQueue, type QueueChange } from '../labels/queue/print-queue.ts'
import type { SerialSource } from '../labels/queue/serial-source.ts'
import { LineScanners } from '../scanning/line-scanners.ts'
import { ScanBook } from '../scanning/scan-book.ts'
import { toJsonValue } from '../shared/data-value.ts'
import type { LabelJob, LabelTemplate, ScanRow } from '../shared/label.ts'
import { messageOf } from '../shared/runtime-error.ts'
import { type Database, openDatabase } from '../storage/database.ts'
import { identifiersMigrations } from '../storage/migrations/identifiers/identifiers-migrations.ts'
import type { LabelNews, LabelSettings, LabelWorkerStart } from './label-message.ts'
import { PartTracking } from './part-tracking.ts'
import { RenderThread } from './render-thread.ts'
import { ScanPath } from './scan-path.ts'

/** 10 Hz. */
const newsIntervalMs = 100
/** Pools change rarely, and cost a question to the database. */
const poolsIntervalMs = 1000

export interface LabelRoomsParts extends LabelWorkerStart {
  readonly clock: Clock
  readonly logger: Logger
  readonly tell: (news: LabelNews) => void
}

export class LabelRooms {
  readonly database: Database
  readonly store: IdentityStore
  readonly queue: PrintQueue
  readonly renderer: RenderThread
  readonly scans: ScanPath
  readonly tracking: PartTracking
  readonly #parts: LabelRoomsParts
  readonly #scanners: LineScanners
  readonly #closing = new Closing()
  #settings: LabelSettings
  #jobs = new Map<string, LabelJob>()
  #newScans: ScanRow[] = []
  #rejects: QueueChange['rejects'] = []
  #arePrintersNew = false
  #areScannersNew = false
  #newsTimer: Timer | null = null
  #toldPools = JSON.stringify({ stopped: [], witnessFault: '' })

  /** Throws DatabaseError when identifiers.sqlite cannot be opened: then nothing is given out. */
  constructor(parts: LabelRoomsParts) {
    const { dataFolder, clock, logger, settings } = parts
    this.#parts = parts
    this.#settings = settings
    const file = join(dataFolder, 'identifiers.sqlite')
    this.database = this.#closing.add(openDatabase({ file, migrations: identifiersMigrations, durability: 'full' }))
    this.store = new IdentityStore({
      database: this.database,
      clock,
      logger,
      stateFolder: stateFolder(),
      isStateFolderNamed: Boolean(process.env.LINESIDE_STATE),
      jobOf: (identifier) => this.queue.jobs({ identifier, limit: 1 }).jobs[0]?.id ?? null,
    })
    this.#closing.onClose(() => this.store.close())
    this.tracking = new PartTracking({ database: this.database, store: this.store, clock })
    this.renderer = this.#closing.add(new RenderThread({ clock, logger, tagTypes: () => this.#settings.tagTypes }))
    this.queue = this.#closing.add(
      new PrintQueue({
        database: this.database,
        serials: this.#serials(),
        renderer: this.renderer,
        channels: channelOpener({ clock, dataFolder }),
        clock,
        logger,
        onChange: (change) => this.#changed(change),
      }),
    )
    this.scans = new ScanPath({
      database: this.database,
      store: this.store,
      queue: this.queue,
      book: new ScanBook(this.database),
      tracking: this.tracking,
      logger,
      onScan: (scan) => this.#scanned(scan),
    })
    this.#scanners = this.#closing.add(
      new LineScanners({
        clock,
        logger,
        onScan: ({ name }, text) => this.#read(name, text),
        onStanding: () => {
          this.#areScannersNew = true
          this.#hasNews()
        },
      }),
    )
    const poolTimer = clock.every(poolsIntervalMs, () => this.#lookAtPools())
    this.#closing.onClose(() => poolTimer.cancel())
  }

  /** The plant as it is now. */
  async configure(settings: LabelSettings): Promise<void> {
    this.#settings = settings
    const { labels, timeZone } = settings
    this.store.configure(labels.schemes, timeZone)
    this.tracking.configure(labels)
    this.scans.configure(settings)
    await this.queue.configure(labels.printers)
    for (const template of labels.templates) this.#keepTemplate(template)
    this.#scanners.configure(labels.scanners)
    this.#lookAtPools()
  }

  /** The one spelling that is stored and compared. */
  spelling(text: string): string {
    return parseIdentifier(text).identifier
  }

  /** Bytes of the images a template names; of one that is missing the drawing says so. */
  imagesOf(template: LabelTemplate): ReadonlyMap<string, Uint8Array> {
    const images = new Map<string, Uint8Array>()
    for (const element of template.elements) {
      const bytes = element.type === 'image' ? this.#settings.images.get(element.file) : undefined
      if (element.type === 'image' && bytes) images.set(element.file, bytes)
    }
    return images
  }

  /** The label under way is ended or in doubt. */
  async close(): Promise<void> {
    this.#newsTimer?.cancel()
    await this.#closing.close()
  }

  /** Gives out identifiers, each with its places at the line. In the transaction that is open. */
  allocate(request: AllocationRequest): readonly string[] {
    const identifiers = this.store.allocate(request)
    this.tracking.allocated(request.scheme, identifiers)
    return identifiers
  }

  /** What the queue needs of the store. */
  #serials(): SerialSource {
    const { store } = this
    return {
      allocate: ({ scheme, count, fields, tags, user }) =>
        this.allocate({ scheme, count, fields: texts(fields), tags: texts(tags), user }),
      record: (identifier) => store.record(identifier),
      setState: (identifier, state, user, reason) => store.setState(identifier, state, user, reason),
    }
  }

  /** A version that was never printed can be approved too. */
  #keepTemplate(template: LabelTemplate): void {
    try {
      this.queue.keepTemplate(template, this.imagesOf(template))
    } catch (error) {
      this.#parts.logger.warn(`the template ${template.name} cannot be kept: ${messageOf(error)}`)
    }
  }

  #changed({ jobs, hasPrinters, rejects }: QueueChange): void {
    for (const job of jobs) {
      this.#jobs.delete(job.id)
      this.#jobs.set(job.id, job)
    }
    this.#rejects = [...this.#rejects, ...rejects]
    if (hasPrinters || jobs.length > 0) this.#arePrintersNew = true
    this.#hasNews(rejects.length > 0)
  }

  /** A scanner at the line cannot be told why a scan was not kept (disk full): the log is, and the next scan is taken as usual. */
  #read(source: string, text: string): void {
    const { clock, logger } = this.#parts
    try {
      this.scans.take({ text, source, aimId: null, grade: null, isLookOnly: false, timestamp: clock.now() }, '')
    } catch (error) {
      logger.error(`a scan of ${source} was not kept: ${messageOf(error)}`)
    }
  }

  #scanned(scan: ScanRow): void {
    this.#newScans.push(scan)
    this.#hasNews(true)
  }

  /** What was scanned does not wait: somebody stands there, or something has to leave the line. */
  #hasNews(isUrgent = false): void {
    if (isUrgent) this.#newsTimer?.cancel()
    if (isUrgent) this.#newsTimer = this.#parts.clock.after(0, () => this.#tell())
    else this.#newsTimer ??= this.#parts.clock.after(newsIntervalMs, () => this.#tell())
  }

  #tell(): void {
    this.#newsTimer = null
    const news: LabelNews = {
      printers: this.#arePrintersNew ? this.queue.printers() : null,
      jobs: [...this.#jobs.values()],
      scans: this.#newScans,
      rejects: this.#rejects,
      pools: null,
      scanners: this.#areScannersNew ? this.#scanners.standings() : null,
    }
    this.#jobs = new Map()
    this.#newScans = []
    this.#rejects = []
    this.#arePrintersNew = false
    this.#areScannersNew = false
    this.#parts.tell(news)
  }

  #lookAtPools(): void {
    const stopped = this.store.pools().flatMap(({ scheme, refusal }) => (refusal === null ? [] : [{ scheme, refusal }]))
    const pools = { stopped, witnessFault: this.store.witnessFault ?? '' }
    const text = JSON.stringify(pools)
    if (text === this.#toldPools) return
    this.#toldPools = text
    const nothing = { printers: null, jobs: [], scans: [], rejects: [], scanners: null }
    this.#parts.tell({ ...nothing, pools })
  }
}

/** Values as they stand in an identifier. */
export function texts(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const json = toJsonValue(value as Parameters<typeof toJsonValue>[0])
      return [name, typeof json === 'string' ? json : JSON.stringify(json)]
    }),
  )
}
