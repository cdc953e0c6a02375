// The station's own TLS certificate, made on the first start that listens beyond loopback. Browsers warn once; the printed
// fingerprint is what people compare. A certificate of the plant's own authority may be put in its place.
import { X509Certificate as NodeCertificate } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
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

/** A self-made certificate that ends sooner is made anew at start. */
const renewBeforeMs = 30 * 24 * 3600_000

/** The certificate in `<data folder>/tls`, made when there is none or the self-made one is about to end. */
export async function serverCertificate(dataFolder: string, now: number): Promise<ServerCertificate> {
  const folder = join(dataFolder, 'tls')
  const certificateFile = join(folder, 'certificate.pem')
  const keyFile = join(folder, 'private-key.pem')
  if (!existsSync(certificateFile) || !existsSync(keyFile) || isEnding(certificateFile, now)) {
    makeOwnerFolder(folder)
    // 20 MB of library that a start with a certificate, or on loopback, does without.
    const { makeCertificate } = await import('./certificate-maker.ts')
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

function writeOwnerFile(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, text, { mode: 0o600, flush: true })
  chmodSync(`${file}.tmp`, 0o600)
  renameSync(`${file}.tmp`, file)
}
