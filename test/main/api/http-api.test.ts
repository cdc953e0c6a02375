import { request } from 'node:http'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { contract, type RowName } from '../../../src-main/shared/contract.ts'
import { type ApiOnLoopback, apiOnLoopback, rolePassword } from '../../fakes/api-on-loopback.ts'
import { deviceRow } from '../../fakes/api-parts.ts'

let station: ApiOnLoopback
beforeAll(async () => {
  station = await apiOnLoopback()
  const { tags } = station.runtime
  tags.add('Filler.Level', 42.5, { unit: '%', limits: { low: 0, high: 100 }, description: 'Bowl level' })
  tags.add('Filler.Count', 9_007_199_254_740_993n, { dataType: 'int64' })
  tags.add('Filler.Running', true, { dataType: 'bool', writable: false })
  tags.add('Filler.Recipe', 'Cola', { dataType: 'string' })
  tags.add('Tank.Temperature', 81.25)
  station.runtime.devices = [deviceRow('plc')]
})
afterAll(() => station.close())

const as = (role: keyof ApiOnLoopback['tokens']) => station.tokens[role]

describe('status codes of INTERFACES.md', () => {
  test('200: values with quality and both time stamps; an unknown tag is a Bad value, not an error', async () => {
    const { status, body } = await station.post(
      'tags.read',
      { tags: ['Filler.Level', 'Filler.Count', 'Nope'] },
      as('viewer'),
    )
    expect(status).toBe(200)
    expect(body.values).toEqual([
      {
        tag: 'Filler.Level',
        value: 42.5,
        statusCode: 0,
        quality: 'Good',
        sourceTimestamp: expect.any(Number),
        serverTimestamp: expect.any(Number),
      },
      {
        tag: 'Filler.Count',
        value: '9007199254740993',
        statusCode: 0,
        quality: 'Good',
        sourceTimestamp: expect.any(Number),
        serverTimestamp: expect.any(Number),
      },
      {
        tag: 'Nope',
        value: null,
        statusCode: 0x80340000,
        quality: 'Bad',
        sourceTimestamp: 0,
        serverTimestamp: expect.any(Number),
      },
    ])
  })

  test.each([
    [400, 'tags.read', {}],
    [400, 'tags.read', { tags: 'Filler.Level' }],
    [400, 'tags.read', []],
    [400, 'tags.read', null],
    [400, 'tags.read', '{"tags":'],
    [400, 'tags.read', '\u0000'],
    [400, 'tags.write', { tag: 'Filler.Level' }],
    [400, 'tags.watch', { tags: [1] }],
    [404, 'tags.nope', {}],
    [404, '__proto__', {}],
    [404, 'constructor', {}],
    [404, 'tags.write', { tag: 'Nope', value: 1 }],
    [404, 'devices.reconnect', { device: 'nope' }],
    [404, 'plant.mimic', { name: 'nope' }],
    [409, 'access.addAccount', { user: 'Viewer', password: 'long enough', roles: ['viewer'] }],
    [422, 'access.addAccount', { user: 'bo', password: 'short', roles: ['viewer'] }],
    [422, 'access.removeAccount', { user: 'administrator' }],
    [422, 'tags.write', { tag: 'Filler.Level', value: 101 }],
    [422, 'tags.write', { tag: 'Filler.Running', value: true }],
    [422, 'tags.write', { tag: 'Filler.Level', value: 'full' }],
    [422, 'tags.write', { tag: 'Filler.Level', value: 1, reason: 'line\nbreak' }],
    [200, 'tags.write', { tag: 'Filler.Level', value: 1, reason: '换瓶型 “0.5 l” — ok!' }],
  ])('%i: %s %j', async (expected, name, input) => {
    const { status, body } = await station.post(name, input as never, as('administrator'))
    expect(status).toBe(expected)
    if (expected !== 200)
      expect(body.error).toMatchObject({ code: expect.any(String), message: expect.stringMatching(/\w+ \w+/) })
  })

  test('400 says where', async () => {
    const { body } = await station.post('tags.read', { tags: ['Filler.Level', 7] }, as('viewer'))
    expect(body.error).toMatchObject({ code: 'InvalidInput', path: 'tags.1' })
  })

  test('423: a locked log-in, also with the right password', async () => {
    await station.runtime.access.accounts.add('locked', rolePassword, ['viewer'])
    const attempt = (password: string) => station.post('access.login', { user: 'locked', password })
    const guess = 'guessed-by-a-stranger'
    const wrong = await attempt(guess)
    expect([wrong.status, wrong.body.error.code]).toEqual([401, 'Unauthorized'])
    for (let n = 0; n < 5; n++) await attempt(guess)
    expect((await attempt(rolePassword)).status).toBe(423)
    const events = station.runtime.access.audit.read({ limit: 20 }).filter((row) => row.target === 'locked')
    expect(events.filter((row) => row.statusCode === 0x80210000)).toHaveLength(5)
    expect(events.filter((row) => row.statusCode === 0x80e90000)).toHaveLength(1)
    expect(JSON.stringify(events)).not.toContain(guess)
  })

  test('429: more calls at a time than one client may have', async () => {
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const { plantStore } = station.runtime.parts
    const reload = plantStore.reload
    plantStore.reload = () => held
    let refusedCount = 0
    const calls = Array.from({ length: 80 }, async () => {
      const { status } = await station.post('plant.reload', {}, as('engineer'))
      if (status === 429 && ++refusedCount === 80 - 64) release()
      return status
    })
    const statuses = await Promise.all(calls)
    plantStore.reload = reload
    expect(statuses.filter((status) => status === 200)).toHaveLength(64)
  })

  test('a failure of ours is 500 without a word of the inside', async () => {
    const { plantStore } = station.runtime.parts
    const reload = plantStore.reload
    plantStore.reload = () => Promise.reject(new TypeError('secret internal detail'))
    const { status, body } = await station.post('plant.reload', {}, as('engineer'))
    plantStore.reload = reload
    expect(status).toBe(500)
    expect(JSON.stringify(body)).not.toMatch(/secret|TypeError|\.ts/)
  })
})

describe('calls', () => {
  test('log-in gives a token, log-out makes it worthless', async () => {
    const { body } = await station.post('access.login', { user: 'operator', password: rolePassword })
    expect(body).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/),
      user: 'operator',
      roles: ['operator'],
      expiresTimestamp: expect.any(Number),
    })
    expect((await station.post('access.session', {}, body.token)).body).toMatchObject({
      user: 'operator',
      firstStart: false,
    })
    expect((await station.post('access.logout', {}, body.token)).status).toBe(200)
    expect((await station.post('access.session', {}, body.token)).status).toBe(401)
  })

  test('tags are browsed page by page, by prefix and by search', async () => {
    const page = async (input: object) => (await station.post('tags.browse', input, as('viewer'))).body
    const first = await page({ prefix: 'Filler.', limit: 3 })
    expect(first.tags.map((row: { tag: string }) => row.tag)).toEqual(['Filler.Count', 'Filler.Level', 'Filler.Recipe'])
    const second = await page({ prefix: 'Filler.', limit: 3, cursor: first.cursor })
    expect(second).toEqual({
      tags: [expect.objectContaining({ tag: 'Filler.Running', dataType: 'bool', writable: false })],
    })
    expect((await page({ search: 'bowl' })).tags).toEqual([
      expect.objectContaining({ tag: 'Filler.Level', unit: '%', limits: { low: 0, high: 100 } }),
    ])
    expect(await page({ prefix: 'Z' })).toEqual({ tags: [] })
  })

  test('a write is in the audit trail with old and new value, result, reason and who', async () => {
    await station.post('tags.write', { tag: 'Filler.Level', value: 10 }, as('operator'))
    await station.post('tags.write', { tag: 'Filler.Level', value: 20, reason: 'new bottle' }, as('operator'))
    await station.post('tags.write', { tag: 'Filler.Level', value: 500 }, as('operator'))
    const [refused, done] = station.runtime.access.audit.read({ limit: 2 })
    expect(done).toMatchObject({
      user: 'operator',
      target: 'Filler.Level',
      oldValue: 10,
      newValue: 20,
      statusCode: 0,
      comment: 'new bottle',
    })
    expect(refused).toMatchObject({ newValue: 500, statusCode: 0x803c0000, comment: 'Filler.Level: 500 is above 100' })
    expect((await station.post('audit.verify', {}, as('engineer'))).body).toEqual({ ok: true })
    expect((await station.post('audit.read', { limit: 2 }, as('engineer'))).body.events).toHaveLength(2)
  })

  test('no password reaches the audit trail', async () => {
    const secret = 'a very secret text'
    await station.post('access.addAccount', { user: 'temp', password: secret, roles: ['viewer'] }, as('administrator'))
    await station.post('access.changeAccount', { user: 'temp', newPassword: `${secret}2` }, as('administrator'))
    await station.post('access.login', { user: 'temp', password: `${secret}2` })
    await station.post('access.login', { user: 'temp', password: `${secret}3` })
    await station.post('access.removeAccount', { user: 'temp' }, as('administrator'))
    const trail = JSON.stringify(station.runtime.access.audit.read({ limit: 1000 }))
    expect(trail).toContain('access.changeAccount')
    expect(trail).not.toContain(secret)
  })
})

describe('bodies that fit nothing', () => {
  test('other content types, broken UTF-8 and bodies that are too large are refused', async () => {
    const send = async (body: string | Uint8Array<ArrayBuffer>, type: string, token?: string) =>
      (
        await fetch(`${station.web.url}/api/v1/tags.read`, {
          method: 'POST',
          body,
          headers: { 'Content-Type': type, ...(token ? { Authorization: `Bearer ${token}` } : {}) },
        })
      ).status
    expect(await send('{"tags":[]}', 'text/plain', as('viewer'))).toBe(415)
    expect(await send('tags=a', 'application/x-www-form-urlencoded', as('viewer'))).toBe(415)
    expect(await send(Uint8Array.of(0x7b, 0xff, 0x7d), 'application/json', as('viewer'))).toBe(400)
    expect(await send('{"tags":[]}', 'application/json; charset=utf-8', as('viewer'))).toBe(200)
    const login = await fetch(`${station.web.url}/api/v1/access.login`, {
      method: 'POST',
      body: `{"user":"${'x'.repeat(20_000)}"}`,
      headers: { 'Content-Type': 'application/json' },
    })
    expect(login.status).toBe(413)
  })

  test('a key called __proto__ changes nothing', async () => {
    const { status } = await station.post(
      'tags.read',
      '{"__proto__":{"tags":["Filler.Level"],"polluted":1}}',
      as('viewer'),
    )
    expect(status).toBe(400)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  test('values nested without end are refused, not followed', async () => {
    const deep = `${'['.repeat(50_000)}1${']'.repeat(50_000)}`
    expect((await station.post('tags.write', `{"tag":"Filler.Level","value":${deep}}`, as('operator'))).status).toBe(
      400,
    )
  })

  // Every call of the contract with inputs made of the right keys and wrong values: a clear 4xx, never a crash.
  test('mutated inputs of every call are answered with 2xx or 4xx', async () => {
    const names = (Object.keys(contract) as RowName[]).filter(
      (name) => contract[name].kind === 'call' && !name.startsWith('access.'),
    )
    const keys = [
      'tag',
      'tags',
      'value',
      'device',
      'path',
      'prefix',
      'limit',
      'cursor',
      'name',
      'type',
      'file',
      'csv',
      'from',
      'to',
      'thumbprint',
      'inputs',
      'address',
      'dataType',
    ]
    const input = fc.oneof(
      fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 }),
      fc.jsonValue(),
      fc.record({
        tag: fc.constantFrom('Filler.Level', 'Filler.Recipe', 'Filler.Count', 'Nope'),
        value: fc.jsonValue(),
      }),
    )
    const inputs = fc.sample(fc.tuple(fc.constantFrom(...names), input), 2000)
    for (let at = 0; at < inputs.length; at += 50) {
      const answers = await Promise.all(
        inputs.slice(at, at + 50).map(([name, given]) => station.post(name, given as never, as('administrator'))),
      )
      for (const [index, { status, body }] of answers.entries())
        if (status >= 500 || (status >= 400 && typeof body.error?.message !== 'string'))
          throw new Error(`${status} for ${JSON.stringify(inputs[at + index])}: ${JSON.stringify(body)}`)
    }
    expect((await station.post('tags.read', { tags: ['Filler.Level'] }, as('viewer'))).status).toBe(200)
  })

  test('random bytes at the socket end with 4xx or a closed connection', async () => {
    const port = station.web.port
    for (const bytes of fc.sample(fc.uint8Array({ minLength: 1, maxLength: 300 }), 200)) {
      const answer = await rawAnswer(port, Buffer.concat([Buffer.from(bytes), Buffer.from('\r\n\r\n')]))
      expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d|$)/)
    }
    for (const target of ['//', 'http://', '/%', '*', '/api/v1/%00', '/api/v1/tags.read/..'])
      expect(
        await rawAnswer(port, Buffer.from(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)),
      ).toMatch(/^HTTP\/1\.1 (4|503)/)
    expect((await station.get('/health')).status).toBe(200)
  })
})

describe('who may talk to it', () => {
  const asHost = (headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      request({ host: '127.0.0.1', port: station.web.port, path: '/health', headers }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
        .on('error', reject)
        .end()
    })

  // A page at evil.example whose name suddenly means 127.0.0.1 would be same-origin with us: DNS rebinding.
  test('on loopback only names of loopback are answered', async () => {
    expect(await asHost({ Host: `localhost:${station.web.port}` })).toBe(200)
    expect(await asHost({ Host: `[::1]:${station.web.port}` })).toBe(200)
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1'])
      expect(await asHost({ Host: host })).toBe(421)
  })

  test('pages of other origins may not call', async () => {
    const from = async (origin: string) =>
      (await station.get('/api/v1/openapi.json', as('viewer'), { Origin: origin })).status
    expect(await from(station.web.url)).toBe(200)
    for (const origin of [
      'https://evil.example',
      'null',
      station.web.url.replace('127.0.0.1', 'localhost'),
      `${station.web.url}.evil.example`,
    ])
      expect(await from(origin)).toBe(403)
  })

  test('every answer carries the security headers', async () => {
    for (const path of ['/', '/health', '/api/v1/nope', '/metrics', '/x']) {
      const { headers } = await station.get(path)
      expect(headers.get('content-security-policy')).toContain(
        `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';`,
      )
      const policy = headers.get('content-security-policy')!
      // WebAssembly is no text that becomes code.
      expect(policy.replace("'wasm-unsafe-eval'", '')).not.toContain('unsafe')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    }
  })
})

describe('feeds as Server-Sent Events', () => {
  const readers: ReadableStreamDefaultReader[] = []
  afterEach(() => Promise.all(readers.splice(0).map((reader) => reader.cancel())))

  async function stream(path: string, token = as('viewer')) {
    const response = await station.get(path, token)
    const reader = response.body!.getReader()
    readers.push(reader)
    let text = ''
    return {
      response,
      /** The next `data:` line as JSON; null when the stream ended. */
      async next() {
        for (;;) {
          const end = text.indexOf('\n\n')
          if (end >= 0) {
            const event = text.slice(0, end)
            text = text.slice(end + 2)
            if (!event.startsWith(':')) return { event, data: JSON.parse(event.slice(event.indexOf('data: ') + 6)) }
            continue
          }
          const { value, done } = await reader.read()
          if (done) return null
          text += new TextDecoder().decode(value)
        }
      },
    }
  }

  test('first the present value of each tag, then changes', async () => {
    station.runtime.tags.set('Filler.Level', 10)
    const feed = await stream('/api/v1/tags.watch?tags=Filler.Level&tags=Nope')
    expect(feed.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect((await feed.next())?.data.values).toMatchObject([
      { tag: 'Filler.Level', value: 10 },
      { tag: 'Nope', value: null, statusCode: 0x80340000 },
    ])
    station.api.publish(station.runtime.tags.set('Filler.Level', 11))
    expect((await feed.next())?.data.values).toMatchObject([{ tag: 'Filler.Level', value: 11, quality: 'Good' }])
  })

  test('one tag alone is a list of one', async () => {
    station.runtime.tags.set('Filler.Recipe', 'Cola')
    const feed = await stream('/api/v1/tags.watch?tags=Filler.Recipe')
    expect((await feed.next())?.data.values).toMatchObject([{ tag: 'Filler.Recipe', value: 'Cola' }])
  })

  test('other feeds give their item', async () => {
    const feed = await stream('/api/v1/plant.watch')
    expect((await feed.next())?.data).toMatchObject({ name: 'Bottling', startMimic: 'overview' })
    station.runtime.plant = { ...station.runtime.plant, name: 'Bottling 2' }
    station.api.plantChanged()
    expect((await feed.next())?.data).toMatchObject({ name: 'Bottling 2' })
  })

  test.each([
    ['/api/v1/tags.watch', 400],
    ['/api/v1/tags.watch?tag=Filler.Level', 400],
    [`/api/v1/tags.watch?tags=${'x'.repeat(300)}`, 400],
    ['/api/v1/tags.read?tags=Filler.Level', 405],
  ])('GET %s is %i', async (path, status) => {
    expect((await station.get(path, as('viewer'))).status).toBe(status)
  })

  test('a feed ends when its session ends, and says why', async () => {
    const account = station.runtime.access.accounts.find('viewer')!
    const { token, session } = station.runtime.access.sessions.create(account, 'test')
    const feed = await stream('/api/v1/tags.watch?tags=Filler.Level', token)
    await feed.next()
    station.runtime.access.sessions.end(session.id)
    const end = await feed.next()
    expect(end?.event).toMatch(/^event: end\n/)
    expect(end?.data.error.code).toBe('Unauthorized')
    expect(await feed.next()).toBeNull()
  })

  test('a feed ends when its permission is withdrawn by the plant', async () => {
    const feed = await stream('/api/v1/tags.watch?tags=Filler.Level')
    await feed.next()
    station.runtime.plant = { ...station.runtime.plant, roles: { viewer: ['plant.view'] } }
    station.api.plantChanged()
    let last = await feed.next()
    while (last && !last.event.startsWith('event: end')) last = await feed.next()
    expect(last?.data.error.code).toBe('Forbidden')
    station.runtime.plant = { ...station.runtime.plant, roles: {} }
    station.api.plantChanged()
  })

  // TARGETS V6: the last value is never lost, what lies between may be, and the stalled client holds no queue.
  test('a client that does not read gets the last value when it reads again, not every one', async () => {
    const big = 'x'.repeat(20_000)
    const socket = connect(station.web.port, '127.0.0.1')
    socket.pause()
    socket.write(
      `GET /api/v1/tags.watch?tags=Filler.Recipe HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${as('viewer')}\r\n\r\n`,
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    for (let n = 0; n < 2000; n++) {
      station.api.publish(station.runtime.tags.set('Filler.Recipe', `${n} ${big}`))
      if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 6))
    }
    station.api.publish(station.runtime.tags.set('Filler.Recipe', 'the last'))
    let text = ''
    await new Promise<void>((resolve) => {
      socket.on('data', (chunk) => {
        text = (text + String(chunk)).slice(-100_000)
        if (text.includes('"the last"')) resolve()
      })
      socket.resume()
    })
    socket.destroy()
    station.runtime.tags.set('Filler.Recipe', 'Cola')
  })
})

function rawAnswer(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let text = ''
    const finish = () => {
      socket.destroy()
      resolve(text.slice(0, 12))
    }
    socket.on('data', (chunk) => {
      text += String(chunk)
      if (text.length >= 12) finish()
    })
    socket.on('error', finish)
    socket.on('close', finish)
  })
}
