// Label templates saved from the editor: only the lines that are different change, nothing of another person is overwritten, and a
// faulty one is never written.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { openPlantStore, type PlantStore } from '../../../../src-main/plant/plant-store.ts'
import { plantWork } from '../../../../src-main/plant/plant-work.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { fakeRules, plantFolder, temporaryFolder } from '../plant-folder-fixture.ts'

const written = `# Labels of the line.
printers:
  - { name: one, connection: "virtual:" }

templates:
  # Goes on every case.
  - name: case          # as the shop calls it
    size: { width: 50, height: 30 }   # mm
    printer: one
    elements:
      # Top.
      - { type: text, x: 1, y: 1, text: Hello }   # greeting
      - { type: box, x: 1, y: 10, width: 20, height: 5 }

      # Bottom.
      - { type: text, x: 1, y: 20, text: Bye }
  - { name: small, size: { width: 10, height: 10 } }

triggers:
  - { name: t, template: small, printer: one, schedule: { times: ["06:00"] } }
`

const caseDocument = {
  name: 'case',
  size: { width: 50, height: 30 },
  printer: 'one',
  elements: [
    { type: 'text', x: 1, y: 1, text: 'Hello' },
    { type: 'box', x: 1, y: 10, width: 20, height: 5 },
    { type: 'text', x: 1, y: 20, text: 'Bye' },
  ],
}

async function station(files: Record<string, string> = { 'labels/all.yaml': written }) {
  const folder = await plantFolder(files)
  const store = await openPlantStore({
    folder,
    dataFolder: await temporaryFolder(),
    work: plantWork(fakeRules),
    clock: new FakeClock(),
    logger: silentLogger,
    onChange: () => undefined,
  })
  onTestFinished(() => store.close())
  const path = join(folder, 'labels/all.yaml')
  return { store, folder, path, text: () => readFileSync(path, 'utf8') }
}

const digestOf = (store: PlantStore, name: string) =>
  store.plant.labels.templates.find((template) => template.name === name)!.digest

describe('a label template that is saved', () => {
  it('unchanged leaves the file byte for byte as it was, whatever the order of its keys', async () => {
    const { store, text } = await station()
    const { size, elements, ...rest } = caseDocument
    const saved = await store.saveLabelTemplate({ document: { elements, ...rest, size } })
    expect(saved.faults).toEqual([])
    expect(text()).toBe(written)
    expect(saved.fileVersion).toBe(store.labelTemplateFiles().get('case')!.fileVersion)
  })

  it('changes the lines of what is different, and no other', async () => {
    const { store, text } = await station()
    const [hello, box, bye] = caseDocument.elements
    const before = digestOf(store, 'case')
    const saved = await store.saveLabelTemplate({
      document: {
        ...caseDocument,
        size: { width: 60, height: 30 },
        elements: [{ ...hello, x: 2, bold: true }, { type: 'line', x: 1, y: 9, toX: 20, toY: 9 }, box!, bye!],
      },
    })
    expect(saved.faults).toEqual([])
    expect(text()).toBe(
      written
        .replace('width: 50, height: 30', 'width: 60, height: 30')
        .replace('x: 1, y: 1, text: Hello }   # greeting', 'x: 2, y: 1, text: Hello, bold: true }   # greeting')
        .replace('      - { type: box', '      - { type: line, x: 1, y: 9, toX: 20, toY: 9 }\n      - { type: box'),
    )
    expect(digestOf(store, 'case')).not.toBe(before)
  })

  it('loses an element with its line alone', async () => {
    const { store, text } = await station()
    const [hello, , bye] = caseDocument.elements
    await store.saveLabelTemplate({ document: { ...caseDocument, elements: [hello!, bye!] } })
    expect(text()).toBe(written.replace('      - { type: box, x: 1, y: 10, width: 20, height: 5 }\n', ''))
  })

  it('that is new stands behind the others, its elements a line each', async () => {
    const { store, text } = await station()
    const saved = await store.saveLabelTemplate({
      document: { ...caseDocument, name: 'tray', title: { en: 'Tray' } },
      fileVersion: null,
      file: 'all.yaml',
    })
    expect(saved.faults).toEqual([])
    expect(text()).toContain('  - { name: small, size: { width: 10, height: 10 } }\n  - { name: tray,')
    expect(store.plant.labels.templates.map(({ name }) => name)).toEqual(['case', 'small', 'tray'])
  })

  it('that is the first of a plant makes its file', async () => {
    const { store, folder } = await station({})
    const saved = await store.saveLabelTemplate({
      document: { name: 'first', size: { width: 10, height: 10 }, elements: [caseDocument.elements[0]!] },
      fileVersion: null,
    })
    expect(saved.faults).toEqual([])
    expect(readFileSync(join(folder, 'labels/templates.yaml'), 'utf8')).toBe(`templates:
  - name: first
    size: { width: 10, height: 10 }
    elements:
      - { type: text, x: 1, y: 1, text: Hello }
`)
    expect(store.labelTemplateFiles().get('first')!.file).toBe('labels/templates.yaml')
  })

  it('keeps Windows line ends', async () => {
    const { store, text } = await station({ 'labels/all.yaml': written.replaceAll('\n', '\r\n') })
    const [hello, box, bye] = caseDocument.elements
    await store.saveLabelTemplate({ document: { ...caseDocument, elements: [hello!, box!, box!, bye!] } })
    expect(text().replaceAll('\r\n', '')).not.toContain('\n')
    expect(text().split('type: box')).toHaveLength(3)
  })

  it('with a fault is not written, and the fault says where', async () => {
    const { store, text } = await station()
    const saved = await store.saveLabelTemplate({ document: { ...caseDocument, printer: 'two' } })
    expect(saved.faults).toEqual([
      { file: 'labels/all.yaml', line: 9, column: 14, message: 'there is no printer "two"' },
    ])
    expect(text()).toBe(written)
  })

  it('is only judged with dryRun', async () => {
    const { store, text } = await station()
    const edit = { document: { ...caseDocument, size: { width: 5, height: 5 } }, dryRun: true }
    expect((await store.saveLabelTemplate(edit)).faults.length).toBeGreaterThan(0)
    const right = { document: { ...caseDocument, size: { width: 55, height: 30 } }, dryRun: true }
    expect(await store.saveLabelTemplate(right)).toEqual({
      faults: [],
      fileVersion: store.labelTemplateFiles().get('case')!.fileVersion,
    })
    expect(text()).toBe(written)
  })

  it('is refused when somebody changed the file meanwhile, deleted it, or had the name first', async () => {
    const { store, path, text } = await station()
    const { fileVersion } = store.labelTemplateFiles().get('case')!
    await expect(store.saveLabelTemplate({ document: caseDocument, fileVersion: null })).rejects.toMatchObject({
      code: 'BadEntryExists',
    })
    writeFileSync(path, `${written}# mine\n`)
    await expect(store.saveLabelTemplate({ document: caseDocument, fileVersion })).rejects.toMatchObject({
      code: 'BadEntryExists',
      message: 'labels/all.yaml was changed meanwhile; open the template again',
    })
    await expect(
      store.saveLabelTemplate({ document: { ...caseDocument, name: 'gone' }, fileVersion }),
    ).rejects.toMatchObject({ code: 'BadEntryExists' })
    expect(text()).toBe(`${written}# mine\n`)
  })

  it('by two at once from the same version is saved by exactly one', async () => {
    const { store } = await station()
    const { fileVersion } = store.labelTemplateFiles().get('case')!
    const results = await Promise.allSettled(
      [51, 52].map((width) =>
        store.saveLabelTemplate({ document: { ...caseDocument, size: { width, height: 30 } }, fileVersion }),
      ),
    )
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('waits while the folder is faulty elsewhere', async () => {
    const { store, folder } = await station()
    writeFileSync(join(folder, 'access.yaml'), 'rolls: 1\n')
    await expect(
      store.saveLabelTemplate({ document: { ...caseDocument, size: { width: 60, height: 30 } } }),
    ).rejects.toMatchObject({ code: 'BadInvalidState' })
  })

  it('never leaves labels/', async () => {
    const { store, folder } = await station()
    const document = { name: 'x', size: { width: 5, height: 5 } }
    for (const file of ['../x.yaml', 'labels/../plant.yaml', '/etc/x.yaml', 'x.txt', 'labels/a/../../x.yaml', ''])
      await expect(store.saveLabelTemplate({ document, file })).rejects.toMatchObject({ code: 'BadInvalidArgument' })
    for (const wrong of [null, 5, [], {}, { name: 5 }])
      await expect(store.saveLabelTemplate({ document: wrong })).rejects.toMatchObject({ code: 'BadInvalidArgument' })
    expect(existsSync(join(folder, 'x.yaml'))).toBe(false)
  })
})

describe('a label template that is deleted', () => {
  it('takes its lines with it, and the rest stays', async () => {
    const { store, text } = await station()
    expect(await store.deleteLabelTemplate({ template: 'case' })).toEqual({ faults: [] })
    expect(text()).not.toContain('Hello')
    expect(text()).toContain('  - { name: small, size: { width: 10, height: 10 } }\n\ntriggers:')
    expect(store.plant.labels.templates.map(({ name }) => name)).toEqual(['small'])
  })

  it('stays while a trigger makes it, is refused in another version, and is not there twice', async () => {
    const { store, text } = await station()
    const { faults } = await store.deleteLabelTemplate({ template: 'small' })
    expect(faults.map(({ message }) => message)).toEqual(['there is no template "small"'])
    await expect(store.deleteLabelTemplate({ template: 'case', fileVersion: 'old' })).rejects.toMatchObject({
      code: 'BadEntryExists',
    })
    await expect(store.deleteLabelTemplate({ template: 'none' })).rejects.toMatchObject({ code: 'BadNotFound' })
    expect(text()).toBe(written)
  })
})

describe('a document that is being drawn', () => {
  it('becomes a template without the folder', async () => {
    const { store } = await station()
    const template = await store.readLabelTemplate(caseDocument)
    expect(template).toMatchObject({ name: 'case', width: 50, height: 30, title: { en: 'case' } })
    expect(template.elements[0]).toMatchObject({ type: 'text', value: '"Hello"', fontSize: 4, align: 'left' })
  })

  it('is refused with every slip of its form', async () => {
    const { store } = await station()
    const document = { name: 'x', size: { width: 0, height: 5 }, elements: [{ type: 'txt', x: 1, y: 1 }] }
    await expect(store.readLabelTemplate(document)).rejects.toMatchObject({
      code: 'BadConfigurationError',
      message:
        'size.width: width: a length above 0 is expected, in mm, not 0; elements.0.type: type: text, barcode, box, line or image is expected, not "txt"',
    })
  })
})
