// The driver against an OPC UA server of another make: set LINESIDE_OPCUA_PEER to its address. It is read and browsed
// only, through what every server has (OPC 10000-5), so any server will do.
import { describe, expect, test } from 'vitest'
import { parseEndpoint } from '../../../../src-main/drivers/opcua/opcua-address.ts'
import { isGood } from '../../../../src-main/shared/status-code.ts'
import { TcpProxy } from '../../../fakes/tcp-proxy.ts'
import { until } from '../driver-conformance.ts'
import { opcuaDevice, opcuaItem } from './opcua-definitions.ts'
import { rowsOf, watching } from './opcua-device.ts'

const peer = process.env.LINESIDE_OPCUA_PEER
const why = peer ? '' : ' (skipped: LINESIDE_OPCUA_PEER names no server)'

describe.skipIf(!peer)(`an OPC UA server of another make${why}`, () => {
  test('is read, browsed and watched through a cut of the cable', async () => {
    const endpoint = parseEndpoint(peer!)
    if (typeof endpoint === 'string') throw new Error(endpoint)
    const cable = await TcpProxy.start(endpoint.port, endpoint.host)
    const station = watching(opcuaDevice(`opc.tcp://127.0.0.1:${cable.port}${endpoint.path}`, {}, 3000))
    const time = opcuaItem(1, 'i=2258', 'datetime')
    try {
      await station.driver.connect(AbortSignal.timeout(5000))
      expect(rowsOf(await station.driver.read([time]))[0]!.value).toBeGreaterThan(1.7e12)
      expect((await station.driver.browse!('')).map(({ name }) => name)).toContain('Server')
      await station.driver.watch([time])
      await until('the time', () => isGood(station.latest(1)?.statusCode ?? 0x80000000))
      await cable.cut()
      await until('Bad', () => !isGood(station.latest(1)!.statusCode), 1000)
      await cable.restore()
      await until('Good again', () => isGood(station.latest(1)!.statusCode), 10_000)
      expect(station.driver.counters.details['Subscriptions made anew']).toBe('0')
    } finally {
      await station.driver.close()
      await cable.close()
    }
  })
})
