import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../../../src-main/base/clock.ts'
import { toPdf } from '../../../../src-main/labels/emit/pdf.ts'
import { FileChannel, folderOf } from '../../../../src-main/labels/printers/file-channel.ts'
import { cupsAddress, IppChannel, ippAddress } from '../../../../src-main/labels/printers/ipp-channel.ts'
import { channelOpener } from '../../../../src-main/labels/printers/open-channel.ts'
import type { OutgoingLabel, PrinterMemory } from '../../../../src-main/labels/printers/printer-channel.ts'
import { parseSerialConnection } from '../../../../src-main/labels/printers/serial-wire.ts'
import {
  type SpoolerAnswer,
  type SpoolerTask,
  spoolerScript,
  WindowsChannel,
} from '../../../../src-main/labels/printers/windows-channel.ts'
import { hasIppeveprinter, startIppeveprinter } from '../../../fakes/ippeveprinter.ts'
import { FakeLabelPrinter } from '../../../fakes/label-printer.ts'
import { labelPrinter } from '../../../fakes/label-queue-parts.ts'

const memory: PrinterMemory = { hasAnswered: false, mayHoldRest: false, putInTray: () => Promise.resolve() }
const zpl = (identifier: string): Buffer => Buffer.from(`^XA^JZN^FD${identifier}^FS^PQ1,0^XZ`)
const label = (identifier: string, bytes: Uint8Array = zpl(identifier)): OutgoingLabel => ({
  job: `job-${identifier}`,
  identifier,
  copies: 1,
  bytes,
  imageHash: 'a'.repeat(64),
})
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-channel-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (connection: string, over: object = {}, of: Partial<PrinterMemory> = {}) =>
  channelOpener({ clock: systemClock })(labelPrinter({ connection, timeoutMs: 400, ...over }), { ...memory, ...of })

describe('TCP port 9100', () => {
  const printer = new FakeLabelPrinter({ printMs: 30 })
  beforeEach(async () => {
    await printer.listen()
    printer.printed.length = 0
  })
  afterEach(() => printer.close())
  const address = () => `tcp://127.0.0.1:${printer.port}`

  test('a label is out when the printer says that nothing is left of it; one connection carries all', async () => {
    const channel = open(address())
    expect((await channel.prepare()).conditions).toEqual(['ready'])
    const before = printer.connectionCount
    await channel.send(label('A'))
    expect(printer.identifiers()).toEqual(['A'])
    await channel.send(label('B'))
    expect(printer.identifiers()).toEqual(['A', 'B'])
    expect(printer.connectionCount).toBe(before)
    await channel.close()
  })

  test('nobody there: nothing of the label left, it can be sent again', async () => {
    await printer.close()
    const channel = open(address())
    expect(await channel.status()).toMatchObject({ conditions: ['offline'] })
    await expect(channel.send(label('A'))).rejects.toMatchObject({ fate: 'untouched' })
  })

  test('a printer that reads nothing: the label is in doubt within the time', async () => {
    const channel = open(address())
    await channel.prepare()
    printer.setHangs(true)
    await expect(channel.send(label('A'))).rejects.toMatchObject({ fate: 'unknown', conditions: ['silent'] })
    printer.setHangs(false)
    await channel.close()
  })

  test('a connection that breaks in the middle of a label leaves it in doubt; what is left of it is cleared first the next time', async () => {
    const channel = open(address())
    await channel.prepare()
    printer.breaksAfterBytes = 10
    await expect(channel.send(label('A'))).rejects.toMatchObject({ fate: 'unknown' })
    await channel.prepare()
    await channel.send(label('B'))
    expect(printer.printed.map(({ text }) => text)).toEqual([zpl('B').toString()])
    await channel.close()
  })

  test('the rest of a label from before the last start is cleared too', async () => {
    const before = open(address())
    printer.breaksAfterBytes = 10
    await before.prepare()
    await expect(before.send(label('A'))).rejects.toThrow()
    await before.close()
    const channel = open(address(), {}, { mayHoldRest: true, hasAnswered: true })
    await channel.prepare()
    await channel.send(label('B'))
    expect(printer.printed.map(({ text }) => text)).toEqual([zpl('B').toString()])
    await channel.close()
  })

  test('a printer held at its own keys is waited for: the label is out when it is let go', async () => {
    const channel = open(address())
    await channel.prepare()
    printer.setFault('paused')
    let isOut = false
    const sent = channel.send(label('A')).then(() => {
      isOut = true
    })
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(isOut).toBe(false)
    printer.clearFaults()
    await sent
    expect(printer.identifiers()).toEqual(['A'])
    await channel.close()
  })

  test('what is wrong is asked for exactly where the printer knows the question', async () => {
    printer.answersInFault = true
    printer.setFault('ribbonOut')
    printer.setFault('mediaOut')
    const channel = open(address())
    expect(await channel.status()).toMatchObject({
      conditions: ['mediaOut', 'ribbonOut'],
      message: 'no labels left, no ribbon left',
    })
    printer.clearFaults()
    await channel.close()
  })

  test('garbage instead of an answer is no reason to stop or to crash', async () => {
    const server = (await import('node:net')).createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', () => socket.write('\x02\x03'.repeat(9) + '\xff'.repeat(5000)))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const channel = open(`tcp://127.0.0.1:${(server.address() as { port: number }).port}`)
    expect((await channel.status()).conditions).toEqual(['unknown'])
    await channel.close()
    server.close()
  })
})

describe('IPP', () => {
  let server: Server
  let documents: Buffer[]
  let jobStates: number[]
  let printerState: Buffer
  let requests: { operation: number; type: string | undefined; path: string | undefined }[]
  let status = 0
  /** Operation after whose request the connection is cut; 0 = none. */
  let breaksAt = 0

  const attribute = (tag: number, name: string, value: Buffer | string): Buffer => {
    const bytes = Buffer.from(value)
    return Buffer.concat([Buffer.from([tag, 0, name.length]), Buffer.from(name), Buffer.from([0, bytes.length]), bytes])
  }
  const number = (value: number): Buffer => Buffer.from([0, 0, 0, value])
  const stateOf = (state: number, reason: string): Buffer =>
    Buffer.concat([attribute(0x23, 'printer-state', number(state)), attribute(0x44, 'printer-state-reasons', reason)])

  beforeEach(async () => {
    documents = []
    jobStates = [5, 9]
    printerState = stateOf(3, 'none')
    requests = []
    status = 0
    breaksAt = 0
    server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const body = Buffer.concat(parts)
        const operation = body.readUInt16BE(2)
        requests.push({ operation, type: request.headers['content-type'], path: request.url })
        if (operation === 2) documents.push(body.subarray(body.indexOf(zplStart)))
        if (operation === breaksAt) return request.socket.destroy()
        const head = Buffer.from([2, 0, 0, operation === 2 ? status : 0, ...body.subarray(4, 8)])
        if (operation === 2) head.writeUInt16BE(status, 2)
        const jobState = operation === 9 ? (jobStates.length > 1 ? jobStates.shift()! : jobStates[0]!) : 3
        const group =
          operation === 11
            ? [Buffer.from([4]), printerState]
            : [Buffer.from([2]), attribute(0x21, 'job-id', number(17)), attribute(0x23, 'job-state', number(jobState))]
        response.setHeader('content-type', 'application/ipp')
        response.end(Buffer.concat([head, ...group, Buffer.from([3])]))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => new Promise((resolve) => server.close(resolve)))
  const zplStart = Buffer.from('^XA')
  const port = () => (server.address() as { port: number }).port
  const address = () => `ipp://127.0.0.1:${port()}/ipp/print`

  test('a label is a job with its bytes as they are, and out when the job is completed', async () => {
    const channel = open(address())
    expect((await channel.prepare()).conditions).toEqual(['ready'])
    await channel.send(label('A'))
    expect(documents).toEqual([zpl('A')])
    expect(requests.map(({ operation }) => operation)).toEqual([11, 2, 9, 11, 9])
    expect(requests[1]).toMatchObject({ type: 'application/ipp', path: '/ipp/print' })
    await channel.close()
  })

  test('a printer that stops under a label: the job is cancelled, the label is in doubt', async () => {
    const channel = open(address())
    jobStates = [6]
    printerState = stateOf(5, 'media-empty-error')
    await expect(channel.send(label('A'))).rejects.toMatchObject({ fate: 'unknown', conditions: ['mediaOut'] })
    expect(requests.at(-1)!.operation).toBe(8)
    await channel.close()
  })

  test('a format the printer does not take is refused for good, a printer that is busy takes the label later', async () => {
    const channel = open(address())
    status = 0x040a
    await expect(channel.send(label('A'))).rejects.toMatchObject({ fate: 'refused' })
    status = 0x0507
    await expect(channel.send(label('A'))).rejects.toMatchObject({ fate: 'untouched' })
    await channel.close()
  })

  test('an aborted job is in doubt; nobody there is not', async () => {
    const channel = open(address())
    jobStates = [8]
    await expect(channel.send(label('A'))).rejects.toMatchObject({ fate: 'unknown' })
    const nobody = open('ipp://127.0.0.1:1/ipp/print')
    expect((await nobody.status()).conditions).toEqual(['offline'])
    await expect(nobody.send(label('A'))).rejects.toMatchObject({ fate: 'untouched' })
  })

  test('a connection that breaks after the label was sent: it is in doubt, not untouched', async () => {
    const channel = open(address())
    expect((await channel.status()).conditions).toEqual(['ready'])
    breaksAt = 2
    await expect(channel.send(label('A'))).rejects.toMatchObject({ fate: 'unknown' })
    expect(documents).toHaveLength(1)
    await channel.close()
  })

  test('a raw queue of CUPS gets the bytes past its filters', async () => {
    const printer = labelPrinter({ connection: 'cups:zebra 1'.replace(' ', '_') })
    expect(cupsAddress(printer)).toMatchObject({
      port: 631,
      path: '/printers/zebra_1',
      format: 'application/vnd.cups-raw',
    })
    const channel = new IppChannel({ ...cupsAddress(printer, port()), host: '127.0.0.1' }, 400, systemClock)
    await channel.send(label('A'))
    expect(requests[0]!.path).toBe('/printers/zebra_1')
    expect(documents).toEqual([zpl('A')])
  })

  test('addresses: ports, paths, fingerprints', () => {
    const of = (connection: string) => ippAddress(labelPrinter({ connection }))
    expect(of('ipp://10.0.0.9')).toMatchObject({ host: '10.0.0.9', port: 631, path: '/ipp/print', isSecure: false })
    expect(of('ipps://[fe80::1]:443/print?fingerprint=AB:CD')).toMatchObject({
      host: 'fe80::1',
      port: 443,
      path: '/print',
      isSecure: true,
      fingerprint: 'abcd',
    })
  })

  test.skipIf(!hasIppeveprinter())(
    'ippeveprinter takes a label byte by byte (skipped where it, dbus or avahi are missing)',
    async () => {
      const printer = await startIppeveprinter()
      try {
        const channel = open(printer.uri, { timeoutMs: 5000, language: 'pdf' })
        expect((await channel.status()).conditions).toEqual(['ready'])
        const bitmap = new Uint8Array(10 * 80).fill(0xaa)
        const pdf = await toPdf({ width: 80, height: 80, bitmap }, { copies: 1, dpi: 203 })
        await channel.send(label('A', pdf))
        const printed = readdirSync(printer.spool).map((file) => readFileSync(join(printer.spool, file)))
        expect(printed.map((bytes) => bytes.equals(pdf))).toContain(true)
        await channel.close()
      } finally {
        printer.close()
      }
    },
  )
})

describe('files', () => {
  test('a label is there whole or not at all, named by its job and identifier', async () => {
    const channel = new FileChannel(labelPrinter({ connection: `file:${folder}/out` }), `${folder}/out`)
    expect((await channel.prepare()).conditions).toEqual(['ready'])
    await channel.send({ ...label('(01)0952/1'), job: 'job-1' })
    expect(readdirSync(`${folder}/out`)).toEqual(['job-1-_01_0952_1.zpl'])
    expect(readFileSync(`${folder}/out/job-1-_01_0952_1.zpl`)).toEqual(zpl('(01)0952/1'))
  })

  test('a folder that cannot be written to: nothing is sent', async () => {
    writeFileSync(join(folder, 'file'), '')
    const channel = new FileChannel(labelPrinter(), join(folder, 'file', 'out'))
    expect((await channel.status()).conditions).toEqual(['offline'])
    await expect(channel.send(label('A'))).rejects.toMatchObject({ fate: 'untouched' })
  })

  test('folders are absolute, or below the data folder', () => {
    expect(folderOf('file:///srv/labels', '/data')).toBe('/srv/labels')
    expect(folderOf('file:/srv/labels', '/data')).toBe('/srv/labels')
    expect(folderOf('file:out', '/data')).toBe('/data/out')
    expect(folderOf('file:', '/data')).toBe('/data/labels')
  })
})

describe('the spooler of Windows', () => {
  const run = (answer: Partial<SpoolerAnswer>) => {
    const tasks: SpoolerTask[] = []
    const channel = new WindowsChannel(labelPrinter({ connection: 'windows:Zebra "1"; calc' }), (task) => {
      tasks.push(task)
      return Promise.resolve({ stage: 'none', printerStatus: 0, jobStatus: 0, error: '', ...answer })
    })
    return { channel, tasks }
  }

  test('the label goes as raw bytes to the printer as it is called, whatever stands in its name', async () => {
    const { channel, tasks } = run({ stage: 'done' })
    await channel.send(label('A'))
    expect(tasks).toEqual([
      {
        task: 'print',
        printer: 'Zebra "1"; calc',
        document: 'job-A',
        bytes: zpl('A').toString('base64'),
        waitMs: 2000,
      },
    ])
    expect(spoolerScript).not.toContain('$task.printer)"')
    expect(spoolerScript).toContain("DataType = 'RAW'")
  })

  test.each([
    [{ printerStatus: 0 }, ['ready']],
    [{ printerStatus: 0x10 }, ['mediaOut']],
    [{ printerStatus: 0x0040_0080 }, ['offline', 'headOpen']],
    [{ error: 'there is no printer of this name' }, ['offline']],
  ])('%j', async (answer, conditions) => {
    expect((await run(answer).channel.status()).conditions).toEqual(conditions)
  })

  test('what the spooler did not take can be sent again; what it keeps is in doubt', async () => {
    await expect(run({ stage: 'none', error: 'access denied' }).channel.send(label('A'))).rejects.toMatchObject({
      fate: 'untouched',
    })
    await expect(run({ stage: 'spooled', jobStatus: 0x40 }).channel.send(label('A'))).rejects.toMatchObject({
      fate: 'unknown',
      conditions: ['mediaOut', 'fault'],
    })
  })
})

describe('serial lines', () => {
  test('settings stand in the connection', () => {
    expect(parseSerialConnection('serial:/dev/ttyUSB0')).toEqual({
      path: '/dev/ttyUSB0',
      settings: { baudRate: 9600, parity: 'none', dataBits: 8, stopBits: 1 },
    })
    expect(parseSerialConnection('serial:/dev/ttyS1?baud=115200&parity=even&dataBits=7&stopBits=2').settings).toEqual({
      baudRate: 115_200,
      parity: 'even',
      dataBits: 7,
      stopBits: 2,
    })
    expect(() => parseSerialConnection('serial:/dev/ttyS1?baud=fast')).toThrow(/baud fast/)
  })

  const socat = spawnSync('which', ['socat']).status === 0
  test.skipIf(!socat)('a printer on a serial line prints and answers (skipped without socat)', async () => {
    const printer = new FakeLabelPrinter()
    await printer.listen()
    const line = join(folder, 'line')
    const child = spawn('socat', [`PTY,link=${line},raw,echo=0`, `TCP:127.0.0.1:${printer.port}`], { stdio: 'ignore' })
    try {
      await vi.waitFor(() => expect(readdirSync(folder)).toContain('line'))
      const channel = open(`serial:${line}?baud=9600`, { timeoutMs: 2000 })
      expect((await channel.prepare()).conditions).toEqual(['ready'])
      await channel.send(label('A'))
      expect(printer.identifiers()).toEqual(['A'])
      await channel.close()
    } finally {
      child.kill()
      await printer.close()
    }
  })
})
