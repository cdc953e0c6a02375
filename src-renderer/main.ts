// Starts the page: language and theme before the first paint, then the station and its screens.
import './ui/theme.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { openLink } from './connection/open-link.ts'
import { reloadWhenAnswered, thisPage } from './connection/reload-page.ts'
import { sessionTokens } from './connection/runtime-client.ts'
import { joinSession, shareSession } from './connection/window-session.ts'
import { startStation, stationKey } from './station.ts'
import { language } from './ui/i18n.svelte.ts'
import { theme } from './ui/theme.svelte.ts'

/** A page whose screens are gone (Lineside was updated under it) is loaded anew, but not over and over; ms. */
const shortestReloadMs = 60_000
window.addEventListener('vite:preloadError', () => {
  const lastReload = Number(sessionStorage.getItem('lineside-reload') ?? 0)
  if (Date.now() - lastReload < shortestReloadMs) return
  sessionStorage.setItem('lineside-reload', String(Date.now()))
  void reloadWhenAnswered(thisPage)
})

language.start()
theme.start()
// The first screen is nearly always a display: its code comes while the link is being opened.
if (/^#?$|^#\/mimic\//.test(location.hash)) void import('./mimic/MimicView.svelte')
await joinSession(sessionTokens)
shareSession(sessionTokens)
const station = startStation({ openLink, tokens: sessionTokens })
mount(App, { target: document.getElementById('app')!, context: new Map([[stationKey, station]]) })
