import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiServer } from '../../../src-main/api/api-server.ts'
import { startWebServer, type WebServer } from '../../../src-main/api/web-server.ts'
import { systemClock } from '../../../src-main/base/clock.ts'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { type FakeRuntime, fakeRuntime } from '../../fakes/api-parts.ts'

let runtime: FakeRuntime
let api: ApiServer
let web: WebServer

beforeAll(async () => {
  runtime = fakeRuntime()
  runtime.tags.add('Filler.Level', 42.5, { unit: '%', limits: { low: 0, high: 100 } })
  api = new ApiServer(runtime.parts)
  web = await startWebServer({
    host: '127.0.0.1',
    port: 0,
    api,
    screensFolder: null,
    dataFolder: runtime.dataFolder,
    version: '1.2.3',
    clock: systemClock,
    logger: silentLogger,
  })
})
afterAll(async () => {
  api.close()
  await web.close()
  runtime.close()
})

async function post(name: string, input: unknown, token?: string) {
  const response = await fetch(`${web.url}/api/v1/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(input),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('first steps', () => {
  test('log in, read, write', async () => {
    const login = await post('access.login', { user: 'ana', password: runtime.access.firstStartCode })
    expect(login.status).toBe(200)
    const token = String(login.body.token)
    expect(await post('tags.read', { tags: ['Filler.Level', 'Nope'] }, token)).toMatchObject({
      status: 200,
      body: {
        values: [
          { tag: 'Filler.Level', value: 42.5, quality: 'Good' },
          { value: null, statusCode: 0x80340000 },
        ],
      },
    })
    expect((await post('tags.write', { tag: 'Filler.Level', value: 101 }, token)).status).toBe(422)
    expect((await post('tags.write', { tag: 'Nope', value: 101 }, token)).status).toBe(404)
    expect((await post('tags.write', { tag: 'Filler.Level', value: 10 }, token)).body).toEqual({
      statusCode: 0,
      confirmed: true,
      value: 10,
    })
    const openapi = await fetch(`${web.url}/api/v1/openapi.json`, { headers: { Authorization: `Bearer ${token}` } })
    expect(openapi.status).toBe(200)
    const metrics = await fetch(`${web.url}/metrics`, { headers: { Authorization: `Bearer ${token}` } })
    expect(await metrics.text()).toContain('lineside_tags_count 1\n')
    const events = await fetch(`${web.url}/api/v1/tags.watch?tags=Filler.Level`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    const reader = events.body!.getReader()
    const first = new TextDecoder().decode((await reader.read()).value)
    expect(first).toContain('"value":10')
    api.publish(runtime.tags.set('Filler.Level', 11))
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('"value":11')
    await reader.cancel()
    expect(runtime.access.audit.read({ limit: 10 }).map((row) => [row.action, row.statusCode])).toEqual([
      ['tags.write', 0],
      ['tags.write', 0x803e0000],
      ['tags.write', 0x803c0000],
      ['access.login', 0],
    ])
    expect(await (await fetch(`${web.url}/health`)).json()).toMatchObject({
      status: 'ok',
      version: '1.2.3',
      firstStart: true,
    })
    expect((await post('tags.read', {})).status).toBe(401)
    expect((await post('tags.read', {}, token)).status).toBe(400)
    expect((await post('nope', {}, token)).status).toBe(404)
  })
})
