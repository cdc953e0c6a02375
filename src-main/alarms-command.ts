// lineside alarms …: the alarm journal of a data folder as a file, and checked; also beside a running station.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import {
  cancellable,
  cancelledExitCode,
  interruption,
  openOutput,
  ProgressLines,
  refuse,
  timeOf,
} from './command-output.ts'
import { messageOf, RuntimeError } from './shared/runtime-error.ts'

interface AlarmExportOptions {
  readonly data: string
  readonly from: string
  readonly to: string
  readonly id?: string
  readonly area?: string
  /** undefined = stdout. */
  readonly out?: string
}

/** Adds `alarms` to the program. */
export function addAlarmCommands(program: Command): void {
  const alarms = program.command('alarms').description('the alarm journal of a station, also beside a running one')
  const dataOption = ['--data <folder>', 'data folder'] as const
  alarms
    .command('export')
    .description('write rows of the alarm journal into a file, those of archive files too')
    .requiredOption(...dataOption)
    .requiredOption('--from <time>', 'as 2026-03-01, 2026-03-01T06:00:00+01:00 or ms since 1970')
    .requiredOption('--to <time>', 'the same, or now; counts itself')
    .option('--id <id>', 'only this alarm, as Filler.Level/high')
    .option('--area <area>', 'only this area and what is below it, as Packaging/Filling')
    .addOption(new Option('--format <format>').choices(['csv']).default('csv'))
    .option('--out <file>', 'file to write; without it stdout')
    .action(async (options: AlarmExportOptions) => {
      process.exitCode = await runAlarmExport(options)
    })
  alarms
    .command('verify')
    .description('check the chain of every row of the alarm journal and of its archive files')
    .requiredOption(...dataOption)
    .action(async ({ data }: { data: string }) => {
      process.exitCode = await runAlarmVerify(data)
    })
}

interface JournalFiles {
  readonly file: string
  readonly archiveFolder: string
}

/** Throws RuntimeError BadNotFound when there is no journal. */
async function journalFiles(data: string): Promise<JournalFiles> {
  const { archiveFolderName, journalFileName } = await import('./alarms/journal/journal-files.ts')
  const folder = resolve(data)
  const file = join(folder, journalFileName)
  if (!existsSync(file)) throw new RuntimeError('BadNotFound', `There is no alarm journal in ${folder}`)
  return { file, archiveFolder: join(folder, archiveFolderName) }
}

/** Resolves with the exit code. No half file is left by Ctrl+C. */
async function runAlarmExport({ data, from, to, id, area, out }: AlarmExportOptions): Promise<number> {
  const span = { from: timeOf('--from', from), to: timeOf('--to', to) }
  if (span.from > span.to) refuse('--from is later than --to')
  const { file, archiveFolder } = await journalFiles(data)
  const { archiveFiles } = await import('./alarms/journal/journal-archive.ts')
  const { journalCsvHeader, journalCsvLines } = await import('./alarms/journal/journal-csv.ts')
  const { searchJournal } = await import('./alarms/journal/journal-search.ts')
  const { JournalSource } = await import('./alarms/journal/journal-source.ts')
  const signal = interruption()
  const output = await openOutput(out)
  const progress = new ProgressLines(process.stderr)
  let rowCount = 0
  try {
    await output.write(Buffer.from(journalCsvHeader))
    for (const part of [...archiveFiles(archiveFolder).map((archive) => archive.file), file]) {
      const source = JournalSource.open(part)
      try {
        let cursor: string | undefined
        do {
          signal.throwIfAborted()
          const page = searchJournal({ ...span, id, area, cursor }, { source })
          rowCount += page.events.length
          progress.say(`${rowCount} rows`)
          await output.write(Buffer.from(journalCsvLines(page.events)))
          // Ctrl+C is heard between two pages.
          await new Promise<void>((resolve) => setImmediate(resolve))
          cursor = page.cursor
        } while (cursor !== undefined)
      } finally {
        source.close()
      }
    }
    await output.keep()
    progress.end(`${rowCount} rows`)
    return 0
  } catch (error) {
    await output.discard()
    progress.end(signal.aborted ? 'cancelled; nothing is left' : '')
    if (signal.aborted) return cancelledExitCode
    throw error
  }
}

/** Exit code 1 when a row is missing or not what was written. */
async function runAlarmVerify(data: string): Promise<number> {
  const { file, archiveFolder } = await journalFiles(data)
  const { checkJournal } = await import('./alarms/journal/journal-check.ts')
  const signal = interruption()
  return cancellable(signal, async (progress) => {
    const check = await checkJournal(file, archiveFolder, {
      isCancelled: () => signal.aborted,
      onProgress: (rowCount) => progress.say(`${rowCount} rows`),
    }).catch((error: unknown) => {
      if (signal.aborted) throw error
      throw new RuntimeError('BadInternalError', `The alarm journal cannot be read: ${messageOf(error)}`, error)
    })
    const { rowCount, firstSequence, lastSequence, archiveCount, gaps } = check
    for (const { first, last, reason } of gaps)
      process.stdout.write(`rows ${first} to ${last} are not there: ${reason}\n`)
    if (!check.ok) process.stdout.write(`row ${check.firstBrokenSequence} is missing or not what was written\n`)
    const what = `${rowCount} rows from ${firstSequence} to ${lastSequence}, ${archiveCount} archive files`
    progress.end(check.ok ? `every row is as it was written: ${what}` : `looked at ${what}`)
    return check.ok ? 0 : 1
  })
}
