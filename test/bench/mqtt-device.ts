// Child process of mqtt.ts: a broker with nothing but one source that publishes JSON as fast as the subscriber takes it
// (TCP holds it back), so that the subscriber is what is measured. Prints its port.
import { createServer, type Socket } from 'node:net'

const topicCount = Number(process.argv[2])
const qos = Number(process.argv[3])
const round = Buffer.concat(Array.from({ length: topicCount }, (_, index) => publishPacket(index)))

const server = createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.once('data', () => socket.write(Buffer.from([0x20, 0x02, 0x00, 0x00])))
  socket.on('data', (bytes: Buffer) => {
    // SUBSCRIBE: acknowledge every filter, then publish for ever.
    if ((bytes[0]! & 0xf0) !== 0x80) return
    const lengthBytes = 1 + bytes.subarray(1).findIndex((byte) => byte < 0x80)
    const filterCount = countFilters(bytes.subarray(1 + lengthBytes + 2))
    const granted = Buffer.alloc(filterCount, qos)
    socket.write(
      Buffer.concat([
        Buffer.from([0x90]),
        remainingLength(2 + filterCount),
        bytes.subarray(1 + lengthBytes, 3 + lengthBytes),
        granted,
      ]),
    )
    if (bytes.includes('bench/')) pour(socket)
  })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as { port: number }).port}\n`))

function pour(socket: Socket): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(round));
  }
  socket.on('drain', more)
  more()
}

function countFilters(body: Buffer): number {
  let count = 0
  for (let at = 0; at + 2 < body.length; at += 3 + body.readUInt16BE(at)) count++
  return count
}

function publishPacket(index: number): Buffer {
  const topic = Buffer.from(`bench/line/unit${index}/state`)
  const document = { value: index + 0.125, unit: 'kPa', running: index % 2 === 0, time: 1_790_000_000_000 + index }
  const payload = Buffer.from(JSON.stringify(document))
  const length = 2 + topic.length + (qos > 0 ? 2 : 0) + payload.length
  const topicLength = Buffer.from([topic.length >> 8, topic.length & 0xff])
  const id = qos > 0 ? Buffer.from([(index + 1) >> 8, (index + 1) & 0xff]) : Buffer.alloc(0)
  return Buffer.concat([Buffer.from([0x30 | (qos << 1)]), remainingLength(length), topicLength, topic, id, payload])
}

function remainingLength(length: number): Buffer {
  const bytes: number[] = []
  let rest = length
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
    rest >>= 7
  } while (rest > 0)
  return Buffer.from(bytes)
}
