// Status codes are OPC UA's for every protocol (OPC 10000-4 section 7.39, OPC 10000-6 Annex A.2): an unsigned 32-bit
// number whose two top bits are the quality. Only the codes Lineside itself produces are named; foreign ones pass through.

/** Quality is the severity part of a status code (bits 31..30): 00 Good, 01 Uncertain, 1x Bad. */
export type Quality = 'Good' | 'Uncertain' | 'Bad'

/** Codes as the standard writes them. */
export const StatusCodes = {
  Good: 0x00000000,
  GoodCompletesAsynchronously: 0x002e0000,
  GoodLocalOverride: 0x00960000,
  Uncertain: 0x40000000,
  UncertainNoCommunicationLastUsableValue: 0x408f0000,
  UncertainLastUsableValue: 0x40900000,
  UncertainSubstituteValue: 0x40910000,
  UncertainInitialValue: 0x40920000,
  UncertainSensorNotAccurate: 0x40930000,
  UncertainEngineeringUnitsExceeded: 0x40940000,
  UncertainSubNormal: 0x40950000,
  Bad: 0x80000000,
  BadUnexpectedError: 0x80010000,
  BadInternalError: 0x80020000,
  BadOutOfMemory: 0x80030000,
  BadResourceUnavailable: 0x80040000,
  BadCommunicationError: 0x80050000,
  BadEncodingError: 0x80060000,
  BadDecodingError: 0x80070000,
  BadEncodingLimitsExceeded: 0x80080000,
  BadUnknownResponse: 0x80090000,
  BadTimeout: 0x800a0000,
  BadServiceUnsupported: 0x800b0000,
  BadShutdown: 0x800c0000,
  BadServerNotConnected: 0x800d0000,
  BadServerHalted: 0x800e0000,
  BadNothingToDo: 0x800f0000,
  BadTooManyOperations: 0x80100000,
  BadCertificateInvalid: 0x80120000,
  BadSecurityChecksFailed: 0x80130000,
  BadCertificateUntrusted: 0x801a0000,
  BadUserAccessDenied: 0x801f0000,
  BadIdentityTokenInvalid: 0x80200000,
  BadIdentityTokenRejected: 0x80210000,
  BadNoCommunication: 0x80310000,
  BadWaitingForInitialData: 0x80320000,
  BadNodeIdInvalid: 0x80330000,
  BadNodeIdUnknown: 0x80340000,
  BadAttributeIdInvalid: 0x80350000,
  BadIndexRangeInvalid: 0x80360000,
  BadIndexRangeNoData: 0x80370000,
  BadNotReadable: 0x803a0000,
  BadNotWritable: 0x803b0000,
  BadOutOfRange: 0x803c0000,
  BadNotSupported: 0x803d0000,
  BadNotFound: 0x803e0000,
  BadRequestInterrupted: 0x80840000,
  BadDataEncodingInvalid: 0x80380000,
  BadTypeMismatch: 0x80740000,
  BadInvalidArgument: 0x80ab0000,
  BadConnectionRejected: 0x80ac0000,
  BadDisconnect: 0x80ad0000,
  BadConnectionClosed: 0x80ae0000,
  BadInvalidState: 0x80af0000,
  BadRequestTimeout: 0x80850000,
  BadConfigurationError: 0x80890000,
  BadNotConnected: 0x808a0000,
  BadDeviceFailure: 0x808b0000,
  BadSensorFailure: 0x808c0000,
  BadOutOfService: 0x808d0000,
  BadConditionAlreadyDisabled: 0x80980000,
  BadEventIdUnknown: 0x809a0000,
  BadNoData: 0x809b0000,
  BadDataLost: 0x809d0000,
  BadEntryExists: 0x809f0000,
  BadConditionAlreadyEnabled: 0x80cc0000,
  BadConditionBranchAlreadyAcked: 0x80cf0000,
  BadConditionAlreadyShelved: 0x80d10000,
  BadConditionNotShelved: 0x80d20000,
  BadShelvingTimeOutOfRange: 0x80d30000,
  BadLocked: 0x80e90000,
  BadSessionClosed: 0x80260000,
  BadDeadbandFilterInvalid: 0x808e0000,
  BadTooManyPublishRequests: 0x80780000,
  BadRequestTooLarge: 0x80b80000,
  BadResponseTooLarge: 0x80b90000,
  BadLicenseExpired: 0x810e0000,
} as const

/** Name of a named code, as in {@link StatusCodes}. */
export type StatusCodeName = keyof typeof StatusCodes

const names = new Map<number, StatusCodeName>(
  (Object.entries(StatusCodes) as [StatusCodeName, number][]).map(([name, code]) => [code, name]),
)

/** Quality of a status code. */
export function qualityOf(statusCode: number): Quality {
  const severity = statusCode >>> 30
  if (severity === 0) return 'Good'
  return severity === 1 ? 'Uncertain' : 'Bad'
}

/** True when the two severity bits are 00. */
export function isGood(statusCode: number): boolean {
  return statusCode >>> 30 === 0
}

/** True when the two severity bits are 01. */
export function isUncertain(statusCode: number): boolean {
  return statusCode >>> 30 === 1
}

/** True when the top bit is set: the value must not be used. */
export function isBad(statusCode: number): boolean {
  return statusCode >>> 31 === 1
}

/** The standard's name (`BadNoCommunication`), ignoring the info bits 15..0; else the number as `0x8abc0000`. */
export function statusCodeName(statusCode: number): string {
  return names.get((statusCode & 0xffff0000) >>> 0) ?? `0x${(statusCode >>> 0).toString(16).padStart(8, '0')}`
}
