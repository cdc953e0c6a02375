// Trend groups saved from a screen: the file keeps its comments and the order of its keys, and what another person changed in it
// meanwhile is never overwritten.
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Document, isMap, isNode, isScalar, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'
import { formatDuration } from '../../shared/duration.ts'
import type { PlantFault } from '../../shared/plant.ts'
import type { PlantRules } from '../../shared/plant-rules.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { defaultTrendSpanMs, type TrendGroup, type TrendPen } from '../../shared/trend-group.ts'
import { checkFiles } from '../plant-check.ts'
import { flushFolder, writeFileAtomically } from '../source/atomic-file.ts'
import { FaultList } from '../source/fault-list.ts'
import { EditedFiles, FolderFiles } from '../source/folder-scan.ts'
import { otherFault } from '../source/other-fault.ts'
import { trendNameOf } from './trend-file.ts'
import { trendVersionOf } from './trend-version.ts'

/** What a save needs to know. */
export interface TrendSave {
  /** The plant folder. */
  readonly folder: string
  readonly group: TrendGroup
  /** Of the file the group was made from; null = there must be none yet; undefined = whatever is there. */
  readonly version: string | null | undefined
}

export interface TrendSaved {
  /** Of the file as it is now; '' with faults. */
  readonly version: string
  /** Of the group; then nothing was written. */
  readonly faults: readonly PlantFault[]
}

export interface TrendDelete {
  readonly folder: string
  readonly name: string
  readonly version: string | undefined
}

/** Writes trends/`name`.yaml. Throws RuntimeError BadEntryExists (another version), BadInvalidState (the folder has other faults). */
export async function saveTrendFile(save: TrendSave, rules: PlantRules): Promise<TrendSaved> {
  const { folder, group, version } = save
  if (trendNameOf(`trends/${group.name}.yaml`) === null)
    throw new RuntimeError('BadInvalidArgument', `"${group.name}" is no name of a trend group`)
  const files = new FolderFiles(folder)
  const present = await presentFile(files, group.name)
  refuseOtherVersion(group.name, present?.text ?? null, version)
  const file = present?.file ?? `trends/${group.name}.yaml`
  const text = editedText(present?.text ?? null, group)
  const check = await checkFiles(new EditedFiles(files, new Map([[file, text]])), rules)
  const own = check.faults.filter((fault) => fault.file === file)
  if (own.length > 0) return { version: '', faults: own }
  const [other] = check.faults
  if (other !== undefined) throw otherFault(other, 'the group can be taken over')
  try {
    await writeFileAtomically(join(folder, file), text)
  } catch (error) {
    throw new RuntimeError('BadResourceUnavailable', `${file} cannot be written: ${messageOf(error)}`, error)
  }
  return { version: trendVersionOf(text), faults: [] }
}

/** Deletes trends/`name`.yaml. Throws RuntimeError BadNotFound, BadEntryExists (another version). */
export async function deleteTrendFile({ folder, name, version }: TrendDelete): Promise<void> {
  const present = await presentFile(new FolderFiles(folder), name)
  if (present === null) throw new RuntimeError('BadNotFound', `There is no trend group "${name}"`)
  refuseOtherVersion(name, present.text, version)
  const path = join(folder, present.file)
  try {
    await rm(path)
    await flushFolder(dirname(path))
  } catch (error) {
    throw new RuntimeError('BadResourceUnavailable', `${present.file} cannot be deleted: ${messageOf(error)}`, error)
  }
}

async function presentFile(files: FolderFiles, name: string): Promise<{ file: string; text: string } | null> {
  const faults = new FaultList()
  const entry = (await files.list(faults)).find(({ file, kind }) => kind === 'trend' && trendNameOf(file) === name)
  if (entry === undefined) return null
  const text = await files.read(entry.file, faults)
  if (text === null)
    throw new RuntimeError('BadInvalidState', `${entry.file} cannot be read: ${faults.sorted()[0]?.message ?? ''}`)
  return { file: entry.file, text }
}

function refuseOtherVersion(name: string, text: string | null, version: string | null | undefined): void {
  if (version === undefined) return
  if (version === null && text !== null)
    throw new RuntimeError('BadEntryExists', `There is a trend group "${name}" already`)
  if (version !== null && text === null)
    throw new RuntimeError(
      'BadEntryExists',
      `The trend group "${name}" was deleted meanwhile; save it under a new name`,
    )
  if (version !== null && text !== null && trendVersionOf(text) !== version)
    throw new RuntimeError(
      'BadEntryExists',
      `The trend group "${name}" was changed meanwhile; open it again or save under a new name`,
    )
}

/** The file with the group in it; a file that cannot be edited is written anew. */
function editedText(before: string | null, group: TrendGroup): string {
  const parsed = before === null ? null : parseDocument(before, { prettyErrors: false })
  const document = parsed !== null && parsed.errors.length === 0 && isMap(parsed.contents) ? parsed : newDocument()
  const root = document.contents as YAMLMap
  const stood = JSON.stringify(document.toJS())
  const titles = Object.values(group.title)
  const isPlainTitle = typeof root.get('title') === 'string' && titles.length === 1
  put(document, root, 'title', isPlainTitle ? titles[0] : group.title)
  if (group.spanMs !== defaultTrendSpanMs || root.has('span')) put(document, root, 'span', formatDuration(group.spanMs))
  putPens(document, root, group.pens)
  if (group.markers.length > 0 || root.has('markers')) put(document, root, 'markers', group.markers)
  // Nothing new: then not even a blank is.
  return before !== null && JSON.stringify(document.toJS()) === stood ? before : document.toString({ lineWidth: 0 })
}

function newDocument(): Document {
  const document = new Document({})
  ;(document.contents as unknown as YAMLMap).flow = false
  return document
}

/** Sets a key unless it says so already: then its way of writing and its comments stay. */
function put(document: Document, map: YAMLMap, key: string, value: unknown): void {
  const present = map.get(key, true)
  const js: unknown = isMap(present) || isSeq(present) || isScalar(present) ? present.toJS(document) : undefined
  if (js !== undefined && JSON.stringify(js) === JSON.stringify(value)) return
  map.set(key, typeof value === 'object' ? document.createNode(value, { flow: true }) : value)
}

/** Each pen keeps its line with its comment, wherever it goes. */
function putPens(document: Document, root: YAMLMap, pens: readonly TrendPen[]): void {
  const present = root.get('pens', true)
  const list = isSeq(present) ? present : (document.createNode([]) as YAMLSeq)
  if (!isSeq(present)) root.set('pens', list)
  const [first] = list.items
  // The parser gives a comment above the first line to the list; it belongs to that line.
  if (isNode(first) && list.commentBefore) {
    first.commentBefore ??= list.commentBefore
    list.commentBefore = null
  }
  const lines = new Map(list.items.map((item) => [tagOf(item), item]))
  list.items = pens.map((pen) => {
    const keys = Object.fromEntries(Object.entries(pen).filter(([, value]) => value !== null))
    const line = lines.get(pen.tag)
    if (isScalar(line) && Object.keys(keys).length === 1) return line
    if (!isMap(line)) return document.createNode(keys, { flow: true })
    for (const key of ['color', 'axis', 'low', 'high', 'style'] as const)
      if (pen[key] === null) line.delete(key)
      else put(document, line, key, pen[key])
    return line
  })
  list.flow = pens.length === 0
}

function tagOf(item: unknown): string | null {
  if (isScalar(item)) return String(item.value)
  const tag = isMap(item) ? item.get('tag') : null
  return typeof tag === 'string' ? tag : null
}
