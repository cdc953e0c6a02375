// Where a station keeps what has to outlive its data folder: in the user's folder for program states.
import { homedir } from 'node:os'
import { join } from 'node:path'

/** LINESIDE_STATE, else where the operating system keeps the states of programs; null = this user has no home. */
export function stateFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string | null {
  const { LINESIDE_STATE, XDG_STATE_HOME, LOCALAPPDATA } = environment
  if (LINESIDE_STATE) return LINESIDE_STATE
  if (platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'Lineside')
  if (platform !== 'win32' && platform !== 'darwin' && XDG_STATE_HOME) return join(XDG_STATE_HOME, 'lineside')
  if (home === '') return null
  if (platform === 'win32') return join(home, 'AppData', 'Local', 'Lineside')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Lineside')
  return join(home, '.local', 'state', 'lineside')
}
