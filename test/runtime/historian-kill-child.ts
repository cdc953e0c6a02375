// Records as fast as it can until it is killed: tag n has in batch b the value b × 10 + n at b ms. Says which batches are
// acknowledged. `node historian-kill-child.ts <folder> <first batch>`
import { writeSync } from 'node:fs'
import { systemClock } from '../../src-main/base/clock.ts'
import { HistoryFolder } from '../../src-main/historian/files/history-folder.ts'
import { HistoryWriter } from '../../src-main/historian/writer/history-writer.ts'
import { ValueBatchBuilder } from '../../src-main/shared/value-batch.ts'
import { killedTags, killSettings, killStart, tagCount } from './historian-kill-plan.ts'

const [folder, first] = process.argv.slice(2)
const files = HistoryFolder.open({ folder: folder! })
const writer = new HistoryWriter({ folder: folder!, files, settings: killSettings, clock: systemClock })
writer.configure(killedTags, killSettings)

let batch = Number(first)
const said = new Uint32Array(1)

function turn(): void {
  for (let times = 0; times < 20; times++) {
    const builder = new ValueBatchBuilder(tagCount)
    for (let tag = 0; tag < tagCount; tag++) builder.addNumber(tag, batch * 10 + tag, 0, killStart + batch)
    writer.record(builder.take(), killStart + batch)
    said[0] = ++batch
    writeSync(1, said)
    writer.work()
  }
  if (batch % 1000 < 20) writer.tick(killStart + batch)
  setImmediate(turn)
}
turn()
