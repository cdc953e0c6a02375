// What is built from what (electron-vite --config electron.config.ts): the runtime and shell as Node modules that mirror the
// source tree, the preload as CommonJS (Electron's sandbox wants it), the screens as a page. `npm start` without Electron
// builds only the screens, from `rendererConfig`.
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { RendererViteConfig, UserConfig } from 'electron-vite'
import type { Plugin } from 'vite'
import { stampFile, stampOf } from './resources/bin/build-stamp.mjs'

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

/** The programs and every worker thread, by the name of their file: `out/main` is flat. */
const mainEntries = Object.fromEntries(
  ['main.ts', 'cli.ts', ...globSync('**/*-worker.ts', { cwd: mainRoot })].map((file) => [
    basename(file, '.ts'),
    `${mainRoot}/${file}`,
  ]),
)

/** Not in the build: native code, and what only the source tree needs to build itself. */
const external = [
  /^electron$/,
  /^better-sqlite3$/,
  /^@node-rs\/argon2$/,
  /^vite$/,
  /^electron-vite$/,
  /electron\.config\.ts$/,
]

/** Keeps what the build was made from, as it was before the build began: the command compares it (resources/bin/lineside.mjs). */
const buildStamp: Plugin = {
  name: 'lineside:build-stamp',
  buildStart() {
    this.emitFile({ type: 'asset', fileName: stampFile, source: stampOf(root) })
  },
}

/** A text with one letter beyond Latin-1 takes two bytes for each letter in V8, in every thread: 8 MB for the OPC UA library. */
const oneByteText: Plugin = {
  name: 'lineside:one-byte-text',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle))
      if (chunk.type === 'chunk')
        chunk.code = chunk.code.replace(
          /[\u0100-\uffff]/g,
          (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
        )
  },
}

/** The simulated OPC UA server reads files of its packages (nodeset, version): they stay in node_modules, wherever its code is. */
const packageFolders: Plugin = {
  name: 'lineside:package-folders',
  transform(code, id) {
    const name = /node_modules\/(node-opcua-(?:server|nodesets))\/dist\/[^/]+\.js$/.exec(id)?.[1]
    if (name === undefined || !code.includes('import.meta.dirname')) return null
    const folder = `process.getBuiltinModule('node:path').dirname(process.getBuiltinModule('node:url').fileURLToPath(import.meta.resolve('${name}')))`
    return { code: code.replaceAll('import.meta.dirname', folder), map: null }
  },
}

/** What labels are made with beside code (labels/render/label-assets.ts): letters, and the program that reads bar codes. */
const labelAssets: Plugin = {
  name: 'lineside:label-assets',
  generateBundle() {
    const emit = (fileName: string, source: string) =>
      this.emitFile({ type: 'asset', fileName: `label-assets/${fileName}`, source: readFileSync(source) })
    const modules = `${root}node_modules`
    emit('zxing_reader.wasm', `${modules}/zxing-wasm/dist/reader/zxing_reader.wasm`)
    for (const family of ['noto-sans-sc', 'noto-sans']) {
      const folder = `${modules}/@fontsource/${family}`
      const ranges = JSON.parse(readFileSync(`${folder}/unicode.json`, 'utf8')) as Record<string, string>
      emit(`${family}.json`, `${folder}/unicode.json`)
      for (const subset of Object.keys(ranges))
        for (const weight of [400, 700]) {
          const file = `${family}-${subset.replaceAll(/[[\]]/g, '')}-${weight}-normal.woff`
          emit(file, `${folder}/files/${file}`)
        }
      emit(`${family}-license.txt`, `${folder}/LICENSE`)
    }
  },
}

const config: UserConfig = {
  main: {
    build: {
      outDir: `${root}out/main`,
      externalizeDeps: false,
      target: 'node24',
      rolldownOptions: {
        input: mainEntries,
        external,
        plugins: [buildStamp, packageFolders, labelAssets, oneByteText],
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: '[name]-[hash].js',
          // Modules run in the order the sources say, also where libraries rely on it (reflect-metadata before X.509).
          strictExecutionOrder: true,
          // Shorter, but with the names people read in a stack trace.
          minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
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
