// main = unit and driver tests in Node; renderer = components in jsdom; runtime = the whole headless runtime, longer.
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const root = new URL('..', import.meta.url).pathname

export default defineConfig({
  root,
  test: {
    env: { LINESIDE_LOG: 'silent' },
    // Most tests wait for a peer or a time-out, not for a core.
    maxWorkers: 3,
    projects: [
      {
        // Electron's binary is not on every machine: the shell is tested on a fake of its module.
        resolve: { alias: { electron: `${root}test/fakes/electron.ts` } },
        test: { name: 'main', root, environment: 'node', include: ['test/main/**/*.test.ts'], testTimeout: 20_000 },
      },
      {
        plugins: [svelte({ compilerOptions: { hmr: false } })],
        resolve: { conditions: ['browser'] },
        test: { name: 'renderer', root, environment: 'jsdom', include: ['test/renderer/**/*.test.ts'] },
      },
      {
        resolve: { alias: { electron: `${root}test/fakes/electron.ts` } },
        test: {
          name: 'runtime',
          root,
          environment: 'node',
          include: ['test/runtime/**/*.test.ts'],
          testTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
