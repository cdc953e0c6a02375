// What the label thread and its render thread say to each other (render-thread.ts, render-worker.ts).

import type { EmitOptions, LabelImage, RenderRequest } from '../labels/queue/label-renderer.ts'
import type { ResultOf } from '../shared/contract.ts'
import type { TagValue } from '../shared/data-value.ts'
import type { LabelTemplate, PrinterResolution } from '../shared/label.ts'
import type { LabelSettings } from './label-message.ts'

export type TagTypes = LabelSettings['tagTypes']

/** A label that is only looked at. */
export interface PreviewRequest {
  readonly template: LabelTemplate
  readonly images: ReadonlyMap<string, Uint8Array>
  readonly dpi: PrinterResolution
  readonly identifier: string | null
  readonly fields: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, TagValue>>
}

export type PreviewAnswer = Omit<ResultOf<'labels.preview'>, 'fields'>

/** A piece of work. `tagTypes` of the tags that the template reads. */
export type RenderJob =
  | { readonly kind: 'render'; readonly request: RenderRequest; readonly tagTypes: TagTypes }
  | { readonly kind: 'preview'; readonly request: PreviewRequest; readonly tagTypes: TagTypes }
  | { readonly kind: 'emit'; readonly image: LabelImage; readonly options: EmitOptions }

export interface ToRenderWorker {
  readonly id: number
  readonly job: RenderJob
}
