// Builds the screens (out/renderer) for `npm start`, in a process of its own: what the bundler takes, about 300 MB, goes with it.
import { build } from 'vite'
import { rendererConfig } from '../../electron.config.ts'

await build({ ...rendererConfig, configFile: false, logLevel: 'warn' })
