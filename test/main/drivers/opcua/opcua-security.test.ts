// Who may talk to whom (SECURITY O2 to O6): every policy and mode, certificates refused and then trusted, users.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { cpSync, readFileSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  listCertificates,
  ownCertificate,
  setCertificateTrust,
  thumbprintOf,
} from '../../../../src-main/drivers/opcua/opcua-certificates.ts'
import { type OpcUaSimulator, startOpcUaSimulator } from '../../../../src-main/drivers/opcua/opcua-simulator.ts'
import { opcuaDevice, opcuaItem } from './opcua-definitions.ts'
import { refusal, rowsOf, watching } from './opcua-device.ts'
import { temporaryFolder } from './temporary-folder.ts'

const level = opcuaItem(1, 'ns=2;s=Level', 'float64')
const modes = ['Sign', 'SignAndEncrypt'] as const
const policies = ['Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'] as const

let simulator: OpcUaSimulator

beforeAll(async () => {
  simulator = await startOpcUaSimulator(
    {
      device: opcuaDevice('opc.tcp://127.0.0.1:4840'),
      items: [level],
      host: '127.0.0.1',
      port: 0,
      onWrite: () => undefined,
    },
    { users: { maria: 'correct horse' } },
  )
  simulator.set(1, 42)
})

afterAll(() => simulator.close())

const device = (options: Record<string, unknown>) => opcuaDevice(simulator.address, options, 3000)

/** A folder that already trusts the simulator. */
async function trustingFolder(): Promise<string> {
  const folder = temporaryFolder()
  const { driver } = watching(device({ security: { mode: 'Sign' } }), folder)
  await refusal(driver)
  await driver.close()
  await setCertificateTrust(folder, thumbprintOf(simulator.certificate), true)
  return folder
}

async function readsLevel(options: Record<string, unknown>, folder: string, secret?: (name: string) => string | null) {
  const { driver } = watching(device(options), folder, secret)
  try {
    await driver.connect(AbortSignal.timeout(5000))
    return { value: rowsOf(await driver.read([level]))[0]?.value, details: { ...driver.counters.details } }
  } finally {
    await driver.close()
  }
}

describe('a secured OPC UA connection', () => {
  test.each(modes.flatMap((mode) => policies.map((policy) => [mode, policy] as const)))(
    '%s with %s reads a value',
    async (mode, policy) => {
      const { value, details } = await readsLevel({ security: { mode, policy } }, await trustingFolder())
      expect(value).toBe(42)
      expect(details.Security).toBe(`${mode}, ${policy}`)
    },
  )

  test('to a server whose certificate is unknown is refused with a sentence, and works once a person trusts it', async () => {
    const folder = temporaryFolder()
    const { driver } = watching(device({ security: { mode: 'SignAndEncrypt' } }), folder)
    const error = await refusal(driver)
    await driver.close()
    expect(error.code).toBe('BadCertificateUntrusted')
    expect(error.message).toContain(thumbprintOf(simulator.certificate))
    expect(error.message).toMatch(/not trusted.*compare the thumbprint/)
    const rejected = (await listCertificates(folder)).filter(({ state }) => state === 'rejected')
    expect(rejected.map(({ thumbprint }) => thumbprint)).toEqual([thumbprintOf(simulator.certificate)])
    await setCertificateTrust(folder, rejected[0]!.thumbprint, true)
    expect((await readsLevel({ security: { mode: 'SignAndEncrypt' } }, folder)).value).toBe(42)
    await setCertificateTrust(folder, rejected[0]!.thumbprint, false)
    const again = watching(device({ security: { mode: 'SignAndEncrypt' } }), folder)
    expect((await refusal(again.driver)).code).toBe('BadCertificateUntrusted')
    await again.driver.close()
  })

  test('with a wrong password says which user and which secret', async () => {
    const { driver } = watching(device({ user: 'maria', passwordSecret: 'plc' }), temporaryFolder(), () => 'wrong')
    const error = await refusal(driver)
    await driver.close()
    expect(['BadUserAccessDenied', 'BadIdentityTokenRejected']).toContain(error.code)
    expect(error.message).toMatch(/refuses user "maria" with the password of secret "plc"/)
    expect(error.message).not.toContain('wrong')
  })

  test('with the right password logs in, also without message security because the password itself is encrypted', async () => {
    const options = { user: 'maria', passwordSecret: 'plc' }
    const { value, details } = await readsLevel(options, temporaryFolder(), (name) =>
      name === 'plc' ? 'correct horse' : null,
    )
    expect(value).toBe(42)
    expect(details.User).toBe('maria')
    expect(details.Password).toBeUndefined()
  })

  test('with a secret that is not stored says so', async () => {
    const { driver } = watching(device({ user: 'maria', passwordSecret: 'plc' }))
    const error = await refusal(driver)
    await driver.close()
    expect(error.code).toBe('BadConfigurationError')
    expect(error.message).toContain('lineside secret set plc')
  })

  test('with a user certificate logs in', async () => {
    const folder = await trustingFolder()
    const user = temporaryFolder()
    await ownCertificate(user)
    cpSync(join(user, 'own', 'certificate.der'), join(folder, 'operator.der'))
    cpSync(join(user, 'own', 'private-key.pem'), join(folder, 'operator.pem'))
    const { value, details } = await readsLevel(
      {
        security: { mode: 'SignAndEncrypt', policy: 'Aes256_Sha256_RsaPss' },
        userCertificate: 'operator.der',
        userPrivateKey: 'operator.pem',
      },
      folder,
    )
    expect(value).toBe(42)
    expect(details.User).toBe('certificate operator.der')
  })
})

describe('certificates on disk', () => {
  test('the own certificate is made once, fits OPC UA and its key is readable by this user only', async () => {
    const folder = temporaryFolder()
    const [first, second] = await Promise.all([ownCertificate(folder), ownCertificate(folder)])
    expect(second.der.equals(first.der)).toBe(true)
    expect((await ownCertificate(folder)).der.equals(first.der)).toBe(true)
    const certificate = new X509Certificate(first.der)
    expect(certificate.subjectAltName).toContain(`URI:${first.applicationUri}`)
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBeGreaterThanOrEqual(2048)
    expect(certificate.checkPrivateKey(createPrivateKey(first.privateKeyPem))).toBe(true)
    expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now())
    expect(statSync(join(folder, 'own', 'private-key.pem')).mode & 0o077).toBe(0)
    expect(readFileSync(join(folder, 'own', 'certificate.der')).equals(first.der)).toBe(true)
  })

  test('files that are no certificates are left out of the list', async () => {
    const folder = temporaryFolder()
    await ownCertificate(folder)
    await writeFile(join(folder, 'own', 'junk.der'), Buffer.from('not a certificate'))
    expect((await listCertificates(folder)).map(({ state }) => state)).toEqual(['own'])
  })

  test('an unknown thumbprint is not found', async () => {
    await expect(setCertificateTrust(temporaryFolder(), 'abcd', true)).rejects.toMatchObject({ code: 'BadNotFound' })
  })
})
