// A mimic on the page of jsdom with a plant given by the test: symbols, equipment, tags. Time stands until the test lets it go.
import { onTestFinished, vi } from 'vitest'
import type { EquipmentRow, TagRow } from '../../../src-main/shared/contract.ts'
import type { JsonValue } from '../../../src-main/shared/data-value.ts'
import type { MimicFault } from '../../../src-renderer/mimic/drawing/mimic-drawing.ts'
import { openMimic } from '../../../src-renderer/mimic/mimic-opening.ts'
import { MimicScreen } from '../../../src-renderer/mimic/mimic-screen.ts'
import { svg } from './page-parts.ts'
import { StageTags } from './stage/stage-tags.svelte.ts'

export interface ScreenPlant {
  readonly equipment?: readonly EquipmentRow[]
  /** Type → elements of its symbol. */
  readonly symbols?: Readonly<Record<string, string>>
  readonly tags?: readonly TagRow[]
}

export interface ScreenStage {
  readonly host: HTMLElement
  readonly tags: StageTags
  readonly screen: MimicScreen
  readonly faults: readonly MimicFault[]
  /** Displays, faceplates, writes asked for, and sentences said. */
  readonly asked: unknown[]
  element(id: string): SVGGraphicsElement
  /** Classes of the quality marks. */
  marks(): readonly string[]
  /** Lets pushed values come to the page. */
  show(values?: Readonly<Record<string, readonly [JsonValue, number]>>): Promise<void>
}

export const tagRow = (tag: string, more: Partial<TagRow> = {}): TagRow => ({
  tag,
  dataType: 'float32',
  unit: '%',
  description: '',
  writable: false,
  decimals: 1,
  ...more,
})

/** An instance with members of its own, `<name>.<member>` each. */
export function instance(
  name: string,
  type: string,
  members: readonly string[],
  more: Partial<EquipmentRow> = {},
): EquipmentRow {
  const own = Object.fromEntries(members.map((member) => [member, `${name}.${member}`]))
  return {
    name,
    type,
    description: {},
    place: '',
    parent: null,
    children: {},
    ...more,
    members: { ...own, ...more.members },
  }
}

const pageTimers = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'requestAnimationFrame',
  'cancelAnimationFrame',
] as const

/** Opens a mimic of these elements; it goes when the test ends. */
export async function stageScreen(elements: string, plant: ScreenPlant = {}): Promise<ScreenStage> {
  vi.useFakeTimers({ toFake: [...pageTimers] })
  const host = document.createElement('div')
  document.body.replaceChildren(host)
  const tags = new StageTags()
  const asked: unknown[] = []
  const opened = await openMimic(
    {
      loadMimic: async () => svg(elements),
      loadSymbol: async (type) => {
        const symbol = plant.symbols?.[type]
        if (symbol === undefined) throw new Error(`no symbol of ${type}`)
        return svg(symbol)
      },
      loadEquipment: async () => plant.equipment ?? [],
      describeTags: async (names) => (plant.tags ?? []).filter(({ tag }) => names.includes(tag)),
    },
    'test',
    { locale: 'en', on: 'On', off: 'Off' },
  )
  if (!opened.ok) throw new Error(opened.refused.refusal)
  const faults: MimicFault[] = [...opened.mimic.faults]
  const screen = new MimicScreen({
    host,
    opened: opened.mimic,
    watcher: tags,
    outlets: {
      openMimic: (name) => asked.push(name),
      openFaceplate: (target) => asked.push(target),
      write: (write) => asked.push(write),
      say: (message) => asked.push(message),
      titleOf: (mimic) => mimic,
    },
    onFault: (fault) => faults.push(fault),
  })
  onTestFinished(() => {
    screen.close()
    vi.useRealTimers()
  })
  const stage: ScreenStage = {
    host,
    tags,
    screen,
    faults,
    asked,
    element: (id) => host.querySelector<SVGGraphicsElement>(`[id$="${id}"]`)!,
    marks: () =>
      [...host.querySelectorAll('.ls-mark')].map((mark) => mark.getAttribute('class')!.replace('ls-mark ls-mark-', '')),
    async show(values = {}) {
      await Promise.resolve()
      tags.push(values)
      vi.advanceTimersByTime(20)
    },
  }
  await stage.show()
  return stage
}
