// Starts the page: language and theme before the first paint, then the station and its screens.
import './ui/theme.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { openLink } from './connection/open-link.ts'
import { sessionTokens } from './connection/runtime-client.ts'
import { startStation, stationKey } from './station.ts'
import { language } from './ui/i18n.svelte.ts'
import { theme } from './ui/theme.svelte.ts'

language.start()
theme.start()
// The first screen is nearly always a display: its code comes while the link is being opened.
if (/^#?$|^#\/mimic\//.test(location.hash)) void import('./mimic/MimicView.svelte')
const station = startStation({ openLink, tokens: sessionTokens })
mount(App, { target: document.getElementById('app')!, context: new Map([[stationKey, station]]) })
