// What a broker, a certificate check or the network says when it refuses: as a status code and in words.
// MQTT 5.0 section 2.4 (reason codes), MQTT 3.1.1 section 3.2.2.3 (return codes of CONNACK).
import { messageOf } from '../../shared/runtime-error.ts'
import { type StatusCodeName, StatusCodes } from '../../shared/status-code.ts'

/** A refusal for people and for programs. */
export interface Reason {
  readonly code: StatusCodeName
  readonly text: string
}

const reasons: Readonly<Record<number, readonly [StatusCodeName, string]>> = {
  1: ['BadNotSupported', 'the broker does not speak this version of MQTT'],
  2: ['BadConnectionRejected', 'the broker does not accept this client id'],
  3: ['BadServerHalted', 'the broker is not available'],
  4: ['BadIdentityTokenRejected', 'wrong user or password'],
  5: ['BadUserAccessDenied', 'not authorised'],
  128: ['BadUnexpectedError', 'the broker refused without a reason'],
  129: ['BadDecodingError', 'the broker found a packet malformed'],
  130: ['BadCommunicationError', 'protocol error'],
  131: ['BadUnexpectedError', 'a reason of its own'],
  132: ['BadNotSupported', 'the broker does not speak this version of MQTT'],
  133: ['BadConnectionRejected', 'the broker does not accept this client id'],
  134: ['BadIdentityTokenRejected', 'wrong user or password'],
  135: ['BadUserAccessDenied', 'not authorised'],
  136: ['BadServerHalted', 'the broker is not available'],
  137: ['BadResourceUnavailable', 'the broker is busy'],
  138: ['BadConnectionRejected', 'the broker has banned this client'],
  139: ['BadShutdown', 'the broker is shutting down'],
  140: ['BadIdentityTokenInvalid', 'the broker wants another way to log in'],
  141: ['BadTimeout', 'the broker heard nothing for longer than the keep-alive time'],
  142: ['BadConnectionRejected', 'another client connected with the same client id'],
  143: ['BadNodeIdInvalid', 'the broker does not accept this topic filter'],
  144: ['BadNodeIdInvalid', 'the broker does not accept this topic'],
  147: ['BadTooManyOperations', 'more messages under way than the broker allows'],
  149: ['BadRequestTooLarge', 'the packet is larger than the broker allows'],
  150: ['BadTooManyOperations', 'messages come faster than the broker allows'],
  151: ['BadResourceUnavailable', 'a quota of the broker is used up'],
  152: ['BadConnectionRejected', 'ended by the administrator of the broker'],
  153: ['BadEncodingError', 'the payload has not the form the broker wants'],
  154: ['BadNotSupported', 'the broker keeps no retained messages'],
  155: ['BadNotSupported', 'the broker does not support this qos'],
  156: ['BadConnectionRejected', 'the broker asks to use another server'],
  157: ['BadConnectionRejected', 'the broker has moved'],
  159: ['BadTooManyOperations', 'connections come faster than the broker allows'],
  160: ['BadConnectionRejected', 'the broker allows no longer connection'],
  161: ['BadNotSupported', 'the broker supports no subscription identifiers'],
  162: ['BadNotSupported', 'the broker allows no wildcards'],
}

/** A reason code of MQTT 5 or a return code of 3.1.1. */
export function reasonOf(code: number): Reason {
  const known = reasons[code]
  return known
    ? { code: known[0], text: `${known[1]} (reason ${code})` }
    : { code: 'BadUnknownResponse', text: `the broker gave reason ${code}, which the standard does not know` }
}

const networkReasons: Readonly<Record<string, readonly [StatusCodeName, string]>> = {
  ECONNREFUSED: ['BadConnectionRejected', 'nothing listens there (connection refused)'],
  ECONNRESET: ['BadConnectionClosed', 'the connection was reset by the other side'],
  EPIPE: ['BadConnectionClosed', 'the connection was closed by the other side'],
  ENOTFOUND: ['BadNoCommunication', 'the host name is not known'],
  EAI_AGAIN: ['BadNoCommunication', 'the host name cannot be looked up now'],
  EHOSTUNREACH: ['BadNoCommunication', 'the host cannot be reached'],
  ENETUNREACH: ['BadNoCommunication', 'the network cannot be reached'],
  ETIMEDOUT: ['BadTimeout', 'the host does not answer'],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    'BadCertificateUntrusted',
    'its certificate is self-signed and not trusted: give it as tls.ca',
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'BadCertificateUntrusted',
    'its certificate is signed by an authority that is not trusted: give that as tls.ca',
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'BadCertificateUntrusted',
    'its certificate is not signed by a trusted authority (tls.ca)',
  ],
  UNABLE_TO_GET_ISSUER_CERT: [
    'BadCertificateUntrusted',
    'the authority that signed its certificate is not known (tls.ca)',
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'BadCertificateUntrusted',
    'the authority that signed its certificate is not known (tls.ca)',
  ],
  CERT_SIGNATURE_FAILURE: [
    'BadCertificateUntrusted',
    'its certificate is not signed by the trusted authority (tls.ca)',
  ],
  CERT_HAS_EXPIRED: ['BadCertificateInvalid', 'its certificate has expired'],
  CERT_NOT_YET_VALID: ['BadCertificateInvalid', 'its certificate is not valid yet; check the clocks'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['BadCertificateInvalid', 'its certificate is for another host name (tls.serverName)'],
  EPROTO: ['BadSecurityChecksFailed', 'the other side does not speak TLS there, or refused the client certificate'],
}

/** The reason behind anything a connection attempt or a request failed with. */
export function reasonOfError(error: unknown): Reason {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (typeof code === 'number') return reasonOf(code)
  if (typeof code === 'string') {
    const known = networkReasons[code]
    if (known) return { code: known[0], text: known[1] }
    if (/^ERR_SSL_.*(CERTIFICATE|UNKNOWN_CA)/.test(code))
      return {
        code: 'BadCertificateUntrusted',
        text: 'the broker refused the client certificate (tls.certificate, tls.key)',
      }
    if (/^ERR_(SSL|TLS|OSSL)_/.test(code))
      return { code: 'BadSecurityChecksFailed', text: `TLS could not be agreed on: ${messageOf(error)}` }
  }
  return { code: 'BadCommunicationError', text: messageOf(error) }
}

/** Status code of a reason code of SUBACK or PUBACK; Good below 128. */
export function reasonStatus(code: number): number {
  return code < 128 ? StatusCodes.Good : StatusCodes[reasonOf(code).code]
}
