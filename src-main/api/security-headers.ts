// Headers on every answer (OWASP ASVS 5.0 V3.4): what a page from here may load, and that nobody may frame or sniff it.
import type { IncomingMessage, ServerResponse } from 'node:http'

/** `isSecure`: over TLS. There is no HSTS: with a self-signed certificate it would lock the browser out for good. */
export function setSecurityHeaders(request: IncomingMessage, response: ServerResponse, isSecure: boolean): void {
  response.setHeader('Content-Security-Policy', contentSecurityPolicy(request.headers.host ?? '', isSecure))
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('X-Frame-Options', 'DENY')
  response.setHeader('Referrer-Policy', 'no-referrer')
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
  response.setHeader(
    'Permissions-Policy',
    'camera=(self), microphone=(), geolocation=(), payment=(), usb=(), serial=()',
  )
}

function contentSecurityPolicy(host: string, isSecure: boolean): string {
  // Some browsers do not count WebSockets of the same host as 'self'. The header comes from outside: only a plain host is taken.
  const webSocket = /^[\w.:[\]-]{1,255}$/.test(host) ? ` ${isSecure ? 'wss' : 'ws'}://${host}` : ''
  return [
    `default-src 'none'`,
    // The decoder of the camera is WebAssembly of our own; no text becomes code by this (CSP 3, 'wasm-unsafe-eval').
    `script-src 'self' 'wasm-unsafe-eval'`,
    `style-src 'self'`,
    `img-src 'self' data: blob:`,
    `font-src 'self'`,
    `connect-src 'self'${webSocket}`,
    `manifest-src 'self'`,
    `worker-src 'self'`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
    `form-action 'self'`,
  ].join('; ')
}

/** Hosts a browser may have asked for when the server listens on loopback only; anything else is DNS rebinding. */
export function isLoopbackHost(host: string | undefined): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?$/i.test(host ?? '')
}

/** No Origin (a script, a tool) or the page of this very server, or one of those allowed besides (a development server). */
export function isAllowedOrigin(request: IncomingMessage, isSecure: boolean, allowed: readonly string[]): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return true
  return origin === `${isSecure ? 'https' : 'http'}://${host}` || allowed.includes(origin)
}
