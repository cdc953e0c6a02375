// The judge judged: each thing that can be wrong with a history is noticed.
import { describe, expect, test } from 'vitest'
import { HistoryTruth } from './history-truth.ts'

const attempt = (timestamps: number[], values: number[]) => ({
  tag: 'T',
  timestamps,
  samples: values.map((value) => ({ value, statusCode: 0 })),
})
const rows = (...pairs: (readonly [number, number])[]) => ({
  timestamps: pairs.map(([timestamp]) => timestamp),
  values: pairs.map(([, value]) => value),
  statusCodes: pairs.map(() => 0),
})

describe('the record of what was acknowledged', () => {
  const written = () => {
    const truth = new HistoryTruth()
    truth.acknowledge(attempt([1, 2, 3, 2], [10, 20, 30, 21]))
    return truth
  }

  test('agrees with a history that has the last value of each time stamp', () => {
    expect(written().compare('T', rows([1, 10], [2, 21], [3, 30]))).toEqual([])
  })

  test('notices what is lost, changed, doubled, invented or out of order', () => {
    expect(written().compare('T', rows([1, 10], [3, 30]))).toEqual(['T: 2 with 21 (0x0) is lost'])
    expect(written().compare('T', rows([1, 10], [2, 20], [3, 30]))).toEqual(['T: 2 is 20 (0x0) instead of 21 (0x0)'])
    expect(written().compare('T', rows([1, 10], [2, 21], [2, 21], [3, 30]))[0]).toContain('2 is there twice')
    expect(written().compare('T', rows([1, 10], [2, 21], [3, 30], [4, 40]))).toEqual([
      'T: 4 is 40 (0x0) instead of nothing',
    ])
    expect(written().compare('T', rows([2, 21], [1, 10], [3, 30]))).toEqual(['T: 1 stands after 2'])
  })

  test('allows both states after a lost answer, but only until one was shown', () => {
    const truth = written()
    truth.doubt(attempt([2, 4], [22, 40]))
    expect(truth.compare('T', rows([1, 10], [2, 22], [3, 30]))).toEqual([])
    expect(truth.compare('T', rows([1, 10], [2, 21], [3, 30]))).toHaveLength(1)
    expect(truth.compare('T', rows([1, 10], [2, 22], [3, 30], [4, 40]))).toEqual([
      'T: 4 is 40 (0x0) instead of nothing',
    ])
  })
})
