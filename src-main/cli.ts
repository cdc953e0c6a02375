// The command line `lineside`. Exit codes: 0 done, 1 faults found or it could not be done, 2 wrong usage.
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError, Option } from 'commander'
import { addAlarmCommands } from './alarms-command.ts'
import { systemClock } from './base/clock.ts'
import { createLogger } from './base/logger.ts'
import { version } from './base/version.ts'
import { type ExportOptions, exportFormats, exportModes } from './history-export-options.ts'
import { roles } from './shared/permission.ts'
import { messageOf } from './shared/runtime-error.ts'
import { StatusCodes } from './shared/status-code.ts'

const isSource = import.meta.url.endsWith('.ts')
const root = new URL(isSource ? '../' : '../../', import.meta.url)
const demoPlant = fileURLToPath(new URL('resources/demo-plant', root))
const newPlant = fileURLToPath(new URL('resources/new-plant', root))

if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `Lineside needs Node 24; this is ${process.version}. Inside the repository use "npx lineside".\n`,
  )
  process.exit(1)
}

const program = new Command('lineside')
  .description('HMI/SCADA station with an embedded edge runtime')
  .version(version)
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))

program
  .command('start')
  .description('the demo line with its simulators: in a desktop window where Electron is installed, else headless')
  .action(async () => {
    const { runDemo } = await import('./start.ts')
    await runDemo()
  })

program
  .command('headless')
  .description('run the runtime without Electron; prints "lineside ready <url>"')
  .requiredOption('--plant <folder>', 'plant folder')
  .requiredOption('--data <folder>', 'data folder; made when it does not exist')
  .option('--port <n>', 'port; 0 = any free', portNumber, 0)
  .option('--host <host>', 'address to listen on; other than loopback needs TLS, which is then set up', '127.0.0.1')
  .action(async ({ plant, data, port, host }: { plant: string; data: string; port: number; host: string }) => {
    if (!existsSync(plant)) fail(`The plant folder ${plant} does not exist`)
    const { runHeadless } = await import('./headless.ts')
    // Programs wait for the one line on stdout; people read stderr.
    await runHeadless({ plantFolder: resolve(plant), dataFolder: resolve(data), port, host }, (line) =>
      process.stderr.write(`${line}\n`),
    )
  })

program
  .command('check')
  .description('check a plant folder; every fault as file:line:column: message')
  .argument('<folder>')
  .option('--json', 'one JSON array of faults; with --displays an object of faults and displays')
  .option('--displays', 'also what could be better on the displays, and the score of each (docs/display-quality.md)')
  .action(async (folder: string, { json = false, displays = false }: { json?: boolean; displays?: boolean }) => {
    const { checkFolder } = await import('./plant/check-command.ts')
    const { plantRules } = await import('./plant-rules.ts')
    const { stdout, stderr, isGood } = await checkFolder(resolve(folder), plantRules, { json, displays })
    process.stdout.write(stdout)
    process.stderr.write(stderr)
    process.exitCode = isGood ? 0 : 1
  })

program
  .command('demo')
  .description('write the demo plant as a folder to start from')
  .argument('<folder>')
  .action((folder: string) => {
    if (existsSync(folder) && readdirSync(folder).length > 0)
      fail(`${folder} exists and is not empty; nothing was written`)
    mkdirSync(folder, { recursive: true })
    cpSync(demoPlant, folder, { recursive: true })
    process.stdout.write(
      `The demo plant is in ${folder}. Try it:\n  lineside simulate ${folder}\n  lineside headless --plant ${folder} --data ./data\n`,
    )
  })

program
  .command('new')
  .description('write the folder of a new plant: an overview, the standard library, nothing to do yet')
  .argument('<folder>')
  .option('--name <text>', 'what the plant is called')
  .option('--line <text>', 'what the line is called')
  .option('--site <text>', 'where it stands')
  .option('--time-zone <name>', 'IANA name, as Europe/Berlin')
  .action(async (folder: string, options: { name?: string; line?: string; site?: string; timeZone?: string }) => {
    if (existsSync(folder) && readdirSync(folder).length > 0)
      fail(`${folder} exists and is not empty; nothing was written`)
    mkdirSync(folder, { recursive: true })
    cpSync(newPlant, folder, { recursive: true })
    const { setPlantKeys } = await import('./plant/new-plant.ts')
    await setPlantKeys(folder, options)
    process.stdout.write(
      `The plant is in ${folder}. Add devices/ and equipment/, and check it:\n  lineside check ${folder}\n  lineside headless --plant ${folder} --data ./data\n`,
    )
  })

program
  .command('simulate')
  .description('start protocol-true simulators for every device of a plant folder')
  .argument('<folder>')
  .addOption(
    new Option('--port-base <n>', 'use the ports from n on instead of those of the device files').argParser(portNumber),
  )
  .option('--host <host>', 'address to listen on', '127.0.0.1')
  .action(async (folder: string, { portBase, host }: { portBase?: number; host: string }) => {
    const { runSimulation } = await import('./simulate.ts')
    await runSimulation({ folder: resolve(folder), host, portBase: portBase ?? null })
  })

const account = program.command('account').description('accounts of a station')
account
  .command('add')
  .description('make an account; the password is read from stdin')
  .argument('<name>')
  .addOption(new Option('--role <role>', 'role').choices(roles).makeOptionMandatory())
  .requiredOption('--data <folder>', 'data folder')
  .action(async (name: string, { role, data }: { role: (typeof roles)[number]; data: string }) => {
    const password = await readStdin('Password: ')
    const { openAccess } = await import('./access/access.ts')
    const access = openAccess({ dataFolder: resolve(data), clock: systemClock })
    try {
      await access.accounts.add(name, password, [role])
      access.audit.append({
        user: userInfo().username,
        accountId: null,
        station: 'command line',
        action: 'access.addAccount',
        target: name,
        oldValue: null,
        newValue: { roles: [role] },
        statusCode: StatusCodes.Good,
        comment: '',
      })
    } finally {
      access.close()
    }
    process.stdout.write(`Account ${name} (${role}) was made\n`)
  })

const secret = program.command('secret').description('secrets that plant files name')
secret
  .command('set')
  .description('store a secret; the value is read from stdin')
  .argument('<name>')
  .requiredOption('--data <folder>', 'data folder')
  .action(async (name: string, { data }: { data: string }) => {
    const value = await readStdin('Value: ')
    const { Secrets } = await import('./access/secrets.ts')
    mkdirSync(data, { recursive: true, mode: 0o700 })
    new Secrets(resolve(data)).set(name, value)
    process.stdout.write(`Secret ${name} was stored\n`)
  })

const history = program.command('history').description('the history of a station, also beside a running one')
const dataOption = ['--data <folder>', 'data folder'] as const
history
  .command('export')
  .description('write the history of tags into a file')
  .requiredOption(...dataOption)
  .requiredOption('--tags <names>', 'names with commas between them; * and ? stand for any text and any character')
  .requiredOption('--from <time>', 'as 2026-03-01, 2026-03-01T06:00:00+01:00 or ms since 1970')
  .requiredOption('--to <time>', 'the same, or now; does not count itself')
  .addOption(new Option('--format <format>').choices(exportFormats).makeOptionMandatory())
  .addOption(new Option('--mode <mode>', 'samples as they are, or aggregates').choices(exportModes).default('raw'))
  .option('--interval <duration>', 'width of the intervals of aggregates, as 1min or 8h')
  .option('--out <file>', 'file to write; without it stdout')
  .action(async (options: ExportOptions) => {
    process.exitCode = await (await import('./history-command.ts')).runExport(options)
  })
history
  .command('check')
  .description('check every file of the history')
  .requiredOption(...dataOption)
  .action(async ({ data }: { data: string }) => {
    process.exitCode = await (await import('./history-command.ts')).runCheck(data)
  })
history
  .command('backup')
  .description('copy the history as it is now')
  .requiredOption(...dataOption)
  .requiredOption('--out <folder>', 'folder to write; must not exist')
  .action(async ({ data, out }: { data: string; out: string }) => {
    process.exitCode = await (await import('./history-command.ts')).runBackup(data, out)
  })
history
  .command('restore')
  .description('put a backup in the place of the history; the station must be stopped')
  .requiredOption(...dataOption)
  .requiredOption('--from <folder>', 'the backup')
  .action(async ({ data, from }: { data: string; from: string }) => {
    process.exitCode = await (await import('./history-command.ts')).runRestore(data, from)
  })
history
  .command('repair')
  .description('mend what is damaged as far as it goes; the station must be stopped')
  .requiredOption(...dataOption)
  .action(async ({ data }: { data: string }) => {
    process.exitCode = await (await import('./history-command.ts')).runRepair(data)
  })

addAlarmCommands(program)

try {
  await program.parseAsync()
} catch (error) {
  createLogger().debug(() => String(error instanceof Error ? error.stack : error))
  fail(messageOf(error))
}

function portNumber(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535.')
  return port
}

/** All of stdin without the final line end; asks where a person sits there. */
async function readStdin(prompt: string): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(prompt)
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer)
    if (process.stdin.isTTY && String(chunk).endsWith('\n')) break
  }
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
  if (text === '') fail('Nothing was given on stdin')
  return text
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
