// Typed equipment for the test plant: a pump with everything a type can have, its drive, a PackML machine, a pump whose device is
// away, and one of two hundred members.
import { Buffer } from 'node:buffer'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestStation } from './station.ts'

const memory = (name: string, initial: string) => `"memory(\${node}-${name}, initial=${initial})"`

const driveType = `name: drive
title: { en: Drive, zh-CN: 驱动器 }
parameters: { node: null, device: line }
members:
  - { name: Ready, description: { en: Ready to start, zh-CN: 启动就绪 }, device: "\${device}", address: ${memory('ready', 'true')}, dataType: bool, writable: true, states: { 0: { en: Not ready, zh-CN: 未就绪 }, 1: { en: Ready, zh-CN: 就绪 } } }
  - { name: Temperature, description: { en: Winding temperature, zh-CN: 绕组温度 }, device: "\${device}", address: ${memory('temperature', '45')}, dataType: float64, unit: Cel, decimals: 0, writable: true }
health:
  - { name: hot, state: outOfSpecification, title: { en: Its winding is too hot, zh-CN: 绕组过热 }, condition: Temperature > 90 }
`

const pumpType = `name: feed-pump
version: 1.2.0
title: { en: Feed pump, zh-CN: 给水泵 }
parameters: { node: null, device: line }
members:
  - { name: Drive, type: drive, parameters: { node: "\${node}.Drive", device: "\${device}" } }
  - { name: State, description: { en: What it does, zh-CN: 运行状态 }, device: "\${device}", address: ${memory('state', '0')}, dataType: uint8, writable: true }
  - { name: Command, description: { en: Order, zh-CN: 命令 }, device: "\${device}", address: ${memory('command', 'false')}, dataType: bool, writable: true }
  - { name: Bypass, description: { en: Level does not count, zh-CN: 液位旁路 }, device: "\${device}", address: ${memory('bypass', 'false')}, dataType: bool, writable: true }
  - name: Flow
    description: { en: Flow into the mixer, zh-CN: 进入搅拌机的流量 }
    device: "\${device}"
    address: ${memory('flow', '42')}
    dataType: float64
    unit: m3/h
    decimals: 1
    writable: true
    limits: { low: 0, high: 100 }
    alarms:
      - { condition: high, limit: 90, priority: medium, message: { en: "Too much flow", zh-CN: "流量过大" } }
      - { condition: low, limit: 5, priority: low, message: { en: "Hardly any flow", zh-CN: "流量过小" } }
  - { name: FlowSetpoint, description: { en: Wanted flow, zh-CN: 流量设定 }, device: "\${device}", address: ${memory('setpoint', '50')}, dataType: float64, unit: m3/h, decimals: 1, writable: true, limits: { low: 0, high: 80 } }
  - { name: Hours, description: { en: Hours run, zh-CN: 运行小时 }, device: "\${device}", address: ${memory('hours', '8123.5')}, dataType: float64, unit: h, decimals: 1, writable: true }
  - { name: HoursReset, description: { en: Hours back to zero, zh-CN: 小时清零 }, device: "\${device}", address: ${memory('reset', 'false')}, dataType: bool, writable: true }
states:
  of: State
  list:
    - { value: 0, name: stopped, title: { en: Stopped, zh-CN: 停止 }, kind: stopped }
    - { value: 1, name: running, title: { en: Running, zh-CN: 运行 }, kind: running }
    - { value: 2, name: fault, title: { en: Fault, zh-CN: 故障 }, kind: fault }
commands:
  - { name: start, title: { en: Start, zh-CN: 启动 }, write: Command, value: true, starts: true, when: State == 0, consequence: { en: Water flows into the mixer., zh-CN: 水将流入搅拌机。 } }
  - { name: stop, title: { en: Stop, zh-CN: 停止 }, write: Command, value: false, when: State == 1 }
permissives:
  - { name: full, title: { en: Suction tank is not empty, zh-CN: 吸入罐不空 }, condition: Suction.Level > 10, bypass: Bypass }
  - { name: ready, title: { en: The drive is ready, zh-CN: 驱动器就绪 }, condition: Drive.Ready }
interlocks:
  - { name: cool, title: { en: Winding is not too hot, zh-CN: 绕组不过热 }, condition: "!(Drive.Temperature > 100)" }
counters:
  - { name: overhaul, title: { en: Hours to the overhaul, zh-CN: 大修计时 }, tag: Hours, unit: h, due: 8000, reset: HoursReset }
  - { name: starts, title: { en: Starts, zh-CN: 启动次数 }, count: State == 1, unit: "1" }
faceplate: { overview: [Flow], setpoints: [FlowSetpoint], trend: [Flow, FlowSetpoint], details: [Hours] }
documents:
  - { title: { en: How to bleed it, zh-CN: 排气方法 }, file: bleeding.txt }
  - { title: { en: Drawing, zh-CN: 图纸 }, file: drawing.png }
  - { title: { en: Maker, zh-CN: 制造商 }, url: "https://example.com/pumps" }
`

const machineType = `name: wrapper
title: { en: Wrapper, zh-CN: 裹包机 }
parameters: { node: null, device: line }
members:
  - { name: State, description: { en: PackML state, zh-CN: PackML 状态 }, device: "\${device}", address: ${memory('state', '2')}, dataType: int32, writable: true }
  - { name: Order, description: { en: PackML command, zh-CN: PackML 命令 }, device: "\${device}", address: ${memory('order', '0')}, dataType: int32, writable: true }
  - { name: DoorClosed, description: { en: Door is closed, zh-CN: 门已关 }, device: "\${device}", address: ${memory('door', 'false')}, dataType: bool, writable: true }
states: { of: State, model: packml, command: Order }
permissives:
  - { name: door, title: { en: Its door is closed, zh-CN: 门已关闭 }, condition: DoorClosed }
`

const manyType = `name: cabinet
title: { en: Cabinet, zh-CN: 控制柜 }
parameters: { node: null }
members:
${Array.from({ length: 200 }, (_, index) => `  - { name: M${index}, description: { en: "Terminal ${index}", zh-CN: "端子 ${index}" }, device: line, address: "memory(\${node}-${index}, initial=${index})", dataType: float64 }`).join('\n')}
`

const equipment = `equipment:
  - { name: Pump1, type: feed-pump, description: { en: Feed pump of the mixer, zh-CN: 搅拌机给水泵 }, place: Mixing/Tanks, parameters: { node: pump1 } }
  - { name: Wrapper1, type: wrapper, description: { en: Wrapper, zh-CN: 裹包机 }, place: Packing, parameters: { node: wrapper1 } }
  - { name: Cabinet1, type: cabinet, description: { en: Cabinet, zh-CN: 控制柜 }, place: Packing, parameters: { node: cabinet1 } }
  - name: AwayPump
    type: feed-pump
    description: { en: Pump whose device is away, zh-CN: 设备离线的泵 }
    place: Mixing
    parameters: { node: away }
    permissives:
      - { name: far, title: { en: The far tank is not empty, zh-CN: 远端罐不空 }, condition: Away.Level > 20 }
`

const tags = `tags:
  - { name: Suction.Level, device: line, address: "memory(suction, initial=8.2)", dataType: float64, unit: "%", decimals: 1, writable: true, limits: { low: 0, high: 100 }, description: { en: Level of the suction tank, zh-CN: 吸入罐液位 } }
`

/** One grey dot. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGOoBwAAgQCAGwxj6AAAAABJRU5ErkJggg=='

/** Puts them into the plant of a station and waits until it runs with them. */
export async function addFaceplatePlant({ plantFolder, process }: TestStation): Promise<void> {
  const types = join(plantFolder, 'equipment/types')
  mkdirSync(types, { recursive: true })
  for (const [name, text] of Object.entries({
    drive: driveType,
    'feed-pump': pumpType,
    wrapper: machineType,
    cabinet: manyType,
  }))
    writeFileSync(join(types, `${name}.yaml`), text)
  writeFileSync(
    join(types, 'bleeding.txt'),
    'Open the valve at the top until water comes.\n<script>document.title = "run"</script>\n',
  )
  writeFileSync(join(types, 'drawing.png'), Buffer.from(png, 'base64'))
  writeFileSync(join(plantFolder, 'tags/suction.yaml'), tags)
  writeFileSync(join(plantFolder, 'equipment/pumps.yaml'), equipment)
  for (let turn = 0; turn < 100; turn++) {
    const { equipment: known } = await process.call('plant.equipment', {})
    if (known.some(({ name }) => name === 'AwayPump')) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`the plant does not know its pumps: ${JSON.stringify(await process.call('plant.faults', {}))}`)
}
