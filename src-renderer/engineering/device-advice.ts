// From the state of a connection to what a maintenance engineer should look at first.
import type { DeviceRow } from '../../src-main/shared/contract.ts'
import { StatusCodes } from '../../src-main/shared/status-code.ts'
import { isSilent } from './device-need.ts'
import { t } from './texts.ts'

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
  if (row.state === 'connected') return adviceConnected(row)
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

function adviceConnected(row: DeviceRow): string {
  if (isSilent(row)) return t('adviceSilent')
  return row.badTagCount > 0 ? t('adviceBadTags') : t('adviceNone')
}
