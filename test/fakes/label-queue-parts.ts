// What a print queue needs, without identity store, renderer and plant: serials that count, labels whose dots say their identifier.
import { createHash } from 'node:crypto'
import type {
  EmitOptions,
  LabelImage,
  LabelRenderer,
  RenderRequest,
} from '../../src-main/labels/queue/label-renderer.ts'
import type { PrintOrder } from '../../src-main/labels/queue/print-orders.ts'
import type { SerialRequest, SerialSource } from '../../src-main/labels/queue/serial-source.ts'
import type { IdentifierHold, SerialState } from '../../src-main/shared/identifier.ts'
import type { LabelPrinter, LabelTemplate } from '../../src-main/shared/label.ts'
import { RuntimeError } from '../../src-main/shared/runtime-error.ts'
import type { Database } from '../../src-main/storage/database.ts'

/** Serials in a table of their own in the same database: given out with the jobs or not at all. */
export class FakeSerials implements SerialSource {
  readonly #database: Database
  readonly holds = new Map<string, IdentifierHold>()

  constructor(database: Database) {
    this.#database = database
    database.exec(
      'CREATE TABLE IF NOT EXISTS fake_serial (number INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT NOT NULL)',
    )
  }

  allocate({ count }: SerialRequest): readonly string[] {
    const insert = this.#database.prepare("INSERT INTO fake_serial (state) VALUES ('allocated')")
    return Array.from({ length: count }, () => serialOf(Number(insert.run().lastInsertRowid)))
  }

  record(identifier: string): { readonly state: SerialState | null; readonly hold: IdentifierHold | null } | undefined {
    const state = this.#database
      .prepare<[number], SerialState>('SELECT state FROM fake_serial WHERE number = ?')
      .pluck()
      .get(numberOf(identifier))
    return state === undefined ? undefined : { state, hold: this.holds.get(identifier) ?? null }
  }

  setState(identifier: string, state: SerialState): void {
    if (state === 'commissioned' && this.holds.has(identifier))
      throw new RuntimeError('BadInvalidState', `${identifier} is held: it is not commissioned`)
    this.#database.prepare('UPDATE fake_serial SET state = ? WHERE number = ?').run(state, numberOf(identifier))
  }

  stateOf(identifier: string): SerialState | null {
    return this.record(identifier)?.state ?? null
  }
}

export function serialOf(number: number): string {
  return `S${String(number).padStart(6, '0')}`
}

function numberOf(identifier: string): number {
  return Number(identifier.slice(1))
}

/** Labels whose dots are the bytes of their identifier; `fails` says which cannot be drawn. */
export class FakeRenderer implements LabelRenderer {
  fails: (request: RenderRequest) => string | null = () => null
  renderCount = 0
  readonly requests: RenderRequest[] = []

  render(request: RenderRequest): Promise<LabelImage> {
    this.renderCount++
    this.requests.push(request)
    const fault = this.fails(request)
    if (fault !== null) return Promise.reject(new RuntimeError('BadEncodingError', fault))
    const text = request.identifier ?? request.template.name
    const bitmap = Buffer.from(`${text}@${request.dpi}`, 'latin1')
    const hash = createHash('sha256').update(bitmap).digest('hex')
    return Promise.resolve({ width: 8, height: bitmap.length, bitmap, hash })
  }

  emit(image: LabelImage, { copies, dpi }: EmitOptions): Promise<Uint8Array> {
    const text = Buffer.from(image.bitmap).toString('latin1').split('@')[0]!
    const padding = 'x'.repeat(600)
    return Promise.resolve(Buffer.from(`^XA^JZN^FX${dpi}${padding}^FD${text}^FS^PQ${copies},0^XZ`, 'latin1'))
  }
}

export function labelPrinter(over: Partial<LabelPrinter> = {}): LabelPrinter {
  return {
    name: 'case-printer',
    description: '',
    language: 'zpl',
    connection: 'virtual:',
    dpi: 203,
    failover: null,
    timeoutMs: 2000,
    statusIntervalMs: 1000,
    verify: null,
    ...over,
  }
}

export function labelTemplate(over: Partial<LabelTemplate> = {}): LabelTemplate {
  return {
    name: 'case',
    title: { en: 'Case label' },
    width: 100,
    height: 50,
    rotate: 0,
    scheme: 'case',
    printer: 'case-printer',
    fields: [],
    elements: [],
    digest: 'd'.repeat(64),
    ...over,
  }
}

/** An order of so many labels of one template. */
export function printOrder(count: number, over: Partial<PrintOrder> = {}): PrintOrder {
  return {
    template: labelTemplate(),
    printer: 'case-printer',
    copies: 1,
    labels: Array.from({ length: count }, () => ({ fields: {}, identifier: null })),
    tags: {},
    user: 'ana',
    requestId: null,
    request: { count },
    mark: null,
    ...over,
  }
}
