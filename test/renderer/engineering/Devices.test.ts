import { flushSync, mount, unmount } from 'svelte'
import { afterEach, describe, expect, it } from 'vitest'
import Devices from '../../../src-renderer/engineering/Devices.svelte'
import { language } from '../../../src-renderer/ui/i18n.svelte.ts'
import { FakeStation } from '../../fakes/fake-station.ts'

let component: ReturnType<typeof mount> | null = null
afterEach(async () => {
  if (component) await unmount(component)
  component = null
  document.body.replaceChildren()
  language.choose('en')
})

describe('the page of devices', () => {
  it.each(['en', 'zh-CN'] as const)('tells an empty plant in %s how a device is added', (tag) => {
    language.choose(tag)
    const fake = new FakeStation('viewer')
    component = mount(Devices, { target: document.body, props: { detail: undefined }, context: fake.context })
    flushSync()
    fake.sendItem('devices.watch', { devices: [] })
    flushSync()
    expect(document.body.textContent).toContain('devices/plc.yaml')
    expect(document.querySelector('pre')!.textContent).toContain('protocol: modbus-tcp')
    expect(document.querySelector('table')).toBeNull()
  })
})
