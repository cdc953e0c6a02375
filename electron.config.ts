// What is built from what (electron-vite --config electron.config.ts): the runtime and shell as Node modules that mirror the
// source tree, the preload as CommonJS (Electron's sandbox wants it), the screens as a page. `npm start` without Electron
// builds only the screens, from `rendererConfig`.
import { existsSync, globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { RendererViteConfig, UserConfig } from 'electron-vite'

const root = fileURLToPath(new URL('.', import.meta.url))
const mainRoot = `${root}src-main`

/** The screens: src-renderer → out/renderer. A plain Vite configuration, usable without electron-vite. */
export const rendererConfig = {
  root: `${root}src-renderer`,
  base: './',
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: `${root}out/renderer`,
    emptyOutDir: true,
    // Electron 45 and the browsers of panel PCs that get updates; light-dark() and CSS nesting are used as they are.
    target: 'chrome123',
    modulePreload: { polyfill: false },
    minify: true,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { input: `${root}src-renderer/index.html` },
  },
} satisfies RendererViteConfig

/** Program entries (start.ts builds the screens, so it runs from the sources only) and every worker, so that base/worker-thread.ts finds the same path beside the built module. */
const mainEntries = [
  ...['main.ts', 'headless.ts', 'cli.ts'].filter((file) => existsSync(`${mainRoot}/${file}`)),
  ...globSync('**/*-worker.ts', { cwd: mainRoot }),
  // Loaded by name at run time: what the driver worker imports for a protocol.
  ...globSync('drivers/*/*-{driver,protocol,simulator}.ts', { cwd: mainRoot }),
]

const config: UserConfig = {
  main: {
    build: {
      outDir: `${root}out/main`,
      externalizeDeps: { include: ['vite'] },
      target: 'node24',
      rolldownOptions: {
        input: mainEntries.map((file) => `${mainRoot}/${file}`),
        // Only needed where the screens are built from the sources.
        external: [/electron\.config\.ts$/],
        output: {
          format: 'es',
          preserveModules: true,
          preserveModulesRoot: mainRoot,
          entryFileNames: '[name].js',
        },
      },
    },
  },
  preload: {
    build: {
      outDir: `${root}out/preload`,
      externalizeDeps: false,
      rolldownOptions: {
        input: `${mainRoot}/electron/preload.ts`,
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: rendererConfig,
}

export default config
