// What axe-core finds on a page. Its rules about structure do not depend on colours: they are asked once, those about colours in
// both themes.
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/** All rules whose verdict depends on the theme. */
const colourRules = ['color-contrast', 'link-in-text-block']

export interface AxeQuestion {
  /** Selector of the part of the page that is asked about; the whole page where it is left out. */
  readonly within?: string
  /** Ids of the rules; all that are on by default where they are left out. */
  readonly rules?: readonly string[]
}

/** What breaks a rule, one line for each rule; empty when nothing does. */
export async function violationsOf(page: Page, { within, rules }: AxeQuestion = {}): Promise<string[]> {
  // No page of Lineside has frames of another origin: one run in the page itself sees all, and needs no second page.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] })
  if (within !== undefined) axe.include(within)
  if (rules !== undefined) axe.withRules([...rules])
  const { violations } = await axe.analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`.slice(0, 600))
}

/** The same in the light and in the dark theme; the page is left in the light one. */
export async function violationsInBothThemes(page: Page, within?: string): Promise<string[]> {
  const part = within === undefined ? {} : { within }
  await wear(page, 'dark')
  const dark = await violationsOf(page, { ...part, rules: colourRules })
  await wear(page, 'light')
  const light = await violationsOf(page, part)
  return [...light.map((line) => `light, ${line}`), ...dark.map((line) => `dark, ${line}`)]
}

/** Puts a theme on and waits until every colour has arrived. */
async function wear(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
    await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined)))
  })
}
