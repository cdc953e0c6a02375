// Printers of Windows, by the raw datatype of its spooler: no driver touches the bytes. PowerShell calls the spooler, so that nothing
// native has to be shipped. `OpenPrinter` succeeds on a printer that is unplugged; its state is asked first.
import { spawn } from 'node:child_process'
import type { LabelPrinter, PrinterCondition } from '../../shared/label.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import {
  conditionsMessage,
  type OutgoingLabel,
  type PrinterAnswer,
  type PrinterChannel,
  PrinterFault,
  sortedConditions,
} from './printer-channel.ts'

/** What is asked of the spooler. */
export interface SpoolerTask {
  readonly task: 'status' | 'print'
  readonly printer: string
  /** Name of the spooled document. */
  readonly document: string
  /** Base64; '' for a question. */
  readonly bytes: string
  /** How long the label may stay in the spooler; ms. */
  readonly waitMs: number
}

/**
 * What the spooler says. `stage`: how far a label got: `none` = nothing was handed over, `spooled` = the spooler has it, `done` = it left the
 * spooler for the printer.
 */
export interface SpoolerAnswer {
  readonly stage: 'none' | 'spooled' | 'done'
  /** PRINTER_STATUS bits, and JOB_STATUS bits of the label. */
  readonly printerStatus: number
  readonly jobStatus: number
  /** Of Windows; '' = none. */
  readonly error: string
}

/** Does a task; rejects when it cannot be done at all. */
export type RunSpooler = (task: SpoolerTask, signal: AbortSignal) => Promise<SpoolerAnswer>

/** PRINTER_STATUS_… of winspool.h. */
const printerBits: readonly (readonly [bit: number, condition: PrinterCondition])[] = [
  [0x0000_0001, 'paused'],
  [0x0000_0002, 'fault'],
  [0x0000_0008, 'jam'],
  [0x0000_0010, 'mediaOut'],
  [0x0000_0040, 'fault'],
  [0x0000_0080, 'offline'],
  [0x0000_0400, 'printing'],
  [0x0000_1000, 'offline'],
  [0x0004_0000, 'ribbonOut'],
  [0x0010_0000, 'fault'],
  [0x0040_0000, 'headOpen'],
]
/** JOB_STATUS_… that say that a label does not get on. */
const jobBits: readonly (readonly [bit: number, condition: PrinterCondition])[] = [
  [0x0001, 'paused'],
  [0x0002, 'fault'],
  [0x0020, 'offline'],
  [0x0040, 'mediaOut'],
  [0x0200, 'fault'],
  [0x0400, 'fault'],
]

function conditionsOf(bits: number, of: typeof printerBits): PrinterCondition[] {
  return of.filter(([bit]) => (bits & bit) !== 0).map(([, condition]) => condition)
}

export class WindowsChannel implements PrinterChannel {
  readonly #queue: string
  readonly #timeoutMs: number
  readonly #run: RunSpooler
  readonly #closing = new AbortController()

  constructor(printer: LabelPrinter, run: RunSpooler = runPowerShell) {
    this.#queue = printer.connection.replace(/^windows:(\/\/)?/, '')
    this.#timeoutMs = printer.timeoutMs
    this.#run = run
  }

  async status(): Promise<PrinterAnswer> {
    try {
      const { error, printerStatus } = await this.#do('status', '', '')
      if (error !== '') return { conditions: ['offline'], message: error, hasAnswered: false }
      const conditions = sortedConditions(['ready', ...conditionsOf(printerStatus, printerBits)])
      return { conditions, message: conditionsMessage(conditions), hasAnswered: true }
    } catch (error) {
      return { conditions: ['offline'], message: messageOf(error), hasAnswered: false }
    }
  }

  prepare(): Promise<PrinterAnswer> {
    return this.status()
  }

  async send({ job, bytes }: OutgoingLabel): Promise<void> {
    let answer: SpoolerAnswer
    try {
      answer = await this.#do('print', job, Buffer.from(bytes).toString('base64'))
    } catch (error) {
      // PowerShell may have been ended after the spooler had the label.
      throw new PrinterFault(['offline'], `the label broke off: ${messageOf(error)}`, 'unknown', error)
    }
    if (answer.stage === 'done' && answer.error === '') return
    const conditions = sortedConditions([
      ...conditionsOf(answer.printerStatus, printerBits),
      ...conditionsOf(answer.jobStatus, jobBits),
      'fault',
    ])
    const words = answer.error === '' ? conditionsMessage(conditions) : answer.error
    if (answer.stage === 'none')
      throw new PrinterFault(conditions, `the spooler did not take the label: ${words}`, 'untouched')
    throw new PrinterFault(conditions, `the label does not leave the spooler: ${words}`, 'unknown')
  }

  close(): Promise<void> {
    this.#closing.abort()
    return Promise.resolve()
  }

  #do(task: SpoolerTask['task'], document: string, bytes: string): Promise<SpoolerAnswer> {
    const what: SpoolerTask = { task, printer: this.#queue, document, bytes, waitMs: this.#timeoutMs }
    return this.#run(what, this.#closing.signal)
  }
}

/** Compiling the few lines of C# takes seconds on a slow machine. */
const startMs = 15_000

/** The task goes in by stdin as JSON, so that no name of a printer is ever part of a command. */
export const runPowerShell: RunSpooler = (task, signal) =>
  new Promise((resolve, reject) => {
    if (process.platform !== 'win32')
      return reject(
        new RuntimeError('BadNotSupported', 'windows: connections need Windows; use tcp:, ipp: or cups: here'),
      )
    const encoded = Buffer.from(spoolerScript, 'utf16le').toString('base64')
    const shell = spawn('powershell.exe', ['-NoProfile', '-NonInteractive', '-EncodedCommand', encoded], {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      signal,
      timeout: startMs + task.waitMs,
    })
    let said = ''
    let complaint = ''
    shell.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString('utf8')
    })
    shell.stderr.on('data', (bytes: Buffer) => {
      complaint += bytes.toString('utf8')
    })
    shell.stdin.on('error', reject)
    shell.on('error', reject)
    shell.on('close', () => {
      const answer = parseSpoolerAnswer(said)
      if (answer) resolve(answer)
      else reject(new Error(`PowerShell did not answer: ${complaint.trim().slice(0, 500)}`))
    })
    shell.stdin.end(JSON.stringify(task))
  })

/** null = it is no answer. */
export function parseSpoolerAnswer(text: string): SpoolerAnswer | null {
  const line = text.split('\n').find((one) => one.startsWith('{'))
  if (line === undefined) return null
  try {
    const { stage, printerStatus, jobStatus, error } = JSON.parse(line) as Record<string, unknown>
    if (stage !== 'none' && stage !== 'spooled' && stage !== 'done') return null
    if (typeof printerStatus !== 'number' || typeof jobStatus !== 'number' || typeof error !== 'string') return null
    return { stage, printerStatus, jobStatus, error }
  } catch {
    return null
  }
}

/**
 * GetPrinter before StartDocPrinter; the label waits in the spooler until it has left it, or `waitMs` are over: then it is taken out again, so
 * that it does not come out hours later.
 */
export const spoolerScript = `
$ErrorActionPreference = 'Stop'
$task = [Console]::In.ReadToEnd() | ConvertFrom-Json
Add-Type -TypeDefinition @'
using System;
using System.Runtime.InteropServices;
public static class Spooler {
  [StructLayout(LayoutKind.Sequential, CharSet = CharSet.Unicode)]
  public struct Document { public string Name; public string Output; public string DataType; }
  [DllImport("winspool.drv", CharSet = CharSet.Unicode, SetLastError = true)]
  public static extern bool OpenPrinterW(string name, out IntPtr printer, IntPtr defaults);
  [DllImport("winspool.drv", SetLastError = true)] public static extern bool ClosePrinter(IntPtr printer);
  [DllImport("winspool.drv", CharSet = CharSet.Unicode, SetLastError = true)]
  public static extern bool GetPrinterW(IntPtr printer, int level, IntPtr buffer, int size, out int needed);
  [DllImport("winspool.drv", CharSet = CharSet.Unicode, SetLastError = true)]
  public static extern int StartDocPrinterW(IntPtr printer, int level, ref Document document);
  [DllImport("winspool.drv", SetLastError = true)] public static extern bool EndDocPrinter(IntPtr printer);
  [DllImport("winspool.drv", SetLastError = true)] public static extern bool StartPagePrinter(IntPtr printer);
  [DllImport("winspool.drv", SetLastError = true)] public static extern bool EndPagePrinter(IntPtr printer);
  [DllImport("winspool.drv", SetLastError = true)]
  public static extern bool WritePrinter(IntPtr printer, byte[] bytes, int count, out int written);
  [DllImport("winspool.drv", CharSet = CharSet.Unicode, SetLastError = true)]
  public static extern bool GetJobW(IntPtr printer, int job, int level, IntPtr buffer, int size, out int needed);
  [DllImport("winspool.drv", CharSet = CharSet.Unicode, SetLastError = true)]
  public static extern bool SetJobW(IntPtr printer, int job, int level, IntPtr buffer, int command);
  public static int PrinterStatus(IntPtr printer) {
    int needed;
    GetPrinterW(printer, 6, IntPtr.Zero, 0, out needed);
    IntPtr buffer = Marshal.AllocHGlobal(Math.Max(needed, 4));
    try {
      if (!GetPrinterW(printer, 6, buffer, needed, out needed)) throw new System.ComponentModel.Win32Exception();
      return Marshal.ReadInt32(buffer);
    } finally { Marshal.FreeHGlobal(buffer); }
  }
  // JOB_INFO_1: the id, six texts, then the status bits; -1 = the job is gone.
  public static int JobStatus(IntPtr printer, int job) {
    int needed;
    GetJobW(printer, job, 1, IntPtr.Zero, 0, out needed);
    if (Marshal.GetLastWin32Error() == 87) return -1;
    IntPtr buffer = Marshal.AllocHGlobal(Math.Max(needed, 4));
    try {
      if (!GetJobW(printer, job, 1, buffer, needed, out needed)) return -1;
      return Marshal.ReadInt32(buffer, IntPtr.Size * 7);
    } finally { Marshal.FreeHGlobal(buffer); }
  }
}
'@
$stage = 'none'; $printerStatus = 0; $jobStatus = 0; $failure = ''
$printer = [IntPtr]::Zero
function Failure($what) { throw ($what + ': ' + (New-Object System.ComponentModel.Win32Exception).Message) }
try {
  if (-not [Spooler]::OpenPrinterW($task.printer, [ref]$printer, [IntPtr]::Zero)) { Failure 'there is no printer of this name' }
  $printerStatus = [Spooler]::PrinterStatus($printer)
  if ($task.task -eq 'print') {
    $document = New-Object Spooler+Document
    $document.Name = $task.document; $document.DataType = 'RAW'
    $bytes = [Convert]::FromBase64String($task.bytes)
    $job = [Spooler]::StartDocPrinterW($printer, 1, [ref]$document)
    if ($job -eq 0) { Failure 'the document cannot be begun' }
    $stage = 'spooled'
    $written = 0
    if (-not [Spooler]::StartPagePrinter($printer)) { Failure 'the page cannot be begun' }
    if (-not [Spooler]::WritePrinter($printer, $bytes, $bytes.Length, [ref]$written)) { Failure 'writing failed' }
    if ($written -ne $bytes.Length) { throw ('only ' + $written + ' of ' + $bytes.Length + ' bytes were taken') }
    [void][Spooler]::EndPagePrinter($printer)
    if (-not [Spooler]::EndDocPrinter($printer)) { Failure 'the document cannot be ended' }
    $until = (Get-Date).AddMilliseconds($task.waitMs)
    while ($true) {
      $jobStatus = [Spooler]::JobStatus($printer, $job)
      if ($jobStatus -eq -1 -or ($jobStatus -band 0x1080) -ne 0) { $jobStatus = 0; $stage = 'done'; break }
      if ((Get-Date) -gt $until) { [void][Spooler]::SetJobW($printer, $job, 0, [IntPtr]::Zero, 5); break }
      Start-Sleep -Milliseconds 20
    }
    $printerStatus = [Spooler]::PrinterStatus($printer)
  }
} catch { $failure = $_.Exception.Message } finally { if ($printer -ne [IntPtr]::Zero) { [void][Spooler]::ClosePrinter($printer) } }
@{ stage = $stage; printerStatus = $printerStatus; jobStatus = $jobStatus; error = $failure } | ConvertTo-Json -Compress
`
