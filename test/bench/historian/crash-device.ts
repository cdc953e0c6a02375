// Child process of reopening.ts: records into the journal without ever sealing until a segment is full, says so and waits to be killed.
import { defaultHistorySettings } from '../../../src-main/historian/history-settings.ts'
import { MixedHour } from '../historian-data.ts'
import { openWriter } from './lineside.ts'

const [folder, seconds] = process.argv.slice(2)
const hour = new MixedHour({ seconds: Number(seconds) })
const writer = openWriter(
  folder!,
  defaultHistorySettings,
  hour.tags.map(({ name }) => name),
)
for (const batch of hour.batches()) {
  const { count, sourceTimestamp } = batch
  const { journalByteCount } = writer.figures
  if (journalByteCount * 1.01 > defaultHistorySettings.journalSegmentByteCount) break
  writer.record(batch, sourceTimestamp[count - 1]!)
}
await writer.synced()
process.stdout.write(`${writer.figures.storedCount} ${writer.figures.journalByteCount}\n`)
setInterval(() => undefined, 1000)
