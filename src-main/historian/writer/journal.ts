// The journal's files: every batch is written here before anything else, and stays until its samples are safe in chunks.
import { closeSync, constants, fdatasync, ftruncateSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { HistoryFilesError } from '../files/history-files-error.ts'

const syncFile = promisify(fdatasync)

/** 'LSJOURNL' */
const segmentMagic = new Uint8Array([0x4c, 0x53, 0x4a, 0x4f, 0x55, 0x52, 0x4e, 0x4c])
const formatVersion = 1
export const segmentHeaderByteCount = 32
/** A segment's bytes fit into these many bits of a position. */
const positionsPerSegment = 2 ** 26
/** Codes of the operating system that mean "no room". */
const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** One file of the journal. */
export interface JournalSegment {
  readonly number: number
  readonly file: string
}

/** The segments of a folder, oldest first. A folder that does not exist has none. */
export function journalSegments(folder: string): readonly JournalSegment[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return []
    throw error
  }
  return names
    .map((name) => /^(\d{10})\.journal$/.exec(name))
    .filter((match) => match !== null)
    .map((match) => ({ number: Number(match[1]), file: join(folder, match[0]) }))
    .sort((a, b) => a.number - b.number)
}

/** Place of a frame in the whole journal: greater = later. */
export function journalPosition(segment: number, offset: number): number {
  return segment * positionsPerSegment + offset
}

/** Number of the segment when its first bytes are those of one; RuntimeError: BadDecodingError, or BadConfigurationError when too new. */
export function readSegmentHeader(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < segmentHeaderByteCount || segmentMagic.some((byte, index) => bytes[index] !== byte))
    throw new RuntimeError('BadDecodingError', 'The file does not begin like a journal')
  if (crc32(bytes.subarray(0, 28)) !== view.getUint32(28, true))
    throw new RuntimeError('BadDecodingError', 'The first bytes of the journal are damaged')
  const version = view.getUint32(8, true)
  if (version !== formatVersion)
    throw new RuntimeError('BadConfigurationError', `The journal has format ${version}, made by a newer Lineside`)
  return view.getUint32(12, true)
}

function segmentHeader(number: number, timestamp: number): Uint8Array {
  const bytes = new Uint8Array(segmentHeaderByteCount)
  const view = new DataView(bytes.buffer)
  bytes.set(segmentMagic)
  view.setUint32(8, formatVersion, true)
  view.setUint32(12, number, true)
  view.setFloat64(16, timestamp, true)
  view.setUint32(28, crc32(bytes.subarray(0, 28)), true)
  return bytes
}

interface OpenSegment extends JournalSegment {
  readonly descriptor: number
}

export interface JournalOptions {
  /** `<data>/history/journal`; made when it does not exist. */
  readonly folder: string
  /** Number of the first segment: greater than all there are. */
  readonly firstSegment: number
  /** Bytes of a segment before the next is begun; at most 64 MiB. */
  readonly segmentByteCount: number
}

/**
 * Appends frames to segment files. `append` is written at once (a killed process loses nothing), `sync` makes it survive a power cut.
 * Not for several threads. Throws HistoryFilesError; after `diskFull` nothing of the frame is in the journal.
 */
export class Journal {
  readonly #folder: string
  #segmentByteCount: number
  #segment: OpenSegment | null = null
  #nextNumber: number
  /** Bytes of the segment being written. */
  #offset = 0
  #writtenByteCount = 0
  /** Counts appends; what was synced is told by it. */
  #appendCount = 0
  #syncedCount = 0
  /** Segments that were left and are not synced yet. */
  #left: OpenSegment[] = []
  #isFolderSynced = true
  #running: Promise<void> | null = null
  #segmentCount = 0

  constructor(options: JournalOptions) {
    this.#folder = options.folder
    this.#nextNumber = options.firstSegment
    this.#segmentByteCount = Math.min(options.segmentByteCount, positionsPerSegment)
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
  }

  set segmentByteCount(byteCount: number) {
    this.#segmentByteCount = Math.min(byteCount, positionsPerSegment)
  }

  /** Number of the segment being written; the next append may begin another one. */
  get segment(): number {
    return this.#segment?.number ?? this.#nextNumber
  }

  /** Bytes of the segment being written. */
  get segmentBytes(): number {
    return this.#offset
  }

  get segmentCount(): number {
    return this.#segmentCount
  }

  /** Bytes appended since it was opened. */
  get writtenByteCount(): number {
    return this.#writtenByteCount
  }

  /** True when a frame of this size begins a new segment: whatever the old one explains has to be said again. */
  needsSegment(byteCount: number): boolean {
    if (this.#segment === null) return true
    // A frame that is large beside a small segment is written all the same: every segment takes one.
    return this.#offset + byteCount + 8 > this.#segmentByteCount && this.#offset > this.#segmentByteCount / 4
  }

  /** Begins the next segment. `timestamp`: for those who look at the file. */
  startSegment(timestamp: number): void {
    const number = this.#nextNumber
    const file = join(this.#folder, `${String(number).padStart(10, '0')}.journal`)
    const descriptor = attempt(file, () =>
      openSync(file, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600),
    )
    this.#nextNumber++
    if (this.#segment) this.#left.push(this.#segment)
    this.#segment = { number, file, descriptor }
    this.#isFolderSynced = false
    this.#offset = 0
    this.#segmentCount++
    try {
      this.#write(segmentHeader(number, timestamp))
    } catch (error) {
      // A file without its first bytes takes no frames: the next append begins another one.
      this.#offset = Number.POSITIVE_INFINITY
      throw error
    }
  }

  /** Writes one frame; its position. {@link startSegment} comes before where {@link needsSegment} says so. */
  append(frame: Uint8Array): number {
    const position = journalPosition(this.#segment!.number, this.#offset)
    this.#write(frame)
    return position
  }

  /** Resolves when everything appended before the call is on the disk. Calls share syncs: one runs, one waits. */
  async sync(): Promise<void> {
    const wanted = this.#appendCount
    while (this.#syncedCount < wanted || !this.#isFolderSynced) {
      this.#running ??= this.#syncOnce().finally(() => {
        this.#running = null
      })
      await this.#running
    }
  }

  /** Removes segments before this one; their samples must be safe elsewhere. */
  async dropBefore(number: number): Promise<void> {
    try {
      const doomed = journalSegments(this.#folder).filter((segment) => segment.number < number)
      for (const { file } of doomed) await unlink(file)
      if (doomed.length === 0) return
    } catch (error) {
      throw asFilesError(error, `removing old segments of the journal in ${this.#folder}`)
    }
    this.#isFolderSynced = false
    await this.sync()
  }

  async close(): Promise<void> {
    await this.sync()
    if (this.#segment) closeSync(this.#segment.descriptor)
    this.#segment = null
  }

  async #syncOnce(): Promise<void> {
    const count = this.#appendCount
    const left = this.#left
    this.#left = []
    const syncsFolder = !this.#isFolderSynced
    this.#isFolderSynced = true
    try {
      for (const segment of left) await syncFile(segment.descriptor)
      if (this.#segment) await syncFile(this.#segment.descriptor)
      if (syncsFolder) await syncFolder(this.#folder)
    } catch (error) {
      this.#left = [...left, ...this.#left]
      this.#isFolderSynced &&= !syncsFolder
      throw asFilesError(error, `syncing the journal in ${this.#folder}`)
    }
    for (const segment of left) closeSync(segment.descriptor)
    if (count > this.#syncedCount) this.#syncedCount = count
  }

  #write(bytes: Uint8Array): void {
    const { descriptor, file } = this.#segment!
    let written = 0
    try {
      while (written < bytes.length)
        written += writeSync(descriptor, bytes, written, bytes.length - written, this.#offset + written)
      // Frames begin at multiples of 8: the hole reads as zeros.
      this.#offset += (bytes.length + 7) & ~7
    } catch (error) {
      if (written > 0) this.#cutTail()
      throw asFilesError(error, `writing the journal ${file}`)
    }
    this.#appendCount++
    this.#writtenByteCount += bytes.length
  }

  /** Takes back the part of a frame that found room. Where even this fails, reading passes over the part. */
  #cutTail(): void {
    try {
      ftruncateSync(this.#segment!.descriptor, this.#offset)
    } catch {
      this.#offset = Number.POSITIVE_INFINITY
    }
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function attempt<T>(file: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw asFilesError(error, `beginning the journal ${file}`)
  }
}

function asFilesError(error: unknown, attempted: string): HistoryFilesError {
  if (error instanceof HistoryFilesError) return error
  const code = (error as { code?: unknown }).code
  const kind = typeof code === 'string' && fullCodes.has(code) ? 'diskFull' : 'ioError'
  return new HistoryFilesError(kind, `${attempted} failed: ${messageOf(error)}`, error)
}
