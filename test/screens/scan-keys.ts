// A scanner that types like a keyboard, as quick as it is in the hand: a busy computer that runs the test makes no pauses between keys.
import type { Page } from '@playwright/test'

/** The text, GS as Ctrl+], then Enter, at whatever has the focus. */
export async function scan(page: Page, text: string): Promise<void> {
  await page.evaluate(
    (keys) => {
      for (const key of keys)
        (document.activeElement ?? document.body).dispatchEvent(
          new KeyboardEvent('keydown', {
            key: key === '\x1d' ? ']' : key,
            ctrlKey: key === '\x1d',
            bubbles: true,
            cancelable: true,
            composed: true,
          }),
        )
    },
    [...text, 'Enter'],
  )
}
