// Calculated tags are computed in this order: what is needed comes first, and rings are found.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sortByDependency } from '../../../src-main/shared/dependency-order.ts'

const needsOf = (graph: Record<string, readonly string[]>) => (name: string) => graph[name] ?? []

it('puts what is needed first and leaves foreign names out', () => {
  const graph = { a: ['b', 'x'], b: ['c'], c: [] }
  expect(sortByDependency(Object.keys(graph), needsOf(graph))).toEqual({ ok: true, order: ['c', 'b', 'a'] })
})

it('names a ring, each of which needs the next', () => {
  const graph = { start: ['a'], a: ['b'], b: ['c'], c: ['a'] }
  expect(sortByDependency(Object.keys(graph), needsOf(graph))).toEqual({ ok: false, cycle: ['a', 'b', 'c'] })
  expect(sortByDependency(['self'], () => ['self'])).toEqual({ ok: false, cycle: ['self'] })
})

it('a chain of 100,000 does not exhaust the stack', () => {
  const names = Array.from({ length: 100_000 }, (_, index) => `t${index}`)
  const sorted = sortByDependency(names, (name) => [`t${Number(name.slice(1)) + 1}`])
  expect(sorted.ok && sorted.order[0]).toBe('t99999')
})

it('every order is right and every ring is one, for any graph', () => {
  const graph = fc.array(fc.array(fc.nat(9), { maxLength: 3 }), { minLength: 10, maxLength: 10 })
  fc.assert(
    fc.property(graph, (edges) => {
      const needs = (name: string) => edges[Number(name)]!.map(String)
      const names = edges.map((_, index) => String(index))
      const sorted = sortByDependency(names, needs)
      if (sorted.ok) {
        expect([...sorted.order].sort()).toEqual(names)
        for (const name of names)
          for (const need of needs(name)) expect(sorted.order.indexOf(need)).toBeLessThan(sorted.order.indexOf(name))
      } else {
        for (const [at, name] of sorted.cycle.entries())
          expect(needs(name)).toContain(sorted.cycle[(at + 1) % sorted.cycle.length])
      }
    }),
  )
})
