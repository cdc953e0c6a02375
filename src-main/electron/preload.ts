// The only code between page and shell: passes one MessagePort on, exposes no function. Built as CommonJS (sandbox). The
// channel names are repeated here because a sandboxed preload is one file.
import { ipcRenderer } from 'electron'

ipcRenderer.on('lineside:link', (event) => window.postMessage({ lineside: 'link' }, location.origin, [...event.ports]))

window.addEventListener('message', (event) => {
  if (event.source === window && event.data?.lineside === 'link-wanted') ipcRenderer.send('lineside:link-wanted')
})
