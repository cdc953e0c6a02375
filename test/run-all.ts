// npm test: installs the peers the tests talk to (or names the command), builds the screens, runs every suite, and closes
// with one line that counts them all. Suites called `alone` measure against limits: nothing runs beside them.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

const root = new URL('..', import.meta.url).pathname
const results = join(root, 'test-results')
/** Command that tells whether a package is there → Debian package. Suites that miss one of them say so and count as skipped. */
const peers: Readonly<Record<string, string>> = {
  chromium: 'chromium',
  '/usr/sbin/mosquitto': 'mosquitto',
  mosquitto_pub: 'mosquitto-clients',
  mbpoll: 'mbpoll',
  socat: 'socat',
  openssl: 'openssl',
  zbarimg: 'zbar-tools',
  dmtxread: 'dmtx-utils',
  pdftoppm: 'poppler-utils',
  faketime: 'faketime',
  ippeveprinter: 'cups-ipp-utils',
  'avahi-daemon': 'avahi-daemon',
  'dbus-daemon': 'dbus-daemon',
  '/usr/lib/python3/dist-packages/pymodbus': 'python3-pymodbus',
  '/usr/lib/python3/dist-packages/serial': 'python3-serial',
  '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc': 'fonts-noto-cjk',
}

const [major] = process.versions.node.split('.').map(Number)
if (major! < 24)
  fail(`Lineside's tests need Node 24; this is ${process.version}. Use "npm test", which brings its own.`)

installPeers()
rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })

const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
const failedSuites: string[] = []
/** What failed outside of the browser, for the end: the browser's runner says it there by itself. */
const failedTests: string[] = []
// `.ci/run` has built a moment ago and says so.
if (process.env.LINESIDE_BUILT === undefined)
  run('screens are built', 'npx', ['electron-vite', 'build', '--config', 'electron.config.ts'])
for (const projects of [
  ['main', 'renderer'],
  ['runtime', 'runtime-alone'],
])
  vitest(projects)
for (const project of ['screens', 'alone']) playwright(project)
for (const failed of failedTests) process.stdout.write(`\nFAILED ${failed}\n`)
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
if (failedSuites.length > 0) fail(`Not everything passed: ${failedSuites.join(', ')}`)

function installPeers(): void {
  const missing = Object.entries(peers)
    .filter(([probe]) => !isThere(probe))
    .map(([, name]) => name)
  if (missing.length === 0) return
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`
  if (process.getuid?.() !== 0 || !isThere('apt-get')) {
    process.stdout.write(
      `These packages are missing and their tests are skipped: ${missing.join(', ')}. To install them: sudo ${command}\n`,
    )
    return
  }
  process.stdout.write(`Installing what the tests talk to: ${missing.join(', ')}\n`)
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env: environment })
  const { status } = spawnSync('apt-get', command.split(' ').slice(1), {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environment,
  })
  if (status !== 0)
    process.stdout.write(`Some could not be installed; their tests are skipped. The command was: ${command}\n`)
}

function isThere(probe: string): boolean {
  if (probe.startsWith('/')) return existsSync(probe)
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, probe)))
}

function vitest(projects: readonly string[]): void {
  const name = projects[0] === 'runtime' ? 'runtime' : projects.join('-')
  const file = join(results, `${name}.json`)
  const selection = projects.flatMap((project) => ['--project', project])
  run(name, 'npx', [
    'vitest',
    'run',
    '--config',
    'test/vitest.config.ts',
    ...selection,
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${file}`,
  ])
  if (!existsSync(file)) return
  const report = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
    numPendingTests: number
    testResults: readonly {
      name: string
      status: string
      message: string
      assertionResults: readonly { status: string; fullName: string; failureMessages: readonly string[] }[]
    }[]
  }
  for (const suite of report.testResults) {
    const place = relative(root, suite.name)
    const failed = suite.assertionResults.filter(({ status }) => status === 'failed')
    for (const one of failed) failedTests.push(`${place} › ${one.fullName}\n    ${firstLine(one.failureMessages[0])}`)
    if (suite.status === 'failed' && failed.length === 0) failedTests.push(`${place}\n    ${firstLine(suite.message)}`)
  }
  counts.passed += report.numPassedTests
  counts.failed += report.numFailedTests
  counts.skipped += report.numPendingTests
}

function playwright(project: string): void {
  const file = join(results, `screens-${project}.json`)
  run(
    project === 'screens' ? project : `screens, ${project}`,
    'npx',
    [
      'playwright',
      'test',
      '--config',
      'test/screens/playwright.config.ts',
      `--project=${project}`,
      '--reporter=list,json',
    ],
    { PLAYWRIGHT_JSON_OUTPUT_NAME: file, LINESIDE_BUILT: '1' },
  )
  if (!existsSync(file)) return
  const { stats } = JSON.parse(readFileSync(file, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number }
  }
  counts.passed += stats.expected + stats.flaky
  counts.failed += stats.unexpected
  counts.skipped += stats.skipped
}

function run(name: string, command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): void {
  process.stdout.write(`\n── ${name} ──\n`)
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } })
  if (status !== 0) failedSuites.push(name)
}

function firstLine(text = 'no message'): string {
  return text.split('\n', 1)[0]!
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
