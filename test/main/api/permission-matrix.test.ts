// TARGETS S1: calls in the contract reachable without permission = 0, over every way in that a test can open.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contract, type RowName } from '../../../src-main/shared/contract.ts'
import { rolePermissions, roles } from '../../../src-main/shared/permission.ts'
import { type ApiOnLoopback, apiOnLoopback } from '../../fakes/api-on-loopback.ts'

const rows = (Object.keys(contract) as RowName[]).filter((name) => contract[name].permission !== null)
/** Fits no schema: whoever may not use the row must not learn that. */
const misfit = {
  ids: 5,
  id: 5,
  edits: 5,
  csv: 5,
  since: 'x',
  order: 5,
  tags: 5,
  tag: 5,
  device: 5,
  user: 5,
  name: 5,
  type: 5,
  thumbprint: 5,
  from: 'x',
  file: 5,
  password: 5,
}

let station: ApiOnLoopback
beforeAll(async () => {
  station = await apiOnLoopback()
})
afterAll(() => station.close())

describe('permission matrix', () => {
  test.each(rows)('%s answers 401 without a session, whatever the input', async (name) => {
    for (const input of [{}, misfit, 'not JSON']) expect((await station.post(name, input)).status).toBe(401)
    expect((await station.post(name, {}, 'a'.repeat(43))).status).toBe(401)
    const screen = await station.link()
    const type = contract[name].kind === 'call' ? 'call' : 'open'
    expect((await screen.request({ type, name, input: {} })).error?.httpStatus).toBe(401)
    screen.socket.terminate()
  })

  describe.each(roles)('as %s', (role) => {
    test.each(rows)('%s', async (name) => {
      const isAllowed = rolePermissions[role].includes(contract[name].permission!)
      const { status, code } = await statusOf(name, await freshToken(role))
      if (!isAllowed) {
        expect({ status, code }).toEqual({ status: 403, code: 'Forbidden' })
        return
      }
      // Rows without input take anything that is an object; the others refuse the misfit, after the permission.
      expect([200, 400]).toContain(status)
      const screen = await station.link(await freshToken(role))
      const type = contract[name].kind === 'call' ? 'call' : 'open'
      const answer = await screen.request({ type, name, input: [] })
      expect(answer.error?.httpStatus).toBe(400)
      screen.socket.terminate()
    })
  })

  test('the open rows are access.login and nothing else', () => {
    const open = (Object.keys(contract) as RowName[]).filter((name) => contract[name].permission === null)
    expect(open).toEqual(['access.login'])
  })

  test('health is open, everything else beside the pages needs a session', async () => {
    expect((await station.get('/health')).status).toBe(200)
    for (const path of ['/metrics', '/api/v1/openapi.json', '/api/v1/tags.watch?tags=a', '/api/v1/nope', '/api/v1/'])
      expect((await station.get(path)).status, path).toBe(401)
    const token = await freshToken('viewer')
    expect((await station.get('/metrics', token)).status).toBe(200)
    expect((await station.get('/api/v1/openapi.json', token)).status).toBe(200)
  })

  test('a refused call of an audited row is in the audit trail, with who and what', async () => {
    await station.post('tags.write', { tag: 'A', value: 1 }, await freshToken('viewer'))
    const [row] = station.runtime.access.audit.read({ limit: 1 })
    expect(row).toMatchObject({ user: 'viewer', action: 'tags.write', statusCode: 0x801f0000, station: '127.0.0.1' })
  })
})

/** A feed that opens does not end by itself. */
async function statusOf(name: RowName, token: string): Promise<{ status: number; code: string | undefined }> {
  const response = await fetch(`${station.web.url}/api/v1/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify(misfit),
  })
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel()
    return { status: response.status, code: undefined }
  }
  return { status: response.status, code: (await response.json()).error?.code }
}

/** Some rows (log-out) end the session they are called with, and more sessions of one account than a hundred end the oldest. */
async function freshToken(role: (typeof roles)[number]): Promise<string> {
  const account = station.runtime.access.accounts.find(role)!
  return station.runtime.access.sessions.create(account, 'test').token
}
