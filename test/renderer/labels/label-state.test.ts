import { describe, expect, it } from 'vitest'
import type { LabelJob } from '../../../src-main/shared/label.ts'
import { FakeStation } from '../../fakes/fake-station.ts'
import { labelJob, printerStatus } from './label-jobs.ts'

const open = (fake: FakeStation) => fake.feeds.filter(({ name }) => name === 'labels.watch').length

describe('what every screen knows of labels', () => {
  it('opens one feed for all who want it, and closes it with the last', () => {
    const fake = new FakeStation()
    const { labels } = fake.station
    expect(open(fake)).toBe(0)
    const first = labels.keep()
    const second = labels.onJobs(() => {})
    expect(open(fake)).toBe(1)
    first()
    first()
    expect(open(fake)).toBe(1)
    second()
    expect(open(fake)).toBe(0)
  })

  it('counts labels in doubt over all printers, as long as no item says otherwise', () => {
    const fake = new FakeStation()
    const { labels } = fake.station
    labels.keep()
    const printers = [
      printerStatus({ printer: 'a', inDoubtCount: 2 }),
      printerStatus({ printer: 'b', inDoubtCount: 1 }),
    ]
    fake.sendItem('labels.watch', { printers, triggers: null, jobs: [] })
    expect(labels.inDoubtCount).toBe(3)
    fake.sendItem('labels.watch', { printers: null, triggers: null, jobs: [labelJob({ id: '1' })] })
    expect(labels.inDoubtCount).toBe(3)
    fake.sendItem('labels.watch', { printers: [printerStatus({ printer: 'b' })], triggers: null, jobs: [] })
    expect([labels.inDoubtCount, labels.statusOf('a')]).toEqual([0, null])
    fake.sendItem('labels.watch', { printers: [], triggers: null, jobs: [] })
    expect(labels.statusOf('b')).toBeNull()
  })

  it('is not current after a loss until the runtime has said everything anew, and forgets printers that are gone', () => {
    const fake = new FakeStation()
    const { labels } = fake.station
    labels.keep()
    expect(labels.isCurrent).toBe(false)
    const both = [printerStatus({ printer: 'a', inDoubtCount: 2 }), printerStatus({ printer: 'b' })]
    fake.sendItem('labels.watch', { printers: both, triggers: null, jobs: [] })
    expect(labels.isCurrent).toBe(true)
    fake.loseLink(1)
    expect(labels.isCurrent).toBe(false)
    fake.restoreLink()
    expect(labels.isCurrent).toBe(false)
    fake.sendItem('labels.watch', { printers: [printerStatus({ printer: 'b' })], triggers: null, jobs: [] })
    expect(labels.isCurrent).toBe(true)
    expect(labels.inDoubtCount).toBe(0)
  })

  it('tells listeners of jobs until they stop', () => {
    const fake = new FakeStation()
    const { labels } = fake.station
    const heard: LabelJob[] = []
    labels.keep()
    const stop = labels.onJobs((jobs) => heard.push(...jobs))
    fake.sendItem('labels.watch', { printers: null, triggers: null, jobs: [labelJob({ id: '1' })] })
    stop()
    fake.sendItem('labels.watch', { printers: null, triggers: null, jobs: [labelJob({ id: '2' })] })
    expect(heard.map(({ id }) => id)).toEqual(['1'])
  })
})
