// What the display check found, in the language of the screen.
import type { DisplayFinding } from '../../src-main/shared/display-quality.ts'
import { findingTexts as t } from './finding-texts.ts'

/** The sentence about a finding. */
export function findingText(finding: DisplayFinding): string {
  const { more } = finding.details
  const text = sentence(finding)
  return more === undefined ? text : t('andMore', { text, more })
}

function sentence({ rule, details }: DisplayFinding): string {
  switch (rule) {
    case 'alarmColourMisused':
      return t(details.kind === 'always' ? 'alarmColourMisused.always' : 'alarmColourMisused.colour', details)
    case 'decoration':
      return t(
        details.kind === 'gradient'
          ? 'decoration.gradient'
          : details.kind === 'filter'
            ? 'decoration.filter'
            : 'decoration.animation',
      )
    case 'contrast':
      return t(details.kind === 'line' ? 'contrast.line' : 'contrast.text', details)
    case 'unboundElement':
      return t(details.kind === 'class' ? 'unboundElement.class' : 'unboundElement.number')
    case 'missingLanguage':
      return t(
        details.kind === 'title'
          ? 'missingLanguage.title'
          : details.kind === 'switch'
            ? 'missingLanguage.switch'
            : 'missingLanguage.text',
        details,
      )
    case 'tooFar':
      return t(details.actions === -1 ? 'tooFar.never' : 'tooFar', details)
    case 'alarmWithoutDisplay':
      return t('alarmWithoutDisplay', { ...details, area: details.area === '' ? t('wholeLine') : details.area! })
    default:
      return t(rule, details)
  }
}

/** Weight of a finding in a word. */
export function severityText({ severity }: DisplayFinding): string {
  return t(`severity.${severity}`)
}
