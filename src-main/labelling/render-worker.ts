// Worker thread of render-thread.ts: draws labels, reads their bar codes back, writes them in the language of printers, one after the
// other, until it is ended, and fonts and decoder with it.
import { parentPort } from 'node:worker_threads'
import type { ThreadAnswer } from '../base/thread-on-demand.ts'
import { decodeSymbols } from '../labels/decode/decode-symbols.ts'
import { emitLabel } from '../labels/emit/emit-label.ts'
import { toPng } from '../labels/emit/png.ts'
import { compileLabel } from '../labels/layout/label-texts.ts'
import type { LabelImage, RenderRequest } from '../labels/queue/label-renderer.ts'
import { type RenderedLabel, renderLabel } from '../labels/render/render-label.ts'
import { type TagValue, toBase64 } from '../shared/data-value.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import { StatusCodes } from '../shared/status-code.ts'
import { coerceValue } from '../shared/tag.ts'
import type { PreviewAnswer, PreviewRequest, RenderJob, TagTypes, ToRenderWorker } from './render-message.ts'

const port = parentPort
if (!port) throw new Error('render-worker.ts runs as a worker thread of render-thread.ts only')

// One after the other: the order of the answers says which one was worked on when the thread dies.
let worked: Promise<void> = Promise.resolve()
port.on('message', ({ id, job }: ToRenderWorker) => {
  worked = worked.then(async () => port.postMessage(await answerTo(id, job)))
})

async function answerTo(id: number, job: RenderJob): Promise<ThreadAnswer> {
  try {
    return { type: 'answer', id, value: await done(job) }
  } catch (error) {
    const code = error instanceof RuntimeError ? error.code : 'BadInternalError'
    return { type: 'refusal', id, code, message: messageOf(error) }
  }
}

function done(job: RenderJob): Promise<LabelImage | PreviewAnswer | Uint8Array> {
  switch (job.kind) {
    case 'render':
      return printed(job.request, job.tagTypes)
    case 'preview':
      return previewed(job.request, job.tagTypes)
    case 'emit':
      return emitLabel(job.image, job.options)
  }
}

/** A label with anything wrong is not printed. */
async function printed(request: RenderRequest, tagTypes: TagTypes): Promise<LabelImage> {
  const { label, faults } = await drawn(
    { ...request, fields: request.fields },
    tagTypes,
    request.timestamp,
    request.user,
  )
  if (faults.length > 0) throw new RuntimeError('BadOutOfRange', faults.join('; '))
  const { width, height, bitmap, hash } = label
  return { width, height, bitmap, hash }
}

async function previewed(request: PreviewRequest, tagTypes: TagTypes): Promise<PreviewAnswer> {
  const { label, faults, texts } = await drawn(request, tagTypes, Date.now(), '')
  const { width, height, dpi, hash, symbols, areas } = label
  return {
    png: toBase64(toPng(label, dpi)),
    width,
    height,
    dpi,
    imageHash: hash,
    symbols: symbols.map(({ element, symbology, x, y, width: wide, height: high }) => {
      const text = texts.get(element) ?? ''
      return { symbology, text, x, y, width: wide, height: high }
    }),
    areas,
    faults,
  }
}

/** What is drawn of either. */
interface Drawing extends Pick<PreviewRequest, 'template' | 'images' | 'dpi' | 'identifier'> {
  readonly fields: RenderRequest['fields']
  readonly tags: Readonly<Record<string, unknown>>
}

async function drawn(
  request: Drawing,
  tagTypes: TagTypes,
  now: number,
  user: string,
): Promise<{ label: RenderedLabel; faults: readonly string[]; texts: ReadonlyMap<number, string> }> {
  const { template, images, dpi, identifier } = request
  const compiled = compileLabel(template, { tagType: (name) => tagTypes[name] ?? null, now: () => now })
  if (!compiled.ok) {
    const { element, message } = compiled.faults[0]!
    throw new RuntimeError('BadConfigurationError', `element ${element + 1}: ${message}`)
  }
  const fields = Object.fromEntries(Object.entries(request.fields).map(([name, value]) => [name, String(value)]))
  const read = (name: string) => inputOf(name, request.tags, tagTypes, now)
  const texts = compiled.label.evaluate(read, { identifier: identifier ?? '', fields, user, now })
  const label = renderLabel({ template, texts, dpi, image: (file) => images.get(file) ?? null })
  const decoded = await decodeSymbols(label)
  return {
    label,
    faults: [...label.faults, ...decoded.flatMap(({ fault }) => fault ?? [])],
    texts: new Map(decoded.map(({ element, text }) => [element, text ?? ''])),
  }
}

/** Values of tags come as JSON, as they are kept with the job. */
function inputOf(name: string, tags: Readonly<Record<string, unknown>>, types: TagTypes, now: number) {
  const type = types[name]
  const given = tags[name]
  const coerced = type === undefined ? null : coerceValue(given, type.dataType, type.arrayLength)
  const value: TagValue = coerced?.ok === true ? coerced.value : null
  const statusCode = value === null ? StatusCodes.BadNoData : StatusCodes.Good
  return { value, statusCode, sourceTimestamp: now }
}
