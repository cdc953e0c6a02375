// The words of NAMUR NE 107 for how an equipment fares.
import type { HealthState } from '../../../src-main/shared/equipment.ts'
import { defineTexts } from '../../ui/i18n.svelte.ts'

export const healthText = defineTexts<HealthState | 'good' | 'unknown'>({
  en: {
    failure: 'Failure',
    functionCheck: 'Function check',
    outOfSpecification: 'Out of specification',
    maintenanceRequired: 'Maintenance required',
    good: 'Good',
    unknown: 'Health not known',
  },
  'zh-CN': {
    failure: '故障',
    functionCheck: '功能检查',
    outOfSpecification: '超出规范',
    maintenanceRequired: '需要维护',
    good: '良好',
    unknown: '健康状态未知',
  },
})
