// The long forms of historian-judge.test.ts, for hours in which nothing else runs:
// node test/runtime/historian-judge.ts kill [rounds] [seed]
import { judgeKills } from './history-kill.ts'

const [what, rounds = '1000', seed = '1'] = process.argv.slice(2)
if (what !== 'kill') {
  process.stderr.write('usage: node test/runtime/historian-judge.ts kill [rounds] [seed]\n')
  process.exit(2)
}
const verdict = await judgeKills({
  rounds: Number(rounds),
  seed: Number(seed),
  onRound: (round, text) => {
    if (round % 10 === 9) process.stderr.write(`${new Date().toISOString()} ${round + 1} kills, ${text}\n`)
  },
})
process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`)
process.exit(verdict.faults.length === 0 ? 0 : 1)
