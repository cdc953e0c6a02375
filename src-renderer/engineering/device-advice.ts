// From the state of a connection to what a maintenance engineer should look at first.
import type { DeviceRow, DeviceState } from '../../src-main/shared/contract.ts'
import { StatusCodes } from '../../src-main/shared/status-code.ts'
import { t } from './texts.ts'

/** Lower = more in need of somebody. */
const urgency: Readonly<Record<DeviceState, number>> = {
  failed: 0,
  waiting: 1,
  connecting: 2,
  connected: 4,
  disabled: 5,
}

/** Broken connections first, then those with Bad tags, then the rest; by name among equals. */
export function inOrderOfNeed(devices: readonly DeviceRow[]): readonly DeviceRow[] {
  const need = (row: DeviceRow) => (row.state === 'connected' && row.badTagCount > 0 ? 3 : urgency[row.state])
  return [...devices].sort((a, b) => need(a) - need(b) || a.device.localeCompare(b.device))
}

/** True when the connection should be up and is not. */
export function isBroken(row: DeviceRow): boolean {
  return row.state !== 'connected' && row.state !== 'disabled'
}

const timeouts: readonly number[] = [
  StatusCodes.BadTimeout,
  StatusCodes.BadRequestTimeout,
  StatusCodes.BadNoCommunication,
  StatusCodes.BadCommunicationError,
]
const rejections: readonly number[] = [
  StatusCodes.BadConnectionRejected,
  StatusCodes.BadNotConnected,
  StatusCodes.BadServerNotConnected,
]
const certificates: readonly number[] = [
  StatusCodes.BadCertificateUntrusted,
  StatusCodes.BadCertificateInvalid,
  StatusCodes.BadSecurityChecksFailed,
]
const logins: readonly number[] = [
  StatusCodes.BadIdentityTokenInvalid,
  StatusCodes.BadIdentityTokenRejected,
  StatusCodes.BadUserAccessDenied,
]
const configurations: readonly number[] = [
  StatusCodes.BadConfigurationError,
  StatusCodes.BadNotSupported,
  StatusCodes.BadServiceUnsupported,
  StatusCodes.BadInvalidArgument,
]

/** What to do, in a sentence or two. */
export function adviceFor(row: DeviceRow): string {
  if (row.state === 'disabled') return t('adviceDisabled')
  if (row.state === 'connected') return row.badTagCount > 0 ? t('adviceBadTags') : t('adviceNone')
  if (row.state === 'failed') return t('adviceFailed')
  const code = row.lastError === null ? null : (row.lastError.statusCode & 0xffff0000) >>> 0
  if (code === null) return t('adviceConnecting')
  if (certificates.includes(code)) return t('adviceCertificate')
  if (logins.includes(code)) return t('adviceLogin')
  // The sentence of the system says more than the code where a machine refuses the port.
  if (rejections.includes(code) || /ECONNREFUSED|refused/i.test(row.lastError!.message)) return t('adviceRejected')
  if (timeouts.includes(code)) return t('adviceTimeout')
  return configurations.includes(code) ? t('adviceConfiguration') : t('adviceOther')
}
