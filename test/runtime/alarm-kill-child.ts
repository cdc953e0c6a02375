// Journals as fast as it can until it is killed, and says which rows it was told are on the disk. `node alarm-kill-child.ts <folder>`
import { writeSync } from 'node:fs'
import { openAlarmJournal } from '../../src-main/alarms/journal/alarm-journal.ts'
import { systemClock } from '../../src-main/base/clock.ts'
import { createLogger } from '../../src-main/base/logger.ts'
import { plannedTransition } from './alarm-kill-plan.ts'

const [dataFolder] = process.argv.slice(2)
const said = new Uint32Array(1)
const journal = openAlarmJournal({
  dataFolder: dataFolder!,
  clock: systemClock,
  logger: createLogger('error'),
  onCommitted: (events) => {
    said[0] = events.at(-1)!.sequence
    writeSync(1, said)
  },
})

let sequence = journal.lastSequence
function turn(): void {
  const count = 1 + (sequence % 97)
  journal.append(Array.from({ length: count }, () => plannedTransition(++sequence)))
  // A station has not more ahead of the disk than what came since the last commit.
  void journal.flushed().then(() => setImmediate(turn))
}
turn()
