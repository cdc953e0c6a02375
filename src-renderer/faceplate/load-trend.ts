// What a faceplate needs to show how values went: handed in, because trends are a screen of their own.
import type { Component } from 'svelte'

/** Loads the component that draws the last hour of these tags. */
export type LoadTrend = () => Promise<{ readonly default: Component<{ tags: readonly string[] }> }>
