// Calls about logging in and accounts. No password or token reaches the audit note.
import type { Session } from '../access/sessions.ts'
import type { SessionRow } from '../shared/contract.ts'
import type { JsonValue } from '../shared/data-value.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import type { ApiParts } from './api-parts.ts'
import { type NounCalls, sessionOf } from './call-handlers.ts'

export function accessCalls({ access }: ApiParts): NounCalls<'access'> {
  const { accounts, sessions } = access
  return {
    'access.login': async ({ user, password }, { origin, note, adopt }) => {
      note.target = user
      const { token, session } = await access.logIn(user, password, origin.station)
      if (session.isFirstStart) note.comment = 'with the first-start code'
      adopt(session)
      return { token, user: session.user, roles: session.roles, expiresTimestamp: session.expiresTimestamp }
    },
    'access.logout': (_input, context) => {
      const session = sessionOf(context)
      context.note.target = session.user
      sessions.end(session.id)
      context.adopt(null)
      return {}
    },
    'access.session': (_input, context) => sessionRow(access, sessionOf(context)),
    'access.changePassword': async ({ password, newPassword }, context) => {
      const session = sessionOf(context)
      context.note.target = session.user
      if (session.accountId === null)
        throw new RuntimeError(
          'BadInvalidState',
          'the first-start session has no account: make one with access.addAccount',
        )
      await access.changePassword(session, password, newPassword, context.origin.station)
      return {}
    },
    'access.preferences': (_input, context) => ({ preferences: access.preferences.of(sessionOf(context)) }),
    'access.setPreference': ({ name, value }, context) => {
      access.preferences.set(sessionOf(context), name, value)
      return {}
    },
    'access.accounts': () => ({ accounts: accounts.list() }),
    'access.addAccount': async ({ user, password, roles }, { note }) => {
      note.target = user
      note.newValue = { roles }
      await accounts.add(user, password, roles)
      sessions.announce()
      return {}
    },
    'access.changeAccount': async ({ user, ...change }, { note }) => {
      note.target = user
      note.newValue = changeNote(change)
      const before = await accounts.change(user, change)
      note.oldValue = { roles: before.roles, enabled: before.enabled }
      sessions.announce()
      return {}
    },
    'access.removeAccount': ({ user }, { note }) => {
      note.target = user
      const before = accounts.remove(user)
      note.oldValue = { roles: before.roles, enabled: before.enabled }
      sessions.announce()
      return {}
    },
  }
}

/** Who this session is and what it may do now. */
export function sessionRow(access: ApiParts['access'], session: Session): SessionRow {
  return {
    user: session.user,
    roles: session.roles,
    permissions: access.permissions.of(session.roles),
    expiresTimestamp: session.expiresTimestamp,
    firstStart: session.isFirstStart && access.accounts.isEmpty,
  }
}

function changeNote(change: {
  roles?: readonly string[] | undefined
  enabled?: boolean | undefined
  newPassword?: string | undefined
}): JsonValue {
  return {
    ...(change.roles === undefined ? {} : { roles: change.roles }),
    ...(change.enabled === undefined ? {} : { enabled: change.enabled }),
    ...(change.newPassword === undefined ? {} : { passwordChanged: true }),
  }
}
