import type { X509Certificate } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { get as getTls } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contract } from '../../../src-main/shared/contract.ts'
import { type ApiOnLoopback, apiOnLoopback } from '../../fakes/api-on-loopback.ts'
import { limitHere } from '../../fakes/busy-machine.ts'

const page = '<!doctype html><title>Lineside</title>'.padEnd(3000, ' ')

describe('screens as files', () => {
  let folder: string
  let station: ApiOnLoopback
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lineside-screens-'))
    const screens = join(folder, 'screens')
    mkdirSync(join(screens, 'assets'), { recursive: true })
    writeFileSync(join(screens, 'index.html'), page)
    writeFileSync(join(screens, 'assets', 'main-1a2b.js'), 'export {}\n'.repeat(500))
    writeFileSync(join(screens, 'assets', 'face.woff2'), Buffer.alloc(2000))
    writeFileSync(join(screens, 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    writeFileSync(join(screens, '.hidden'), 'hidden')
    writeFileSync(join(folder, 'secret.txt'), 'secret')
    symlinkSync(join(folder, 'secret.txt'), join(screens, 'link.txt'))
    station = await apiOnLoopback({ screensFolder: screens })
  })
  afterAll(async () => {
    await station.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test.each([
    ['/', 'text/html; charset=utf-8', 'no-store'],
    ['/index.html', 'text/html; charset=utf-8', 'no-store'],
    ['/assets/main-1a2b.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/face.woff2', 'font/woff2', 'public, max-age=31536000, immutable'],
    ['/logo.svg', 'image/svg+xml; charset=utf-8', 'no-cache'],
  ])('%s is %s and kept %s', async (path, type, cache) => {
    const { status, headers } = await station.get(path)
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, type, cache])
  })

  // Sent as raw bytes: an HTTP client would tidy the path up.
  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/..\\secret.txt',
    '/.hidden',
    '/link.txt',
    '/index.html%00.js',
    '//etc/passwd',
    '/assets',
    '/%',
    '/C:/x',
  ])('%s leads nowhere', async (path) => {
    expect(await rawStatus(station.web.port, path)).toMatch(/^HTTP\/1\.1 (404|400)/)
  })

  test('what compresses is sent compressed, as the browser takes it', async () => {
    const port = station.web.port
    for (const [encoding, open] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const { header, body } = await rawGet(port, '/', `Accept-Encoding: ${encoding}\r\n`)
      expect(header).toContain(`Content-Encoding: ${encoding}`)
      expect(open(body).toString()).toBe(page)
    }
    expect((await rawGet(port, '/assets/face.woff2', 'Accept-Encoding: br\r\n')).header).not.toContain(
      'Content-Encoding',
    )
  })

  test('an unchanged file is not sent again', async () => {
    const etag = (await station.get('/logo.svg')).headers.get('etag')!
    expect((await station.get('/logo.svg', null, { 'If-None-Match': etag })).status).toBe(304)
  })
})

describe('server', () => {
  test('without built screens the address says so', async () => {
    const station = await apiOnLoopback()
    const response = await station.get('/')
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('npm run build')])
    await station.close()
  })

  test('a port that is taken is one sentence', async () => {
    const station = await apiOnLoopback()
    await expect(apiOnLoopback({ port: station.web.port })).rejects.toThrow(
      `listening on 127.0.0.1:${station.web.port} failed`,
    )
    await station.close()
  })

  test('it closes within five seconds with streams, links and idle connections open', async () => {
    const station = await apiOnLoopback()
    station.runtime.tags.add('A', 1)
    const stream = await station.get('/api/v1/tags.watch?tags=A', station.tokens.viewer)
    const screen = await station.link(station.tokens.viewer)
    const idle = connect(station.web.port, '127.0.0.1')
    await new Promise((resolve) => idle.once('connect', resolve))
    idle.on('error', () => undefined)
    const start = performance.now()
    await station.close()
    expect(performance.now() - start).toBeLessThan(limitHere(5000))
    await screen.until(() => screen.isClosed || undefined)
    await stream.body?.cancel().catch(() => undefined)
    idle.destroy()
  })

  test('health says since when, which version, and whether the first start is still to come', async () => {
    const station = await apiOnLoopback()
    expect(await (await station.get('/health')).json()).toEqual({
      status: 'ok',
      uptimeMs: expect.any(Number),
      version: '1.2.3',
      firstStart: false,
    })
    await station.close()
  })

  test('metrics are Prometheus text with a label for each device', async () => {
    const station = await apiOnLoopback()
    station.runtime.tags.add('A', 1)
    const { deviceRow } = await import('../../fakes/api-parts.ts')
    station.runtime.devices = [deviceRow('plc "1"', { requestCount: 7 })]
    const text = await (await station.get('/metrics', station.tokens.viewer)).text()
    expect(text).toContain('# TYPE lineside_tags_count gauge\nlineside_tags_count 1\n')
    expect(text).toContain('lineside_devices_request_count{device="plc \\"1\\""} 7\n')
    expect(text).toContain('lineside_devices_up{device="plc \\"1\\""} 1\n')
    for (const line of text.trim().split('\n'))
      expect(line).toMatch(/^(# TYPE [a-z_0-9]+ gauge|[a-z_0-9]+(\{.*\})? -?[\d.e+-]+)$/)
    await station.close()
  })
})

describe('OpenAPI', () => {
  test('the document names every row with its schema, its errors and how to authorise', async () => {
    const station = await apiOnLoopback()
    const document = await (await station.get('/api/v1/openapi.json', station.tokens.viewer)).json()
    await station.close()
    expect(document.openapi).toBe('3.1.0')
    for (const name of Object.keys(contract)) expect(document.paths[`/api/v1/${name}`], name).toBeDefined()
    const write = document.paths['/api/v1/tags.write'].post
    expect(write.requestBody.content['application/json'].schema).toMatchObject({
      type: 'object',
      required: ['tag', 'value'],
    })
    expect(Object.keys(write.responses)).toEqual(['200', '400', '401', '403', '404', '409', '422', '423', '429', '503'])
    expect(document.paths['/api/v1/access.login'].post.security).toEqual([])
    expect(document.security).toEqual([{ bearer: [] }])
    // Every reference leads somewhere, every operation has a name of its own.
    const text = JSON.stringify(document)
    for (const [, path] of text.matchAll(/"\$ref":"#\/([^"]+)"/g))
      expect(
        path!.split('/').reduce((at, key) => at?.[key], document),
        path!,
      ).toBeDefined()
    const names = [...text.matchAll(/"operationId":"([^"]+)"/g)].map((match) => match[1])
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('beyond loopback', () => {
  let station: ApiOnLoopback
  beforeAll(async () => {
    station = await apiOnLoopback({ host: '0.0.0.0' })
  })
  afterAll(() => station.close())

  const secureGet = (path: string) =>
    new Promise<number>((resolve, reject) => {
      getTls({ host: '127.0.0.1', port: station.web.port, path, rejectUnauthorized: false }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      }).on('error', reject)
    })

  test('there is only TLS, with the certificate whose fingerprint is printed', async () => {
    expect(station.web.url).toMatch(/^https:/)
    expect(await secureGet('/health')).toBe(200)
    expect(await rawStatus(station.web.port, '/health')).not.toMatch(/^HTTP\/1\.1 200/)
    const certificate = await new Promise<X509Certificate>((resolve) => {
      const socket = connectTls({ host: '127.0.0.1', port: station.web.port, rejectUnauthorized: false }, () => {
        const peer = socket.getPeerX509Certificate()!
        socket.destroy()
        resolve(peer)
      })
    })
    expect(certificate.fingerprint256).toBe(station.web.fingerprint)
    expect(certificate.subjectAltName).toContain('DNS:localhost')
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  })

  test('TLS 1.1 is refused', async () => {
    const error = await new Promise<string>((resolve) => {
      const socket = connectTls(
        {
          host: '127.0.0.1',
          port: station.web.port,
          rejectUnauthorized: false,
          minVersion: 'TLSv1',
          maxVersion: 'TLSv1.1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        },
        () => resolve('connected'),
      )
      socket.on('error', (failure) => resolve(String(failure)))
    })
    expect(error).not.toBe('connected')
  })

  test('key and certificate are for the owner only, and stay the same at the next start', async () => {
    const folder = join(station.runtime.dataFolder, 'tls')
    expect(statSync(join(folder, 'private-key.pem')).mode & 0o777).toBe(0o600)
    const { serverCertificate } = await import('../../../src-main/api/self-signed-certificate.ts')
    expect((await serverCertificate(station.runtime.dataFolder, Date.now())).fingerprint).toBe(station.web.fingerprint)
    const later = Date.now() + 5 * 365 * 24 * 3600_000
    expect((await serverCertificate(station.runtime.dataFolder, later)).fingerprint).not.toBe(station.web.fingerprint)
  })
})

function rawGet(port: number, path: string, headers = ''): Promise<{ header: string; body: Buffer }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}Connection: close\r\n\r\n`),
    )
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      const all = Buffer.concat(chunks)
      const end = all.indexOf('\r\n\r\n')
      resolve({ header: all.subarray(0, end).toString(), body: all.subarray(end + 4) })
    })
  })
}

async function rawStatus(port: number, path: string): Promise<string> {
  return (await rawGet(port, path)).header.split('\r\n')[0]!
}
