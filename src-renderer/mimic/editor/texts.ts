// Texts of the editor of displays, part by part in `texts/`.
import { defineTexts } from '../../ui/i18n.svelte.ts'
import { displayTexts } from './texts/display-texts.ts'
import { equipmentTexts } from './texts/equipment-texts.ts'
import { selectionTexts } from './texts/selection-texts.ts'
import { toolTexts } from './texts/tool-texts.ts'
import { trialTexts } from './texts/trial-texts.ts'

export const t = defineTexts({
  en: { ...equipmentTexts.en, ...selectionTexts.en, ...displayTexts.en, ...trialTexts.en, ...toolTexts.en },
  'zh-CN': {
    ...equipmentTexts['zh-CN'],
    ...selectionTexts['zh-CN'],
    ...displayTexts['zh-CN'],
    ...trialTexts['zh-CN'],
    ...toolTexts['zh-CN'],
  },
})
