// The station's own TLS certificate, made on the first start that listens beyond loopback. Browsers warn once; the printed
// fingerprint is what people compare. A certificate of the plant's own authority may be put in its place.
import { X509Certificate as NodeCertificate, randomBytes, webcrypto } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { makeOwnerFolder } from '../storage/database.ts'

export interface ServerCertificate {
  /** PEM. */
  readonly certificate: string
  /** PEM, PKCS #8. */
  readonly privateKey: string
  /** SHA-256 of the certificate as `AB:CD:…`, what browsers show. */
  readonly fingerprint: string
}

const validYears = 5
/** A self-made certificate that ends sooner is made anew at start. */
const renewBeforeMs = 30 * 24 * 3600_000
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** The certificate in `<data folder>/tls`, made when there is none or the self-made one is about to end. */
export async function serverCertificate(dataFolder: string, now: number): Promise<ServerCertificate> {
  const folder = join(dataFolder, 'tls')
  const certificateFile = join(folder, 'certificate.pem')
  const keyFile = join(folder, 'private-key.pem')
  if (!existsSync(certificateFile) || !existsSync(keyFile) || isEnding(certificateFile, now)) {
    makeOwnerFolder(folder)
    const made = await makeCertificate(now)
    writeOwnerFile(keyFile, made.privateKey)
    writeOwnerFile(certificateFile, made.certificate)
  }
  const certificate = readFileSync(certificateFile, 'utf8')
  return {
    certificate,
    privateKey: readFileSync(keyFile, 'utf8'),
    fingerprint: new NodeCertificate(certificate).fingerprint256,
  }
}

/** Only a self-made one: another's is theirs to renew. */
function isEnding(file: string, now: number): boolean {
  const certificate = new NodeCertificate(readFileSync(file))
  return certificate.issuer === certificate.subject && certificate.validToDate.getTime() - now < renewBeforeMs
}

async function makeCertificate(now: number): Promise<{ certificate: string; privateKey: string }> {
  // Loaded only when a certificate is made. The X.509 library registers its parts through reflect-metadata, which must be
  // there before it.
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const addresses = Object.values(networkInterfaces()).flatMap(
    (list) => list?.map((entry) => entry.address.split('%')[0]!) ?? [],
  )
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      // RFC 5280 section 4.1.2.2: positive, at most 20 bytes.
      serialNumber: `01${randomBytes(15).toString('hex')}`,
      name: `CN=${hostname().replace(/[^\w.-]/g, '-')}, O=Lineside`,
      notBefore: new Date(now - 3600_000),
      notAfter: new Date(now + validYears * 365 * 24 * 3600_000),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: hostname() },
          { type: 'dns', value: 'localhost' },
          ...[...new Set([...addresses, '127.0.0.1', '::1'])].map((value) => ({ type: 'ip' as const, value })),
        ]),
      ],
    },
    webcrypto,
  )
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const lines = pkcs8.toString('base64').replace(/.{64}/g, '$&\n')
  return {
    certificate: certificate.toString('pem'),
    privateKey: `-----BEGIN PRIVATE KEY-----\n${lines.trimEnd()}\n-----END PRIVATE KEY-----\n`,
  }
}

function writeOwnerFile(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, text, { mode: 0o600, flush: true })
  chmodSync(`${file}.tmp`, 0o600)
  renameSync(`${file}.tmp`, file)
}
