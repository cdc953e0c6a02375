// Builds the screens once before the browser looks at them, where npm test has not.
import { build } from 'vite'
import { rendererConfig } from '../../electron.config.ts'

export default async function buildScreens(): Promise<void> {
  if (process.env.LINESIDE_BUILT !== undefined) return
  await build({ ...rendererConfig, configFile: false, logLevel: 'warn' })
}
