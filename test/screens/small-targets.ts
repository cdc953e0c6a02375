// Targets of a finger: 44 px (WCAG 2.5.5).
import type { Page } from '@playwright/test'

/** Interactive elements that a finger cannot hit, with their size. Links inside a sentence are exempt (WCAG 2.5.5). */
export async function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    const selector = 'a[href], button, input, select, textarea, summary, [role=button], [tabindex="0"]'
    for (const element of document.querySelectorAll<HTMLElement | SVGElement>(selector)) {
      if (element.closest('.skip') || element.matches('input[type=checkbox], input[type=radio]')) continue
      const style = getComputedStyle(element)
      const box = element.getBoundingClientRect()
      if (style.visibility === 'hidden' || box.width === 0) continue
      if (box.width < 43.5 || box.height < 43.5)
        found.push(
          `${element.tagName} ${element.textContent?.trim().slice(0, 30)} ${box.width.toFixed(1)}×${box.height.toFixed(1)}`,
        )
    }
    return found
  })
}
