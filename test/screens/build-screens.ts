// Builds the screens once before the browser looks at them.
import { build } from 'vite'
import { rendererConfig } from '../../electron.config.ts'

export default async function buildScreens(): Promise<void> {
  await build({ ...rendererConfig, configFile: false, logLevel: 'warn' })
}
