// What a scan says to somebody three metres away.
import { expect, test } from 'vitest'
import type { ScanOutcome, ScanRow } from '../../../src-main/shared/label.ts'
import { scanWords } from '../../../src-renderer/identifiers/scan-words.ts'

const answer = (outcome: ScanOutcome) =>
  scanWords({
    kind: 'answer',
    row: { text: '0109\x1d21', parsed: { identifier: '(01)0952(21)7' }, outcome } as unknown as ScanRow,
  })

test('a mismatch shouts, with what was scanned beside what was expected', () => {
  expect(answer({ kind: 'mismatch', job: 'j', expected: '(01)0952(21)8' })).toEqual({
    kind: 'wrong',
    sign: '✕',
    words: 'WRONG LABEL: rejected',
    identifier: '(01)0952(21)7',
    expected: '(01)0952(21)8',
  })
})

test('a scan that did not arrive is wrong, too; its separators can be read', () => {
  expect(scanWords({ kind: 'problem', text: '10A\x1d21B', problem: 'no link' })).toMatchObject({
    kind: 'wrong',
    words: 'no link',
    identifier: '10A␝21B',
  })
})

test('each outcome has a sign of its own kind', () => {
  const kinds = (outcomes: readonly ScanOutcome[]) => outcomes.map((outcome) => answer(outcome).kind)
  expect(
    kinds([
      { kind: 'verified', job: 'j' },
      { kind: 'resolved', job: 'j' },
      { kind: 'part', equipment: null },
      { kind: 'part', equipment: 'Filler' },
      { kind: 'equipment', equipment: 'Filler' },
      { kind: 'unknown' },
    ]),
  ).toEqual(['right', 'right', 'right', 'right', 'right', 'open'])
})
