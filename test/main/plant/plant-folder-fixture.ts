// Plant folders for tests: written to a temporary place from a map of files, and a small protocol with addresses `<n>` and
// `<n>:<type>`, so that the check of the folder is tested without the drivers.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { onTestFinished } from 'vitest'
import { labelRules } from '../../../src-main/label-rules.ts'
import type { PlantRules } from '../../../src-main/shared/plant-rules.ts'
import type { ProtocolKeys, ProtocolTable } from '../../../src-main/shared/protocol.ts'
import { type DataType, dataTypes } from '../../../src-main/shared/tag.ts'

const fake: ProtocolKeys = {
  name: 'fake',
  deviceOptions: v.strictObject({
    unitId: v.optional(v.number('a unit id is expected'), 1),
    security: v.optional(v.strictObject({ mode: v.picklist(['None', 'Sign'], 'None or Sign is expected') })),
  }),
  tagOptions: v.strictObject({ wordOrder: v.optional(v.picklist(['ABCD', 'CDAB'], 'ABCD or CDAB is expected')) }),
  checkDeviceAddress: (address) => (/^[\w.]+:\d+$/.test(address) ? null : `"${address}" is no address: give host:port`),
  checkAddress(address, dataType, arrayLength) {
    const match = /^(\d+)(?::(\w+))?$/.exec(address)
    const type = match?.[2] ?? dataType
    if (!match || (type !== null && !dataTypes.includes(type as DataType)))
      return { ok: false, message: `"${address}" is no address` }
    return { ok: true, dataType: type as DataType | null, arrayLength, writable: Number(match[1]) >= 100 }
  },
}

export const fakeProtocols: ProtocolTable = new Map([['fake', fake]])

/** The fake protocol, with identifiers and bar codes as they are. */
export const fakeRules: PlantRules = { protocols: fakeProtocols, labels: labelRules }

/** The least that other files can build on: a plant with one device `plc`. */
export const basePlant: Readonly<Record<string, string>> = {
  'plant.yaml': 'name: Test plant\nline: Line 1\nsite: Somewhere\n',
  'devices/plc.yaml': 'name: plc\nprotocol: fake\naddress: host:502\nscanRates: { fast: 100 ms }\n',
}

/** A temporary folder that goes when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lineside-plant-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Writes files into a folder. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), content)
  }
}

/** A plant folder with these files; `basePlant` is there unless overwritten. */
export async function plantFolder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await temporaryFolder()
  await writeFiles(folder, { ...basePlant, ...files })
  return folder
}
