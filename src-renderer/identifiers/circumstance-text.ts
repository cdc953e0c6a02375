// What a circumstance is called: order, recipe and the like have words of their own, others are named as the plant does.
import { t } from './texts.ts'

const known = ['operator', 'order', 'recipe', 'batch', 'shift'] as const

export function circumstanceText(name: string): string {
  const found = known.find((one) => one === name.toLowerCase())
  return found === undefined ? name : t(`circumstance.${found}`)
}
