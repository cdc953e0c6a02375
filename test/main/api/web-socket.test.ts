import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeTagFrame } from '../../../src-main/shared/tag-frame.ts'
import { type ApiOnLoopback, apiOnLoopback, rolePassword, TestScreen } from '../../fakes/api-on-loopback.ts'
import { deviceRow } from '../../fakes/api-parts.ts'
import { patience } from '../../fakes/busy-machine.ts'

let station: ApiOnLoopback
beforeAll(async () => {
  station = await apiOnLoopback()
  station.runtime.tags.add('Filler.Level', 1)
  station.runtime.tags.add('Filler.Running', true, { dataType: 'bool' })
  station.runtime.tags.add('Filler.Count', 9_007_199_254_740_993n, { dataType: 'int64' })
})
afterAll(() => station.close())

const publish = (value: number) => station.api.publish(station.runtime.tags.set('Filler.Level', value))
const watch = (screen: TestScreen, id: number, tags: readonly string[]) =>
  screen.send({ type: 'open', id, name: 'tags.watch', input: { tags } })
const frame = (screen: TestScreen, at: number) =>
  screen.until(() => screen.frames[at] && decodeTagFrame(screen.frames[at]))
const endOf = (screen: TestScreen, id: number) =>
  screen.until(() => screen.messages.find((message) => message.type === 'end' && message.id === id))

const noLinks = () => expect.poll(() => station.api.counters.linkCount, patience).toBe(0)

describe('link over a WebSocket', () => {
  test('log-in on the link is enough for calls on it; log-out ends that', async () => {
    const screen = await station.link()
    const login = await screen.request({
      type: 'call',
      name: 'access.login',
      input: { user: 'operator', password: rolePassword },
    })
    expect(login.value.token).toMatch(/^[\w-]{43}$/)
    expect((await screen.request({ type: 'call', name: 'access.session', input: {} })).value.user).toBe('operator')
    expect((await screen.request({ type: 'call', name: 'access.logout', input: {} })).type).toBe('result')
    expect((await screen.request({ type: 'call', name: 'access.session', input: {} })).error?.httpStatus).toBe(401)
    screen.socket.terminate()
  })

  test('a feed begins with a frame of all tags, in the order asked; unknown ones are Bad', async () => {
    const screen = await station.link(station.tokens.viewer)
    watch(screen, 100, ['Filler.Level', 'Nope', 'Filler.Running', 'Filler.Count'])
    const first = await frame(screen, 0)
    expect(first.feedId).toBe(100)
    expect([...first.index]).toEqual([0, 1, 2, 3])
    expect(first.value[0]).toBe(1)
    expect([...first.others]).toEqual([
      [1, null],
      [2, true],
      [3, '9007199254740993'],
    ])
    expect(first.statusCode[1]).toBe(0x80340000)
    screen.socket.terminate()
  })

  test('a screen that has not taken its frame gets no further one, and then the last value', async () => {
    const screen = await station.link(station.tokens.viewer)
    watch(screen, 100, ['Filler.Level'])
    await frame(screen, 0)
    for (let value = 2; value <= 500; value++) publish(value)
    // A call after the changes is answered: had there been another frame, it would have come before.
    await screen.request({ type: 'call', name: 'access.session', input: {} })
    expect(screen.frames).toHaveLength(1)
    screen.send({ type: 'ack', id: 100 })
    expect((await frame(screen, 1)).value[0]).toBe(500)
    expect(screen.frames).toHaveLength(2)
    screen.socket.terminate()
  })

  test('a tag that is removed becomes unknown and comes alive when it is there again', async () => {
    const screen = await station.link(station.tokens.viewer)
    watch(screen, 100, ['Mixer.Speed'])
    expect((await frame(screen, 0)).statusCode[0]).toBe(0x80340000)
    screen.send({ type: 'ack', id: 100 })
    station.runtime.tags.add('Mixer.Speed', 700)
    station.api.plantChanged()
    expect((await frame(screen, 1)).value[0]).toBe(700)
    screen.send({ type: 'ack', id: 100 })
    station.runtime.tags.remove('Mixer.Speed')
    station.api.plantChanged()
    expect((await frame(screen, 2)).statusCode[0]).toBe(0x80340000)
    screen.send({ type: 'ack', id: 100 })
    station.runtime.tags.add('Mixer.Speed', 800)
    station.api.plantChanged()
    expect((await frame(screen, 3)).value[0]).toBe(800)
    station.runtime.tags.remove('Mixer.Speed')
    screen.socket.terminate()
  })

  test('feeds end when the session ends, and the link goes on for the next person', async () => {
    await station.runtime.access.accounts.add('guest', rolePassword, ['viewer'])
    const screen = await station.link()
    await screen.request({ type: 'call', name: 'access.login', input: { user: 'guest', password: rolePassword } })
    watch(screen, 100, ['Filler.Level'])
    await frame(screen, 0)
    await station.runtime.access.accounts.change('guest', { enabled: false })
    station.runtime.access.sessions.announce()
    expect((await endOf(screen, 100)).error?.httpStatus).toBe(401)
    await station.runtime.access.accounts.change('guest', { enabled: true })
    const again = await screen.request({
      type: 'call',
      name: 'access.login',
      input: { user: 'guest', password: rolePassword },
    })
    expect(again.type).toBe('result')
    screen.socket.terminate()
  })

  test('another person on the same screen starts without the feeds of the one before', async () => {
    const screen = await station.link()
    await screen.request({ type: 'call', name: 'access.login', input: { user: 'operator', password: rolePassword } })
    watch(screen, 100, ['Filler.Level'])
    await frame(screen, 0)
    await screen.request({ type: 'call', name: 'access.login', input: { user: 'engineer', password: rolePassword } })
    expect((await endOf(screen, 100)).type).toBe('end')
    screen.socket.terminate()
  })

  test('the device list comes again when it changed', async () => {
    const screen = await station.link(station.tokens.viewer)
    station.runtime.devices = [deviceRow('plc')]
    screen.send({ type: 'open', id: 100, name: 'devices.watch', input: {} })
    const items = () => screen.messages.filter((message) => message.type === 'item')
    await screen.until(() => items()[0])
    screen.send({ type: 'ack', id: 100 })
    station.runtime.devices = [deviceRow('plc', { state: 'waiting' })]
    const second = await screen.until(() => items()[1])
    expect(second.value.devices[0].state).toBe('waiting')
    screen.socket.terminate()
  })

  test('a closed link leaves nothing open', async () => {
    await noLinks()
    const screen = await station.link(station.tokens.viewer)
    watch(screen, 100, ['Filler.Level'])
    await frame(screen, 0)
    expect(station.api.counters).toMatchObject({ linkCount: 1, openFeedCount: 1, watchedTagCount: 1 })
    screen.socket.terminate()
    await noLinks()
    expect(station.api.counters).toMatchObject({ openFeedCount: 0, watchedTagCount: 0 })
  })

  test('feeds are limited for each client', async () => {
    const screen = await station.link(station.tokens.viewer)
    for (let id = 100; id < 165; id++) watch(screen, id, ['Filler.Level'])
    const refused = await screen.until(() => screen.messages.find((message) => message.type === 'error'))
    expect([refused.id, refused.error?.httpStatus]).toEqual([164, 429])
    screen.socket.terminate()
  })
})

describe('foreign links', () => {
  test('a page of another origin gets no WebSocket; the own page and tools do', async () => {
    await expect(TestScreen.open(station.web.url, { Origin: 'https://evil.example' })).rejects.toThrow('403')
    await expect(TestScreen.open(station.web.url, { Origin: 'null' })).rejects.toThrow('403')
    await expect(TestScreen.open(station.web.url, { Host: 'evil.example' })).rejects.toThrow('403')
    const own = await TestScreen.open(station.web.url, { Origin: station.web.url })
    own.socket.terminate()
  })

  test('garbage is answered and, when it goes on, ends the link; others notice nothing', async () => {
    const witness = await station.link(station.tokens.viewer)
    const garbage = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 100 }),
      fc.json(),
      fc
        .record({
          type: fc.constantFrom('call', 'open', 'ack', 'close', 'authenticate'),
          id: fc.jsonValue(),
          name: fc.jsonValue(),
          input: fc.jsonValue(),
        })
        .map((message) => JSON.stringify(message)),
    )
    const samples = fc.sample(garbage, 3000)
    let linkCount = 0
    for (let at = 0; at < samples.length; ) {
      const screen = await station.link()
      linkCount++
      // At most a hundred senseless messages per link: it is closed then.
      for (const end = Math.min(at + 100, samples.length); at < end; at++) screen.socket.send(samples[at]!)
      await Promise.race([
        screen.until(() => screen.messages.find((message) => message.type === 'error')),
        screen.until(() => screen.isClosed || undefined),
      ])
      screen.socket.terminate()
    }
    expect(linkCount).toBeGreaterThan(20)
    expect((await witness.request({ type: 'call', name: 'access.session', input: {} })).value.user).toBe('viewer')
    witness.socket.terminate()
  })

  test('links of one source are limited, so that none keeps the others out', async () => {
    const screens: TestScreen[] = []
    let refusal = ''
    while (refusal === '' && screens.length < 100)
      await TestScreen.open(station.web.url).then(
        (screen) => screens.push(screen),
        (error: Error) => {
          refusal = error.message
        },
      )
    for (const screen of screens) screen.socket.terminate()
    expect(refusal).toContain('429')
    expect(screens.length).toBeGreaterThan(50)
    await noLinks()
  })

  test('a hundred senseless messages close the link', async () => {
    const screen = await station.link()
    for (let n = 0; n < 100; n++) screen.socket.send('{"type":"dance"}')
    await screen.until(() => screen.isClosed || undefined)
  })

  test('a message beyond the size limit ends the link, not the server', async () => {
    const screen = await station.link()
    screen.socket.on('error', () => undefined)
    screen.socket.send(Buffer.alloc(9 << 20, 0x20))
    await screen.until(() => screen.isClosed || undefined)
    expect((await station.get('/health')).status).toBe(200)
  })
})
