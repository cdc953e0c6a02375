// Fake: a station whose tags and history are made of formulas, with the real API and web server before it: trends can be looked at
// and measured over years without recording for years.
import { ApiServer } from '../../src-main/api/api-server.ts'
import { startWebServer } from '../../src-main/api/web-server.ts'
import { systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import type { HistoryMarker, HistoryMarkerSource } from '../../src-main/shared/history.ts'
import type { DataType } from '../../src-main/shared/tag.ts'
import { fakeRuntime } from './api-parts.ts'
import { GeneratedHistory, generatedSeries } from './generated-history.ts'

const dayMs = 86_400_000

export interface GeneratedStation {
  readonly url: string
  /** Of an administrator. */
  readonly token: string
  readonly history: GeneratedHistory
  close(): Promise<void>
}

/** @param screensFolder the built screens; @param days how long was recorded */
export async function startGeneratedStation(screensFolder: string, days: number): Promise<GeneratedStation> {
  const runtime = fakeRuntime(systemClock)
  const history = new GeneratedHistory(Date.now() - days * dayMs, () => Date.now())
  for (const [tag, { row, everyMs, at }] of Object.entries(generatedSeries)) {
    const now = at(Math.floor(Date.now() / everyMs) * everyMs)
    runtime.tags.add(tag, now.text ?? now.value, {
      dataType: row.dataType as DataType,
      unit: row.unit,
      description: row.description,
      states: row.states ?? null,
      decimals: row.dataType === 'float64' ? 1 : null,
      limits: { low: 0, high: 100 },
    })
  }
  const api = new ApiServer({ ...runtime.parts, history, historyMarkers: [hourlyWrites] })
  const web = await startWebServer({
    host: '127.0.0.1',
    port: 0,
    api,
    screensFolder,
    dataFolder: runtime.dataFolder,
    version: '0.0.0-test',
    logger: silentLogger,
  })
  const account = await runtime.access.accounts.add('anna', 'secret123', ['administrator'])
  const { token } = runtime.access.sessions.create(account, 'test')
  const timer = setInterval(() => {
    for (const [tag, { everyMs, at }] of Object.entries(generatedSeries)) {
      const { value, statusCode = 0, text } = at(Math.floor(Date.now() / everyMs) * everyMs)
      api.publish(runtime.tags.set(tag, statusCode >= 0x80000000 ? null : (text ?? value), statusCode))
    }
  }, 1000)
  return {
    url: web.url,
    token,
    history,
    async close() {
      clearInterval(timer)
      api.close()
      await web.close()
      runtime.close()
    },
  }
}

/** A write at a quarter past each hour. */
const hourlyWrites: HistoryMarkerSource = {
  kind: 'write',
  async read(from, to, _tags, limit) {
    const marks: HistoryMarker[] = []
    const hourMs = 3_600_000
    for (let at = Math.ceil(from / hourMs) * hourMs + 900_000; at < to && marks.length < limit; at += hourMs)
      marks.push({
        id: String(at),
        kind: 'write',
        timestamp: at,
        endTimestamp: null,
        tag: 'Plant.LevelSetpoint',
        user: 'anna',
        text: 'Plant.LevelSetpoint: 50 → 55',
      })
    return marks
  },
}
