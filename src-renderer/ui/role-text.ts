// Roles in words.
import type { Role } from '../../src-main/shared/permission.ts'
import { defineTexts } from './i18n.svelte.ts'

/** Texts by role, for the completeness test. */
export const roleTexts = defineTexts({
  en: { viewer: 'viewer', operator: 'operator', engineer: 'engineer', administrator: 'administrator' },
  'zh-CN': { viewer: '查看者', operator: '操作员', engineer: '工程师', administrator: '管理员' },
})

/** The role in the language of the screen. */
export function roleText(role: Role): string {
  return roleTexts(role)
}
