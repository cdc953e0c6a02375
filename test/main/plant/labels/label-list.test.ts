// What labels/*.yaml means: defaults, versions of templates, tags and alarms of printers, images, and what stays when the folder breaks.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { checkFolder } from '../../../../src-main/plant/check-command.ts'
import { checkReport } from '../../../../src-main/plant/check-report.ts'
import { printerConnectionFault, scannerConnectionFault } from '../../../../src-main/plant/labels/connection-text.ts'
import { checkPlant } from '../../../../src-main/plant/plant-check.ts'
import { openPlantStore } from '../../../../src-main/plant/plant-store.ts'
import { plantWork } from '../../../../src-main/plant/plant-work.ts'
import { plantRules } from '../../../../src-main/plant-rules.ts'
import { printerConditions } from '../../../../src-main/shared/label.ts'
import type { Plant } from '../../../../src-main/shared/plant.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { fakeRules, plantFolder, temporaryFolder } from '../plant-folder-fixture.ts'

async function plantOf(files: Record<string, string | Uint8Array>): Promise<Plant> {
  const { plant, faults } = await checkPlant(await plantFolder(files), fakeRules)
  expect(checkReport(faults, false)).toBe('')
  return plant!
}

/** A PNG of one grey pixel. */
function png(grey: number): Uint8Array {
  const chunk = (type: string, content: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), content])
    const result = Buffer.alloc(body.length + 8)
    result.writeUInt32BE(content.length)
    body.copy(result, 4)
    result.writeUInt32BE(crc32(body), body.length + 4)
    return result
  }
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(Buffer.from([0, grey]))),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  )
}

const template = `templates:
  - name: case
    title: Case
    size: { width: 50, height: 30 }
    scheme: case
    fields: [{ name: order, default: "1" }]
    elements:
      - { type: text, x: 1, y: 1, value: fields.order }
      - { type: image, x: 1, y: 5, width: 5, height: 5, file: logo.png }
`
const schemes = 'schemes:\n  - { name: case, kind: gs1, template: "(01)09521234543213(21){counter:08}" }\n'

async function digestWith(changed: Record<string, string | Uint8Array>): Promise<string> {
  const files = { 'labels/t.yaml': template, 'labels/s.yaml': schemes, 'labels/logo.png': png(0), ...changed }
  return (await plantOf(files)).labels.templates[0]!.digest
}

describe('what a row leaves out', () => {
  it('is filled in: languages of printers, times, resolution, what fits into a counter', async () => {
    const { labels } = await plantOf({
      'labels/a.yaml': `schemes:
  - { name: c, kind: vaa, template: "88.123.4/{counter:03:base36}" }
  - { name: d, kind: vaa, template: "88.123.5/{counter}", first: 7, last: 9 }
printers:
  - { name: v, connection: "virtual:" }
  - { name: t, connection: "tcp://[::1]:9100", timeout: 3 s }
  - { name: p, connection: "ipp://host/ipp/print" }
scanners: [{ name: s, connection: "serial:COM4?baud=115200&parity=even" }]
triggers: [{ name: g, template: x, printer: v, when: "true" }]
templates: [{ name: x, size: { width: 10, height: 10 } }]
`,
    })
    expect(labels.schemes.map(({ first, last, reset, licensed }) => [first, last, reset, licensed])).toEqual([
      [1, 36 ** 3 - 1, 'never', false],
      [7, 9, 'never', false],
    ])
    expect(labels.printers).toMatchObject([
      { language: 'png', dpi: 203, timeoutMs: 5000, statusIntervalMs: 0, failover: null, verify: null },
      { language: 'zpl', dpi: 203, timeoutMs: 3000, statusIntervalMs: 2000 },
      { language: 'pdf', statusIntervalMs: 2000 },
    ])
    expect(labels.scanners).toMatchObject([{ equipment: null, terminator: '\r\n' }])
    expect(labels.triggers).toMatchObject([{ on: 'rising', debounceMs: 0, copies: 1, catchUp: 100, state: null }])
    expect(labels.templates).toMatchObject([{ title: { en: 'x' }, scheme: null, printer: null, rotate: 0 }])
    expect(labels.requireApproval).toBe(false)
  })
})

describe('the version of a template', () => {
  it('stays with another comment, order of keys, title, printer and way of writing', async () => {
    const before = await digestWith({})
    expect(before).toMatch(/^[0-9a-f]{64}$/)
    expect(
      await digestWith({
        'labels/t.yaml': `# Other words.
templates:
  - elements:
      - { y: 1, x: 1, value: "fields.order", type: text, rotate: 0, fontSize: 4.0 }
      - { file: logo.png, type: image, x: 1, y: 5, width: 5, height: 5 }
    fields: [{ default: 1, name: order, title: Order }]
    scheme: case
    printer: one
    size: { height: 30, width: 50 }
    title: Another
    name: case
printers: [{ name: one, connection: "virtual:" }]
`,
      }),
    ).toBe(before)
  })

  it('changes with everything that is seen: an element, a field, the size, the picture, what its identifiers are', async () => {
    const versions = await Promise.all([
      digestWith({}),
      digestWith({ 'labels/t.yaml': template.replace('x: 1, y: 1', 'x: 1, y: 2') }),
      digestWith({ 'labels/t.yaml': template.replace('default: "1"', 'default: "2"') }),
      digestWith({ 'labels/t.yaml': template.replace('width: 50', 'width: 51') }),
      digestWith({ 'labels/logo.png': png(255) }),
      digestWith({ 'labels/s.yaml': schemes.replace('543213', '543220') }),
    ])
    expect(new Set(versions).size).toBe(versions.length)
  })
})

describe('images', () => {
  it('that cannot be drawn, are too large or missing are faults at their element', async () => {
    const faultsOf = async (image: Uint8Array | null) => {
      const files: Record<string, string | Uint8Array> = { 'labels/t.yaml': template, 'labels/s.yaml': schemes }
      if (image !== null) files['labels/logo.png'] = image
      return checkReport((await checkPlant(await plantFolder(files), fakeRules)).faults, false)
    }
    expect(await faultsOf(png(0))).toBe('')
    expect(await faultsOf(null)).toBe('labels/t.yaml:9:63: there is no file labels/logo.png\n')
    expect(await faultsOf(new Uint8Array([1, 2, 3]))).toBe(
      'labels/t.yaml:9:63: the image labels/logo.png is no PNG file\n',
    )
    expect(await faultsOf(png(0).slice(0, 50))).toContain(
      'labels/t.yaml:9:63: the image labels/logo.png cannot be read',
    )
    expect(await faultsOf(new Uint8Array(1_000_001))).toContain('labels/logo.png:1:1: the image has 1000001 bytes')
  })
})

describe('a printer of the plant', () => {
  it('has tags without device and expression, and its alarms, in the languages of the plant', async () => {
    const plant = await plantOf({
      'plant.yaml': 'name: A\nline: B\nsite: C\nlanguages: [en, zh-CN]\n',
      'labels/a.yaml': 'printers: [{ name: case-printer, connection: "virtual:" }]\n',
      'tags/a.yaml': `tags:\n  - { name: Waiting, expression: 'tag("Printers.case-printer.QueueLength") + 1' }\n`,
    })
    const tags = plant.tags.filter(({ name }) => name.startsWith('Printers.case-printer.'))
    expect(tags.map(({ name, dataType }) => `${name.slice(22)} ${dataType}`)).toEqual([
      'State uint8',
      'Ready bool',
      'MediaOut bool',
      'RibbonOut bool',
      'HeadOpen bool',
      'Paused bool',
      'Fault bool',
      'Silent bool',
      'QueueLength uint32',
      'InDoubt uint32',
      'Printed uint32',
    ])
    for (const tag of tags) {
      expect(tag).toMatchObject({ device: null, address: null, expression: null, writable: false })
      expect(Object.keys(tag.descriptions!)).toEqual(['en', 'zh-CN'])
    }
    expect(Object.keys(tags[0]!.states!)).toHaveLength(printerConditions.length)
    expect(tags[0]!.states![printerConditions.indexOf('mediaOut')]).toEqual({ en: 'No labels left', 'zh-CN': '缺纸' })
    expect(
      plant.alarms
        .filter(({ tag }) => tag.startsWith('Printers.'))
        .map(({ id, priority, condition }) => [id, priority, condition]),
    ).toEqual([
      ['Printers.case-printer.Fault/fault', 'high', 'discrete'],
      ['Printers.case-printer.Silent/silent', 'high', 'discrete'],
      ['Printers.case-printer.InDoubt/inDoubt', 'medium', 'high'],
    ])
  })

  it('is not in the spreadsheet of tags, and an import of it changes nothing', async () => {
    const folder = await plantFolder({
      'labels/a.yaml': 'printers: [{ name: one, connection: "virtual:" }]\n',
      'tags/a.yaml': 'tags:\n  - { name: A, device: plc, address: "1:bool" }\n',
    })
    const work = plantWork(fakeRules)
    const { plant } = await work.read(folder)
    expect(await work.exportTags(plant!)).not.toContain('Printers')
    const csv = 'name,device,address\nPrinters.one.State,plc,5:bool\n'
    expect((await work.importTags({ file: 'new', csv, folder, plant: plant! })).faults).toMatchObject([
      { message: 'tag Printers.one.State is made by the station and cannot be changed' },
    ])
  })

  it('whose name a written tag takes is a fault where it is written', async () => {
    const { faults } = await checkPlant(
      await plantFolder({
        'labels/a.yaml': 'printers: [{ name: one, connection: "virtual:" }]\n',
        'tags/a.yaml': 'tags:\n  - { name: Printers.one.State, device: plc, address: "1:bool" }\n',
      }),
      fakeRules,
    )
    expect(checkReport(faults, false)).toBe(
      'labels/a.yaml:1:20: there is a tag named Printers.one.State already: tags/a.yaml line 2\n',
    )
  })
})

describe('who gives out identifiers of a prefix that is not for tests', () => {
  const real = 'schemes: [{ name: case, kind: gs1, template: "(01)04012345000016(21){counter:08}" }]\n'

  it('is told, and kept from it where labels have to be approved', async () => {
    const { faults, hints } = await checkPlant(await plantFolder({ 'labels/a.yaml': real }), fakeRules)
    expect(faults).toEqual([])
    expect(hints).toMatchObject([{ file: 'labels/a.yaml', line: 1, column: 46 }])
    const printed = await checkFolder(await plantFolder({ 'labels/a.yaml': real }), fakeRules, {
      json: false,
      displays: false,
    })
    expect(printed).toMatchObject({ stdout: '', isGood: true })
    expect(printed.stderr).toContain('labels/a.yaml:1:46: note: scheme case: its prefix is none of those for tests')
    const strict = 'name: A\nline: B\nsite: C\nlabels: { requireApproval: true }\n'
    const checked = await checkPlant(await plantFolder({ 'labels/a.yaml': real, 'plant.yaml': strict }), fakeRules)
    expect(checked.faults.map(({ message }) => message)).toEqual([
      'its prefix is none of those for tests: say "licensed: true" if it is yours',
    ])
    const licensed = real.replace('}" }', '}", licensed: true }')
    expect(
      (await checkPlant(await plantFolder({ 'labels/a.yaml': licensed, 'plant.yaml': strict }), fakeRules)).faults,
    ).toEqual([])
  })
})

describe('the last good plant', () => {
  it('has its labels with their pictures, also after a start with a broken folder', async () => {
    const folder = await plantFolder({
      'labels/t.yaml': template,
      'labels/s.yaml': schemes,
      'labels/logo.png': png(0),
    })
    const dataFolder = await temporaryFolder()
    const open = () =>
      openPlantStore({
        folder,
        dataFolder,
        work: plantWork(fakeRules),
        clock: new FakeClock(),
        logger: silentLogger,
        onChange: () => undefined,
      })
    const first = await open()
    const { digest } = first.plant.labels.templates[0]!
    expect(first.labelImage('logo.png')).toEqual(png(0))
    await first.close()
    expect(new Uint8Array(readFileSync(join(dataFolder, 'plant-last-good/labels/logo.png')))).toEqual(png(0))

    rmSync(join(folder, 'labels/logo.png'))
    const second = await open()
    onTestFinished(() => second.close())
    expect(second.faults.map(({ message }) => message)).toEqual(['there is no file labels/logo.png'])
    expect(second.plant.labels.templates[0]!.digest).toBe(digest)
    expect(second.labelImage('logo.png')).toEqual(png(0))

    writeFileSync(join(folder, 'labels/logo.png'), png(255))
    await second.reload()
    expect(second.faults).toEqual([])
    expect(second.plant.labels.templates[0]!.digest).not.toBe(digest)
    expect(second.labelImage('logo.png')).toEqual(png(255))
  })
})

describe('connections', () => {
  it('are taken as people write them', () => {
    for (const right of [
      'tcp://10.0.0.7:9100',
      'tcp://printer-1.example.com:9100',
      'tcp://[fe80::1]:9100',
      'ipp://host:631/ipp/print',
      'ipps://host/ipp/print',
      'cups:Zebra_ZD421',
      'windows:ZDesigner ZD421-203dpi ZPL',
      'serial:/dev/ttyUSB0?baud=9600',
      'serial:COM3',
      'file:/var/lib/labels',
      'file:C:\\labels',
      'virtual:',
    ])
      expect(printerConnectionFault(right)).toBe(null)
    for (const right of ['tcp://h:1', 'tcp-listen://0.0.0.0:65535', 'serial:/dev/ttyACM0', 'tag:Labeller.Scan'])
      expect(scannerConnectionFault(right)).toBe(null)
  })

  it('of any other text are refused with a sentence, never with a crash', () => {
    const piece = fc.constantFrom(
      'tcp',
      '://',
      ':',
      '/',
      '?',
      'baud=',
      '9100',
      '0',
      '65536',
      'host',
      '[',
      ']',
      '@',
      ' ',
      '..',
      '\u0000',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (connection) => {
        for (const fault of [printerConnectionFault(connection), scannerConnectionFault(connection)])
          expect(fault === null || (fault.length > 10 && fault.length < 400)).toBe(true)
      }),
      { numRuns: 3000 },
    )
    for (const port of ['0', '-1', '65536', '1e3', '0x10', ' 9100', '9100 ', ''])
      expect(printerConnectionFault(`tcp://host:${port}`)).toContain('port')
  })
})

describe('the labels of the demo plant', () => {
  it('are without faults and hints, with test prefixes only, and its machines have name plates', async () => {
    const folder = new URL('../../../../resources/demo-plant', import.meta.url).pathname
    const { plant, faults, hints } = await checkPlant(folder, plantRules)
    expect(faults).toEqual([])
    expect(hints).toEqual([])
    const { schemes, templates, triggers, printers } = plant!.labels
    for (const scheme of schemes) expect(plantRules.labels.readScheme(scheme).meaning!.isTestPrefix).toBe(true)
    expect(templates.map(({ name }) => name)).toEqual(['case', 'pallet'])
    expect(triggers).toHaveLength(2)
    for (const printer of printers) expect(printer.connection).toBe('virtual:')
    expect(plant!.equipment.filter(({ identifier }) => identifier !== undefined)).toHaveLength(9)
  })
})
