// Why somebody does something to a label: a reason of a list, one's own words, or both.

/** Reactive; one for each question. */
export class ReasonChoice {
  /** Word of the list; null = none, '' = only one's own words. */
  chosen = $state<string | null>(null)
  more = $state('')
  /** Sending was tried: what is missing is said. */
  isTried = $state(false)
  /** As it is sent and kept; '' = nothing is said yet. */
  readonly text = $derived.by(() => {
    const own = this.more.trim()
    if (this.chosen === null || this.chosen === '') return own
    return own === '' ? this.chosen : `${this.chosen}: ${own}`
  })

  /** True when there is a reason; from now on a missing one is shown. */
  check(): boolean {
    this.isTried = true
    return this.text !== ''
  }
}
