// Makes the station's own TLS certificate (X.509, RFC 5280). The library is large: this file is imported only when one is made.
// It registers its parts through reflect-metadata, which must be there before it.
import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import { hostname, networkInterfaces } from 'node:os'
import * as x509 from '@peculiar/x509'

const validYears = 5
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A new key and a certificate that it signed itself, for this machine's names and addresses; both PEM, the key PKCS #8. */
export async function makeCertificate(now: number): Promise<{ certificate: string; privateKey: string }> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
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
    crypto,
  )
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  const lines = pkcs8.toString('base64').replace(/.{64}/g, '$&\n')
  return {
    certificate: certificate.toString('pem'),
    privateKey: `-----BEGIN PRIVATE KEY-----\n${lines.trimEnd()}\n-----END PRIVATE KEY-----\n`,
  }
}
