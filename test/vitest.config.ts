// main = unit and driver tests in Node; renderer = components in jsdom; runtime = the whole headless runtime, longer;
// runtime-alone = the same where it is measured.
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const root = new URL('..', import.meta.url).pathname
/** What is measured against a limit, or sends as fast as a plant at its worst: nothing runs beside it. */
const measured = ['test/runtime/alarm-flood.test.ts', 'test/runtime/walks.test.ts']

export default defineConfig({
  root,
  test: {
    env: { LINESIDE_LOG: 'silent' },
    // Most tests wait for a peer or a time-out, not for a core.
    maxWorkers: 3,
    // What is waited for comes; these limits end only what hangs, also on a machine with other work.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        // Electron's binary is not on every machine: the shell is tested on a fake of its module.
        resolve: { alias: { electron: `${root}test/fakes/electron.ts` } },
        test: { name: 'main', root, environment: 'node', include: ['test/main/**/*.test.ts'] },
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
          exclude: measured,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'runtime-alone',
          root,
          environment: 'node',
          include: measured,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
