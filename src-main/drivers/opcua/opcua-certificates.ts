// Who this station is and whom it trusts in OPC UA (OPC 10000-4 section 6.1.3): its own certificate, made on first use,
// and the trust list. One file per certificate, so that an installer can also do it with a file browser:
//
//   own/certificate.der  own/private-key.pem   this station (RSA 2048, applicationUri in the subjectAltName)
//   trusted/*.der        rejected/*.der        servers
//   issuers/*.der        issuers/*.crl         certificate authorities whose servers are trusted, and their revocations
import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { CertificateRow } from '../../shared/contract.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'

/** Certificate and key of this station. */
export interface OwnCertificate {
  readonly der: Buffer
  readonly privateKeyPem: string
  readonly applicationUri: string
}

/** Outcome of a check of a server's certificate; `reason` is null when it may be used. */
export interface TrustDecision {
  readonly code: 'Good' | 'BadCertificateUntrusted' | 'BadCertificateInvalid'
  readonly reason: string | null
  readonly thumbprint: string
  readonly subject: string
}

/** Refused certificates kept; the oldest go first, so that a scanner cannot fill the disk. */
const mostRejected = 100
const validityYears = 10
const keyBits = 2048
const dayMs = 86_400_000

/** Certificates being made, by folder: devices that connect at the same time get the same one. */
const making = new Map<string, Promise<OwnCertificate>>()

/** The station's certificate; made, with its key readable by this user only, when there is none or it has expired. */
export function ownCertificate(folder: string): Promise<OwnCertificate> {
  const present = making.get(folder)
  if (present) return present
  const started = readOrMakeOwn(folder).finally(() => making.delete(folder))
  making.set(folder, started)
  return started
}

async function readOrMakeOwn(folder: string): Promise<OwnCertificate> {
  const files = { certificate: join(folder, 'own', 'certificate.der'), key: join(folder, 'own', 'private-key.pem') }
  const existing = await readOwn(files)
  if (existing) return existing
  await mkdir(join(folder, 'own'), { recursive: true, mode: 0o700 })
  const made = await makeOwn()
  await writeDurably(files.key, made.privateKeyPem)
  await writeDurably(files.certificate, made.der)
  return made
}

async function readOwn(files: { certificate: string; key: string }): Promise<OwnCertificate | null> {
  const [der, key] = await Promise.all([readIfThere(files.certificate), readIfThere(files.key)])
  if (!der || !key) return null
  const certificate = new X509Certificate(der)
  const applicationUri = applicationUriOf(certificate)
  if (applicationUri === '' || certificate.validToDate.getTime() < Date.now()) return null
  return { der, privateKeyPem: key.toString('utf8'), applicationUri }
}

/** Loaded only to make a certificate or to read a revocation list. */
async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

async function makeOwn(): Promise<OwnCertificate> {
  const x509 = await loadX509()
  const { subtle } = globalThis.crypto
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: keyBits,
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const keys = await subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const host = hostname().replace(/[^A-Za-z0-9.-]/g, '-') || 'localhost'
  const applicationUri = `urn:${host}:lineside`
  const { digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, keyCertSign } = x509.KeyUsageFlags
  const now = Date.now()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=Lineside, O=Lineside, DC=${host}`,
      keys,
      notBefore: new Date(now - dayMs),
      notAfter: new Date(now + validityYears * 365 * dayMs),
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(
          digitalSignature | nonRepudiation | keyEncipherment | dataEncipherment | keyCertSign,
          true,
        ),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'url', value: applicationUri },
          { type: 'dns', value: host },
        ]),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    globalThis.crypto,
  )
  const pkcs8 = Buffer.from(await subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const privateKeyPem = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/(.{64})/g, '$1\n').trim()}\n-----END PRIVATE KEY-----\n`
  return { der: Buffer.from(certificate.rawData), privateKeyPem, applicationUri }
}

/** SHA-1 of the DER bytes in hexadecimal: the name OPC UA tools show (OPC 10000-6 section 6.2.2, thumbprint). */
export function thumbprintOf(der: Uint8Array): string {
  return createHash('sha1').update(der).digest('hex')
}

/**
 * May this server certificate be used now? Trusted are certificates in the trust list and those signed by an issuer of
 * the list and not revoked; validity dates count for both. An unknown one is put among the rejected, where a person can trust it.
 *
 * @param chain DER, the server's own certificate first
 */
export async function checkServerCertificate(folder: string, chain: Uint8Array): Promise<TrustDecision> {
  const certificate = parseFirst(chain)
  if (!certificate)
    return {
      code: 'BadCertificateInvalid',
      reason: 'the server sent no X.509 certificate',
      thumbprint: '',
      subject: '',
    }
  const thumbprint = thumbprintOf(certificate.raw)
  const subject = oneLine(certificate.subject)
  const decide = (code: TrustDecision['code'], reason: string | null): TrustDecision => ({
    code,
    reason,
    thumbprint,
    subject,
  })
  const trusted = (await readFolder(join(folder, 'trusted'))).some(({ der }) => thumbprintOf(der) === thumbprint)
  const issuer = trusted ? null : await issuerOf(folder, certificate)
  if (!trusted && !issuer) {
    await keepRejected(folder, certificate)
    return decide(
      'BadCertificateUntrusted',
      `the server's certificate "${subject}" (thumbprint ${thumbprint}) is not trusted`,
    )
  }
  if (issuer && (await isRevoked(folder, issuer, certificate)))
    return decide('BadCertificateInvalid', `the server's certificate "${subject}" was revoked by its issuer`)
  const now = Date.now()
  if (certificate.validFromDate.getTime() > now || certificate.validToDate.getTime() < now)
    return decide(
      'BadCertificateInvalid',
      `the server's certificate "${subject}" is valid from ${certificate.validFromDate.toISOString()} to ${certificate.validToDate.toISOString()} only: check this station's clock or renew the certificate in the server`,
    )
  return decide('Good', null)
}

async function issuerOf(folder: string, certificate: X509Certificate): Promise<X509Certificate | null> {
  for (const { der } of await readFolder(join(folder, 'issuers'))) {
    const issuer = parseFirst(der)
    if (issuer?.ca && certificate.checkIssued(issuer) && verifies(certificate, issuer.publicKey)) return issuer
  }
  return null
}

function verifies(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.verify(key)
  } catch {
    return false // a key of another kind than the signature's
  }
}

/** True when a revocation list of the issuer, correctly signed, names the certificate's serial number. */
async function isRevoked(folder: string, issuer: X509Certificate, certificate: X509Certificate): Promise<boolean> {
  const lists = await readFolder(join(folder, 'issuers'), /\.crl$/i)
  if (lists.length === 0) return false
  const x509 = await loadX509()
  const authority = new x509.X509Certificate(new Uint8Array(issuer.raw))
  for (const { der } of lists) {
    const list = new x509.X509Crl(new Uint8Array(der))
    if (list.issuer !== authority.subject || !(await list.verify({ publicKey: authority }))) continue
    const serial = certificate.serialNumber.toLowerCase().replace(/^0+/, '')
    if (list.entries.some((entry) => entry.serialNumber.toLowerCase().replace(/^0+/, '') === serial)) return true
  }
  return false
}

/** Own, trusted and rejected certificates below the protocol's folder. */
export async function listCertificates(folder: string): Promise<readonly CertificateRow[]> {
  const rows: CertificateRow[] = []
  for (const state of ['own', 'trusted', 'rejected'] as const)
    for (const { der } of await readFolder(join(folder, state))) {
      const certificate = parseFirst(der)
      if (certificate) rows.push(rowOf(certificate, state))
    }
  return rows
}

function rowOf(certificate: X509Certificate, state: CertificateRow['state']): CertificateRow {
  return {
    thumbprint: thumbprintOf(certificate.raw),
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    applicationUri: applicationUriOf(certificate),
    validFromTimestamp: certificate.validFromDate.getTime(),
    validToTimestamp: certificate.validToDate.getTime(),
    state,
  }
}

/** Moves a certificate between the trusted and the rejected ones. Throws a RuntimeError BadNotFound. */
export async function setCertificateTrust(folder: string, thumbprint: string, trusted: boolean): Promise<void> {
  const wanted = thumbprint.toLowerCase().replace(/[^0-9a-f]/g, '')
  const [to, from] = trusted ? ['trusted', 'rejected'] : ['rejected', 'trusted']
  const find = async (state: string) =>
    (await readFolder(join(folder, state))).find(({ der }) => thumbprintOf(der) === wanted)
  const found = await find(from!)
  if (found) {
    await mkdir(join(folder, to!), { recursive: true })
    await rename(join(folder, from!, found.name), join(folder, to!, `${wanted}.der`))
    return
  }
  if (await find(to!)) return
  throw new RuntimeError('BadNotFound', `no certificate with the thumbprint ${thumbprint} is among those of OPC UA`)
}

async function keepRejected(folder: string, certificate: X509Certificate): Promise<void> {
  const place = join(folder, 'rejected')
  await mkdir(place, { recursive: true })
  const existing = await readFolder(place)
  const thumbprint = thumbprintOf(certificate.raw)
  if (existing.some(({ der }) => thumbprintOf(der) === thumbprint)) return
  for (const { name } of existing.slice(0, Math.max(0, existing.length - mostRejected + 1))) await rm(join(place, name))
  await writeFile(join(place, `${thumbprint}.der`), certificate.raw)
}

/** DER of every certificate file of a folder (PEM files are converted), unreadable ones left out; [] without folder. */
async function readFolder(place: string, names = /\.(der|cer|crt|pem)$/i): Promise<{ name: string; der: Buffer }[]> {
  const entries = await readdir(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const files: { name: string; der: Buffer }[] = []
  for (const name of entries.sort()) {
    if (!names.test(name)) continue
    const bytes = await readIfThere(join(place, name))
    if (bytes) files.push({ name, der: toDer(bytes) })
  }
  return files
}

function toDer(bytes: Buffer): Buffer {
  const text = /-----BEGIN [^-]+-----([\s\S]*?)-----END/.exec(bytes.toString('latin1'))?.[1]
  return text === undefined ? bytes : Buffer.from(text, 'base64')
}

/** The first certificate of a DER chain; null when the bytes are none. */
function parseFirst(der: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(der)
  } catch {
    return null // foreign bytes: the caller says so in its own words
  }
}

function applicationUriOf(certificate: X509Certificate): string {
  return /URI:([^,"]+)/.exec(certificate.subjectAltName ?? '')?.[1]?.trim() ?? ''
}

function oneLine(name: string): string {
  return name.replace(/\s*\n\s*/g, ', ')
}

async function readIfThere(file: string): Promise<Buffer | null> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

/** Complete or not at all, readable by this user only. */
async function writeDurably(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`
  await writeFile(temporary, content, { mode: 0o600 })
  await chmod(temporary, 0o600)
  await rename(temporary, file)
}
